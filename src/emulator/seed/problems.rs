//! The planted problems that chance alone doesn't make sure of: what a careful administrator would find.

use std::sync::Arc;

use super::super::world::dice::derive;
use super::super::world::{Access, Account, Id, Member, Order, Status};
use super::Plan;
use super::people::{grant, is_outside};

/// Plants them, as far as the account is large enough.
pub(super) fn plant(account: &mut Account, plan: Plan) {
    let ids = account.ordered(Order::Since);
    let fit: Vec<Id> = ids
        .iter()
        .copied()
        .filter(|id| {
            account
                .member(*id)
                .is_some_and(|m| m.status == Status::Accepted && !is_outside(&m.person))
        })
        .collect();
    if let Some(second) = fit.get(fit.len() / 3).filter(|_| fit.len() > 2) {
        second_super_administrator(account, plan, *second);
    }
    covered_grant(account, plan);
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
fn covered_grant(account: &mut Account, plan: Plan) {
    let (Some(given), Some(whole), Some(top)) = (
        account.catalogue.labelled("admin_readonly"),
        account.whole().map(|group| group.id),
        account.catalogue.labelled("all_privileges"),
    ) else {
        return;
    };
    let holds = |id: &Id, wanted: Id| {
        account.member(*id).is_some_and(|member| {
            member.policies.iter().any(|policy| policy.permission_groups.contains(&wanted))
        })
    };
    let inside = account.group_named("platform-read").into_iter().flat_map(|group| &group.members);
    let plain: Vec<Id> = inside.map(|joined| joined.member).filter(|id| !holds(id, top)).collect();
    let Some(covered) = plain.get(plain.len() / 2) else { return };
    change(account, *covered, |account, member| {
        member.policies.clear();
        grant(account, member, derive(plan.seed, "covered", 0), Access::Allow, given, whole);
    });
}

fn change(account: &mut Account, id: Id, change: impl FnOnce(&Account, &mut Member)) {
    if let Some(mut member) = account.member(id).map(|m| (**m).clone()) {
        change(account, &mut member);
        account.put_member(Arc::new(member));
    }
}
