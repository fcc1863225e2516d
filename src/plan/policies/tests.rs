use super::*;
use crate::domain::{ResourceGroupId, Scope};
use crate::plan::fixture::{draft, policy, resource};

fn scopes() -> Vec<Scope> {
    vec![Scope { key: "com.cloudflare.api.account.1".into(), objects: vec!["*".into()] }]
}

fn on(group: ResourceGroup) -> Arc<Policy> {
    let mut policy = Policy::clone(&policy(&draft(0)));
    policy.resource_groups = vec![Arc::new(group)];
    Arc::new(policy)
}

#[test]
fn order_and_repeats_do_not_count() {
    let one = [policy(&draft(0)), policy(&draft(1)), policy(&draft(0))];
    let other = [policy(&draft(1)), policy(&draft(0))];
    assert!(PolicySet::read(&one).matches(&other));
    assert!(!PolicySet::read(&one).matches(&other[..1]));
    assert!(!PolicySet::read(&other[..1]).matches(&one));
}

#[test]
fn a_resource_group_that_was_sent_by_its_scopes_is_known_again_when_it_has_an_id() {
    let anonymous = ResourceGroup { id: None, name: "".into(), scopes: scopes() };
    let sent = PolicySet::of(&[on(anonymous).content()]);
    let named = |scopes| ResourceGroup { id: Some(resource(9)), name: "".into(), scopes };
    assert!(sent.matches(&[on(named(scopes()))]));
    assert!(!sent.matches(&[on(named(Vec::new()))]));
}

#[test]
fn a_kept_policy_and_a_written_one_of_the_same_content_are_the_same() {
    let keep = PolicyEdit::Keep(policy(&draft(2)).content());
    assert_eq!(wanted(&[keep]), wanted(&[PolicyEdit::Write(draft(2))]));
    let more: Vec<ResourceGroupId> = vec![resource(0), resource(0)];
    let twice = PolicyDraft { resource_groups: more, ..draft(2) };
    assert_eq!(wanted(&[PolicyEdit::Write(twice)]), wanted(&[PolicyEdit::Write(draft(2))]));
}
