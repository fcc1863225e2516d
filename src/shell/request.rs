//! One question to the service, and its answers.

use std::path::Path;

use crate::api::Client;
use crate::app::{Answer, Request, Ticket};
use crate::domain::{Fault, Opened};
use crate::ops;
use crate::store::history;

/// Asks, and tells what comes, in the order in which it comes.
pub async fn fulfil(
    client: &Client,
    ticket: Ticket,
    request: Request,
    tell: impl Fn(Answer) + Send + Sync,
) {
    let loaded = |load| tell(Answer::Loaded(ticket, load));
    let outcome = match request {
        Request::Accounts => return tell(Answer::Accounts(ticket, ops::accounts(client).await)),
        Request::Account { account, organization } => {
            let opened = ops::open(client, &account, organization.as_ref()).await;
            return tell(Answer::Account(ticket, Box::new(opened)));
        }
        // The disk's.
        Request::Staged(_) | Request::Runs(_) | Request::Run(..) => return,
        Request::List { account, organization, collection, urgency } => {
            let organization = organization.as_ref();
            ops::list(client, &account, organization, collection, urgency, loaded).await
        }
        Request::AllGroupMembers { account, groups } => {
            ops::all_group_members(client, &account, &groups, loaded).await
        }
        Request::Since { account, pairs } => ops::since(client, &account, &pairs, loaded).await,
        Request::Group { account, group } => ops::group(client, &account, &group, loaded).await,
        Request::OrganizationMember { organization, member } => {
            ops::organization_member(client, &organization, &member, loaded).await
        }
    };
    tell(Answer::Done(ticket, outcome));
}

/// The answer to a question about runs, from the journals below the state folder; `None` to any other question.
pub fn look_up(folder: &Path, ticket: Ticket, request: &Request) -> Option<Answer> {
    match request {
        Request::Runs(account) => Some(Answer::Runs(ticket, history::runs(folder, account))),
        Request::Run(account, run) => {
            let run = history::run(folder, account, run);
            Some(Answer::Past(ticket, run.map(|(_, history)| Box::new(history))))
        }
        _ => None,
    }
}

/// The answer to a question that could not be asked, or whose task has died: whoever waits is told.
pub(super) fn failed(ticket: Ticket, request: &Request, fault: &Fault) -> Answer {
    match request {
        Request::Accounts => Answer::Accounts(ticket, Err(fault.clone())),
        Request::Account { .. } => {
            let opened = Opened {
                account: Err(fault.clone()),
                caller: Err(fault.clone()),
                organizations: Err(fault.clone()),
            };
            Answer::Account(ticket, Box::new(opened))
        }
        Request::Staged(_) => Answer::Staged(ticket, Err(fault.clone())),
        Request::Runs(_) => Answer::Runs(ticket, Err(fault.clone())),
        Request::Run(..) => Answer::Past(ticket, Err(fault.clone())),
        _ => Answer::Done(ticket, Err(fault.clone())),
    }
}
