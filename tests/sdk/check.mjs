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

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const ids = (rows) => rows.map((row) => row.id);
const isDate = (text) => typeof text === "string" && !Number.isNaN(Date.parse(text));
const cf = client("writer");

async function accountsAndUser() {
  expect(same(ids(await all(cf.accounts.list({ per_page: 50 }))), [account_id]), "the account is listed");
  const account = await cf.accounts.get({ account_id });
  expect(account.name === "Northwind Trading" && account.type === "enterprise", "the account is decoded");
  expect(account.managed_by.parent_org_id === organization, "the account names its organization");
  const user = await cf.user.get();
  expect(user.email === "alex.rivera@northwind.example", "the user");
  expect((await cf.user.tokens.verify()).status === "active", "the token is active");
  const own = client("account");
  expect((await own.accounts.tokens.verify({ account_id })).status === "active", "the account's token is active");
  await refused(403, 9109, () => own.user.get());
  await refused(401, 1000, () => own.user.tokens.verify());
  await refused(400, 9106, () => own.memberships.list());
  await refused(401, 1000, () => client("revoked").user.tokens.verify());
  const [membership] = await all(cf.memberships.list({ account: { name: "Northwind Trading" } }));
  expect(membership.account.id === account_id && membership.status === "accepted", "the membership");
  expect((await cf.memberships.get(membership.id)).id === membership.id, "one membership");
  expect((await client("key").user.get()).id === user.id, "mail and key are the same user");
}

async function catalogue() {
  const groups = await all(cf.iam.permissionGroups.list({ account_id, per_page: 50 }));
  expect(new Set(ids(groups)).size === groups.length && groups.length > 150, "every permission group, once");
  const dns = await cf.iam.permissionGroups.get("49ce85367bae433b9f0717ed4fea5c74", { account_id });
  expect(dns.name === "DNS", "a permission group by its id");
  expect(live ? dns.meta.label === "dns_admin" : dns.meta.value === "dns_admin", "its meta");
  const found = await all(cf.iam.permissionGroups.list({ account_id, label: "dns_admin" }));
  expect(same(ids(found), [dns.id]), "a permission group by its label");
  const roles = await all(cf.accounts.roles.list({ account_id, per_page: 50 }));
  expect(roles.some((role) => role.name === "Administrator"), "the roles");
  expect((await cf.accounts.roles.get(roles[0].id, { account_id })).name === roles[0].name, "one role");
  const zones = await all(cf.zones.list({ account: { id: account_id }, per_page: 50 }));
  expect(zones.some((zone) => zone.name === "shop.example"), "the zones");
  expect(same(ids(await all(cf.organizations.list())), [organization]), "the organization is listed");
  expect((await cf.organizations.get(organization)).name === "Northwind Group", "the organization is decoded");
}

async function resourceGroups() {
  const api = cf.iam.resourceGroups;
  const groups = await all(api.list({ account_id }));
  const whole = groups.find((group) => group.name === `com.cloudflare.api.account.${account_id}`);
  const scope = live ? whole.scope : whole.scope[0];
  expect(same(scope.objects, [{ key: "*" }]), "the account's own scope is the whole account");
  expect(same(await all(api.list({ account_id, name: "nothing" })), []), "no match is an empty list");
  const [zone] = await all(cf.zones.list({ name: "shop.example" }));
  const made = await api.create({
    account_id,
    name: "One shop",
    scope: {
      key: `com.cloudflare.api.account.${account_id}`,
      objects: [{ key: `com.cloudflare.api.account.zone.${zone.id}` }],
    },
  });
  expect((await api.get(made.id, { account_id })).name === "One shop", "a resource group is made");
  expect((await api.update(made.id, { account_id, name: "The shop" })).name === "The shop", "and renamed");
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
  expect(pending.length > 0 && pending.every((row) => !row.user.id), "pending members have no user id");
  const one = await api.get(rows[0].id, { account_id });
  expect(one.user.email === rows[0].user.email && one.policies.length > 0, "one member");
  const role = (await all(cf.accounts.roles.list({ account_id }))).find((known) => known.name === "Billing");
  const invitation = { account_id, email: "newer.hire@northwind.example", roles: [role.id] };
  const made = await api.create(invitation);
  expect(made.status === "pending" && made.roles === undefined, "an invitation's answer has no roles");
  expect((await api.get(made.id, { account_id })).roles[0].name === "Billing", "a later read has");
  await refused(400, live ? 1008 : 1004, () => api.create(invitation));
  const [analytics] = await all(cf.iam.permissionGroups.list({ account_id, label: "analytics" }));
  const policy = { access: "allow", permission_groups: [{ id: analytics.id }], resource_groups: [{ id: whole }] };
  let changed = await api.update(made.id, { account_id, policies: [policy], status: "pending" });
  expect(same(changed.roles.map((known) => known.name), ["Analytics"]), "policies fill the roles");
  changed = await api.update(made.id, { account_id, roles: [{ id: role.id }], status: "pending" });
  expect(same(changed.roles.map((known) => known.name), ["Billing"]), "roles are written as objects");
  expect((await api.delete(made.id, { account_id })).id === made.id, "a member is removed");
  await refused(404, 1003, () => api.get(made.id, { account_id }));
  return ids(rows.filter((row) => row.status === "accepted"));
}

