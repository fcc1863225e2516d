//! Reading the account: what is asked for when, and what follows when it has come.

use crate::domain::{AccountId, Collection, Fault, FaultKind, GroupId, Opened, Snapshot, Urgency};

use super::msg::{Answer, Effect, Request, Ticket};
use super::place::{Place, Route, Tab};
use super::screens::{AccountsScreen, EffectiveScreen, MemberScreen, ProofScreen, Screen};
use super::state::{OrganizationChoice, Phase, State, Tone};
use super::{change_files, copy, dates, follow, history, offer, recovery, router, runs, say};

/// Asks which accounts can be opened.
pub fn connect(state: &mut State) -> Vec<Effect> {
    state.session.phase = Phase::Connecting;
    state.tickets.ask_once(Request::Accounts).into_iter().collect()
}

/// Opens a snapshot in place of an account: nothing is asked for, now or later.
pub fn open_snapshot(state: &mut State, snapshot: &Snapshot) -> Vec<Effect> {
    state.close_account(snapshot.directory.account.id.clone());
    state.directory = snapshot.directory.clone();
    let organization = state.directory.organization.as_ref();
    state.session.organization = organization
        .map_or(OrganizationChoice::None(None), |one| OrganizationChoice::One(one.id.clone()));
    state.tickets.close();
    slice(state)
}

/// Opens an account: everything known of another is let go.
pub fn open_account(state: &mut State, account: AccountId) -> Vec<Effect> {
    let mut effects = state.tickets.cancel(|_| true);
    state.close_account(account.clone());
    let organization = state.session.setup.organization.clone();
    effects.push(state.tickets.ask(Request::Staged(account.clone())));
    effects.push(state.tickets.ask(Request::Runs(account.clone())));
    effects.push(state.tickets.ask(Request::Account { account, organization }));
    effects.extend(read_lists(state));
    effects
}

/// Reads the account's lists. Who is in which group follows when the groups have come; the organization's members,
/// when it is known which organization.
fn read_lists(state: &mut State) -> Vec<Effect> {
    let lists = [
        Collection::Members,
        Collection::Groups,
        Collection::PermissionGroups,
        Collection::ResourceGroups,
        Collection::Zones,
        Collection::OrganizationMembers,
    ];
    lists.into_iter().filter_map(|list| read(state, list, Urgency::Bulk)).collect()
}

/// Reads a list, unless it is being read.
pub fn read(state: &mut State, collection: Collection, urgency: Urgency) -> Option<Effect> {
    let Phase::Open(account) = &state.session.phase else { return None };
    let organization = match (&collection, &state.session.organization) {
        (Collection::OrganizationMembers, OrganizationChoice::One(organization)) => {
            Some(organization.clone())
        }
        (Collection::OrganizationMembers, _) => return None,
        _ => None,
    };
    if matches!(&collection, Collection::GroupMembers(group) if group.as_draft().is_some()) {
        return None;
    }
    state.tickets.ask_once(Request::List {
        account: account.clone(),
        organization,
        collection,
        urgency,
    })
}

/// Reads everything again.
pub fn read_all(state: &mut State) -> Vec<Effect> {
    state.dates_asked.clear();
    match &state.session.phase {
        Phase::Open(account) => {
            let request = Request::Account {
                account: account.clone(),
                organization: state.session.setup.organization.clone(),
            };
            let mut effects: Vec<Effect> = state.tickets.ask_once(request).into_iter().collect();
            effects.extend(read_lists(state));
            effects
        }
        Phase::Unconnected(_) => Vec::new(),
        _ => connect(state),
    }
}

/// Reads what is on the screen again.
pub fn read_this(state: &mut State) -> Vec<Effect> {
    if !matches!(state.session.phase, Phase::Open(_)) {
        return read_all(state);
    }
    state.dates_asked.clear();
    let mut effects = Vec::new();
    match state.place.above.last() {
        Some(Screen::Member(screen)) => {
            let member = screen.member.clone();
            effects.extend(read(state, Collection::Members, Urgency::Screen));
            let groups: Vec<GroupId> = groups_of(state, &member);
            for group in groups {
                effects.extend(read(state, Collection::GroupMembers(group), Urgency::Screen));
            }
            effects.extend(read_failed(state));
        }
        Some(Screen::Group(screen)) => {
            let group = screen.group.clone();
            effects.extend(ask_group(state, &group));
            effects.extend(read(state, Collection::GroupMembers(group), Urgency::Screen));
        }
        Some(Screen::Accounts(_)) => effects.extend(state.tickets.ask_once(Request::Accounts)),
        Some(Screen::Run(screen)) => {
            let run = screen.run.clone();
            effects.extend(history::read_run(state, &run));
        }
        // An answer rests on the whole account.
        Some(
            Screen::Proof(_)
            | Screen::Effective(_)
            | Screen::Compare(_)
            | Screen::OnlyHere(_)
            | Screen::Finding(_),
        ) => return read_all(state),
        None if matches!(state.place.tab, Tab::Access | Tab::Findings) => return read_all(state),
        _ => {
            let collection = match state.place.tab {
                Tab::Members | Tab::Access => Collection::Members,
                Tab::Groups | Tab::Findings | Tab::Changes => Collection::Groups,
                Tab::Organization => Collection::OrganizationMembers,
            };
            effects.extend(read(state, collection, Urgency::Screen));
            // After the list of groups all their members are read.
            if state.place.tab == Tab::Members {
                effects.extend(read_failed(state));
            }
            if state.place.tab == Tab::Changes {
                effects.extend(history::read_runs(state));
            }
        }
    }
    effects
}

