//! Who watches the embedded server in the tests of all that writes. When a write arrives, before it is carried out,
//! the journals on the disk are opened: one of them must hold an intent that names what the write carries, has no
//! outcome, and stands for no other write. And what was sent once is not sent again before its target was read, unless
//! the service had said that it takes nothing now.
//!
//! What is found wrong fails the test when the witness is dropped.

#![expect(clippy::unwrap_used, reason = "a part of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use cfiam::domain::{GroupId, MemberId};
use cfiam::emulator::{self, Emulator, Observer, Options, Seen, WriteReceived};
use cfiam::plan::RunId;
use cfiam::store::Story;
use cfiam::store::journal::{Entry, Intent, Line, Rest, Want};

/// The folders of state that the program may keep journals below.
#[expect(clippy::disallowed_types, reason = "the server's threads look where the test's have said")]
type Folders = Arc<std::sync::Mutex<Vec<PathBuf>>>;

pub struct Witness {
    folders: Folders,
    writes: Receiver<Write>,
    requests: Box<dyn Fn() -> Vec<Seen> + Send>,
}

/// A write as it was received.
struct Write {
    received: WriteReceived,
    /// The intent that was there for it.
    intent: Result<(RunId, Intent), String>,
}

/// Starts a server that is watched; `also` is told of each write after the witness.
pub async fn start(options: Options, also: Option<Observer>) -> (Emulator, Witness) {
    let folders = Folders::default();
    let (tell, writes) = channel();
    let looks_in = Arc::clone(&folders);
    let observer: Observer = Arc::new(move |received| {
        let folders = looks_in.lock().unwrap().clone();
        let intent = intent_of(&folders, received);
        // Nobody hears it any more where the test is over.
        let _over = tell.send(Write { received: received.clone(), intent });
        if let Some(also) = &also {
            also(received);
        }
    });
    let server = emulator::start(options, Some(observer)).await.unwrap();
    let requests = Box::new(server.log());
    (server, Witness { folders, writes, requests })
}

impl Witness {
    /// Journals are below this folder of state.
    pub fn watch(&self, state: &Path) {
        let mut folders = self.folders.lock().unwrap();
        if !folders.iter().any(|known| known == state) {
            folders.push(state.to_owned());
        }
    }

    /// What was wrong with the writes so far; they are forgotten.
    pub fn found(&self) -> Vec<String> {
        let requests = (self.requests)();
        let mut found = Vec::new();
        let (mut used, mut sent) = (BTreeSet::new(), BTreeMap::new());
        for write in self.writes.try_iter() {
            let Write { received, intent } = &write;
            let (run, intent) = match intent {
                Ok(it) => it,
                Err(why) => {
                    found.push(format!("I1: {} {}: {why}", received.method, received.path));
                    continue;
                }
            };
            if !used.insert((run.clone(), intent.req)) {
                let words = "the same intent stands for an earlier write";
                found.push(format!("I1: {} {}: {words}", received.method, received.path));
            }
            for op in &intent.ops {
                let last = sent.insert((run.clone(), op.id), received.number);
                if let Some(last) = last
                    && !may_be_repeated(&requests, last, received, op.member.as_ref())
                {
                    let words = format!("{:?} was sent before, and not read back since", op.id);
                    found.push(format!("I2: {} {}: {words}", received.method, received.path));
                }
            }
        }
        found
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let found = self.found();
            assert!(found.is_empty(), "the server has seen writes that must not be: {found:#?}");
        }
    }
}

/// The intent on the disk that this write was announced by.
fn intent_of(folders: &[PathBuf], write: &WriteReceived) -> Result<(RunId, Intent), String> {
    let aim = Aim::of(write).ok_or("no run sends such a write")?;
    let stories: Vec<Story> = folders.iter().flat_map(|folder| journals(folder)).collect();
    let announced = stories.iter().flat_map(|story| {
        let open: BTreeSet<_> = story.open_intents().iter().map(|intent| intent.req).collect();
        story.lines.iter().filter_map(move |line| match &line.entry {
            Entry::Intent(intent) if open.contains(&intent.req) => Some((line, intent)),
            _ => None,
        })
    });
    let fitting = announced.filter(|(_, intent)| aim.is_of(intent));
    // A run that was broken off earlier has left one like it.
    let newest = fitting.max_by_key(|(Line { run, t, seq, .. }, _)| (*t, run.clone(), *seq));
    let newest = newest.map(|(line, intent)| (line.run.clone(), intent.clone()));
    newest.ok_or_else(|| format!("none of {} journals has an open intent of it", stories.len()))
}

