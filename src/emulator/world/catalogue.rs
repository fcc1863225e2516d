//! The account's catalogue: permission groups and the older roles.

use std::collections::HashMap;

use super::dice::derive;
use super::{Id, Moment};

/// The role whose id is the same in every account, and which the list of roles leaves out.
const SUPER_ADMINISTRATOR: &str = "33666b9c79b9a5273fc7344ff42f953d";

/// What kind of scope a permission group works on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::emulator) enum Kind {
    Account,
    Zone,
    Resource,
}

pub(in crate::emulator) struct PermissionGroup {
    pub id: Id,
    pub name: &'static str,
    pub label: String,
    pub kind: Kind,
    /// As the service says it in `meta.scopes`.
    pub scopes: &'static str,
    pub description: String,
    pub created: Moment,
}

pub(in crate::emulator) struct Role {
    pub id: Id,
    pub name: &'static str,
    pub description: String,
    /// Each area and whether it may be edited too.
    pub permissions: Vec<(&'static str, bool)>,
    /// The permission group that says the same in a policy.
    pub grants: Id,
    /// False for Super Administrator.
    pub listed: bool,
}

/// All that can be granted in an account. Never changes while the server runs.
pub(in crate::emulator) struct Catalogue {
    pub permission_groups: Vec<PermissionGroup>,
    pub roles: Vec<Role>,
    groups_by_id: HashMap<Id, usize>,
    roles_by_id: HashMap<Id, usize>,
}

impl Catalogue {
    /// The catalogue under a seed: ids that aren't known from the service are derived from it.
    pub fn new(seed: u64, created: Moment) -> Self {
        let mut permission_groups = Vec::new();
        let mut roles = Vec::new();
        for line in lines(ROLES) {
            let [id, name, label, areas, description] = fields(line);
            let group = permission_group(seed, ["", name, label, "account", description], created);
            roles.push(Role {
                id: Id::parse(id).unwrap_or_else(|| derive(seed, name, 1)),
                name,
                description: description.to_owned(),
                permissions: permissions(areas),
                grants: group.id,
                listed: id != SUPER_ADMINISTRATOR,
            });
            permission_groups.push(group);
        }
        for line in lines(PERMISSION_GROUPS) {
            permission_groups.push(permission_group(seed, fields(line), created));
        }
        for (words, kind) in [(TOKEN_ACCOUNT, "account"), (TOKEN_ZONE, "zone")] {
            for name in words.split(';').map(str::trim) {
                permission_groups.push(permission_group(seed, ["", name, "", kind, ""], created));
            }
        }
        let groups_by_id = permission_groups.iter().enumerate().map(|(at, g)| (g.id, at)).collect();
        let roles_by_id = roles.iter().enumerate().map(|(at, r)| (r.id, at)).collect();
        Self { permission_groups, roles, groups_by_id, roles_by_id }
    }

    pub fn permission_group(&self, id: Id) -> Option<&PermissionGroup> {
        self.groups_by_id.get(&id).and_then(|at| self.permission_groups.get(*at))
    }

    pub fn role(&self, id: Id) -> Option<&Role> {
        self.roles_by_id.get(&id).and_then(|at| self.roles.get(*at))
    }

    /// A permission group by its label.
    pub fn labelled(&self, label: &str) -> Option<Id> {
        self.permission_groups.iter().find(|group| group.label == label).map(|group| group.id)
    }

