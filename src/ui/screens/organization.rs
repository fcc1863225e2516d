//! The members of the organization.

use ratatui::layout::Rect;

use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::{Rows, status};
use crate::app::{OrganizationChoice, State};
use crate::text;

/// Paints the organization's members, or why there are none to see.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let words = match &state.session.organization {
        OrganizationChoice::One(_) => {
            let empty = "this organization has no members";
            return super::list(canvas, state, &state.roots.organization, area, empty, None);
        }
        OrganizationChoice::Unknown => "looking for the organization above this account".to_owned(),
        OrganizationChoice::Several(several) => {
            format!("{} to choose from", text::plural(several.len(), "organization"))
        }
        OrganizationChoice::None(_) => {
            "no organization is above this account, or none that this credential may see".to_owned()
        }
    };
    let area = inset(area, 1);
    canvas.spans(row(area, 0), &[span(words, theme.text)]);
    if let OrganizationChoice::None(Some(fault)) = &state.session.organization {
        status::fault(canvas, inset(below(area, 2), 2), fault);
    }
    Rows { list: area.height.saturating_sub(2), other: 0 }
}
