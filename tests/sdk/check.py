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
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
WHOLE = f"com.cloudflare.api.account.{ACCOUNT}"
ZONE = "com.cloudflare.api.account.zone"
SECOND = "edit" if LIVE else "write"


def plain(model) -> dict:
    """A decoded value as it is, with what the SDK has no field for."""
    return model.to_dict(warnings=False)


def grants(policies) -> list:
    """What decoded policies say, by name: access, permission groups, resource group, container and objects."""
    said = []
    for policy in policies:
        (group,) = (plain(group) for group in policy.resource_groups)
        scope = group["scope"]
        expect(isinstance(scope, dict) == LIVE, "a scope is an object live and a list in documents")
        scope = scope if LIVE else scope[0]
        objects = sorted(item["key"] for item in scope["objects"])
        names = sorted(permission.name for permission in policy.permission_groups)
        said.append((policy.access, names, group.get("name"), scope["key"], objects))
    return sorted(said)


def everything_allowed(name: str) -> tuple:
    return ("allow", [name], WHOLE, WHOLE, ["*"])


def lately(moment: datetime.datetime) -> bool:
    """True for what was written in this run: the server's clock begins at NOW."""
    return NOW <= moment < NOW + DAY


def accounts_and_user() -> None:
    accounts = list(cf.accounts.list(per_page=50))
    expect([a.id for a in accounts] == [ACCOUNT], "the account is listed")
    account = cf.accounts.get(account_id=ACCOUNT)
    expect(account.name == "Northwind Trading" and account.type == "enterprise", "the account is decoded")
    expect(account.managed_by.parent_org_id == ORGANIZATION, "the account names its organization")
    expect(account.managed_by.parent_org_name == "Northwind Group", "and its name")
    expect(account.created_on == NOW - 2_190 * DAY, "the account's date is a date")
    expect(account.settings.enforce_twofactor is False, "the account's settings")
    expect(accounts[0] == account, "the list and the account say the same")
    user = cf.user.get()
    expect(user.email == "alex.rivera@northwind.example" and user.betas == ["zone_level_access_beta"], "the user")
    expect((user.first_name, user.last_name, user.country) == ("Alex", "Rivera", None), "the user's name")
    expect(user.two_factor_authentication_enabled and user.has_enterprise_zones and not user.suspended, "the user's flags")
    expect([o.id for o in user.organizations] == [ACCOUNT], "the user's accounts, by their older name")
    token = cf.user.tokens.verify()
    expect(token.status == "active" and len(token.id) == 32 and token.expires_on is None, "the token is active")
    own = client("account")
    owned = own.accounts.tokens.verify(account_id=ACCOUNT)
    expect(owned.status == "active" and len(owned.id) == 32 and owned.id != token.id, "the account's token is active")
    refused(403, 9109, own.user.get)
    refused(401, 1000, own.user.tokens.verify)
    refused(400, 9106, own.memberships.list)
    refused(401, 1000, client("revoked").user.tokens.verify)
    memberships = list(cf.memberships.list(account={"name": "Northwind Trading"}))
    expect(memberships[0].account.id == ACCOUNT and memberships[0].status == "accepted", "the membership")
    expect(memberships[0].roles == ["Super Administrator - All Privileges"], "the membership's roles are names")
    rights = plain(memberships[0].permissions)
    expect(rights["dns_records"] == {"read": True, SECOND: True}, "a membership's permissions")
    expect(rights["auditlogs"] == {"read": True, SECOND: False}, "a permission that the schema does not know")
    one = cf.memberships.get(memberships[0].id)
    expect((one.id, one.account.name, one.roles) == (memberships[0].id, account.name, memberships[0].roles), "one")
    expect(client("key").user.get().id == user.id, "mail and key are the same user")


