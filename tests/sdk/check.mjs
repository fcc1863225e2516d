// Drives the embedded API server with Cloudflare's official SDK for TypeScript.
//
// Usage: node check.mjs FILE SHAPES, where FILE holds what `cfiam emulator --json` printed and SHAPES is `live`
// or `documented`. Calls every method that cfiam's own client has a counterpart of and that this SDK knows,
// checks the decoded values, and prints the calls. (This version of the SDK has no methods for the members of an
// organization: these are asked through its untyped calls.)

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

// The SDK is installed beside the build, not beside this file.
const modules = process.env.SDK_MODULES ?? process.cwd();
const require = createRequire(join(modules, "package.json"));
const { version } = JSON.parse(readFileSync(join(modules, "node_modules/cloudflare/package.json"), "utf8"));
const { default: Cloudflare, APIError } = require("cloudflare");

const [file, shapes] = process.argv.slice(2);
const told = JSON.parse(readFileSync(file, "utf8").split("\n")[0]);
const live = shapes === "live";
const [account_id, organization] = [told.account_id, told.organization_id];
const credentials = Object.fromEntries(told.credentials.map((credential) => [credential.name, credential]));
let calls = 0;

function client(name) {
  const { token, email, key } = credentials[name];
  return new Cloudflare({
    baseURL: told.base_url,
    apiToken: token ?? null,
    apiEmail: email ?? null,
    apiKey: key ?? null,
    maxRetries: 0,
    fetch: (url, init) => {
      calls += 1;
      const { pathname, search } = new URL(url);
      console.log(`typescript ${shapes.padEnd(10)} ${(init?.method ?? "GET").toUpperCase().padEnd(6)} ${pathname.replace("/client/v4", "")}${search}`);
      return fetch(url, init);
    },
  });
}

function expect(right, what) {
  if (!right) {
    console.error(`typescript, ${shapes}: ${what}`);
    process.exit(1);
  }
}

async function refused(status, code, call) {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    expect(error.status === status, `status ${error.status} in place of ${status}`);
    expect(error.errors[0].code === code, `code ${error.errors[0].code} in place of ${code}`);
    return;
  }
  expect(false, `nothing was refused where ${status}/${code} was expected`);
}

