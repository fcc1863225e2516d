//! Which request is answered by what. Checks who asks and what that credential may do; the files beside this
//! one hold the answers.

mod accounts;
mod body;
mod catalogue;
mod group_members;
mod groups;
mod members;
mod organizations;
mod policies;
mod user;

use axum::http::Method;

use super::Shapes;
use super::credentials::{self, Known, Owner, Right, Standing};
use super::reply::{Answer, Reply};
use super::request::Request;
use super::state::State;
use super::world::{Account, Id};

/// A request together with who asks.
struct Call<'a> {
    state: &'a mut State,
    request: &'a Request,
    caller: Known,
}

/// Answers a request, and carries it out where it is a write that is allowed.
pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    if let Some(page) = empty_id(request) {
        return page;
    }
    let answer = credentials::who(request, &state.credentials, state.shapes).and_then(|caller| {
        let mut call = Call { state, request, caller };
        call.check_standing()?;
        call.dispatch()
    });
    answer.unwrap_or_else(|refusal| refusal)
}

/// A path with an empty part never reaches the API: the edge answers with a page. (A GET that merely ends in a
/// slash lists what is above, which is how a client with an empty id reads the wrong thing.)
fn empty_id(request: &Request) -> Option<Reply> {
    let parts = &request.segments;
    let inner = parts.len().saturating_sub(1);
    let trailing = parts.last().is_some_and(String::is_empty);
    let empty = parts.iter().take(inner).any(String::is_empty)
        || (trailing && request.method != Method::GET);
    empty.then(|| Reply::html(404, "404 Not Found"))
}