def catalogue() -> None:
    groups = list(cf.iam.permission_groups.list(account_id=ACCOUNT, per_page=50))
    expect(len({group.id for group in groups}) == len(groups) > 150, "every permission group, once")
    dns = cf.iam.permission_groups.get("49ce85367bae433b9f0717ed4fea5c74", account_id=ACCOUNT)
    expect((dns.id, dns.name) == ("49ce85367bae433b9f0717ed4fea5c74", "DNS"), "a permission group by its id")
    meta = plain(dns.meta)
    if LIVE:
        expect((meta["label"], meta["scopes"]) == ("dns_admin", ZONE.removesuffix(".zone")), "its meta is an open map")
    else:
        expect(meta == {"key": "label", "value": "dns_admin"}, "its meta is a key and a value")
    found = list(cf.iam.permission_groups.list(account_id=ACCOUNT, label="dns_admin"))
    expect([group.id for group in found] == [dns.id], "a permission group by its label")
    roles = list(cf.accounts.roles.list(account_id=ACCOUNT, per_page=50))
    expect("Administrator" in {role.name for role in roles}, "the roles")
    role = cf.accounts.roles.get("f2b20eaa1a5d4af42b53ac16238c99c7", account_id=ACCOUNT)
    expect(role.name == "Administrator Read Only", "one role")
    expect(role.description == "Can access the full account in read-only mode.", "a role's description")
    expect(plain(role.permissions)["dns_records"] == {"read": True, SECOND: False}, "a role's permissions")
    first = next(known for known in roles if known.name == "Administrator")
    expect(plain(first.permissions)["dns_records"] == {"read": True, SECOND: True}, "another role's permissions")
    expect(role in roles and "33666b9c79b9a5273fc7344ff42f953d" not in {r.id for r in roles}, "nobody lists the first")
    zones = list(cf.zones.list(account={"id": ACCOUNT}, per_page=50))
    shop = next(zone for zone in zones if zone.name == "shop.example")
    expect((shop.status, shop.type, shop.account.id) == ("active", "full", ACCOUNT), "a zone is decoded")
    expect(len(zones) == 14 and len({zone.id for zone in zones}) == 14, "every zone, once")
    organizations = list(cf.organizations.list())
    expect([o.id for o in organizations] == [ORGANIZATION], "the organization is listed")
    organization = cf.organizations.get(ORGANIZATION)
    expect(organization.name == "Northwind Group", "the organization is decoded")
    expect(organization.create_time == NOW - 400 * DAY, "the organization's date is a date")
    expect(organizations[0] == organization, "the list and the organization say the same")


def scope_of(group) -> tuple:
    # This version of the SDK reads a scope of either shape; only the values tell which one was sent.
    scope = plain(group)["scope"]
    expect(isinstance(scope, dict) == LIVE, "a scope is an object live and a list in documents")
    scope = scope if LIVE else scope[0]
    return scope["key"], [item["key"] for item in scope["objects"]]


def resource_groups() -> str:
    groups = list(cf.iam.resource_groups.list(account_id=ACCOUNT))
    whole = next(group for group in groups if group.name == WHOLE)
    expect(scope_of(whole) == (WHOLE, ["*"]), "the account's own scope is the whole account")
    expect(plain(whole)["meta"] == {"editable": "false"}, "and can't be edited")
    expect(list(cf.iam.resource_groups.list(account_id=ACCOUNT, name="nothing")) == [], "no match is an empty list")
    zone = next(iter(cf.zones.list(name="shop.example"))).id
    new_scope = {
        "key": f"com.cloudflare.api.account.{ACCOUNT}",
        "objects": [{"key": f"com.cloudflare.api.account.zone.{zone}"}],
    }
    made = cf.iam.resource_groups.create(account_id=ACCOUNT, name="One shop", scope=new_scope)
    one = cf.iam.resource_groups.get(made.id, account_id=ACCOUNT)
    expect((one.name, scope_of(one)) == ("One shop", (WHOLE, [f"{ZONE}.{zone}"])), "a resource group is made")
    renamed = cf.iam.resource_groups.update(made.id, account_id=ACCOUNT, name="The shop")
    expect((renamed.id, renamed.name) == (made.id, "The shop"), "a resource group is renamed")
    expect(scope_of(renamed) == scope_of(one) == scope_of(made), "and keeps its scope")
    cf.iam.resource_groups.delete(made.id, account_id=ACCOUNT)
    refused(404, 404, lambda: cf.iam.resource_groups.get(made.id, account_id=ACCOUNT))
    return whole.id


