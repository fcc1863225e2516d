//! Rules about the rules file itself.

use jiff::tz::TimeZone;

use super::Case;
use crate::findings::check::Inputs;
use crate::findings::survey::Survey;
use crate::text;

/// Waivers that hold no longer: what they waived stands again by itself.
pub(super) fn overdue(_: &Survey<'_>, inputs: &Inputs<'_>) -> Vec<Case> {
    let today = inputs.now.to_zoned_datetime(TimeZone::UTC).date();
    let over = inputs.rules.waivers.iter().filter(|waiver| waiver.expires < today);
    over.map(|waiver| {
        let about: Vec<_> = waiver.about.iter().map(|name| text::safe_capped(name)).collect();
        let (id, about, until) = (waiver.rule.id, about.join(", "), waiver.expires);
        let (owner, reason) = (text::safe_capped(&waiver.owner), text::safe_capped(&waiver.reason));
        Case {
            key: format!("{id}:{about}"),
            words: format!("the waiver of {id} for {about} has expired on {until}"),
            detail: format!("{}, owner {owner}, reason: {reason}", text::safe_capped(&waiver.at)),
            ..Case::default()
        }
    })
    .collect()
}