/// Reads the groups' member lists again that could not be read: a member may be in any of them.
fn read_failed(state: &mut State) -> Option<Effect> {
    let Phase::Open(account) = state.session.phase.clone() else { return None };
    let failed = state.directory.failed_member_lists();
    let groups: Vec<GroupId> = failed.into_iter().map(|(group, _)| group.clone()).collect();
    if groups.is_empty() {
        return None;
    }
    state.tickets.ask_once(Request::AllGroupMembers { account, groups })
}

/// Reads what a page that was just opened needs and nothing has read yet.
pub fn read_for_page(state: &mut State) -> Vec<Effect> {
    let mut effects = Vec::new();
    match state.place.above.last() {
        Some(Screen::Group(screen)) => {
            let collection = Collection::GroupMembers(screen.group.clone());
            let coverage = state.directory.coverage(&collection);
            if !coverage.is_whole() && coverage.walk.is_none() && coverage.failed.is_none() {
                effects.extend(read(state, collection, Urgency::Screen));
            }
        }
        Some(Screen::Run(screen)) if !state.past.opened.contains_key(&screen.run) => {
            let run = screen.run.clone();
            effects.extend(history::read_run(state, &run));
        }
        Some(Screen::OrganizationMember(screen)) => {
            let member = screen.member.clone();
            if let OrganizationChoice::One(organization) = &state.session.organization {
                let organization = organization.clone();
                effects.extend(
                    state.tickets.ask_once(Request::OrganizationMember { organization, member }),
                );
            }
        }
        _ => {}
    }
    effects
}

/// Reads a group again.
pub fn ask_group(state: &mut State, group: &GroupId) -> Option<Effect> {
    let Phase::Open(account) = &state.session.phase else { return None };
    let request = Request::Group { account: account.clone(), group: group.clone() };
    if group.as_draft().is_some() { None } else { state.tickets.ask_once(request) }
}

fn groups_of(state: &State, member: &crate::domain::MemberId) -> Vec<GroupId> {
    let slots = state.directory.groups_of(member).iter();
    slots
        .filter_map(|slot| state.directory.groups().at(*slot).map(|group| group.id.clone()))
        .collect()
}

/// Takes in what has come. An answer that is no longer waited for is dropped.
pub fn answer(state: &mut State, answer: Answer) -> Vec<Effect> {
    match answer {
        Answer::Accounts(ticket, accounts) => match state.tickets.done(ticket) {
            Some(_) => accounts_came(state, accounts),
            None => Vec::new(),
        },
        Answer::Account(ticket, opened) => match state.tickets.done(ticket) {
            Some(_) => account_came(state, *opened),
            None => Vec::new(),
        },
        Answer::Staged(ticket, saved) => match state.tickets.done(ticket) {
            Some(_) => staged_came(state, saved),
            None => Vec::new(),
        },
        Answer::Runs(ticket, runs) => match state.tickets.done(ticket) {
            Some(_) => history::runs_came(state, runs),
            None => Vec::new(),
        },
        Answer::Past(ticket, history) => match state.tickets.done(ticket) {
            Some(Request::Run(_, run)) => history::run_came(state, &run, history.map(|it| *it)),
            _ => Vec::new(),
        },
        Answer::Loaded(ticket, load) => {
            if state.tickets.waits(ticket) {
                state.directory.absorb(load, state.now);
                slice(state)
            } else {
                Vec::new()
            }
        }
        Answer::Done(ticket, outcome) => done(state, ticket, outcome),
        Answer::Sent(line) => {
            sent(state, line);
            Vec::new()
        }
        Answer::Budget(budget) => {
            state.budget = budget;
            state.held_until = budget.waits.map(|waits| state.now.since_start + waits);
            super::set_clock(state)
        }
        Answer::Run(run, report) => runs::report(state, &run, report),
        Answer::Guards(run, ops, read) => runs::guards(state, run, &ops, &read),
        Answer::TakenUp(run, how, opened) => recovery::taken_up(state, &run, how, opened),
        Answer::Reread(load) => {
            state.directory.absorb(load, state.now);
            let mut effects = slice(state);
            effects.extend(read_for_page(state));
            effects
        }
        Answer::Saved(outcome) => {
            let fault = outcome.err();
            let is_new = fault.is_some() && state.session.unsaved.is_none();
            state.session.unsaved = fault;
            match &state.session.unsaved {
                Some(fault) if is_new => {
                    let words = format!("not kept on disk: {fault}");
                    say(state, Tone::Fault, words)
                }
                _ => Vec::new(),
            }
        }
        Answer::Written(path, outcome) => change_files::saved(state, &path, outcome),
        Answer::Read(path, read) => change_files::opened(state, &path, read),
        Answer::Edited(before, after) => change_files::edited(state, before, after),
        Answer::Copied(lines, copied) => copy::copied(state, lines, copied),
        Answer::Browser(Ok(())) => say(state, Tone::Done, "opened in the browser".to_owned()),
        Answer::Browser(Err(fault)) | Answer::Told(fault) | Answer::Panicked(fault) => {
            say(state, Tone::Fault, fault.to_string())
        }
    }
}

