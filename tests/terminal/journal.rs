//! What the real program writes down of its runs, and what it does where it can't.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use cfiam::plan::{End, Pause, Record};
use cfiam::store::Story;
use cfiam::store::journal::{Entry, Line, Rest};

use super::driver::{ACCOUNT, Ended, Launch, Terminal};
use super::home::Home;
use super::server::Server;

/// The only journal there is.
pub fn story(home: &Home) -> Story {
    let journals = home.journals();
    let [path] = journals.as_slice() else { panic!("{journals:?}") };
    Story::read(path).unwrap()
}

/// How a run ended, where its journal says it.
pub fn end(story: &Story) -> Option<End> {
    match story.lines.last()?.entry.record()? {
        Record::Ended(summary) => Some(summary.end),
        _ => None,
    }
}

fn quit(terminal: &mut Terminal) {
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
}

#[test]
fn after_a_run_its_journal_is_there_whole_private_and_says_whose_doing_it_was() {
    let (home, server) = (Home::new(), Server::start());
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).apply().wait("1 done");
    let id = terminal.id();
    quit(&mut terminal);
    let story = story(&home);
    assert_eq!((story.rest, end(&story)), (Rest::Nothing, Some(End::Finished)));
    let header = story.header().unwrap();
    assert_eq!(header.account.to_string(), server.emulator.account_id());
    assert_eq!((header.ops, header.pid), (1, id));
    assert!(header.by.token.is_some() && header.by.user.is_some(), "{header:?}");
    assert_eq!(story.plan().unwrap().id, header.plan);
    let entries = || story.lines.iter().map(|line| &line.entry);
    let groups = entries().filter_map(|entry| match entry {
        Entry::Group(group) => Some(group),
        _ => None,
    });
    let [group] = &groups.collect::<Vec<_>>()[..] else { panic!("one is touched") };
    let known = server.emulator.groups();
    assert!(known.contains(&(group.group.to_string(), group.name.to_string())), "{group:?}");
    assert_eq!((group.complete, group.members.is_some()), (true, true));
    assert_eq!(group.digest.as_ref().map(String::len), Some(64));
    let intent = entries().find_map(|entry| match entry {
        Entry::Intent(intent) => Some(intent.deadline_ms),
        _ => None,
    });
    assert_eq!(intent, Some(60_000), "how long the client waits");
    let answers = entries().filter(|entry| matches!(entry, Entry::Outcome { bytes: 1.., .. }));
    assert_eq!(answers.count(), 1);
    let path = &home.journals()[0];
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(!text.contains('@') && !text.contains(&server.token("writer")), "{text}");
}

#[test]
fn when_a_write_of_the_program_arrives_its_intent_is_on_the_disk() {
    let (home, server) = (Home::new(), Server::start());
    server.third_in_a_group();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).apply().wait("1 done");
    terminal.keys("1").wait("E-MAIL").stage_remove(1).apply().wait("1 done");
    quit(&mut terminal);
    assert_eq!((server.writes().len(), home.journals().len()), (2, 2));
    assert_eq!(server.witness.found(), Vec::<String>::new());
}

#[test]
fn killed_while_a_write_is_on_its_way_the_journal_has_its_intent_and_no_end() {
    let home = Home::new();
    let server = Server::troubled(&["POST /accounts/*/iam/user_groups/*/members: hang"]);
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1).apply();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.writes().is_empty() {
        assert!(Instant::now() < deadline, "nothing is sent:\n{}", terminal.text());
        terminal.take_for(Duration::from_millis(20));
    }
    terminal.signal(rustix::process::Signal::KILL);
    assert!(matches!(terminal.ended(), Ended::Killed(_)));
    let story = story(&home);
    assert_eq!((story.rest, story.is_ended()), (Rest::Nothing, false));
    let open = story.open_intents();
    let [intent] = open.as_slice() else { panic!("{open:?}") };
    assert_eq!((intent.verb.as_str(), intent.ops.len()), ("POST", 1));
}

/// Applies one change, which must not be sent, and be told why.
fn refuses(server: &Server, terminal: &mut Terminal) {
    terminal.apply().wait("could not go on: beginning the journal");
    assert_eq!(server.writes(), Vec::<String>::new());
    terminal.wait("1 not sent").keys("1").wait("Changes 1");
}

#[test]
fn d3_where_no_journal_can_be_made_nothing_is_sent_and_the_change_stays_staged() {
    let (home, server) = (Home::new(), Server::start());
    std::fs::create_dir_all(home.path("state/cfiam")).unwrap();
    std::fs::write(home.path("state/cfiam/runs"), "in the way").unwrap();
    let mut terminal = server.client_as(&home, "writer").size(120, 30).start();
    refuses(&server, terminal.wait(ACCOUNT).stage_add(1));
    // Once the way is free, it is begun.
    std::fs::remove_file(home.path("state/cfiam/runs")).unwrap();
    terminal.apply().wait("1 done");
    assert_eq!(end(&story(&home)), Some(End::Finished));
}

