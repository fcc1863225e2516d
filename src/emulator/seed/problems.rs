//! The planted problems that chance alone doesn't make sure of: what a careful administrator would find.

use std::sync::Arc;

use super::super::world::dice::derive;
use super::super::world::{Access, Account, Id, Joined, Member, Order, Status};
use super::Plan;
use super::people::grant;

/// Plants them, as far as the account is large enough.
pub(super) fn plant(account: &mut Account, plan: Plan) {
    let ids = account.ordered(Order::Since);
    let fit: Vec<Id> = ids
        .iter()
        .copied()
        .filter(|id| account.member(*id).is_some_and(|m| m.status == Status::Accepted))
        .collect();
    if let Some(second) = fit.get(fit.len() / 3).filter(|_| fit.len() > 2) {
        second_super_administrator(account, plan, *second);
    }
    if let Some(member) = fit.get(fit.len() / 2).filter(|_| fit.len() > 4) {
        covered_grant(account, plan, *member);
    }
}

/// One more Super Administrator, without a second factor.
fn second_super_administrator(account: &mut Account, plan: Plan, id: Id) {
    change(account, id, |account, member| {
        member.person.two_factor = false;
        member.policies.clear();
        let (group, whole) =
            (account.catalogue.labelled("all_privileges"), account.whole().map(|g| g.id));
        if let (Some(group), Some(whole)) = (group, whole) {
            grant(
                account,
                member,
                derive(plan.seed, "second super", 0),
                Access::Allow,
                group,
                whole,
            );
        }
    });
}

/// Someone who is in platform-read and holds the same directly.
fn covered_grant(account: &mut Account, plan: Plan, id: Id) {
    change(account, id, |account, member| {
        member.dsr = true;
        member.policies.clear();
        let (group, whole) =
            (account.catalogue.labelled("admin_readonly"), account.whole().map(|g| g.id));
        if let (Some(group), Some(whole)) = (group, whole) {
            grant(account, member, derive(plan.seed, "covered", 0), Access::Allow, group, whole);
        }
    });
    if let Some(group) = account.group_named("platform-read").map(|group| group.id) {
        account.join(group, Joined { member: id, at: plan.now.minus_hours(24 * 30) });
    }
}

fn change(account: &mut Account, id: Id, change: impl FnOnce(&Account, &mut Member)) {
    if let Some(mut member) = account.member(id).map(|m| (**m).clone()) {
        change(account, &mut member);
        account.put_member(Arc::new(member));
    }
}