fn sent(state: &mut State, line: crate::domain::RequestLine) {
    const KEPT: usize = 1_000;
    state.last_request += 1;
    state.requests.push_back((state.last_request, line));
    if state.requests.len() > KEPT {
        state.requests.pop_front();
    }
    let State { requests, place, .. } = state;
    if let Some(Screen::Requests(screen)) = place.above.last_mut() {
        screen.refill(requests);
    }
}

/// Rows have come: lists are made anew once what waits has been handled.
fn slice(state: &mut State) -> Vec<Effect> {
    if std::mem::replace(&mut state.slicing, true) { Vec::new() } else { vec![Effect::Slice] }
}

fn accounts_came(
    state: &mut State,
    accounts: Result<Vec<crate::domain::Account>, Fault>,
) -> Vec<Effect> {
    let wanted = state.session.setup.account.clone();
    match (accounts, wanted) {
        (Ok(accounts), wanted) => {
            state.session.accounts = accounts;
            match (wanted, state.session.accounts.as_slice(), &state.session.phase) {
                (_, _, Phase::Open(_)) => {
                    refill_accounts(state);
                    Vec::new()
                }
                (Some(wanted), ..) => open_account(state, wanted),
                (None, [only], _) => {
                    let only = only.id.clone();
                    open_account(state, only)
                }
                _ => choose(state),
            }
        }
        // The account was named: it may be readable although the list is not.
        (Err(_), Some(wanted)) if !matches!(state.session.phase, Phase::Open(_)) => {
            open_account(state, wanted)
        }
        (Err(fault), _) => {
            if matches!(state.session.phase, Phase::Open(_)) {
                return say(state, Tone::Fault, fault.to_string());
            }
            state.session.phase = Phase::NotConnected(fault);
            Vec::new()
        }
    }
}

/// Lets the person choose an account; where none is listed, by id.
fn choose(state: &mut State) -> Vec<Effect> {
    state.session.phase = Phase::Choosing;
    state.place =
        Place { tab: Tab::Members, above: vec![Screen::Accounts(AccountsScreen::default())] };
    refill_accounts(state);
    if state.session.accounts.is_empty() {
        router::ask_account(state);
    }
    Vec::new()
}

/// Shows the accounts that are known.
pub fn refill_accounts(state: &mut State) {
    let ids = state.session.accounts.iter().map(|account| account.id.clone()).collect();
    if let Some(Screen::Accounts(screen)) = state.place.above.last_mut() {
        screen.rows.show(ids);
    }
}

fn account_came(state: &mut State, opened: Opened) -> Vec<Effect> {
    match opened.account {
        Ok(account) => {
            state.directory.account = account;
            state.session.account_fault = None;
        }
        Err(fault) => state.session.account_fault = Some(fault),
    }
    match opened.caller {
        Ok(caller) => {
            state.directory.caller = Some(caller);
            state.session.caller_fault = None;
        }
        Err(fault) => state.session.caller_fault = Some(fault),
    }
    let choice = match opened.organizations {
        Err(fault) => OrganizationChoice::None(Some(fault)),
        Ok(organizations) => match organizations.as_slice() {
            [] => OrganizationChoice::None(None),
            [only] => {
                state.directory.organization = Some(only.clone());
                OrganizationChoice::One(only.id.clone())
            }
            _ => OrganizationChoice::Several(organizations),
        },
    };
    // A second reading doesn't undo a choice between several.
    let chosen = matches!(
        (&state.session.organization, &choice),
        (OrganizationChoice::One(_), OrganizationChoice::Several(_))
    );
    if !chosen {
        state.session.organization = choice;
    }
    let mut effects: Vec<Effect> =
        read(state, Collection::OrganizationMembers, Urgency::Bulk).into_iter().collect();
    if let Some(fault) = to_be_told(state) {
        effects.extend(say(state, Tone::Fault, fault.to_string()));
    }
    effects
}

