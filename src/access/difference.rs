//! What a member holds before and after, permission group by permission group and place by place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::grant::Path;
use super::scope::{Place, places};
use crate::domain::{
    Access, Directory, PermissionGroup, PermissionGroupId, Policy, ResourceGroup, ResourceGroupId,
};

/// What a grant reaches.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// A place.
    Place(Place),
    /// A resource group of which it isn't known what it covers.
    Unknown(Option<ResourceGroupId>),
}

/// One permission group on places that are come by in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The policy's effect.
    pub access: Access,
    /// What is granted.
    pub permission_group: Arc<PermissionGroup>,
    /// What it is granted on, in order, each once.
    pub on: Vec<Reach>,
    /// For what is gained or lost, the paths that give or gave it; for what is kept, the paths that still do:
    /// directly first, then groups by name.
    pub by: Vec<Path>,
    /// Whether a deny, or an effect that isn't known, has a part in it: how it combines with allow is not
    /// documented.
    pub unsettled: bool,
}

/// What changes do to what a member holds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Difference {
    /// What is held afterwards and was not before.
    pub gains: Vec<Held>,
    /// What was held before and is not afterwards.
    pub losses: Vec<Held>,
    /// What a path that changes gives or gave, and another path gives before and after.
    pub kept: Vec<Held>,
}

impl Difference {
    /// Whether what is held stays exactly the same.
    pub fn is_none(&self) -> bool {
        self.gains.is_empty() && self.losses.is_empty()
    }

    /// The permission groups of which something is gained or lost.
    pub fn changed(&self) -> impl Iterator<Item = &PermissionGroupId> {
        self.gains.iter().chain(&self.losses).map(|held| &held.permission_group.id)
    }

    /// Whether a deny has a part in what changes.
    pub fn is_unsettled(&self) -> bool {
        self.gains.iter().chain(&self.losses).any(|held| held.unsettled)
    }

    /// Whether it isn't known of something that changes what it covers.
    pub fn has_unknown_reach(&self) -> bool {
        let changed = self.gains.iter().chain(&self.losses);
        changed.flat_map(|held| &held.on).any(|on| matches!(on, Reach::Unknown(_)))
    }
}

type What = (Access, PermissionGroupId);

#[derive(Default)]
struct Paths {
    before: BTreeSet<Path>,
    after: BTreeSet<Path>,
}

/// A policy list with the path by which it is held, and whether it is held before and after.
struct Source<'p> {
    path: Path,
    policies: Vec<&'p Arc<Policy>>,
    times: (bool, bool),
    changes: bool,
}

/// What a member holds before and after, gathered path by path.
pub(super) struct Holdings<'d, 'p> {
    directory: &'d Directory,
    sources: Vec<Source<'p>>,
}

impl<'d, 'p> Holdings<'d, 'p> {
    pub(super) fn new(directory: &'d Directory) -> Self {
        Self { directory, sources: Vec::new() }
    }

    /// Takes a path in that stays as it is.
    pub(super) fn stays(&mut self, path: &Path, policies: &'p [Arc<Policy>]) {
        self.add(path, policies, (true, true), false);
    }

    /// Takes a path in that gives something else afterwards.
    pub(super) fn changes(
        &mut self,
        path: &Path,
        before: &'p [Arc<Policy>],
        after: &'p [Arc<Policy>],
    ) {
        self.add(path, before, (true, false), true);
        self.add(path, after, (false, true), true);
    }

    fn add(
        &mut self,
        path: &Path,
        policies: &'p [Arc<Policy>],
        times: (bool, bool),
        changes: bool,
    ) {
        let policies = policies.iter().collect();
        self.sources.push(Source { path: path.clone(), policies, times, changes });
    }

    /// What it comes to. Only what a changing path gives is looked for on the others.
    pub(super) fn difference(&self) -> Difference {
        let mut found: BTreeMap<What, BTreeMap<Reach, Paths>> = BTreeMap::new();
        let mut names: BTreeMap<PermissionGroupId, Arc<PermissionGroup>> = BTreeMap::new();
        for source in self.sources.iter().filter(|source| source.changes) {
            self.each(source, &mut |what, on, permission_group| {
                found.entry(what.clone()).or_default().entry(on.clone()).or_default();
                names.entry(what.1.clone()).or_insert_with(|| permission_group.clone());
            });
        }
        for source in &self.sources {
            self.each(source, &mut |what, on, _| {
                let Some(places) = found.get_mut(what) else { return };
                // Beside the whole account a single place is told of too: it stays where the account goes.
                if places.contains_key(&Reach::Place(Place::Account)) {
                    places.entry(on.clone()).or_default();
                }
                for (_, paths) in places.iter_mut().filter(|(place, _)| covers(on, place)) {
                    paths.before.extend(source.times.0.then(|| source.path.clone()));
                    paths.after.extend(source.times.1.then(|| source.path.clone()));
                }
            });
        }
        self.told(found, &names)
    }

