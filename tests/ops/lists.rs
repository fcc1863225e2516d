//! Opening an account and reading its lists.

use std::collections::BTreeSet;

use cfiam::domain::{Collection, CredentialKind, FaultKind, GroupId, OrganizationId, Urgency};
use cfiam::ops;

use crate::support::{company, company_with, options, unread};

#[tokio::test]
async fn an_account_opens_with_who_is_calling_and_the_organization_that_owns_it() {
    let company = unread(options(), "writer").await;
    let accounts = ops::accounts(&company.client).await.unwrap();
    assert_eq!(accounts.len(), 1);
    let opened = ops::open(&company.client, &company.account, None).await;
    assert_eq!(opened.account.unwrap().id, company.account);
    let caller = opened.caller.unwrap();
    assert_eq!(caller.kind, CredentialKind::UserToken);
    assert!(!caller.email.is_empty());
    let organizations = opened.organizations.unwrap();
    assert_eq!(organizations[0].id.to_string(), company.server.organization_id());
    assert_eq!(organizations.len(), 1);
}

#[tokio::test]
async fn an_organization_that_is_named_and_is_not_there_is_said_and_another_is_not_taken() {
    let company = unread(options(), "writer").await;
    let named = OrganizationId::parse("no-such-organization").unwrap();
    let opened = ops::open(&company.client, &company.account, Some(&named)).await;
    assert!(opened.account.is_ok());
    let fault = opened.organizations.unwrap_err();
    assert!(fault.to_string().contains("no-such-organization"), "{fault}");
}

#[tokio::test]
async fn organizations_that_are_refused_are_none() {
    let company = unread(options(), "writer").await;
    company.trouble("GET /organizations/**: 403");
    company.trouble("GET /organizations: 403");
    let opened = ops::open(&company.client, &company.account, None).await;
    assert_eq!(opened.organizations, Ok(Vec::new()));
    assert!(opened.caller.is_ok());
}

#[tokio::test]
async fn an_account_token_opens_the_account_although_it_has_no_user() {
    let company = unread(options(), "account").await;
    let opened = ops::open(&company.client, &company.account, None).await;
    assert_eq!(opened.account.unwrap().id, company.account);
    let caller = opened.caller.unwrap();
    assert_eq!((caller.kind, caller.user), (CredentialKind::AccountToken, None));
}

#[tokio::test]
async fn a_revoked_token_is_a_bad_credential_and_not_a_missing_permission() {
    let company = unread(options(), "revoked").await;
    let opened = ops::open(&company.client, &company.account, None).await;
    assert_eq!(opened.caller.unwrap_err().kind, FaultKind::Credential);
}

#[tokio::test]
async fn everybodys_groups_are_known_once_every_groups_list_has_been_read() {
    let company = company().await;
    assert!(company.directory.knows_all_groups());
    assert_eq!(company.directory.members().len(), 240);
    for group in company.directory.groups().values() {
        let here: BTreeSet<String> = company
            .directory
            .members_of(&group.id)
            .iter()
            .filter_map(|slot| company.directory.members().at(*slot))
            .map(|member| member.id.to_string())
            .collect();
        let there: BTreeSet<String> =
            company.server.memberships(&group.id.to_string()).into_iter().collect();
        assert_eq!(here, there, "{}", group.name);
    }
}

#[tokio::test]
async fn a_group_whose_list_is_broken_fails_alone() {
    let mut company = company().await;
    let (broken, fine) = (company.group("prod-dns").id, company.group("billing").id);
    company.trouble(&format!(
        "GET /accounts/*/iam/user_groups/{broken}/members: 400 code=400 'message=Policy validation failed'"
    ));
    let mut loads = Vec::new();
    let groups = [broken.clone(), fine.clone()];
    let sink = |load| loads.push(load);
    let failed = ops::all_group_members(&company.client, &company.account, &groups, sink).await;
    assert!(failed.unwrap_err().says("Policy validation failed"));
    company.absorb(loads);
    let failure = |group: &GroupId| {
        company.directory.coverage(&Collection::GroupMembers(group.clone())).failed.clone()
    };
    assert!(failure(&broken).is_some());
    assert_eq!(failure(&fine), None);
}

#[tokio::test]
async fn a1_a_credential_that_is_refused_or_may_not_read_ends_the_reading_of_all_groups() {
    for (refused, kind) in [(403, "permission"), (401, "credential")] {
        let mut options = options();
        options.groups = 120;
        let mut company = unread(options, "writer").await;
        company.list(Collection::Groups).await.unwrap();
        company
            .trouble(&format!("GET /accounts/*/iam/user_groups/*/members: {refused} code=10000"));
        if kind == "credential" {
            company.trouble("GET /user/tokens/verify: 401 code=1000");
        }
        let groups: Vec<GroupId> =
            company.directory.groups().values().map(|group| group.id.clone()).collect();
        let before = company.server.requests().len();
        let mut loads = Vec::new();
        let sink = |load| loads.push(load);
        let failed = ops::all_group_members(&company.client, &company.account, &groups, sink).await;
        let is_kind = match failed.unwrap_err().kind {
            FaultKind::Credential => kind == "credential",
            FaultKind::Permission(_) => kind == "permission",
            _ => false,
        };
        assert!(is_kind, "{kind}");
        company.absorb(loads);
        let requests = company.server.requests().split_off(before);
        let asked = |end: &str| requests.iter().filter(|seen| seen.path.ends_with(end)).count();
        assert!(asked("/members") <= 16, "{kind}: {} lists were asked for", asked("/members"));
        // As a person's token and as the account's.
        assert!(asked("/verify") <= 2, "{kind}: one look at the credential");
        for group in groups {
            let coverage = company.directory.coverage(&Collection::GroupMembers(group));
            assert!(coverage.failed.is_some(), "{coverage:?}");
        }
    }
}

#[tokio::test]
async fn since_when_someone_is_in_a_group_is_asked_for_those_who_are_looked_at() {
    let mut company = company().await;
    let group = company.group("prod-dns").id;
    let member = company.insiders("prod-dns", 1).remove(0);
    assert_eq!(company.directory.since(&group, &member), None);
    let mut loads = Vec::new();
    let pairs = [(group.clone(), member.clone())];
    let sink = |load| loads.push(load);
    ops::since(&company.client, &company.account, &pairs, sink).await.unwrap();
    company.absorb(loads);
    assert!(company.directory.since(&group, &member).is_some());
}

#[tokio::test]
async fn an_organizations_member_is_read_with_everything_it_holds() {
    let mut company = company_with(options(), "writer").await;
    let organization = OrganizationId::parse(company.server.organization_id()).unwrap();
    let mut loads = Vec::new();
    let sink = |load| loads.push(load);
    let (collection, of) = (Collection::OrganizationMembers, Some(&organization));
    ops::list(&company.client, &company.account, of, collection, Urgency::Bulk, sink)
        .await
        .unwrap();
    company.absorb(loads);
    let member = company.directory.organization_members().values().next().unwrap().id.clone();
    let mut loads = Vec::new();
    let sink = |load| loads.push(load);
    ops::organization_member(&company.client, &organization, &member, sink).await.unwrap();
    assert_eq!(loads.len(), 1);
}

#[tokio::test]
async fn a_group_that_is_gone_is_told_so() {
    let mut company = company().await;
    let group = company.group("sandbox-2024").id;
    assert!(company.server.delete_group(&group.to_string()));
    let mut loads = Vec::new();
    let sink = |load| loads.push(load);
    ops::group(&company.client, &company.account, &group, sink).await.unwrap();
    company.absorb(loads);
    assert!(company.directory.groups().get(&group).is_none());
}