async function userGroups(whole) {
  const api = cf.iam.userGroups;
  const rows = await all(api.list({ account_id, per_page: 500 }));
  const names = rows.map((row) => row.name);
  expect(rows.length === 18 && same(names, [...names].sort()), "every group, by name");
  const found = await all(api.list({ account_id, fuzzyName: "DNS", direction: "desc" }));
  expect(same(found.map((row) => row.name), ["prod-dns"]), "a group by part of its name");
  expect(isDate(found[0].created_on), "a group's date is a date");
  const { scope } = found[0].policies[0].resource_groups[0];
  expect(live ? typeof scope.key === "string" : Array.isArray(scope), "a policy's scope is decoded");
  const [dns] = await all(cf.iam.permissionGroups.list({ account_id, label: "dns" }));
  const policy = { access: "allow", permission_groups: [{ id: dns.id }], resource_groups: [{ id: whole }] };
  const made = await api.create({ account_id, name: "sdk-made", policies: [policy] });
  expect(made.policies[0].permission_groups[0].name === "DNS", "a group is made with its policy");
  const renamed = await api.update(made.id, { account_id, name: "sdk-renamed" });
  expect(renamed.name === "sdk-renamed" && renamed.policies.length === 1, "a rename keeps the policies");
  const reused = [{ ...policy, id: made.policies[0].id }];
  await refused(400, 400, () => api.update(made.id, { account_id, policies: reused }));
  const emptied = await api.update(made.id, { account_id, policies: [] });
  expect(same(emptied.policies, []), "policies are replaced as a whole");
  expect((await api.get(made.id, { account_id })).name === "sdk-renamed", "one group");
  return made.id;
}

async function groupMembers(group, people) {
  const api = cf.iam.userGroups.members;
  expect(same(await all(api.list(group, { account_id })), []), "a new group is empty");
  const allowed = [];
  for (const id of people) {
    try {
      await api.create(group, { account_id, members: [{ id }] });
      allowed.push(id);
    } catch (error) {
      if (error.status !== 400) throw error; // else: someone without the feature that groups need
    }
    if (allowed.length === 3) break;
  }
  const rows = await all(api.list(group, { account_id, direction: "asc", per_page: 500 }));
  expect(same(ids(rows).sort(), [...allowed].sort()), "those who were added are in");
  expect(rows.every((row) => (row.status === undefined) === live), "lists have a status in documents only");
  const again = await api.create(group, { account_id, members: [{ id: allowed[0] }] });
  if (live) expect(same(ids(await all(again)).sort(), [...allowed].sort()), "adding answers with the whole group");
  const one = await api.get(allowed[0], { account_id, user_group_id: group });
  expect(isDate(one.created_at) && one.user.email === one.email, "since when one is in");
  if (live) {
    const found = await all(api.list(group, { account_id, fuzzyEmail: one.email.toUpperCase() }));
    expect(same(ids(found), [allowed[0]]), "a member by part of the e-mail");
  }
  const remove = (id) => api.delete(id, { account_id, user_group_id: group });
  expect((await remove(allowed[0])).id === allowed[0], "the removed one is answered");
  await refused(404, 404, () => remove(allowed[0]));
  await refused(400, 400, () => remove("0".repeat(32)));
  const exactly = await all(api.update(group, { account_id, members: [{ id: allowed[0] }] }));
  expect(same(ids(exactly), [allowed[0]]), "the membership is made exactly this");
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
  const body = { member: { user: { email: "sdk-ts@partners.example" } } };
  const made = (await cf.post(path, { body })).result;
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