def members(whole: str) -> list:
    rows = list(cf.accounts.members.list(account_id=ACCOUNT, order="user.email", direction="asc", per_page=50))
    emails = [row.user.email for row in rows]
    expect(len(rows) == 240 and emails == sorted(emails), "every member, by e-mail")
    pending = list(cf.accounts.members.list(account_id=ACCOUNT, status="pending"))
    expect([row.id for row in rows if row.status == "pending"] == sorted_ids(pending, rows), "the pending ones")
    expect(len(pending) > 0 and all(not row.user.id for row in pending), "pending members have no user id")
    expect(all(row.user.first_name is None and row.user.last_name is None for row in pending), "and no name")
    alex = next(row for row in rows if row.user.email == "alex.rivera@northwind.example")
    super_administrator = "Super Administrator - All Privileges"
    for one in alex, cf.accounts.members.get(alex.id, account_id=ACCOUNT):
        named = (one.id, one.email, one.status, one.user.first_name, one.user.last_name)
        expect(named == (alex.id, alex.user.email, "accepted", "Alex", "Rivera"), "one member")
        expect(one.user.two_factor_authentication_enabled, "a member's second factor")
        expect(everything_allowed(super_administrator) in grants(one.policies), "a member's policies")
        expect([r.name for r in one.roles] == [super_administrator], "a member's roles")
    top = [row for row in rows if any(r.name == super_administrator for r in row.roles)]
    factors = sorted(row.user.two_factor_authentication_enabled for row in top)
    expect(factors == [False, True], "two Super Administrators, one without a second factor")
    role = next(r for r in cf.accounts.roles.list(account_id=ACCOUNT) if r.name == "Billing")
    made = cf.accounts.members.create(account_id=ACCOUNT, email="new.hire@northwind.example", roles=[role.id])
    expect(made.status == "pending" and not made.roles, "an invitation's answer has no roles")
    expect(made.email == made.user.email == "new.hire@northwind.example", "an invitation's answer has the e-mail")
    expect(grants(made.policies) == [everything_allowed("Billing")], "roles become policies")
    later = cf.accounts.members.get(made.id, account_id=ACCOUNT)
    expect([r.name for r in later.roles] == ["Billing"], "a later read has")
    expect((later.status, later.user.email, later.policies) == ("pending", made.email, made.policies), "and the rest")
    again = lambda: cf.accounts.members.create(account_id=ACCOUNT, email="new.hire@northwind.example", roles=[role.id])
    refused(400, 1008 if LIVE else 1004, again)
    analytics = next(iter(cf.iam.permission_groups.list(account_id=ACCOUNT, label="analytics"))).id
    policy = {"access": "allow", "permission_groups": [{"id": analytics}], "resource_groups": [{"id": whole}]}
    changed = cf.accounts.members.update(
        made.id, account_id=ACCOUNT, policies=[policy], extra_body={"status": "pending"}
    )
    expect([r.name for r in changed.roles] == ["Analytics"], "policies fill the roles")
    expect(grants(changed.policies) == [everything_allowed("Analytics")], "policies are written")
    expect((changed.id, changed.status) == (made.id, "pending"), "the member's status stays")
    changed = cf.accounts.members.update(
        made.id, account_id=ACCOUNT, roles=[{"id": role.id}], extra_body={"status": "pending"}
    )
    expect([r.name for r in changed.roles] == ["Billing"], "roles are written as objects")
    expect(grants(changed.policies) == [everything_allowed("Billing")], "roles take the place of the policies")
    expect(cf.accounts.members.delete(made.id, account_id=ACCOUNT).id == made.id, "a member is removed")
    refused(404, 1003, lambda: cf.accounts.members.get(made.id, account_id=ACCOUNT))
    return [row for row in rows if row.status == "accepted"]


def sorted_ids(some, rows) -> list[str]:
    """Ids in the order of `rows`."""
    wanted = {row.id for row in some}
    return [row.id for row in rows if row.id in wanted]


def user_groups(whole: str) -> str:
    api = cf.iam.user_groups
    rows = list(api.list(account_id=ACCOUNT, per_page=500))
    expect(len(rows) == 18 and [r.name for r in rows] == sorted(r.name for r in rows), "every group, by name")
    found = list(api.list(account_id=ACCOUNT, fuzzy_name="DNS", direction="desc"))
    expect([r.name for r in found] == ["prod-dns"], "a group by part of its name")
    for dns_group in found[0], api.get(found[0].id, account_id=ACCOUNT):
        expect(NOW - 800 * DAY < dns_group.created_on <= dns_group.modified_on <= NOW, "a group's dates are dates")
        ((access, names, scope_name, container, objects),) = grants(dns_group.policies)
        expect((access, names, scope_name) == ("allow", ["Domain DNS"], "Production domains"), "a group's policy")
        expect(container == WHOLE and len(objects) == 8, "a policy's scope is decoded")
        expect(all(key.startswith(f"{ZONE}.") for key in objects), "a policy's scope holds zones")
    dns = next(iter(cf.iam.permission_groups.list(account_id=ACCOUNT, label="dns"))).id
    policy = {"access": "allow", "permission_groups": [{"id": dns}], "resource_groups": [{"id": whole}]}
    made = api.create(account_id=ACCOUNT, name="sdk-made", policies=[policy])
    expect(grants(made.policies) == [everything_allowed("DNS")], "a group is made with its policy")
    expect(made.name == "sdk-made" and made.created_on == made.modified_on and lately(made.created_on), "and dates")
    renamed = api.update(made.id, account_id=ACCOUNT, name="sdk-renamed")
    expect(renamed.name == "sdk-renamed", "a group is renamed")
    expect(grants(renamed.policies) == grants(made.policies), "a rename keeps the policies")
    expect(renamed.created_on == made.created_on <= renamed.modified_on, "a rename moves one date")
    refused(400, 400, lambda: api.update(made.id, account_id=ACCOUNT, policies=[{**policy, "id": made.policies[0].id}]))
    emptied = api.update(made.id, account_id=ACCOUNT, policies=[])
    expect(emptied.policies == [], "policies are replaced as a whole")
    one = api.get(made.id, account_id=ACCOUNT)
    expect((one.id, one.name, one.policies) == (made.id, "sdk-renamed", []), "one group")
    return made.id


