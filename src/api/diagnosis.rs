//! Whether a credential is good: code 10000 means "bad credential" as well as "lacks a permission".

use jiff::Timestamp;

use super::answer::Answer;
use super::call::{Call, Right};
use super::client::Client;
use super::judge::{Failure, Sort};
use super::refusal;
use super::wire::{self, Envelope, TokenState};
use crate::domain::{AccountId, CredentialKind, Fault, FaultKind, TokenId, Urgency};

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Whose it is.
    pub kind: CredentialKind,
    /// Its id.
    pub id: Option<TokenId>,
    /// When it ends.
    pub expires: Option<Timestamp>,
    /// The service's clock when that was told.
    pub date: Option<Timestamp>,
}

/// What a look at the credential brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is good, and reaches these accounts; none if that can't be told.
    Good(Vec<AccountId>),
    /// It is bad.
    Bad(Fault),
    /// It could not be looked at.
    Unclear,
}

impl Client {
    /// What a refusal means, after a look at the credential where that is needed.
    pub(super) async fn explain(&self, call: &Call, failure: &Failure) -> Fault {
        let purpose = &call.purpose;
        let fault = refusal::fault(failure, purpose);
        if !refusal::is_ambiguous(failure) || !matches!(fault.kind, FaultKind::Permission(_)) {
            return fault;
        }
        match self.standing(purpose.account.as_ref()).await {
            Standing::Bad(bad) => refusal::bad_credential(fault, purpose, &bad),
            Standing::Good(reach) if is_elsewhere(&reach, purpose.account.as_ref()) => {
                refusal::out_of_reach(fault, purpose)
            }
            Standing::Good(_) if fault.status == Some(401) => refusal::in_doubt(fault, purpose),
            Standing::Good(_) => refusal::lacks(fault, purpose),
            Standing::Unclear => refusal::unclear(fault, purpose),
        }
    }

    /// Looks at the credential, once for all who ask at about the same time.
    async fn standing(&self, account: Option<&AccountId>) -> Standing {
        let mut known = self.verdict().lock().await;
        let fresh = self.timings().verdict;
        if let Some((at, standing)) = &*known
            && self.now().saturating_sub(*at) < fresh
        {
            return standing.clone();
        }
        let standing = match self.look(account).await {
            Ok(()) => Standing::Good(self.reach().await),
            Err(fault) if fault.kind == FaultKind::Credential => Standing::Bad(fault),
            Err(_) => Standing::Unclear,
        };
        *known = Some((self.now(), standing.clone()));
        standing
    }

    async fn look(&self, account: Option<&AccountId>) -> Result<(), Fault> {
        if self.credential_kind() == CredentialKind::Key {
            return self.key_is_good().await.map(|_| ());
        }
        self.token(account).await.map(|_| ())
    }

    /// A key has no check of its own: whoever may read the own user has a good one.
    /// Gives the service's clock.
    pub(super) async fn key_is_good(&self) -> Result<Option<Timestamp>, Fault> {
        let call = Call::get("checking the key", Right::User, "/user".into(), Urgency::Preflight);
        match self.ask(&call).await {
            Ok(answer) => Ok(answer.head.date),
            Err(failure) if matches!(failure.sort, Sort::Refused) => {
                Err(bad("the API key is not accepted"))
            }
            Err(failure) => Err(refusal::fault(&failure, &call.purpose)),
        }
    }

    /// The accounts in reach, if one page tells them all.
    async fn reach(&self) -> Vec<AccountId> {
        let call =
            Call::get("reading the accounts", Right::Any, "/accounts".into(), Urgency::Preflight)
                .with("page", 1)
                .with("per_page", 50);
        let Ok(answer) = self.ask(&call).await else { return Vec::new() };
        let text = wire::readable(&answer.body);
        let Ok(envelope) = Envelope::open(&text) else { return Vec::new() };
        let list = wire::items(envelope.result).unwrap_or_default();
        if envelope.info().total_count.is_some_and(|total| total > list.len() as u64) {
            return Vec::new();
        }
        list.into_iter().filter_map(|raw| wire::account(raw).ok()).map(|a| a.row.id).collect()
    }

    /// Checks a token by the user's endpoint, then by the account's: an account's token is unknown to the first.
    ///
    /// # Errors
    /// A [`FaultKind::Credential`] if it is bad, disabled, expired or not valid yet; another if that can't be told.
    pub(super) async fn token(&self, account: Option<&AccountId>) -> Result<Token, Fault> {
        let by_user = || async {
            self.verify("/user/tokens/verify".to_owned(), CredentialKind::UserToken).await
        };
        let Some(account) = account else { return by_user().await };
        let by_account = || async {
            let path = format!("/accounts/{account}/tokens/verify");
            self.verify(path, CredentialKind::AccountToken).await
        };
        let refused = |r: &Result<Token, Fault>| {
            r.as_ref().is_err_and(|f| f.kind == FaultKind::Credential && f.status.is_some())
        };
        if self.credential_kind() == CredentialKind::AccountToken {
            let first = by_account().await;
            return if refused(&first) { by_user().await } else { first };
        }
        let first = by_user().await;
        if !refused(&first) {
            return first;
        }
        let second = by_account().await;
        if refused(&second) { first } else { second }
    }

    async fn verify(&self, path: String, kind: CredentialKind) -> Result<Token, Fault> {
        let call = Call::get("checking the token", Right::Any, path, Urgency::Preflight);
        let answer = self.ask(&call).await.map_err(|failure| match failure.sort {
            // Whatever code it comes with: this endpoint refuses nothing but bad tokens.
            Sort::Refused if failure.head.status != 404 => {
                let mut fault = bad("the token is not accepted");
                fault.status = Some(failure.head.status);
                fault.errors.clone_from(&failure.errors);
                fault.ray.clone_from(&failure.head.ray);
                fault
            }
            _ => refusal::fault(&failure, &call.purpose),
        })?;
        read_token(&answer, kind)
    }
}

fn is_elsewhere(reach: &[AccountId], account: Option<&AccountId>) -> bool {
    !reach.is_empty() && account.is_some_and(|account| !reach.contains(account))
}

fn bad(what: &str) -> Fault {
    let remedy = "make a new one in the dashboard, or check that all of it was copied";
    Fault::new(FaultKind::Credential, what, remedy)
}

/// The check of a token: its times are held against the server's own clock.
fn read_token(answer: &Answer, kind: CredentialKind) -> Result<Token, Fault> {
    let text = wire::readable(&answer.body);
    let envelope = Envelope::open(&text).unwrap_or_default();
    let state: TokenState<'_> =
        envelope.result.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    let time = |text: &str| wire::timestamp(text);
    let (expires, begins) = (time(state.expires_on.text()), time(state.not_before.text()));
    match state.status.text() {
        "active" | "" => {}
        "expired" => return Err(bad("the token has expired")),
        "disabled" => return Err(bad("the token is disabled")),
        _ => return Err(bad("the token is not active")),
    }
    if let Some(now) = answer.head.date {
        if expires.is_some_and(|end| end <= now) {
            return Err(bad("the token has expired"));
        }
        if let Some(begin) = begins.filter(|begin| *begin > now) {
            return Err(bad(&format!("the token is not valid before {begin}")));
        }
    }
    Ok(Token { kind, id: TokenId::parse(state.id.text()), expires, date: answer.head.date })
}
