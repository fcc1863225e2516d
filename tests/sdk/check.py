"""Drives the embedded API server with Cloudflare's official SDK for Python.

Usage: check.py FILE SHAPES, where FILE holds what `cfiam emulator --json` printed and SHAPES is `live` or
`documented`. Calls every method that cfiam's own client has a counterpart of and that this SDK knows, checks the
decoded values, and prints the calls. (This version of the SDK has no methods for the members of an organization:
these are asked through its untyped calls.)
"""

import datetime
import json
import sys
import warnings

import cloudflare
import httpx
from cloudflare import Cloudflare

# Roles are deprecated, and still served.
warnings.filterwarnings("ignore", category=DeprecationWarning)

with open(sys.argv[1], encoding="utf-8") as file:
    told = json.loads(file.readline())
LIVE = {"live": True, "documented": False}[sys.argv[2]]
ACCOUNT, ORGANIZATION = told["account_id"], told["organization_id"]
CREDENTIALS = {credential["name"]: credential for credential in told["credentials"]}
calls = 0


def show(request: httpx.Request) -> None:
    global calls
    calls += 1
    path = request.url.raw_path.decode().removeprefix("/client/v4")
    print(f"python {sys.argv[2]:<10} {request.method:<6} {path}")


def client(name: str) -> Cloudflare:
    known = CREDENTIALS[name]
    http = cloudflare.DefaultHttpxClient(event_hooks={"request": [show]}, trust_env=False)
    if "token" in known:
        return Cloudflare(base_url=told["base_url"], api_token=known["token"], http_client=http, max_retries=0)
    return Cloudflare(
        base_url=told["base_url"], api_email=known["email"], api_key=known["key"], http_client=http, max_retries=0
    )


def expect(right: bool, what: str) -> None:
    if not right:
        sys.exit(f"python, {sys.argv[2]}: {what}")


def refused(status: int, code: int, call) -> None:
    try:
        call()
    except cloudflare.APIStatusError as error:
        expect(error.status_code == status, f"status {error.status_code} in place of {status}")
        expect(error.errors[0].code == code, f"code {error.errors[0].code} in place of {code}")
        return
    sys.exit(f"python, {sys.argv[2]}: nothing was refused where {status}/{code} was expected")


cf = client("writer")


def accounts_and_user() -> None:
    accounts = list(cf.accounts.list(per_page=50))
    expect([a.id for a in accounts] == [ACCOUNT], "the account is listed")
    account = cf.accounts.get(account_id=ACCOUNT)
    expect(account.name == "Northwind Trading" and account.type == "enterprise", "the account is decoded")
    expect(account.managed_by.parent_org_id == ORGANIZATION, "the account names its organization")
    expect(isinstance(account.created_on, datetime.datetime), "the account's date is a date")
    user = cf.user.get()
    expect(user.email == "alex.rivera@northwind.example" and user.betas == ["zone_level_access_beta"], "the user")
    expect(cf.user.tokens.verify().status == "active", "the token is active")
    own = client("account")
    expect(own.accounts.tokens.verify(account_id=ACCOUNT).status == "active", "the account's token is active")
    refused(403, 9109, own.user.get)
    refused(401, 1000, own.user.tokens.verify)
    refused(400, 9106, own.memberships.list)
    refused(401, 1000, client("revoked").user.tokens.verify)
    memberships = list(cf.memberships.list(account={"name": "Northwind Trading"}))
    expect(memberships[0].account.id == ACCOUNT and memberships[0].status == "accepted", "the membership")
    expect(cf.memberships.get(memberships[0].id).id == memberships[0].id, "one membership")
    expect(client("key").user.get().id == user.id, "mail and key are the same user")


def catalogue() -> None:
    groups = list(cf.iam.permission_groups.list(account_id=ACCOUNT, per_page=50))
    expect(len({group.id for group in groups}) == len(groups) > 150, "every permission group, once")
    dns = cf.iam.permission_groups.get("49ce85367bae433b9f0717ed4fea5c74", account_id=ACCOUNT)
    expect(dns.name == "DNS", "a permission group by its id")
    found = list(cf.iam.permission_groups.list(account_id=ACCOUNT, label="dns_admin"))
    expect([group.id for group in found] == [dns.id], "a permission group by its label")
    roles = list(cf.accounts.roles.list(account_id=ACCOUNT, per_page=50))
    expect("Administrator" in {role.name for role in roles}, "the roles")
    expect(cf.accounts.roles.get(roles[0].id, account_id=ACCOUNT).name == roles[0].name, "one role")
    zones = list(cf.zones.list(account={"id": ACCOUNT}, per_page=50))
    expect("shop.example" in {zone.name for zone in zones}, "the zones")
    organizations = list(cf.organizations.list())
    expect([o.id for o in organizations] == [ORGANIZATION], "the organization is listed")
    expect(cf.organizations.get(ORGANIZATION).name == "Northwind Group", "the organization is decoded")