/// The program in a shell that lets no file grow beyond this many blocks of 512 bytes.
fn limited(home: &Home, server: &Server, blocks: usize) -> Terminal {
    let launch = Launch::shell(home)
        .env("CLOUDFLARE_BASE_URL", &server.emulator.base_url())
        .env("CLOUDFLARE_API_TOKEN", &server.token("writer"));
    server.witness.watch(&home.path("state/cfiam"));
    let mut terminal = launch.size(120, 30).start();
    let program = env!("CARGO_BIN_EXE_cfiam");
    let command = format!("(trap '' XFSZ; ulimit -f {blocks}; exec {program} --write)\r");
    terminal.wait_for_shell().send(&command);
    terminal
}

/// What the disk has kept of the only run after it had no more room.
struct Kept {
    story: Story,
    intents: usize,
}

/// Applies one change on a disk with so much room, and looks at its journal; `None` where the run was not begun.
fn on_a_small_disk(home: &Home, server: &Server, terminal: &mut Terminal) -> Option<Kept> {
    terminal.wait(ACCOUNT).stage_add(1).apply();
    terminal.wait_until("the end", |screen| {
        screen.contains("1 done") || screen.contains("could not go on:")
    });
    if home.journals().is_empty() {
        terminal.wait("1 not sent");
        assert_eq!(server.writes(), Vec::<String>::new());
        return None;
    }
    let story = story(home);
    let is_intent = |line: &&Line| matches!(line.entry, Entry::Intent(_));
    let intents = story.lines.iter().filter(is_intent).count();
    assert_eq!(server.writes().len(), intents, "{:?}", story.rest);
    if !story.is_ended() {
        terminal.wait("could not go on: writing the journal");
        terminal.wait(if intents == 1 { "1 done" } else { "1 not sent" });
    }
    Some(Kept { story, intents })
}

/// Starts the program with room on the disk again: it has the run to its end.
fn has_all_of_it(home: &Home, server: &Server, kept: &Kept) {
    let mut terminal = server.client_as(home, "writer").size(120, 30).start();
    if kept.intents == 0 {
        terminal.wait("Keep 1 staged change").keys("n").wait_gone("Keep 1 staged");
    }
    terminal.wait(ACCOUNT).keys("6 G").wait("begun ");
    terminal.wait(if kept.intents == 1 { "1 done" } else { "1 not sent" });
    quit(&mut terminal);
    let whole = story(home);
    assert_eq!(whole.rest, Rest::Nothing);
    assert!(whole.lines.starts_with(&kept.story.lines));
    // Where only the line of its end was not taken, that was as it says there.
    let end = end(&whole).unwrap();
    let is_whole = kept.intents == 1 && end == End::Finished;
    assert!(is_whole || matches!(end, End::Paused(Pause::Disk(_))), "{end:?}");
    assert_eq!(server.writes().len(), kept.intents, "nothing was sent to find it out");
}

#[test]
fn d2_where_the_disk_takes_no_more_nothing_is_sent_that_is_not_written_down_and_the_journal_goes_on_elsewhere()
 {
    let (mut unsent, mut broken) = (0, 0);
    for blocks in 2..10 {
        let (home, server) = (Home::new(), Server::start());
        let mut terminal = limited(&home, &server, blocks);
        let Some(kept) = on_a_small_disk(&home, &server, &mut terminal) else {
            unsent += 1;
            continue;
        };
        if kept.story.is_ended() {
            continue;
        }
        broken += 1;
        let spare = || {
            let files = home.files().into_iter().map(|(path, _)| path);
            files.filter(|path| path.starts_with(home.path("tmp"))).collect::<Vec<_>>()
        };
        let [file] = &spare()[..] else { panic!("{:?}", spare()) };
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        terminal.wait("Its last lines are in").keys("ctrl-c").wait_for_shell();
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        assert!(raw.contains(&format!("Its last lines are in {}", file.display())));
        drop(terminal);
        has_all_of_it(&home, &server, &kept);
        assert_eq!(spare(), Vec::<std::path::PathBuf>::new(), "they are in the journal now");
    }
    assert!(unsent > 0 && broken > 0, "{unsent} not begun, {broken} broken off");
}

#[test]
fn d2_where_there_is_no_other_place_either_the_last_lines_are_printed_at_the_end_and_can_be_put_back()
 {
    let mut printed = 0;
    for blocks in 3..10 {
        let (home, server) = (Home::new(), Server::start());
        std::fs::remove_dir(home.path("tmp")).unwrap();
        let mut terminal = limited(&home, &server, blocks);
        let kept = on_a_small_disk(&home, &server, &mut terminal);
        let Some(kept) = kept.filter(|kept| !kept.story.is_ended()) else { continue };
        printed += 1;
        terminal.wait("Its last lines are printed").keys("ctrl-c").wait_for_shell();
        let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
        let (_, after) = raw.split_once("to be saved as ").unwrap();
        let (file, after) = after.split_once(":\r\n").unwrap();
        let lines: Vec<&str> = after.lines().filter(|line| line.starts_with('{')).collect();
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
        drop(terminal);
        has_all_of_it(&home, &server, &kept);
    }
    assert!(printed > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn d3_with_a_state_folder_that_is_read_only_nothing_is_sent() {
    let (home, server) = (Home::new(), Server::start());
    // Nobody can make a folder there, not even root.
    let launch = server.client_as(&home, "writer").env("XDG_STATE_HOME", "/sys/kernel");
    let mut terminal = launch.size(120, 30).start();
    refuses(&server, terminal.wait(ACCOUNT).stage_add(1));
}
