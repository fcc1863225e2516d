//! Failures in words: what failed, why as far as it is known, and what to do.

use super::call::{Purpose, Right};
use super::judge::{Failure, Sort};
use crate::domain::{Fault, FaultKind};

/// Codes that tell of a bad credential, whatever was asked: malformed headers, an unknown key, a token that is none.
const BAD_CREDENTIAL: [i64; 8] = [6003, 6103, 6111, 9103, 9106, 10001, 10502, 1000];
/// Codes that a bad credential and a missing permission share.
const EITHER: [i64; 2] = [10_000, 9109];
/// No such address: a malformed id.
const NO_ROUTE: [i64; 2] = [7000, 7003];

/// Whether only a look at the credential itself tells what this refusal means.
pub fn is_ambiguous(failure: &Failure) -> bool {
    let refused = matches!(failure.sort, Sort::Refused);
    let status = failure.head.status;
    let told = failure.has_code(&EITHER)
        || (matches!(status, 401 | 403) && !failure.has_code(&BAD_CREDENTIAL));
    refused && told
}

/// Whether a refusal is about the credential, by its codes: a feature that is not enabled has none of these.
fn names_credential(failure: &Failure) -> bool {
    failure.has_code(&EITHER) || failure.has_code(&BAD_CREDENTIAL)
}

/// A failure as it is shown.
pub fn fault(failure: &Failure, purpose: &Purpose) -> Fault {
    let (kind, why, remedy) = explain(failure, purpose);
    let mut fault = Fault::new(kind, format!("{}: {why}", purpose.what), remedy);
    fault.status = Some(failure.head.status).filter(|status| *status > 0);
    fault.errors.clone_from(&failure.errors);
    fault.ray.clone_from(&failure.head.ray);
    fault
}

fn explain(failure: &Failure, purpose: &Purpose) -> (FaultKind, String, String) {
    let status = failure.head.status;
    let say = |kind, why: &str, remedy: &str| (kind, why.to_owned(), remedy.to_owned());
    match &failure.sort {
        Sort::NotSent { why, remedy, .. } => say(FaultKind::NotSent, why, remedy),
        Sort::Lost(why) => say(FaultKind::Unanswered, why, "check the network, then try again"),
        Sort::Throttled => say(
            FaultKind::Throttled,
            "too many requests",
            "wait: the limit holds for the dashboard and all other tools of the same person too",
        ),
        Sort::Server if matches!(status, 408 | 409) => say(
            FaultKind::Unanswered,
            &format!("status {status} leaves open what was carried out"),
            "read again what is there",
        ),
        Sort::Server => say(
            FaultKind::Server,
            &format!("the server failed with status {status}"),
            "try again in a while",
        ),
        Sort::Redirect(host) => say(
            FaultKind::Unreadable,
            &format!("unexpected redirect to {host}"),
            "check the base URL; redirects are never followed, so that no credential goes astray",
        ),
        Sort::Page if failure.head.is_success() => say(
            FaultKind::Unreadable,
            "a login page answered instead of Cloudflare",
            "log in to the network, or check the proxy and the base URL",
        ),
        Sort::Page => say(
            FaultKind::Unreadable,
            &format!("a web page answered instead of Cloudflare's API (status {status})"),
            "check the base URL and what stands between here and Cloudflare",
        ),
        Sort::Garbled(why) => say(
            FaultKind::Unreadable,
            &format!("the answer can't be read: {why}"),
            "try again; if it stays so, the service has changed",
        ),
        Sort::Refused => refused(failure, purpose),
    }
}