def resource_groups() -> str:
    groups = list(cf.iam.resource_groups.list(account_id=ACCOUNT))
    whole = next(group for group in groups if group.name == f"com.cloudflare.api.account.{ACCOUNT}")
    # This version of the SDK reads a scope of either shape; only the values tell which one was sent.
    scope = whole.to_dict(warnings=False)["scope"]
    expect(isinstance(scope, dict) == LIVE, "a scope is an object live and a list in documents")
    scope = scope if LIVE else scope[0]
    expect([o["key"] for o in scope["objects"]] == ["*"], "the account's own scope is the whole account")
    expect(list(cf.iam.resource_groups.list(account_id=ACCOUNT, name="nothing")) == [], "no match is an empty list")
    zone = next(iter(cf.zones.list(name="shop.example"))).id
    new_scope = {
        "key": f"com.cloudflare.api.account.{ACCOUNT}",
        "objects": [{"key": f"com.cloudflare.api.account.zone.{zone}"}],
    }
    made = cf.iam.resource_groups.create(account_id=ACCOUNT, name="One shop", scope=new_scope)
    expect(cf.iam.resource_groups.get(made.id, account_id=ACCOUNT).name == "One shop", "a resource group is made")
    renamed = cf.iam.resource_groups.update(made.id, account_id=ACCOUNT, name="The shop")
    expect(renamed.name == "The shop", "a resource group is renamed")
    cf.iam.resource_groups.delete(made.id, account_id=ACCOUNT)
    refused(404, 404, lambda: cf.iam.resource_groups.get(made.id, account_id=ACCOUNT))
    return whole.id


def members(whole: str) -> list[str]:
    rows = list(cf.accounts.members.list(account_id=ACCOUNT, order="user.email", direction="asc", per_page=50))
    emails = [row.user.email for row in rows]
    expect(len(rows) == 240 and emails == sorted(emails), "every member, by e-mail")
    pending = list(cf.accounts.members.list(account_id=ACCOUNT, status="pending"))
    expect(len(pending) > 0 and all(not row.user.id for row in pending), "pending members have no user id")
    one = cf.accounts.members.get(rows[0].id, account_id=ACCOUNT)
    expect(one.user.email == rows[0].user.email and len(one.policies) > 0, "one member")
    role = next(r for r in cf.accounts.roles.list(account_id=ACCOUNT) if r.name == "Billing")
    made = cf.accounts.members.create(account_id=ACCOUNT, email="new.hire@northwind.example", roles=[role.id])
    expect(made.status == "pending" and not made.roles, "an invitation's answer has no roles")
    expect(cf.accounts.members.get(made.id, account_id=ACCOUNT).roles[0].name == "Billing", "a later read has")
    again = lambda: cf.accounts.members.create(account_id=ACCOUNT, email="new.hire@northwind.example", roles=[role.id])
    refused(400, 1008 if LIVE else 1004, again)
    analytics = next(iter(cf.iam.permission_groups.list(account_id=ACCOUNT, label="analytics"))).id
    policy = {"access": "allow", "permission_groups": [{"id": analytics}], "resource_groups": [{"id": whole}]}
    changed = cf.accounts.members.update(
        made.id, account_id=ACCOUNT, policies=[policy], extra_body={"status": "pending"}
    )
    expect([r.name for r in changed.roles] == ["Analytics"], "policies fill the roles")
    changed = cf.accounts.members.update(
        made.id, account_id=ACCOUNT, roles=[{"id": role.id}], extra_body={"status": "pending"}
    )
    expect([r.name for r in changed.roles] == ["Billing"], "roles are written as objects")
    expect(cf.accounts.members.delete(made.id, account_id=ACCOUNT).id == made.id, "a member is removed")
    refused(404, 1003, lambda: cf.accounts.members.get(made.id, account_id=ACCOUNT))
    return [row.id for row in rows if row.status == "accepted"]


