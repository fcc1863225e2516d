//! Why an action can't be done now.

/// Why an action can't be done now, as words for the footer, help and the toast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(pub String);