impl Call<'_> {
    fn live(&self) -> bool {
        self.state.shapes == Shapes::Live
    }

    fn verifies(&self) -> bool {
        self.request.segments.last().is_some_and(|last| last == "verify")
    }

    fn check_standing(&mut self) -> Result<(), Reply> {
        match self.caller.standing {
            Standing::Fresh if self.state.still_fresh() => Err(Reply::unauthenticated(403)),
            Standing::Good | Standing::Fresh => Ok(()),
            Standing::Revoked => Err(credentials::unknown_token(self.request)),
            Standing::Expired | Standing::Disabled | Standing::NotYet if self.verifies() => Ok(()),
            _ => Err(Reply::unauthenticated(401)),
        }
    }

    fn need(&self, right: Right) -> Result<(), Reply> {
        if self.may(right) { Ok(()) } else { Err(Reply::unauthenticated(403)) }
    }

    fn may(&self, right: Right) -> bool {
        self.caller.rights.contains(&right)
    }

    /// The account of a path: its id must be well formed, and the credential's.
    fn account(&mut self, text: &str) -> Result<Id, Reply> {
        let id = self.id(text)?;
        let known = self.state.front().account(id).is_some();
        let own = self.caller.owner != Owner::Account
            || self.state.front().accounts.first().is_some_and(|first| first.id == id);
        if known && own { Ok(id) } else { Err(Reply::unauthenticated(403)) }
    }

    fn id(&self, text: &str) -> Result<Id, Reply> {
        Id::parse(text).ok_or_else(|| Reply::no_route(&self.request.path))
    }

    /// The account as readers see it.
    fn seen(&mut self, account: Id) -> Result<&mut Account, Reply> {
        self.state.seen().account_mut(account).ok_or_else(|| Reply::unauthenticated(403))
    }

    /// The account as it is.
    fn front(&mut self, account: Id) -> Result<&mut Account, Reply> {
        self.state.front().account_mut(account).ok_or_else(|| Reply::unauthenticated(403))
    }

    fn not_allowed(&self) -> Answer {
        let message = format!("Method {} not available for that URI", self.request.method);
        Err(Reply::refuse(405, 10_405, &message))
    }

    fn dispatch(&mut self) -> Answer {
        let request = self.request;
        let mut parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        if parts.last().is_some_and(|last| last.is_empty()) {
            parts.pop();
        }
        match parts.split_first() {
            Some((&"accounts", [])) => self.by_verb(None, accounts::list),
            Some((&"accounts", [account, below @ ..])) => {
                let account = self.account(account)?;
                self.in_account(account, below)
            }
            Some((&"organizations", below)) => self.in_organization(below),
            Some((&"user", [])) => self.by_verb(None, user::details),
            Some((&"user", ["tokens", "verify"])) => self.by_verb(None, user::verify),
            Some((&"memberships", [])) => self.by_verb(None, user::memberships),
            Some((&"memberships", [id])) => self.by_verb(None, |call| user::membership(call, id)),
            Some((&"zones", [])) => self.by_verb(Some(Right::Zones), catalogue::zones),
            _ => Err(Reply::no_route(&request.path)),
        }
    }

    /// A path that knows GET alone.
    fn by_verb(&mut self, right: Option<Right>, read: impl FnOnce(&mut Self) -> Answer) -> Answer {
        if self.request.method != Method::GET {
            return self.not_allowed();
        }
        right.map_or(Ok(()), |right| self.need(right))?;
        read(self)
    }

    fn in_account(&mut self, account: Id, below: &[&str]) -> Answer {
        match below {
            [] => self.by_verb(None, |call| accounts::one(call, account)),
            ["tokens", "verify"] => self.by_verb(None, user::verify_account),
            ["members", rest @ ..] => self.in_members(account, rest),
            ["roles"] => self.by_verb(Some(Right::Read), |call| catalogue::roles(call, account)),
            ["roles", id] => {
                let id = self.id(id)?;
                self.by_verb(Some(Right::Read), |call| catalogue::role(call, account, id))
            }
            ["iam", "permission_groups"] => {
                self.by_verb(Some(Right::Read), |call| catalogue::permission_groups(call, account))
            }
            ["iam", "permission_groups", id] => {
                let id = self.id(id)?;
                self.by_verb(Some(Right::Read), |call| {
                    catalogue::permission_group(call, account, id)
                })
            }
            ["iam", "resource_groups", rest @ ..] => self.in_resource_groups(account, rest),
            ["iam", "user_groups", rest @ ..] => self.in_groups(account, rest),
            _ => Err(Reply::no_route(&self.request.path)),
        }
    }

    /// The verb, once the credential may use it.
    fn verb(&self) -> Result<&'static str, Reply> {
        let (verb, right) = match self.request.method {
            Method::GET => ("GET", Right::Read),
            Method::POST => ("POST", Right::Write),
            Method::PUT => ("PUT", Right::Write),
            Method::DELETE => ("DELETE", Right::Write),
            _ => return Ok(""),
        };
        self.need(right).map(|()| verb)
    }

    fn in_members(&mut self, account: Id, below: &[&str]) -> Answer {
        match (self.verb()?, below) {
            ("GET", []) => members::list(self, account),
            ("POST", []) => members::invite(self, account),
            (verb, [id]) => {
                let id = self.id(id)?;
                match verb {
                    "GET" => members::one(self, account, id),
                    "PUT" => members::update(self, account, id),
                    "DELETE" => members::remove(self, account, id),
                    _ => self.not_allowed(),
                }
            }
            (_, []) => self.not_allowed(),
            _ => Err(Reply::no_route(&self.request.path)),
        }
    }

    fn in_resource_groups(&mut self, account: Id, below: &[&str]) -> Answer {
        match (self.verb()?, below) {
            ("GET", []) => catalogue::resource_groups(self, account),
            ("POST", []) => catalogue::create_resource_group(self, account),
            (verb, [id]) => {
                let id = self.id(id)?;
                match verb {
                    "GET" => catalogue::resource_group(self, account, id),
                    "PUT" => catalogue::update_resource_group(self, account, id),
                    "DELETE" => catalogue::delete_resource_group(self, account, id),
                    _ => self.not_allowed(),
                }
            }
            (_, []) => self.not_allowed(),
            _ => Err(Reply::no_route(&self.request.path)),
        }
    }

    fn in_groups(&mut self, account: Id, below: &[&str]) -> Answer {
        let verb = self.verb()?;
        match below {
            [] => match verb {
                "GET" => groups::list(self, account),
                "POST" => groups::create(self, account),
                _ => self.not_allowed(),
            },
            [group] => {
                let group = self.id(group)?;
                match verb {
                    "GET" => groups::one(self, account, group),
                    "PUT" => groups::update(self, account, group),
                    "DELETE" => groups::delete(self, account, group),
                    _ => self.not_allowed(),
                }
            }
            [group, "members"] => {
                let group = self.id(group)?;
                match verb {
                    "GET" => group_members::list(self, account, group),
                    "POST" => group_members::add(self, account, group),
                    "PUT" => group_members::replace(self, account, group),
                    _ => self.not_allowed(),
                }
            }
            [group, "members", member] => {
                let (group, member) = (self.id(group)?, self.id(member)?);
                match verb {
                    "GET" => group_members::one(self, account, group, member),
                    "DELETE" => group_members::remove(self, account, group, member),
                    _ => self.not_allowed(),
                }
            }
            _ => Err(Reply::no_route(&self.request.path)),
        }
    }

    fn in_organization(&mut self, below: &[&str]) -> Answer {
        let verb = self.verb()?;
        if self.caller.owner == Owner::Account {
            return Err(organizations::forbidden());
        }
        match (verb, below) {
            ("GET", []) => organizations::list(self),
            (_, []) => self.not_allowed(),
            (verb, [id, rest @ ..]) => {
                organizations::known(self, id)?;
                match (verb, rest) {
                    ("GET", []) => Ok(organizations::one(self)),
                    ("GET", ["members"]) => organizations::members(self),
                    ("POST", ["members"]) => organizations::create(self),
                    ("POST", ["members:batchCreate"]) => organizations::create_many(self),
                    ("GET", ["members", member]) => organizations::member(self, member),
                    ("DELETE", ["members", member]) => organizations::remove(self, member),
                    (_, [] | ["members" | "members:batchCreate"] | ["members", _]) => {
                        self.not_allowed()
                    }
                    _ => Err(Reply::no_route(&self.request.path)),
                }
            }
        }
    }
}
