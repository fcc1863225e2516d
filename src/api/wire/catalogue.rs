//! The catalogues of permission groups and resource groups.

use serde_json::value::RawValue;

use super::json::{Bad, Decoded};
use super::policy;
use crate::domain::{PermissionGroup, ResourceGroup};

/// Decodes an entry of the catalogue of permission groups.
pub fn permission_group(raw: &RawValue) -> Result<Decoded<PermissionGroup>, Bad> {
    policy::permission_group(raw).map(Decoded::whole)
}

/// Decodes an entry of the catalogue of resource groups: here the id is needed.
pub fn resource_group(raw: &RawValue) -> Result<Decoded<ResourceGroup>, Bad> {
    let row = policy::resource_group(raw)?;
    if row.id.is_none() { Err(Bad) } else { Ok(Decoded::whole(row)) }
}