fn refused(failure: &Failure, purpose: &Purpose) -> (FaultKind, String, String) {
    let status = failure.head.status;
    let say = |kind, why: &str, remedy: &str| (kind, why.to_owned(), remedy.to_owned());
    if failure.has_code(&NO_ROUTE) {
        return say(FaultKind::NotFound, "there is no such address", "check the ids");
    }
    if status == 403 && purpose.right == Right::Organizations {
        return not_enabled("organizations are not enabled for this credential");
    }
    if status == 403 && purpose.missing == FaultKind::NotEnabled && !names_credential(failure) {
        return not_enabled("not enabled for this account");
    }
    if is_ambiguous(failure) {
        return say(FaultKind::Permission(purpose.right.name().to_owned()), "refused", "");
    }
    // 1000 is a bad token only where the status says so; elsewhere it is another refusal.
    let bad = failure.errors.iter().filter_map(|e| e.code);
    if bad.clone().any(|c| BAD_CREDENTIAL.contains(&c) && (c != 1000 || status == 401)) {
        return say(
            FaultKind::Credential,
            "the credential is not accepted",
            "check CLOUDFLARE_API_TOKEN, or CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY",
        );
    }
    match status {
        404 if purpose.missing == FaultKind::NotEnabled => {
            not_enabled("this account has no such feature")
        }
        404 => say(FaultKind::NotFound, "it is not there", "refresh: it may have been removed"),
        410 => not_enabled("the service no longer offers this"),
        // Cloudflare's own words follow; where there are none, the status is all that is known.
        _ if failure.errors.iter().any(|error| !error.message.is_empty()) => {
            say(FaultKind::Refused, "refused", "")
        }
        _ => say(FaultKind::Refused, &format!("refused with status {status}"), ""),
    }
}

fn not_enabled(why: &str) -> (FaultKind, String, String) {
    (FaultKind::NotEnabled, why.to_owned(), "ask Cloudflare whether your plan has it".to_owned())
}

/// A refusal of a credential that is good: it lacks a permission.
pub fn lacks(mut fault: Fault, purpose: &Purpose) -> Fault {
    let name = purpose.right.name();
    fault.what = format!("{}: the credential lacks {name}", purpose.what);
    fault.remedy = match purpose.right {
        Right::Write => format!(
            "give the token {name} (called Edit in the dashboard); the owner of a user token must be Super Administrator too"
        ),
        Right::Organizations => "ask an administrator of the organization".to_owned(),
        _ => format!("give the token {name}"),
    };
    fault.kind = FaultKind::Permission(name.to_owned());
    fault
}

/// A refusal as of a credential that is bad, where its check says that it is good: both happen to a credential that
/// lacks a permission, and to one that was revoked just now.
pub fn in_doubt(mut fault: Fault, purpose: &Purpose) -> Fault {
    let name = purpose.right.name();
    fault.what = format!(
        "{}: refused with status 401, though the credential is said to be good",
        purpose.what
    );
    fault.remedy = format!(
        "look in the dashboard whether it was revoked just now, and whether it has {name}; then try again"
    );
    fault.kind = FaultKind::Permission(name.to_owned());
    fault
}

/// A refusal of a credential that is good, for an account that it doesn't reach.
pub fn out_of_reach(mut fault: Fault, purpose: &Purpose) -> Fault {
    let account = purpose.account.as_ref().map(ToString::to_string).unwrap_or_default();
    fault.what = format!("{}: the credential does not reach the account {account}", purpose.what);
    "choose one of the accounts that it reaches, or use a token for this one"
        .clone_into(&mut fault.remedy);
    fault.kind = FaultKind::Permission(format!("access to the account {account}"));
    fault
}

/// A refusal because the credential itself is bad, as `bad` tells.
pub fn bad_credential(mut fault: Fault, purpose: &Purpose, bad: &Fault) -> Fault {
    fault.what = format!("{}: {}", purpose.what, bad.what);
    fault.remedy.clone_from(&bad.remedy);
    fault.kind = FaultKind::Credential;
    fault
}

/// A refusal of a credential that could not be looked at.
pub fn unclear(mut fault: Fault, purpose: &Purpose) -> Fault {
    let name = purpose.right.name();
    fault.what = format!("{}: refused", purpose.what);
    fault.remedy = format!("check that the credential is valid and has {name}");
    fault
}
