//! What the paths of a crate mean, and which of them a room must not name.

use std::collections::{BTreeSet, HashSet};

use crate::source::{Crate, Module, Named, Place};
use crate::{Ban, ROOF, Room};

/// What a path may mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Meaning {
    /// Something of ours, from the crate's root.
    Ours(Vec<String>),
    /// Something of another crate.
    Other(Vec<String>),
}

/// Every path that leads where its room must not go, as a line with its place, what was named and why not.
pub fn violations(krate: &Crate, rooms: &[Room]) -> Vec<String> {
    let mut found: BTreeSet<String> = krate.troubles.iter().cloned().collect();
    for (place, module) in &krate.modules {
        for named in &module.names {
            for reason in reasons(krate, rooms, place, named) {
                found.insert(format!("{}: {reason}", at(module, named)));
            }
        }
    }
    found.into_iter().collect()
}

fn at(module: &Module, named: &Named) -> String {
    format!("src/{}:{}", module.file.display(), named.line)
}

fn reasons(krate: &Crate, rooms: &[Room], place: &Place, named: &Named) -> Vec<String> {
    let Some(room) = room_of(rooms, place) else { return vec![] };
    let written = named.segments.join("::").replace("::::", "::");
    let mut found = Vec::new();
    for meaning in meanings(krate, place, &named.segments) {
        for reason in judge(rooms, room, &meaning, named.in_test) {
            found.push(match spelled(&meaning) {
                meant if meant == written => format!("`{written}`: {reason}"),
                meant => format!("`{written}`, which is `{meant}`: {reason}"),
            });
        }
    }
    found
}

fn spelled(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Ours(path) => format!("crate::{}", path.join("::")),
        Meaning::Other(path) => path.join("::"),
    }
}

/// Why a room must not name this; empty if it may.
fn judge(rooms: &[Room], room: &Room, meaning: &Meaning, in_test: bool) -> Vec<String> {
    let bans = room.never.iter().filter(|ban| !in_test && is_banned(ban, meaning));
    let mut reasons: Vec<String> =
        bans.map(|ban| format!("{} must never name {}", room.name, ban.what)).collect();
    if reasons.is_empty()
        && let Meaning::Ours(path) = meaning
    {
        reasons.extend(floors(rooms, room, path));
    }
    reasons
}

/// Why a path of ours leads the wrong way; `None` if it leads downward.
fn floors(rooms: &[Room], room: &Room, path: &[String]) -> Option<String> {
    let whose = format!("{} is on floor {}", room.name, room.floor);
    if path.first().is_some_and(|name| name == "main") {
        return Some(format!("{whose}, below main.rs"));
    }
    // The root by itself leads nowhere: what is reached through it is judged by its own path.
    let other = room_of(rooms, path)?;
    let (name, floor) = (other.name, other.floor);
    if name == room.name || floor < room.floor {
        None
    } else if floor == room.floor {
        Some(format!("{whose} beside {name}, and rooms on one floor don't know one another"))
    } else {
        Some(format!("{whose}, below {name} on floor {floor}"))
    }
}

fn is_banned(ban: &Ban, meaning: &Meaning) -> bool {
    let begins = |path: &[String], with: &str| {
        let with: Vec<&str> = with.split("::").collect();
        path.len() >= with.len() && path.iter().zip(&with).all(|(a, b)| a == b)
    };
    ban.paths.iter().any(|banned| match (meaning, banned.strip_prefix("crate::")) {
        (Meaning::Ours(path), Some(ours)) => begins(path, ours),
        (Meaning::Other(path), None) => begins(path, banned),
        _ => false,
    })
}

fn room_of<'r>(rooms: &'r [Room], path: &[String]) -> Option<&'r Room> {
    let name = path.first()?;
    rooms.iter().find(|room| room.name == name && room.floor < ROOF)
}

/// Everything that a path written in a module may mean: as it stands, and with each import on its way followed.
fn meanings(krate: &Crate, place: &Place, segments: &[String]) -> BTreeSet<Meaning> {
    let mut out = BTreeSet::new();
    let mut seen = HashSet::new();
    resolve(krate, place, segments, &mut seen, &mut out);
    out
}

type Seen = HashSet<(Place, Vec<String>)>;

