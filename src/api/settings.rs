//! What a client is made from.

use std::sync::Arc;

use super::{BaseUrl, Credential, Ledger, Timings};

/// What a client is made from. Has no `Debug`-visible secret: the credential hides itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is.
    pub base_url: BaseUrl,
    /// Who is calling.
    pub credential: Credential,
    /// All waits.
    pub timings: Timings,
    /// Our own ceiling for any 300 s; bulk reads may use four fifths of it.
    pub requests_per_5_min: u32,
    /// Where all processes of the credential note their requests; without it this one counts its own alone.
    pub ledger: Option<Arc<dyn Ledger>>,
    /// More certificates to trust than the system's, in PEM.
    pub ca_file: Option<Vec<u8>>,
    /// The `user-agent` header.
    pub user_agent: String,
}

impl Settings {
    /// Our own ceiling for any 300 s where nothing else is set: the service's is 1,200 for all tools of a person.
    pub const REQUESTS_PER_5_MIN: u32 = 1_000;

    /// The usual waits and budget.
    pub fn new(base_url: BaseUrl, credential: Credential) -> Self {
        Self {
            base_url,
            credential,
            timings: Timings::default(),
            requests_per_5_min: Self::REQUESTS_PER_5_MIN,
            ledger: None,
            ca_file: None,
            user_agent: concat!("cfiam/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