async function all(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

/** The same object with its keys by name, as the server writes them. */
const ordered = (object) => Object.fromEntries(Object.entries(object).sort());
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const ids = (rows) => rows.map((row) => row.id);
const cf = client("writer");
const day = 24 * 3600 * 1000;
const now = Date.parse("2026-11-24T00:00:00Z");
/** True for what was written in this run: the server's clock begins at `now`. */
const lately = (text) => now <= Date.parse(text) && Date.parse(text) < now + day;
const account_key = `com.cloudflare.api.account.${account_id}`;
const zone_key = "com.cloudflare.api.account.zone";
const second = live ? "edit" : "write";
const superAdministrator = "Super Administrator - All Privileges";

/** A scope of either shape: its container and its objects. */
function scopeOf({ scope }) {
  expect(Array.isArray(scope) !== live, "a scope is an object live and a list in documents");
  const { key, objects } = live ? scope : scope[0];
  return [key, objects.map((object) => object.key).sort()];
}

/** What decoded policies say, by name: access, permission groups, resource group, container and objects. */
function grants(policies) {
  const said = policies.map(({ access, permission_groups, resource_groups }) => {
    const [group] = resource_groups;
    return [access, permission_groups.map((known) => known.name).sort(), group.name, ...scopeOf(group)];
  });
  return said.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

const everythingAllowed = (name) => ["allow", [name], account_key, account_key, ["*"]];

async function accountsAndUser() {
  const accounts = await all(cf.accounts.list({ per_page: 50 }));
  expect(same(ids(accounts), [account_id]), "the account is listed");
  const account = await cf.accounts.get({ account_id });
  expect(same(accounts, [account]), "the list and the account say the same");
  expect(account.name === "Northwind Trading" && account.type === "enterprise", "the account is decoded");
  expect(account.managed_by.parent_org_id === organization, "the account names its organization");
  expect(account.managed_by.parent_org_name === "Northwind Group", "and its name");
  expect(Date.parse(account.created_on) === now - 2190 * day, "the account's date");
  expect(account.settings.enforce_twofactor === false, "the account's settings");
  const user = await cf.user.get();
  expect(user.email === "alex.rivera@northwind.example", "the user");
  expect(same([user.first_name, user.last_name, user.country], ["Alex", "Rivera", null]), "the user's name");
  expect(user.two_factor_authentication_enabled && user.has_enterprise_zones && !user.suspended, "the user's flags");
  expect(same(user.betas, ["zone_level_access_beta"]) && same(ids(user.organizations), [account_id]), "and lists");
  const token = await cf.user.tokens.verify();
  expect(token.status === "active" && token.id.length === 32 && token.expires_on === undefined, "the token is active");
  const own = client("account");
  const owned = await own.accounts.tokens.verify({ account_id });
  expect(owned.status === "active" && owned.id.length === 32 && owned.id !== token.id, "the account's token is active");
  await refused(403, 9109, () => own.user.get());
  await refused(401, 1000, () => own.user.tokens.verify());
  await refused(400, 9106, () => own.memberships.list());
  await refused(401, 1000, () => client("revoked").user.tokens.verify());
  const [membership] = await all(cf.memberships.list({ account: { name: "Northwind Trading" } }));
  expect(membership.account.id === account_id && membership.status === "accepted", "the membership");
  for (const one of [membership, await cf.memberships.get(membership.id)]) {
    expect(one.id === membership.id && one.account.name === account.name, "one membership");
    expect(same(one.roles, [superAdministrator]), "the membership's roles are names");
    expect(same(one.permissions.dns_records, ordered({ read: true, [second]: true })), "a membership's permissions");
    expect(same(one.permissions.auditlogs, ordered({ read: true, [second]: false })), "and those no schema knows");
  }
  expect((await client("key").user.get()).id === user.id, "mail and key are the same user");
}

async function catalogue() {
  const groups = await all(cf.iam.permissionGroups.list({ account_id, per_page: 50 }));
  expect(new Set(ids(groups)).size === groups.length && groups.length > 150, "every permission group, once");
  const dns = await cf.iam.permissionGroups.get("49ce85367bae433b9f0717ed4fea5c74", { account_id });
  expect(dns.id === "49ce85367bae433b9f0717ed4fea5c74" && dns.name === "DNS", "a permission group by its id");
  const { label, scopes, key, value } = dns.meta;
  const meta = live ? ["dns_admin", "com.cloudflare.api.account", null, null] : [null, null, "label", "dns_admin"];
  expect(same([label, scopes, key, value].map((word) => word ?? null), meta), "its meta");
  const found = await all(cf.iam.permissionGroups.list({ account_id, label: "dns_admin" }));
  expect(same(ids(found), [dns.id]), "a permission group by its label");
  const roles = await all(cf.accounts.roles.list({ account_id, per_page: 50 }));
  expect(roles.some((role) => role.name === "Administrator"), "the roles");
  const role = await cf.accounts.roles.get("f2b20eaa1a5d4af42b53ac16238c99c7", { account_id });
  expect(role.name === "Administrator Read Only", "one role");
  expect(role.description === "Can access the full account in read-only mode.", "a role's description");
  expect(same(role.permissions.dns_records, ordered({ read: true, [second]: false })), "a role's permissions");
  const { permissions } = roles.find((known) => known.name === "Administrator");
  expect(same(permissions.dns_records, ordered({ read: true, [second]: true })), "another role's permissions");
  expect(roles.some((known) => same(known, role)), "the list and the role say the same");
  expect(!ids(roles).includes("33666b9c79b9a5273fc7344ff42f953d"), "nobody lists the first role");
  const zones = await all(cf.zones.list({ account: { id: account_id }, per_page: 50 }));
  const shop = zones.find((zone) => zone.name === "shop.example");
  expect(same([shop.status, shop.type, shop.account.id], ["active", "full", account_id]), "a zone is decoded");
  expect(zones.length === 14 && new Set(ids(zones)).size === 14, "every zone, once");
  const organizations = await all(cf.organizations.list());
  expect(same(ids(organizations), [organization]), "the organization is listed");
  const known = await cf.organizations.get(organization);
  expect(known.id === organization && known.name === "Northwind Group", "the organization is decoded");
  expect(same(organizations, [known]), "the list and the organization say the same");
  expect(Date.parse(known.create_time) === now - 400 * day, "the organization's date");
}

async function resourceGroups() {
  const api = cf.iam.resourceGroups;
  const groups = await all(api.list({ account_id }));
  const whole = groups.find((group) => group.name === `com.cloudflare.api.account.${account_id}`);
  expect(same(scopeOf(whole), [account_key, ["*"]]), "the account's own scope is the whole account");
  expect(same(whole.meta, { editable: "false" }), "and can't be edited");
  expect(same(await all(api.list({ account_id, name: "nothing" })), []), "no match is an empty list");
  const [zone] = await all(cf.zones.list({ name: "shop.example" }));
  const made = await api.create({
    account_id,
    name: "One shop",
    scope: {
      key: account_key,
      objects: [{ key: `${zone_key}.${zone.id}` }],
    },
  });
  const scope = [account_key, [`${zone_key}.${zone.id}`]];
  const one = await api.get(made.id, { account_id });
  expect(one.name === "One shop" && same(scopeOf(one), scope), "a resource group is made");
  const renamed = await api.update(made.id, { account_id, name: "The shop" });
  expect(renamed.id === made.id && renamed.name === "The shop" && same(scopeOf(renamed), scope), "and renamed");
  await api.delete(made.id, { account_id });
  await refused(404, 404, () => api.get(made.id, { account_id }));
  return whole.id;
}

async function members(whole) {
  const api = cf.accounts.members;
  const rows = await all(api.list({ account_id, order: "user.email", direction: "asc", per_page: 50 }));
  const emails = rows.map((row) => row.user.email);
  expect(rows.length === 240 && same(emails, [...emails].sort()), "every member, by e-mail");
  const pending = await all(api.list({ account_id, status: "pending" }));
  const open = rows.filter((row) => row.status === "pending");
  expect(same(ids(pending).sort(), ids(open).sort()), "the pending ones");
  expect(pending.length > 0 && pending.every((row) => !row.user.id), "pending members have no user id");
  expect(pending.every(({ user }) => user.first_name === null && user.last_name === null), "and no name");
  const alex = rows.find((row) => row.user.email === "alex.rivera@northwind.example");
  for (const one of [alex, await api.get(alex.id, { account_id })]) {
    const named = [one.id, one.email, one.status, one.user.first_name, one.user.last_name];
    expect(same(named, [alex.id, alex.user.email, "accepted", "Alex", "Rivera"]), "one member");
    expect(one.user.two_factor_authentication_enabled === true, "a member's second factor");
    expect(grants(one.policies).some((said) => same(said, everythingAllowed(superAdministrator))), "policies");
    expect(same(one.roles.map((role) => role.name), [superAdministrator]), "a member's roles");
  }
  const top = rows.filter((row) => row.roles.some((role) => role.name === superAdministrator));
  const factors = top.map((row) => row.user.two_factor_authentication_enabled).sort();
  expect(same(factors, [false, true]), "two Super Administrators, one without a second factor");
  const role = (await all(cf.accounts.roles.list({ account_id }))).find((known) => known.name === "Billing");
  const invitation = { account_id, email: "newer.hire@northwind.example", roles: [role.id] };
  const made = await api.create(invitation);
  expect(made.status === "pending" && made.roles === undefined, "an invitation's answer has no roles");
  expect(made.email === invitation.email && made.user.email === invitation.email, "it has the e-mail");
  expect(same(grants(made.policies), [everythingAllowed("Billing")]), "roles become policies");
  const later = await api.get(made.id, { account_id });
  expect(same(later.roles.map((known) => known.name), ["Billing"]), "a later read has");
  expect(later.status === "pending" && later.user.email === made.email, "and the rest");
  await refused(400, live ? 1008 : 1004, () => api.create(invitation));
  const [analytics] = await all(cf.iam.permissionGroups.list({ account_id, label: "analytics" }));
  const policy = { access: "allow", permission_groups: [{ id: analytics.id }], resource_groups: [{ id: whole }] };
  let changed = await api.update(made.id, { account_id, policies: [policy], status: "pending" });
  expect(same(changed.roles.map((known) => known.name), ["Analytics"]), "policies fill the roles");
  expect(same(grants(changed.policies), [everythingAllowed("Analytics")]), "policies are written");
  expect(changed.id === made.id && changed.status === "pending", "the member's status stays");
  changed = await api.update(made.id, { account_id, roles: [{ id: role.id }], status: "pending" });
  expect(same(changed.roles.map((known) => known.name), ["Billing"]), "roles are written as objects");
  expect(same(grants(changed.policies), [everythingAllowed("Billing")]), "roles take the place of the policies");
  expect((await api.delete(made.id, { account_id })).id === made.id, "a member is removed");
  await refused(404, 1003, () => api.get(made.id, { account_id }));
  return rows.filter((row) => row.status === "accepted");
}

async function userGroups(whole) {
  const api = cf.iam.userGroups;
  const rows = await all(api.list({ account_id, per_page: 500 }));
  const names = rows.map((row) => row.name);
  expect(rows.length === 18 && same(names, [...names].sort()), "every group, by name");
  const found = await all(api.list({ account_id, fuzzyName: "DNS", direction: "desc" }));
  expect(same(found.map((row) => row.name), ["prod-dns"]), "a group by part of its name");
  for (const group of [found[0], await api.get(found[0].id, { account_id })]) {
    const [created, modified] = [group.created_on, group.modified_on].map(Date.parse);
    expect(now - 800 * day < created && created <= modified && modified <= now, "a group's dates");
    const [[access, granted, name, container, objects], ...more] = grants(group.policies);
    expect(same([access, granted, name], ["allow", ["Domain DNS"], "Production domains"]), "a group's policy");
    expect(more.length === 0 && container === account_key && objects.length === 8, "a policy's scope is decoded");
    expect(objects.every((object) => object.startsWith(`${zone_key}.`)), "a policy's scope holds zones");
  }
  const [dns] = await all(cf.iam.permissionGroups.list({ account_id, label: "dns" }));
  const policy = { access: "allow", permission_groups: [{ id: dns.id }], resource_groups: [{ id: whole }] };
  const made = await api.create({ account_id, name: "sdk-made", policies: [policy] });
  expect(same(grants(made.policies), [everythingAllowed("DNS")]), "a group is made with its policy");
  expect(made.name === "sdk-made" && made.created_on === made.modified_on && lately(made.created_on), "and dates");
  const renamed = await api.update(made.id, { account_id, name: "sdk-renamed" });
  expect(renamed.name === "sdk-renamed", "a group is renamed");
  expect(same(grants(renamed.policies), grants(made.policies)), "a rename keeps the policies");
  expect(renamed.created_on === made.created_on && renamed.modified_on >= made.modified_on, "a rename moves one date");
  const reused = [{ ...policy, id: made.policies[0].id }];
  await refused(400, 400, () => api.update(made.id, { account_id, policies: reused }));
  const emptied = await api.update(made.id, { account_id, policies: [] });
  expect(same(emptied.policies, []), "policies are replaced as a whole");
  const one = await api.get(made.id, { account_id });
  expect(same([one.id, one.name, one.policies], [made.id, "sdk-renamed", []]), "one group");
  return made.id;
}

async function groupMembers(group, people) {
  const api = cf.iam.userGroups.members;
  expect(same(await all(api.list(group, { account_id })), []), "a new group is empty");
  const allowed = [];
  for (const { id } of people) {
    try {
      await api.create(group, { account_id, members: [{ id }] });
      allowed.push(id);
    } catch (error) {
      if (error.status !== 400) throw error; // else: someone without the feature that groups need
    }
    if (allowed.length === 3) break;
  }
  const rows = await all(api.list(group, { account_id, direction: "asc", per_page: 500 }));
  const known = new Map(people.map((person) => [person.id, person.user]));
  const said = (some) => some.map(({ id, email }) => [id, email]);
  const meant = allowed.map((id) => [id, known.get(id).email]);
  expect(same(said(rows), meant), "those who were added are in");
  expect(rows.every((row) => (row.status === undefined) === live), "lists have a status in documents only");
  const again = await api.create(group, { account_id, members: [{ id: allowed[0] }] });
  if (live) expect(same(said(await all(again)), meant), "adding answers with the whole group");
  else expect(same(said([again.result]), meant.slice(0, 1)), "adding answers with one member");
  const one = await api.get(allowed[0], { account_id, user_group_id: group });
  const { email, first_name, last_name } = known.get(allowed[0]);
  const answered = [one.id, one.email, one.status, one.user.email, one.user.first_name, one.user.last_name];
  expect(same(answered, [allowed[0], email, "accepted", email, first_name, last_name]), "one of them");
  expect(lately(one.created_at), "since when one is in");
  if (live) {
    const found = await all(api.list(group, { account_id, fuzzyEmail: one.email.toUpperCase() }));
    expect(same(ids(found), [allowed[0]]), "a member by part of the e-mail");
  }
  const remove = (id) => api.delete(id, { account_id, user_group_id: group });
  expect(same(said([await remove(allowed[0])]), meant.slice(0, 1)), "the removed one is answered");
  await refused(404, 404, () => remove(allowed[0]));
  await refused(400, 400, () => remove("0".repeat(32)));
  const exactly = await all(api.update(group, { account_id, members: [{ id: allowed[0] }] }));
  expect(same(said(exactly), meant.slice(0, 1)), "the membership is made exactly this");
  expect(same(await all(api.update(group, { account_id, members: [] })), []), "the membership is emptied");
  await cf.iam.userGroups.delete(group, { account_id });
  await refused(404, 404, () => cf.iam.userGroups.get(group, { account_id }));
}

async function organizationMembers() {
  const path = `/organizations/${organization}/members`;
  const first = await cf.get(path, { query: { page_size: 5 } });
  const query = { page_size: 1000, page_token: first.result_info.next_page_token };
  const second = await cf.get(path, { query });
  const seen = ids([...first.result, ...second.result]);
  expect(new Set(seen).size === first.result_info.total_size, "every organization member, once");
  const alex = first.result.find((row) => row.user.email === "alex.rivera@northwind.example");
  const { name, two_factor_authentication_enabled: factor } = alex.user;
  expect(same([alex.status, name, factor], ["active", "Alex Rivera", true]), "an organization member is decoded");
  const [created, updated] = [alex.create_time, alex.update_time].map(Date.parse);
  expect(now - 400 * day < created && created <= updated && updated < now && "source" in alex.meta, "and its rest");
  const { result: canceled } = await cf.get(path, { query: { status: "canceled" } });
  expect(same(canceled.map((row) => row.status), ["canceled"]), "organization members by their status");
  const body = { member: { user: { email: "sdk-ts@partners.example" } } };
  const made = (await cf.post(path, { body })).result;
  expect(made.status === "pending" && made.user.email === "sdk-ts@partners.example", "one is invited");
  expect(same((await cf.get(`${path}/${made.id}`)).result, made), "one organization member");
  const gone = await cf.delete(`${path}/${made.id}`).asResponse();
  expect(gone.status === 204 && (await gone.text()) === "", "a removed one is answered with nothing");
}

async function reader() {
  const only = client("reader");
  expect((await all(only.iam.userGroups.list({ account_id }))).length === 18, "the reader may read");
  await refused(403, 10000, () => only.iam.userGroups.create({ account_id, name: "no", policies: [] }));
}

await accountsAndUser();
await catalogue();
const whole = await resourceGroups();
const accepted = await members(whole);
await groupMembers(await userGroups(whole), accepted);
await organizationMembers();
await reader();
console.log(`typescript ${shapes}: ${calls} calls of cloudflare ${version}, all as expected`);
