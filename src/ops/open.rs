//! Which accounts there are, and what stands around the one that is opened.

use crate::api::Client;
use crate::domain::{Account, AccountId, Fault, FaultKind, Opened, Organization, OrganizationId};

/// The accounts that the credential reaches; none for tokens that reach an account but may not list any.
///
/// # Errors
/// A credential that is refused, a service that can't be reached.
pub async fn accounts(client: &Client) -> Result<Vec<Account>, Fault> {
    client.accounts().await
}

/// Reads an account, who is calling, and the organization: the one that is named, else the account's owner,
/// else the only one that the credential reaches, else those to choose from.
pub async fn open(client: &Client, account: &AccountId, named: Option<&OrganizationId>) -> Opened {
    let (read, caller) = tokio::join!(client.account(account), client.caller(account));
    let read = read.and_then(|found| found.ok_or_else(|| no_account(account)));
    let parent = read.as_ref().ok().and_then(|account| account.parent.clone());
    let organizations = match (named, parent) {
        (Some(named), _) => organization(client, named).await,
        (None, Some(parent)) => owner(client, &parent).await,
        (None, None) => client.organizations().await,
    };
    Opened { account: read, caller, organizations }
}

/// The one that is asked for. The service says the same of an organization that isn't there as of one that the
/// credential may not see; a person who names one is told, where otherwise there would be none to show.
async fn organization(client: &Client, named: &OrganizationId) -> Result<Vec<Organization>, Fault> {
    let not_seen = || {
        Fault::new(
            FaultKind::NotFound,
            format!(
                "reading the organization {named}: it isn't there, or the credential may not see it"
            ),
            "check the id that was given, and whether the credential's owner administers the organization",
        )
    };
    match client.organization(named).await {
        Ok(Some(organization)) => Ok(vec![organization]),
        Ok(None) => Err(not_seen()),
        Err(fault) if may_not_see(&fault) => {
            Err(Fault { status: fault.status, errors: fault.errors, ray: fault.ray, ..not_seen() })
        }
        Err(fault) => Err(fault),
    }
}

/// Many who may administer an account may not read the organization that owns it: then there is none to show.
async fn owner(client: &Client, parent: &OrganizationId) -> Result<Vec<Organization>, Fault> {
    match client.organization(parent).await {
        Ok(found) => Ok(found.into_iter().collect()),
        Err(fault) if may_not_see(&fault) => Ok(Vec::new()),
        Err(fault) => Err(fault),
    }
}

fn may_not_see(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Permission(_) | FaultKind::NotEnabled | FaultKind::NotFound)
}

fn no_account(account: &AccountId) -> Fault {
    Fault::new(
        FaultKind::NotFound,
        format!("reading the account {account}: there is none with this id"),
        "look at the id, and at what the credential reaches",
    )
}