/// The journals below a folder that can be believed.
fn journals(folder: &Path) -> Vec<Story> {
    let files = std::fs::read_dir(folder.join("runs")).into_iter().flatten().flatten();
    let paths = files.map(|file| file.path());
    let journals = paths.filter(|path| path.extension().is_some_and(|it| it == "jsonl"));
    let stories = journals.filter_map(|path| Story::read(&path).ok());
    stories.filter(|story| story.rest != Rest::Corrupt).collect()
}

/// What a write is about, by its verb, path and body alone.
struct Aim {
    verb: String,
    wants: &'static [Want],
    group: Option<String>,
    members: BTreeSet<String>,
}

impl Aim {
    fn of(write: &WriteReceived) -> Option<Self> {
        let parts: Vec<&str> = write.path.trim_start_matches('/').split('/').skip(2).collect();
        let body = String::from_utf8_lossy(&write.body);
        let (wants, group, members): (&'static [Want], _, Vec<&str>) =
            match (write.method.as_str(), parts.as_slice()) {
                ("POST", ["iam", "user_groups"]) => (&[Want::Created], None, vec![]),
                ("PUT", ["iam", "user_groups", group]) => {
                    (&[Want::Renamed, Want::Policies], Some(*group), vec![])
                }
                ("DELETE", ["iam", "user_groups", group]) => {
                    (&[Want::Deleted], Some(*group), vec![])
                }
                ("POST", ["iam", "user_groups", group, "members"]) => {
                    (&[Want::Present], Some(*group), ids(&body).collect())
                }
                ("PUT", ["iam", "user_groups", group, "members"]) => {
                    (&[Want::Members], Some(*group), vec![])
                }
                ("DELETE", ["iam", "user_groups", group, "members", member]) => {
                    (&[Want::Absent], Some(*group), vec![*member])
                }
                ("POST", ["members"]) => (&[Want::Invited], None, vec![]),
                ("PUT", ["members", member]) => (&[Want::DirectPolicies], None, vec![*member]),
                ("DELETE", ["members", member]) => (&[Want::Removed], None, vec![*member]),
                _ => return None,
            };
        let members = members.into_iter().map(str::to_owned).collect();
        Some(Self { verb: write.method.clone(), wants, group: group.map(str::to_owned), members })
    }

    fn is_of(&self, intent: &Intent) -> bool {
        let members = intent.ops.iter().filter_map(|op| op.member.as_ref());
        let members: BTreeSet<String> = members.map(MemberId::to_string).collect();
        intent.verb == self.verb
            && !intent.ops.is_empty()
            && intent.ops.iter().all(|op| self.wants.contains(&op.want))
            && intent.group.as_ref().map(GroupId::to_string) == self.group
            && members == self.members
    }
}

fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 32)
}

/// Whether what was sent with request number `last` may be sent again now: that was told to wait, or its target was
/// read in between, and the read was answered.
fn may_be_repeated(
    requests: &[Seen],
    last: usize,
    again: &WriteReceived,
    member: Option<&MemberId>,
) -> bool {
    let collection = (again.method != "POST").then(|| again.path.rsplit_once('/')).flatten();
    let targets = [
        Some(again.path.clone()),
        collection.map(|(above, _)| above.to_owned()),
        member.map(|member| format!("{}/{member}", again.path)),
    ];
    let answered = |seen: &Seen| seen.status.is_some_and(|it| it == 404 || it / 100 == 2);
    let between = &requests[last + 1..again.number];
    requests[last].status == Some(429)
        || between.iter().any(|seen| {
            !seen.writes() && answered(seen) && targets.contains(&Some(seen.path.clone()))
        })
}