fn resolve(
    krate: &Crate,
    place: &Place,
    segments: &[String],
    seen: &mut Seen,
    out: &mut BTreeSet<Meaning>,
) {
    let Some((first, rest)) = segments.split_first() else { return };
    if !seen.insert((place.clone(), segments.to_vec())) {
        return;
    }
    match first.as_str() {
        "::" if rest.first().is_some_and(|name| name == "cfiam") => {
            ours(krate, rest[1..].to_vec(), seen, out);
        }
        "::" => {
            out.insert(Meaning::Other(rest.to_vec()));
        }
        "cfiam" => ours(krate, rest.to_vec(), seen, out),
        "crate" => {
            let is_main = place.first().is_some_and(|name| name == "main");
            let root = if is_main { vec!["main".to_owned()] } else { vec![] };
            ours(krate, joined(&root, rest), seen, out);
        }
        "self" => ours(krate, joined(place, rest), seen, out),
        "super" => {
            let parent = &place[..place.len().saturating_sub(1)];
            if rest.first().is_some_and(|next| next == "super") {
                resolve(krate, &parent.to_vec(), rest, seen, out);
            } else {
                ours(krate, joined(parent, rest), seen, out);
            }
        }
        "Self" => {}
        _ => {
            if !local(krate, place, segments, seen, out) {
                out.insert(Meaning::Other(segments.to_vec()));
            }
        }
    }
}

/// Takes a path from the crate's root, and follows the import that its way may lead through.
fn ours(krate: &Crate, path: Vec<String>, seen: &mut Seen, out: &mut BTreeSet<Meaning>) {
    // The longest beginning that is a module: what follows is a name in it.
    let inside = (0..=path.len()).rev().find(|end| krate.modules.contains_key(&path[..*end]));
    if let Some(end) = inside
        && end < path.len()
    {
        local(krate, &path[..end].to_vec(), &path[end..], seen, out);
    }
    out.insert(Meaning::Ours(path));
}

/// Takes a path that begins with a name of a module: one that it defines, or one that it imports. Whether there
/// is such a name.
fn local(
    krate: &Crate,
    place: &Place,
    segments: &[String],
    seen: &mut Seen,
    out: &mut BTreeSet<Meaning>,
) -> bool {
    let (Some(module), Some((first, rest))) = (krate.modules.get(place), segments.split_first())
    else {
        return false;
    };
    let mut known = false;
    if module.defines.contains(first) {
        out.insert(Meaning::Ours(joined(place, segments)));
        let inner = joined(place, std::slice::from_ref(first));
        if krate.modules.contains_key(&inner) {
            ours(krate, joined(place, segments), seen, out);
        }
        if !rest.is_empty() && krate.modules.contains_key(&inner) {
            // `mod cut; use cut::cut;`: a path that goes on can only mean the module.
            return true;
        }
        known = true;
    }
    for import in &module.imports {
        if import.name == *first {
            // `use tokio;` names itself: it is the crate and not the import again.
            let target = if import.target.first() == Some(first) && !known {
                joined(&["::".to_owned()], &import.target)
            } else {
                import.target.clone()
            };
            resolve(krate, place, &joined(&target, rest), seen, out);
            known = true;
        }
    }
    known || through_globs(krate, place, segments, seen, out)
}

fn through_globs(
    krate: &Crate,
    place: &Place,
    segments: &[String],
    seen: &mut Seen,
    out: &mut BTreeSet<Meaning>,
) -> bool {
    let Some(module) = krate.modules.get(place) else { return false };
    let mut known = false;
    for import in module.imports.iter().filter(|import| import.name == "*") {
        // What has been asked on the way here is not asked again, or a glob would wait for itself.
        let mut targets = BTreeSet::new();
        resolve(krate, place, &import.target, &mut seen.clone(), &mut targets);
        for meaning in targets {
            match meaning {
                Meaning::Ours(target) if target != *place => {
                    if seen.insert((target.clone(), segments.to_vec())) {
                        known |= local(krate, &target, segments, seen, out);
                    }
                }
                Meaning::Ours(_) => {}
                // Whether another crate has the name isn't known here: it may.
                Meaning::Other(target) => {
                    out.insert(Meaning::Other(joined(&target, segments)));
                }
            }
        }
    }
    known
}

fn joined(before: &[String], rest: &[String]) -> Vec<String> {
    [before, rest].concat()
}
