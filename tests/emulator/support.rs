//! A server and an ordinary HTTP client for it.

use cfiam::emulator::{self, Emulator, FaultRule, Options, Secret, Shapes};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// A running server, asked as one of its credentials.
pub struct Asked {
    pub server: Emulator,
    pub account: String,
    pub organization: String,
    http: Client,
    who: &'static str,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

/// Options at a fixed moment.
pub fn options() -> Options {
    Options::new("2026-11-24T00:00:00Z".parse().unwrap())
}

pub async fn start() -> Asked {
    start_with(options()).await
}

pub async fn documented() -> Asked {
    start_with(Options { shapes: Shapes::Documented, ..options() }).await
}

/// A server with these rules of trouble.
pub async fn troubled(rules: &[&str]) -> Asked {
    let faults = rules.iter().map(|rule| rule.parse::<FaultRule>().unwrap()).collect();
    start_with(Options { faults, ..options() }).await
}

pub async fn start_with(options: Options) -> Asked {
    let server = emulator::start(options, None).await.unwrap();
    let http =
        Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let (account, organization) =
        (server.account_id().to_owned(), server.organization_id().to_owned());
    Asked { server, account, organization, http, who: "writer" }
}

/// A client that goes straight to loopback, whatever the machine's proxies are.
pub fn http() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

impl Asked {
    /// Goes on as another credential.
    pub fn become_(&mut self, who: &'static str) -> &mut Self {
        self.who = who;
        self
    }

    /// A path in the account.
    pub fn at(&self, below: &str) -> String {
        format!("/accounts/{}{below}", self.account)
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.server.base_url()));
        match self.server.secret(self.who).unwrap() {
            Secret::Token(token) => request.bearer_auth(token),
            Secret::Key { email, key } => {
                request.header("x-auth-email", email).header("x-auth-key", key)
            }
        }
    }

    /// The answer, or why there is none.
    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Told> {
        let mut request = self.request(method.parse().unwrap(), path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        told(request.send().await?).await
    }

    pub async fn get(&self, path: &str) -> Told {
        self.try_send("GET", path, None).await.unwrap()
    }

    pub async fn delete(&self, path: &str) -> Told {
        self.try_send("DELETE", path, None).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Told {
        self.try_send("POST", path, Some(body)).await.unwrap()
    }

    pub async fn put(&self, path: &str, body: Value) -> Told {
        self.try_send("PUT", path, Some(body)).await.unwrap()
    }

    /// A group's id.
    pub fn group(&self, name: &str) -> String {
        self.server.group_id(name).unwrap()
    }

    /// Ids of people who are not in a group and could be.
    pub fn outsiders(&self, group: &str) -> Vec<String> {
        let inside = self.server.memberships(group);
        self.server
            .people()
            .into_iter()
            .map(|(id, _)| id)
            .filter(|id| !inside.contains(id))
            .collect()
    }

    /// Id of the permission group with a label.
    pub async fn permission(&self, label: &str) -> String {
        let told = self.get(&self.at(&format!("/iam/permission_groups?label={label}"))).await;
        told.result()[0]["id"].as_str().unwrap().to_owned()
    }

    /// Id of the first resource group with a name.
    pub async fn resource(&self, name: &str) -> String {
        let told = self.get(&self.at(&format!("/iam/resource_groups?name={name}"))).await;
        told.result()[0]["id"].as_str().unwrap().to_owned()
    }

    /// Id of the account's own resource group.
    pub async fn whole(&self) -> String {
        self.resource(&format!("com.cloudflare.api.account.{}", self.account)).await
    }

    /// A policy in the form in which it is written.
    pub async fn policy(&self, label: &str) -> Value {
        policy("allow", &self.permission(label).await, &self.whole().await)
    }
}

pub fn policy(access: &str, permission_group: &str, resource_group: &str) -> Value {
    json!({"access": access, "permission_groups": [{"id": permission_group}], "resource_groups": [{"id": resource_group}]})
}

pub async fn told(response: reqwest::Response) -> reqwest::Result<Told> {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Told { status: StatusCode::as_u16(&status), headers, text, body })
}

impl Told {
    pub fn result(&self) -> &Value {
        &self.body["result"]
    }

    pub fn rows(&self) -> &Vec<Value> {
        self.result().as_array().expect("a list")
    }

    pub fn ids(&self) -> Vec<&str> {
        self.rows().iter().map(|row| row["id"].as_str().unwrap()).collect()
    }

    pub fn code(&self) -> i64 {
        self.body["errors"][0]["code"].as_i64().unwrap_or(-1)
    }

    pub fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap_or("")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// Status and code of a refusal, whose result must be nothing.
    pub fn refusal(&self) -> (u16, i64) {
        assert_eq!(self.body["success"], false, "{}", self.text);
        (self.status, self.code())
    }

    pub fn good(self) -> Self {
        assert_eq!((self.status, &self.body["success"]), (200, &json!(true)), "{}", self.text);
        assert_eq!(self.body["errors"], json!([]), "{}", self.text);
        self
    }
}
