//! Who is calling.

use jiff::Timestamp;

use super::Client;
use super::answer::Answer;
use super::call::{Call, Right};
use super::diagnosis::Token;
use super::rules::{Next, Pager, Rules, Sheet, print};
use super::wire::{self, Envelope, OwnMembership, UserState};
use crate::domain::{
    AccountId, Caller, CredentialKind, Fault, FaultKind, MemberId, Urgency, UserId,
};

/// What the check of a credential has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// When it expires, if it does and that is known.
    pub expires: Option<Timestamp>,
    /// The service's clock at the answer.
    pub date: Option<Timestamp>,
}

impl Client {
    /// Who is calling. What the credential may not read stays unknown and is no failure: a token of an account has
    /// no user, and many tokens of users may not read their own.
    ///
    /// # Errors
    /// A [`FaultKind::Credential`] where the credential is bad, disabled, expired or not valid yet; another where
    /// the service can't be reached.
    pub async fn caller(&self, account: &AccountId) -> Result<Caller, Fault> {
        let token = self.identify(account).await?;
        let mut caller = Caller {
            kind: token.kind,
            token: token.id,
            expires: token.expires,
            user: None,
            email: "".into(),
            member: None,
        };
        if token.kind == CredentialKind::AccountToken {
            return Ok(caller);
        }
        match self.own_user().await {
            Some((user, email)) => (caller.user, caller.email) = (Some(user), email),
            // Members are told apart by their user; only where that can't be read is the membership asked for.
            None => caller.member = self.own_membership(account).await,
        }
        Ok(caller)
    }

    /// Checks the credential, and says when it ends and what the service's clock shows.
    ///
    /// # Errors
    /// As [`Client::caller`].
    pub async fn check(&self, account: &AccountId) -> Result<Checked, Fault> {
        let Token { expires, date, .. } = self.identify(account).await?;
        Ok(Checked { expires, date })
    }

    async fn identify(&self, account: &AccountId) -> Result<Token, Fault> {
        if self.credential_kind() == CredentialKind::Key {
            let date = self.key_is_good().await?;
            return Ok(Token { kind: CredentialKind::Key, id: None, expires: None, date });
        }
        match self.token(Some(account)).await {
            // A check that isn't offered tells nothing about the token.
            Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::NotEnabled) => {
                Ok(Token { kind: CredentialKind::Token, id: None, expires: None, date: None })
            }
            other => other,
        }
    }

    async fn own_user(&self) -> Option<(UserId, Box<str>)> {
        let call =
            Call::get("reading who is calling", Right::User, "/user".into(), Urgency::Screen);
        let answer = self.ask(&call).await.ok()?;
        let text = wire::readable(&answer.body);
        let raw = Envelope::open(&text).ok()?.result?;
        let state: UserState<'_> = serde_json::from_str(raw.get()).ok()?;
        Some((UserId::parse(state.id.text())?, state.email.text().into()))
    }

    async fn own_membership(&self, account: &AccountId) -> Option<MemberId> {
        let mut rules = Rules::new(Pager::Numbers, 50);
        for page in 1.. {
            let call = Call::get(
                "reading the own memberships",
                Right::Memberships,
                "/memberships".into(),
                Urgency::Screen,
            );
            let answer = self.ask(&call.with("page", page).with("per_page", 50)).await.ok()?;
            let (found, sheet) = memberships(&answer, account);
            if found.is_some() || rules.take(&sheet) != Next::More {
                return found;
            }
        }
        None
    }
}

fn memberships(answer: &Answer, account: &AccountId) -> (Option<MemberId>, Sheet) {
    let text = wire::readable(&answer.body);
    let envelope = Envelope::open(&text).unwrap_or_default();
    let mut sheet = Sheet { info: envelope.info(), ..Sheet::default() };
    let mut found = None;
    for raw in wire::items(envelope.result).unwrap_or_default() {
        sheet.keys.push(print(raw.get()));
        let Ok(own) = serde_json::from_str::<OwnMembership<'_>>(raw.get()) else { continue };
        let of = own.account.0.as_ref().and_then(|a| AccountId::parse(&a.id.0));
        if of.as_ref() == Some(account) {
            found = MemberId::parse(own.id.text());
        }
    }
    (found, sheet)
}