    fn each(
        &self,
        source: &Source<'_>,
        take: &mut impl FnMut(&What, &Reach, &Arc<PermissionGroup>),
    ) {
        for policy in &source.policies {
            let reaches: Vec<Reach> = policy
                .resource_groups
                .iter()
                .flat_map(|group| reaches(self.directory, group))
                .collect();
            for permission_group in &policy.permission_groups {
                let what = (policy.access.clone(), permission_group.id.clone());
                for on in &reaches {
                    take(&what, on, permission_group);
                }
            }
        }
    }

    fn told(
        &self,
        found: BTreeMap<What, BTreeMap<Reach, Paths>>,
        names: &BTreeMap<PermissionGroupId, Arc<PermissionGroup>>,
    ) -> Difference {
        let unsettled = self.unsettled();
        let mut difference = Difference::default();
        for ((access, id), places) in found {
            let Some(permission_group) = names.get(&id) else { continue };
            for (on, paths) in places {
                let (list, by) = match (paths.before.is_empty(), paths.after.is_empty()) {
                    (true, false) => (&mut difference.gains, paths.after),
                    (false, true) => (&mut difference.losses, paths.before),
                    (false, false) => (&mut difference.kept, paths.still()),
                    (true, true) => continue,
                };
                let by = self.in_order(by);
                let same = list.iter_mut().find(|held: &&mut Held| {
                    held.access == access && held.permission_group.id == id && held.by == by
                });
                match same {
                    Some(held) => held.on.push(on),
                    None => list.push(Held {
                        access: access.clone(),
                        permission_group: permission_group.clone(),
                        on: vec![on],
                        by,
                        unsettled: unsettled.contains(&id),
                    }),
                }
            }
        }
        let Difference { gains, losses, kept } = &mut difference;
        for list in [gains, losses, kept] {
            list.sort_by(|a, b| order(a).cmp(&order(b)));
        }
        difference
    }

    /// The permission groups that something else than an allow names, before or after.
    fn unsettled(&self) -> BTreeSet<PermissionGroupId> {
        let policies = self.sources.iter().flat_map(|source| &source.policies);
        let other = policies.filter(|policy| policy.access != Access::Allow);
        other.flat_map(|policy| &policy.permission_groups).map(|what| what.id.clone()).collect()
    }

    fn in_order(&self, paths: BTreeSet<Path>) -> Vec<Path> {
        let mut paths: Vec<Path> = paths.into_iter().collect();
        paths.sort_by_cached_key(|path| match path {
            Path::Direct => None,
            Path::Group(id) => {
                Some((self.directory.groups().get(id).map(|group| group.name.clone()), id.clone()))
            }
        });
        paths
    }
}

impl Paths {
    /// The paths that stay; where none does, those that give it afterwards.
    fn still(self) -> BTreeSet<Path> {
        let both: BTreeSet<Path> = self.before.intersection(&self.after).cloned().collect();
        if both.is_empty() { self.after } else { both }
    }
}

fn order(held: &Held) -> (&Access, &str, &PermissionGroupId, &[Path]) {
    (&held.access, &held.permission_group.name, &held.permission_group.id, &held.by)
}

/// What a resource group reaches, in the order of its scopes.
pub fn reaches(directory: &Directory, group: &ResourceGroup) -> Vec<Reach> {
    let places = places(directory, group);
    if places.is_empty() {
        return vec![Reach::Unknown(group.id.clone())];
    }
    places.into_iter().map(Reach::Place).collect()
}

/// Whether who holds something on one reach holds it on the other: on the same, or on the account that it is in.
pub fn covers(wide: &Reach, narrow: &Reach) -> bool {
    let in_account = |place: &Place| match place {
        Place::Account | Place::Zone(_) => true,
        Place::Other(key) => key.starts_with("com.cloudflare.api.account."),
    };
    wide == narrow
        || matches!((wide, narrow), (Reach::Place(Place::Account), Reach::Place(place)) if in_account(place))
}