def group_members(group: str, people: list) -> None:
    api = cf.iam.user_groups.members
    expect(list(api.list(group, account_id=ACCOUNT)) == [], "a new group is empty")
    allowed = []
    for person in people:
        try:
            api.create(group, account_id=ACCOUNT, members=[{"id": person.id}])
            allowed.append(person.id)
        except cloudflare.BadRequestError:
            continue  # someone without the feature that groups need
        if len(allowed) == 3:
            break
    rows = list(api.list(group, account_id=ACCOUNT, direction="asc", per_page=500))
    email = {person.id: person.user.email for person in people}
    expect([(row.id, row.email) for row in rows] == [(id, email[id]) for id in allowed], "those who were added are in")
    expect(all((row.status is None) == LIVE for row in rows), "lists have a status in documents only")
    whole = api.create(group, account_id=ACCOUNT, members=[{"id": allowed[0]}])
    if LIVE:
        expect([(m.id, m.email) for m in whole] == [(id, email[id]) for id in allowed], "adding answers with them all")
    else:
        expect((whole.result["id"], whole.result["email"]) == (allowed[0], email[allowed[0]]), "or with one member")
    one = api.get(allowed[0], account_id=ACCOUNT, user_group_id=group)
    expect((one.id, one.email, one.user.email) == (allowed[0], email[allowed[0]], email[allowed[0]]), "one of them")
    person = next(person for person in people if person.id == one.id)
    names = (person.user.first_name, person.user.last_name, "accepted")
    expect((one.user.first_name, one.user.last_name, one.status) == names, "the name of one of them")
    expect(lately(one.created_at), "since when one is in")
    if LIVE:
        found = list(api.list(group, account_id=ACCOUNT, fuzzy_email=one.email.upper()))
        expect([row.id for row in found] == [allowed[0]], "a member by part of the e-mail")
    removed = api.delete(allowed[0], account_id=ACCOUNT, user_group_id=group)
    expect((removed.id, removed.email) == (allowed[0], email[allowed[0]]), "the removed one is answered")
    refused(404, 404, lambda: api.delete(allowed[0], account_id=ACCOUNT, user_group_id=group))
    refused(400, 400, lambda: api.delete("0" * 32, account_id=ACCOUNT, user_group_id=group))
    exactly = list(api.update(group, account_id=ACCOUNT, members=[{"id": allowed[0]}]))
    expect([(m.id, m.email) for m in exactly] == [(allowed[0], email[allowed[0]])], "the membership is made exactly this")
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
    alex = next(row for row in first["result"] if row["user"]["email"] == "alex.rivera@northwind.example")
    user = {"name": "Alex Rivera", "two_factor_authentication_enabled": True}
    expect(alex["status"] == "active" and user.items() <= alex["user"].items(), "an organization member is decoded")
    expect("2025" < alex["create_time"] <= alex["update_time"] < "2026-11-24" and "source" in alex["meta"], "and its rest")
    found = cf.get(path, cast_to=object, options={"params": {"status": "canceled"}})["result"]
    expect([row["status"] for row in found] == ["canceled"], "organization members by their status")
    body = {"member": {"user": {"email": "sdk@partners.example"}}}
    made = cf.post(path, cast_to=object, body=body)["result"]
    expect((made["status"], made["user"]["email"]) == ("pending", "sdk@partners.example"), "one is invited")
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
