//! What is said of a person in every place: status, two-factor authentication, look-alikes.

use ratatui::text::Span;

use super::canvas::span;
use super::theme::Theme;
use crate::domain::{Directory, Member, MemberStatus, TwoFactor};
use crate::text::{LookAlikeKind, look_alike};
use crate::{access, rows};

/// `accepted · 2FA on`; what wants a look comes forward.
pub fn state_spans(
    theme: &Theme,
    status: &MemberStatus,
    two_factor: TwoFactor,
) -> Vec<Span<'static>> {
    let (words, style) = match two_factor {
        TwoFactor::On => ("2FA on", theme.text),
        TwoFactor::Off => ("2FA off", theme.warn),
        TwoFactor::Unknown => ("2FA not known", theme.dim),
    };
    let status_style = if status.is_full() { theme.text } else { theme.warn };
    vec![span(rows::status_words(status), status_style), span(" · ", theme.dim), span(words, style)]
}

/// What should be known before this member is taken for someone: look-alikes, and that there is no access yet.
pub fn badges(directory: &Directory, member: &Member) -> Vec<String> {
    let mut badges = Vec::new();
    if directory.caller.as_ref().is_some_and(|caller| caller.is(member)) {
        badges.push("this is you".to_owned());
    }
    if let Some(found) = look_alike(&member.email) {
        badges.push(format!("! the e-mail: {}", found.words));
    }
    // A name in another script is honest; letters of several scripts in one word are not.
    if let Some(found) = look_alike(&member.name).filter(|f| f.kind == LookAlikeKind::Mixed) {
        badges.push(format!("! the name: {}", found.words));
    }
    if access::no_access_yet(member) {
        badges.push("invited, no access yet".to_owned());
    }
    badges
}