/// The gravest of what opening the account has failed at: the account itself, the credential, the organization that
/// was asked for by name.
fn to_be_told(state: &State) -> Option<Fault> {
    let session = &state.session;
    let credential = session.caller_fault.as_ref();
    let credential = credential.filter(|fault| fault.kind == FaultKind::Credential);
    let organization = match &session.organization {
        OrganizationChoice::None(fault) if session.setup.organization.is_some() => fault.as_ref(),
        _ => None,
    };
    session.account_fault.as_ref().or(credential).or(organization).cloned()
}

fn staged_came(state: &mut State, saved: Result<Vec<crate::domain::Change>, Fault>) -> Vec<Effect> {
    match saved {
        Ok(changes) if changes.is_empty() => Vec::new(),
        Ok(changes) => offer::left(state, changes),
        Err(fault) => say(state, Tone::Fault, fault.to_string()),
    }
}

fn done(state: &mut State, ticket: Ticket, outcome: Result<(), Fault>) -> Vec<Effect> {
    let Some(request) = state.tickets.done(ticket) else { return Vec::new() };
    let mut effects = slice(state);
    match request {
        Request::List { collection: Collection::Members, .. } => {
            effects.extend(seek_protected(state));
            let State { past, directory, .. } = state;
            history::know_members(past.all.as_deref_mut().unwrap_or_default(), directory);
        }
        Request::List { account, collection: Collection::Groups, .. } => {
            effects.extend(seek_protected(state));
            let groups: Vec<GroupId> = state
                .directory
                .groups()
                .values()
                .map(|g| g.id.clone())
                .filter(|id| id.as_draft().is_none())
                .collect();
            if !groups.is_empty() {
                effects
                    .extend(state.tickets.ask_once(Request::AllGroupMembers { account, groups }));
            }
        }
        Request::List { collection: Collection::GroupMembers(_), .. }
        | Request::AllGroupMembers { .. } => {
            effects.extend(read_for_page(state));
        }
        Request::Group { .. } | Request::OrganizationMember { .. } | Request::Since { .. } => {
            if let Request::Since { pairs, .. } = request {
                dates::answered(state, pairs);
            }
            if let Err(fault) = outcome {
                effects.extend(say(state, Tone::Fault, fault.to_string()));
            }
        }
        _ => {}
    }
    effects
}

/// Says once what the config protects and the account doesn't have: a name that is written wrongly protects nothing.
fn seek_protected(state: &mut State) -> Vec<Effect> {
    let State { session, directory, .. } = state;
    let read = [Collection::Members, Collection::Groups];
    if session.protected_sought || !read.iter().all(|list| directory.coverage(list).is_whole()) {
        return Vec::new();
    }
    session.protected_sought = true;
    match session.rules.protected.not_there(directory).as_slice() {
        [] => Vec::new(),
        names => {
            let words = format!("protected, but not in this account: {}", names.join(", "));
            say(state, Tone::Fault, words)
        }
    }
}

/// Leaves pages whose object is gone, and says so.
pub fn go_if_gone(state: &mut State) -> Vec<Effect> {
    if !is_gone(state) {
        return Vec::new();
    }
    while is_gone(state) {
        state.place.above.pop();
    }
    let mut effects = say(state, Tone::Refused, "what was open here is gone".to_owned());
    effects.extend(follow(state));
    effects
}

/// Whether what the page on top shows is gone.
fn is_gone(state: &State) -> bool {
    match state.place.above.last() {
        Some(Screen::Group(screen)) => {
            state.directory.groups().get(&screen.group).is_none()
                && (screen.group.as_draft().is_some()
                    || state.directory.coverage(&Collection::Groups).is_whole())
        }
        Some(
            Screen::Proof(ProofScreen { member, .. })
            | Screen::Effective(EffectiveScreen { member, .. })
            | Screen::Member(MemberScreen { member, .. }),
        ) => {
            state.directory.members().get(member).is_none()
                && state.directory.coverage(&Collection::Members).is_whole()
        }
        _ => false,
    }
}

/// Whether what a route names is known.
pub fn is_known(state: &State, route: &Route) -> bool {
    match route {
        Route::Member(member) | Route::Proof(_, member) | Route::Effective(member) => {
            state.directory.members().get(member).is_some()
        }
        Route::Group(group) | Route::OnlyHere(group, _) => {
            state.directory.groups().get(group).is_some()
        }
        Route::OrganizationMember(member) => {
            state.directory.organization_members().get(member).is_some()
        }
        Route::Run(run) => super::history::is_known(state, run),
        _ => true,
    }
}