    /// The roles that say the same as an allow of these permission groups on the whole account.
    pub fn roles_of(&self, permission_groups: impl Iterator<Item = Id>) -> Box<[Id]> {
        let granted: Vec<Id> = permission_groups.collect();
        self.roles
            .iter()
            .filter(|role| granted.contains(&role.grants))
            .map(|role| role.id)
            .collect()
    }
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn fields(line: &'static str) -> [&'static str; 5] {
    let mut parts = line.splitn(5, '|').map(str::trim);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn permissions(areas: &'static str) -> Vec<(&'static str, bool)> {
    areas
        .split_whitespace()
        .map(|word| word.strip_suffix('+').map_or((word, false), |area| (area, true)))
        .collect()
}

fn permission_group(seed: u64, line: [&'static str; 5], created: Moment) -> PermissionGroup {
    let [id, name, label, scopes, description] = line;
    let label = if label.is_empty() { label_of(name) } else { label.to_owned() };
    let (kind, scopes) = match scopes {
        "account" => (Kind::Account, "com.cloudflare.api.account"),
        "zone" => (Kind::Zone, "com.cloudflare.api.account.zone"),
        product => (Kind::Resource, product),
    };
    let id = Id::parse(id).unwrap_or_else(|| derive(seed, &label, 0));
    let description =
        if description.is_empty() { format!("Grants {name}.") } else { description.to_owned() };
    let created = created.minus_hours(24 * (200 + super::dice::mix(id.bits()) % 1_500));
    PermissionGroup { id, name, label, kind, scopes, description, created }
}

fn label_of(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// Role id, name, label of the permission group that says the same, areas (`+`: may be edited), description.
const ROLES: &str = "
33666b9c79b9a5273fc7344ff42f953d|Super Administrator - All Privileges|all_privileges|access+ analytics app+ auditlogs billing+ cache_purge+ dns_records+ lb+ legal+ logs+ member+ organization+ ssl+ stream+ subscription+ teams+ waf+ webhooks+ worker+ zone+ zone_settings+|Can edit any Cloudflare setting, make purchases, update billing, and manage memberships.
05784afa30c1afe1440e79d9351c7430|Administrator|admin|access+ analytics app+ auditlogs billing+ cache_purge+ dns_records+ lb+ logs+ organization+ ssl+ stream+ subscription+ teams+ waf+ webhooks+ worker+ zone+ zone_settings+|Can access the full account and edit settings, except for memberships and billing profiles.
f2b20eaa1a5d4af42b53ac16238c99c7|Administrator Read Only|admin_readonly|access analytics app auditlogs billing dns_records lb logs organization ssl stream subscription teams waf webhooks worker zone zone_settings|Can access the full account in read-only mode.
5c35d2bf3a545e6b7560b826c0d23c39|Minimal Account Access|minimal_account_access|organization|Can access the account, and nothing in it.
298ce8e7a2ba08b9d18ce0a32bb458ee|Billing|billing|billing+ organization subscription+|Can edit the account's billing profile and subscriptions.
6ddc5f80969d01105b5a0931e0079365|Analytics|analytics|analytics|Can read analytics.
9dfa4d1b73034f70ad896bf1c26d78f3|Audit Logs Viewer|audit_logs_viewer|auditlogs organization|Can view audit logs.
d1c17a97abf0aa371338074955877ba0|Cache Purge|cache_purge|cache_purge+ zone|Can purge the edge cache.
069fe803647ed3609e93d041d5df6050|DNS|dns|dns_records+ zone zone_settings|Can edit DNS records.
1963e6e3aca5ac9a7a91609a0040ab02|Firewall|firewall|waf+ zone zone_settings|Can edit WAF, IP Firewall, and Zone Lockdown settings.
c61d4237ab1c08a3d11feb6bd5e91c5a|Load Balancer|load_balancer|lb+ zone|Can edit Load Balancers, Pools, Origins, and Health Checks.
3a170f9cfd62f321d6d835dc44bfe6dc|Log Share|log_share|logs+|Can edit Log Share configuration.
340113a819900e1b4beebccc2ddb32e7|Log Share Reader|log_share_reader|logs|Can read Enterprise Log Share.
951e083054cc4f172986fc9be0aa17af|Cloudflare Access|access|access+|Can edit Cloudflare Access policies.
8b081b06f8ffef0522957fc6929cdcca|Cloudflare Stream|stream|stream+|Can edit Cloudflare Stream media.
94bedef1a0bdd311891188867727e42d|Cloudflare Images|images|images+|Can access Cloudflare Images data.
10e95af809390ce236cbdcf03935e215|Cloudflare Gateway|gateway|teams+|Can edit Cloudflare Gateway and read Access.
57280df9f1a5806e04f065b07bbdd17a|Workers Platform Admin|workers_platform_admin|worker+ zone|Can edit all Workers products.
98a33bce907b575c9607725ec26ef20a|Workers Editor|workers_editor|worker+|Can edit Workers scripts and their routes.
e58cefd75d7adae0b761796c28815e5c|Workers Platform (Read-only)|workers_platform_read|worker|Can read all Workers products.
051312130d7384b97d7c4fa122eb7519|Trust and Safety|trust_and_safety|organization+|Can view and request reviews for blocks.
ef13f042efdd58f592148c035f291bfa|Cloudflare Zero Trust|zero_trust|teams+ access+|Can edit Cloudflare Zero Trust.
156a872fa6df06e0e9b85d32afce6990|Cloudflare Zero Trust Read Only|teams_read|teams access|Can access Cloudflare Zero Trust in read-only mode.
f43d556e0699e47c9188ea1973a48e24|Cloudflare Zero Trust PII|zero_trust_pii|teams|Can access Cloudflare Zero Trust personal data.
b525e80fc64a4323a9ea666467d1865c|Cloudflare Zero Trust Reporting|teams_reporting|teams|Can access Cloudflare Zero Trust reporting data.
67ff895d0db461b61dd911232fcbc790|API Gateway|api_gateway|api_gateway+|Can edit API Gateway.
35956457e745b2af7331713a1ddf4fdb|API Gateway Read|api_gateway_read|api_gateway|Can read API Gateway.
6f83464b634142ce4ac573616256096e|Cloudflare R2 Admin|r2_admin|r2+|Can edit Cloudflare R2 buckets, objects, and their settings.
084b982fe42511d15feb1411e4c9ce9e|Cloudflare R2 Read|r2_read|r2|Can read Cloudflare R2 buckets, objects, and their settings.
08abaa5235c2196d5f3daf457190161b|HTTP Applications|http_applications|app+|Can edit HTTP applications.
ecd163368eb6c45b880362b0c098f5e1|HTTP Applications Read|http_applications_read|app|Can read HTTP applications.
344b7dd765da5a9de6230f7540cabb20|Page Shield|page_shield|page_shield+|Can edit Page Shield.
1b20b8701ab8a22f0229ff1c831a9e27|Page Shield Read|page_shield_read|page_shield|Can read Page Shield.
d4c68d56bf2ef665eb82994199a393fd|Turnstile|turnstile|turnstile+|Can edit Turnstile.
2964cc9c4ebefdc6bf2bdbc4e106b906|Turnstile Read|turnstile_read|turnstile|Can read Turnstile.
fc67f46f32917cf9f0bdc082198cd747|Zaraz Admin|zaraz_admin|zaraz+|Can edit and publish Zaraz configuration.
69abc03715c77ae49be5e407f03d0650|Zaraz Read|zaraz_read|zaraz|Can read Zaraz configuration.
37a46bc5222ebb5577b2efc7fc467fb4|Magic Network Monitoring Admin|mnm_admin|mnm+|Can view, edit, create, and delete MNM configuration.
8e117fdd57cd531947dbdcfd82f7a1a1|Email Security Policy Admin|email_security_policy_admin|email+|Can read all settings, but only write to allow and block policies.
75f36071fa06ebfac6da0c3f8ddbc4df|SSL/TLS, Caching, Performance, Page Rules, and Customization|zone_settings_admin|ssl+ zone_settings+ cache_purge+ zone|Can edit most settings of a zone.
";

/// Id (empty: derived), name, label, scope kind or product key, description.
const PERMISSION_GROUPS: &str = "
10515a9267294c2e8dd974332556a33b|Firewall|waf_admin|account|Can edit WAF, IP Firewall, and Zone Lockdown settings.
49ce85367bae433b9f0717ed4fea5c74|DNS|dns_admin|account|Can edit DNS records.
bc5ec81e4beb40b9bd71493707ea4b80|Workers Admin|workers_admin|account|Can edit Cloudflare Workers.
2f28d5132ab644cdbff24375b11a702e|Brand Protection|brand_protection|account|Can access Brand Protection.
5ac2b0d9b54d4ff78e99342191cb7114|Cloudflare Zero Trust|teams_admin|account|Can edit Cloudflare Zero Trust.
87191d478e9342a09cf8b587756f5ed3|Cloudflare Zero Trust PII|teams_pii|account|Can access Cloudflare Zero Trust PII.
82e64a83756745bbbb1c9c2701bf816b|Magic Network Monitoring|magic_network_monitoring|account|Can edit Magic Network Monitoring.
|Bot Management (Account-wide)|account_bot_management|account|Can edit Bot Management for all domains.
|Cloudflare CASB|casb|account|Can edit Cloudflare CASB.
|Cloudflare CASB Read|casb_read|account|Can read Cloudflare CASB.
|Cloudflare DEX|dex|account|Can edit Cloudflare DEX.
|Cloudflare Zero Trust DNS Locations Write|teams_locations|account|Can edit DNS locations.
|Email Configuration Admin|email_configuration_admin|account|Grants write access to all of Email Security, CASB, and Gateway.
|Email Security Analyst|email_security_analyst|account|Can search and reclassify messages.
|Hyperdrive Admin|hyperdrive_admin|account|Can edit Hyperdrive.
|Hyperdrive Read|hyperdrive_read|account|Can read Hyperdrive.
|Network Services Read (Magic)|magic_read|account|Can read the configuration of network services.
|Network Services Write (Magic)|magic_write|account|Can edit the configuration of network services.
|Secrets Store Admin|secrets_store_admin|account|Can create, edit, duplicate, delete, and list secrets.
|Secrets Store Deployer|secrets_store_deployer|account|Can bind secrets to Workers.
|Secrets Store Reporter|secrets_store_reporter|account|Can list the names of secrets.
|Security Center Brand Protection|security_center_brand|account|Can edit Security Center Brand Protection.
|Vectorize Admin|vectorize_admin|account|Can edit Vectorize.
|Vectorize Read only|vectorize_read|account|Can read Vectorize.
|Waiting Room Admin|waiting_room_admin|account|Can edit Waiting Rooms of all domains.
|Waiting Room Read|waiting_room_read|account|Can read Waiting Rooms of all domains.
|Zone Versioning (Account-Wide)|account_zone_versioning|account|Can edit Zone Versioning of all domains.
|Cloudchamber Admin|cloudchamber_admin|account|Can edit Containers.
a5e5061418ea445fbba04aac57f359a8|Domain Administrator|domain_admin|zone|Can edit the full domain and everything in it.
98d2b0c4bd3b4a2c842fcd2a81273ee9|Domain Administrator Read Only|domain_admin_readonly|zone|Can read the full domain and everything in it.
132c52e7e6654b999c183cfcbafd37d7|Domain DNS|domain_dns|zone|Can edit the DNS records of a domain.
7276dc8e5e31412297b6075e614a67dd|Domain API Gateway|domain_api_gateway|zone|Can edit API Gateway of a domain.
4757eb7bd807416ba3164efaae1d516e|Domain API Gateway Read|domain_api_gateway_read|zone|Can read API Gateway of a domain.
44befc657c1d4ec3a257d67567b432df|Bot Management|domain_bot_management|zone|Can edit Bot Management of a domain.
e713d034437c4c6d936daf981f29bf88|Cache Domain Purge|domain_cache_purge|zone|Can purge the edge cache of a domain.
6d5a15bbb1c84d6e8d74ea65de18dfde|Domain Page Shield|domain_page_shield|zone|Can edit Page Shield of a domain.
1b6236cae9ec4156aaae43758d7c01cb|Domain Page Shield Read|domain_page_shield_read|zone|Can read Page Shield of a domain.
799e2611cdbe47da8ec3a5c880f301cf|Domain Waiting Room Admin|domain_waiting_room|zone|Can edit Waiting Rooms of a domain.
2c9401002e4c48d4a1eb1240c5fc5ba7|Domain Waiting Room Read|domain_waiting_room_read|zone|Can read Waiting Rooms of a domain.
d6543484f53d4612a8bb577439169f72|Zone Versioning|zone_versioning|zone|Can edit Zone Versioning of a domain.
01a5d978c1f44ab78951b45354107a04|Zone Versioning Read|zone_versioning_read|zone|Can read Zone Versioning of a domain.
c8fed203ed3043cba015a93ad1616f1f|Zone Read|zone_read|zone|Can read the settings of a domain.
d6e07461b6d540fd8adbe656119018ba|Cloudflare Access Identity Provider Admin|granular_access_idp_admin|com.cloudflare.edge.access.identity-provider|Can edit one identity provider.
ceb4c3f8819a4166b376c09f24865446|Cloudflare Access App Admin|granular_access_app_admin|com.cloudflare.edge.access.app|Can edit one Access application.
|Access for Infrastructure Target Admin|granular_access_target_admin|com.cloudflare.edge.access.target|Can edit one infrastructure target.
|Worker Admin|granular_worker_admin|com.cloudflare.api.account.worker|Can edit one Worker.
|Worker Edit (Versions & Deployments)|granular_worker_edit|com.cloudflare.api.account.worker|Can deploy one Worker.
|Worker Read|granular_worker_read|com.cloudflare.api.account.worker|Can read one Worker.
";

/// Permission groups in the manner of token permissions, which stand in the same catalogue.
const TOKEN_ACCOUNT: &str = "Account Settings Read; Account Settings Write; SCIM Provisioning; Account API Tokens Read; Account API Tokens Write; Account Analytics Read; Account Firewall Access Rules Read; Account Rulesets Write; Access: Apps and Policies Read; Access: Apps and Policies Write; AI Gateway Read; Billing Read; Billing Write; Browser Rendering Write; Cloudflare Tunnel Read; Cloudflare Tunnel Write; D1 Read; D1 Write; DDoS Protection Write; Images Write; Intel Read; Logs Read; Magic Transit Read; Notifications Read; Notifications Write; Pages Read; Pages Write; Queues Read; Queues Write; Stream Read; Turnstile Sites Write; URL Scanner Read; Vectorize Write; Workers AI Read; Workers KV Storage Read; Workers KV Storage Write; Workers R2 Storage Read; Workers R2 Storage Write; Workers Scripts Read; Workers Scripts Write; Workers Tail Read; Zero Trust Read; Zero Trust Write";
const TOKEN_ZONE: &str = "Analytics Read; Bot Management Read; Cache Settings Write; Config Settings Read; DNS Read; DNS Write; Dynamic URL Redirects Write; Email Routing Rules Read; Firewall Services Write; Health Checks Read; Load Balancers Read; Load Balancers Write; Page Rules Read; Page Rules Write; SSL and Certificates Read; SSL and Certificates Write; Snippets Read; Transform Rules Write; Waiting Rooms Read; Workers Routes Write; Zone Settings Read; Zone Settings Write; Zone WAF Write; Zone Write";