def user_groups(whole: str) -> str:
    api = cf.iam.user_groups
    rows = list(api.list(account_id=ACCOUNT, per_page=500))
    expect(len(rows) == 18 and [r.name for r in rows] == sorted(r.name for r in rows), "every group, by name")
    found = list(api.list(account_id=ACCOUNT, fuzzy_name="DNS", direction="desc"))
    expect([r.name for r in found] == ["prod-dns"], "a group by part of its name")
    expect(isinstance(found[0].created_on, datetime.datetime), "a group's date is a date")
    scope = found[0].policies[0].resource_groups[0].scope
    expect(bool(scope.key) if LIVE else isinstance(scope, list), "a policy's scope is decoded")
    dns = next(iter(cf.iam.permission_groups.list(account_id=ACCOUNT, label="dns"))).id
    policy = {"access": "allow", "permission_groups": [{"id": dns}], "resource_groups": [{"id": whole}]}
    made = api.create(account_id=ACCOUNT, name="sdk-made", policies=[policy])
    expect(made.policies[0].permission_groups[0].name == "DNS", "a group is made with its policy")
    renamed = api.update(made.id, account_id=ACCOUNT, name="sdk-renamed")
    expect(renamed.name == "sdk-renamed" and len(renamed.policies) == 1, "a rename keeps the policies")
    refused(400, 400, lambda: api.update(made.id, account_id=ACCOUNT, policies=[{**policy, "id": made.policies[0].id}]))
    emptied = api.update(made.id, account_id=ACCOUNT, policies=[])
    expect(emptied.policies == [], "policies are replaced as a whole")
    expect(api.get(made.id, account_id=ACCOUNT).name == "sdk-renamed", "one group")
    return made.id


def group_members(group: str, people: list[str]) -> None:
    api = cf.iam.user_groups.members
    expect(list(api.list(group, account_id=ACCOUNT)) == [], "a new group is empty")
    allowed = []
    for person in people:
        try:
            api.create(group, account_id=ACCOUNT, members=[{"id": person}])
            allowed.append(person)
        except cloudflare.BadRequestError:
            continue  # someone without the feature that groups need
        if len(allowed) == 3:
            break
    rows = list(api.list(group, account_id=ACCOUNT, direction="asc", per_page=500))
    expect({row.id for row in rows} == set(allowed), "those who were added are in")
    expect(all((row.status is None) == LIVE for row in rows), "lists have a status in documents only")
    whole = api.create(group, account_id=ACCOUNT, members=[{"id": allowed[0]}])
    if LIVE:
        expect({row.id for row in whole} == set(allowed), "adding again answers with the whole membership")
    one = api.get(allowed[0], account_id=ACCOUNT, user_group_id=group)
    expect(isinstance(one.created_at, datetime.datetime) and one.user.email == one.email, "since when one is in")
    if LIVE:
        found = list(api.list(group, account_id=ACCOUNT, fuzzy_email=one.email.upper()))
        expect([row.id for row in found] == [allowed[0]], "a member by part of the e-mail")
    removed = api.delete(allowed[0], account_id=ACCOUNT, user_group_id=group)
    expect(removed.id == allowed[0], "the removed one is answered")
    refused(404, 404, lambda: api.delete(allowed[0], account_id=ACCOUNT, user_group_id=group))
    refused(400, 400, lambda: api.delete("0" * 32, account_id=ACCOUNT, user_group_id=group))
    exactly = list(api.update(group, account_id=ACCOUNT, members=[{"id": allowed[0]}]))
    expect([row.id for row in exactly] == [allowed[0]], "the membership is made exactly this")
    expect(list(api.update(group, account_id=ACCOUNT, members=[])) == [], "the membership is emptied")
    cf.iam.user_groups.delete(group, account_id=ACCOUNT)
    refused(404, 404, lambda: cf.iam.user_groups.get(group, account_id=ACCOUNT))


def organization_members() -> None:
    path = f"/organizations/{ORGANIZATION}/members"
    first = cf.get(path, cast_to=object, options={"params": {"page_size": 5}})
    token = first["result_info"]["next_page_token"]
    second = cf.get(path, cast_to=object, options={"params": {"page_size": 1000, "page_token": token}})
    ids = [row["id"] for row in first["result"] + second["result"]]
    expect(len(set(ids)) == len(ids) == first["result_info"]["total_size"], "every organization member, once")
    body = {"member": {"user": {"email": "sdk@partners.example"}}}
    made = cf.post(path, cast_to=object, body=body)["result"]
    expect(cf.get(f"{path}/{made['id']}", cast_to=object)["result"] == made, "one organization member")
    gone = cf.delete(f"{path}/{made['id']}", cast_to=httpx.Response)
    expect(gone.status_code == 204 and gone.content == b"", "a removed one is answered with nothing")


def reader() -> None:
    only = client("reader")
    expect(len(list(only.iam.user_groups.list(account_id=ACCOUNT))) == 18, "the reader may read")
    refused(403, 10000, lambda: only.iam.user_groups.create(account_id=ACCOUNT, name="no", policies=[]))


accounts_and_user()
catalogue()
everything = resource_groups()
accepted = members(everything)
group_members(user_groups(everything), accepted)
organization_members()
reader()
print(f"python {sys.argv[2]}: {calls} calls of cloudflare {cloudflare.__version__}, all as expected")
