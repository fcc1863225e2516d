//! How to connect, where there is no credential that can be used.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, inset, row, span};
use super::super::{Rows, status};
use crate::app::State;
use crate::domain::Fault;
use crate::keys::Action;
use crate::text;

/// What a token needs, as the dashboard calls it, and what for.
const NEEDS: [(&str, &str, &str); 4] = [
    ("to look", "Account Settings Read", "members and groups"),
    ("", "Zone Read", "names of zones in scopes"),
    ("", "User Details Read", "which member is you"),
    ("to change", "Account Settings Write", "“Edit” in the dashboard"),
];

/// Paints the start screen.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, fault: &Fault, area: Rect) -> Rows {
    let theme = *canvas.theme;
    let rows = Rows { list: area.height, other: 0 };
    let width = area.width.saturating_sub(6).min(74);
    let area = Rect { x: area.x + 3, width, ..below(area, 1) };
    let mut used = canvas.wrapped(
        area,
        "Who can do what in a Cloudflare account, and change it safely.",
        theme.name,
    );
    used += canvas.wrapped(
        below(area, used),
        "An unofficial console over Cloudflare's IAM API.",
        theme.dim,
    );
    used += 1;
    used += why(canvas, fault, below(area, used));
    used += 1;
    let demo = state.keymap.key_name(Action::Demo);
    let lines: Vec<Vec<Span<'_>>> = vec![
        vec![
            span(demo, theme.accent),
            span(" looks around in the demo", theme.text),
            span(" · a made-up account, no network", theme.dim),
        ],
        vec![],
        vec![
            span("TO CONNECT", theme.dim),
            span("   set one of these, then start again", theme.dim),
        ],
        variable(canvas, "CLOUDFLARE_API_TOKEN", "a token of yours or of the account"),
        variable(canvas, "CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY", "the global key"),
        variable(canvas, "token_command, in a profile", "asks the system's keyring"),
        vec![],
        vec![span("A TOKEN NEEDS", theme.dim)],
    ];
    for line in &lines {
        canvas.spans(row(area, used), line);
        used += 1;
    }
    for (when, permission, what) in NEEDS {
        let line = [
            span(text::pad(when, 11), theme.dim),
            span(text::pad(permission, 25), theme.text),
            span(what, theme.dim),
        ];
        canvas.spans(
            Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..row(area, used) },
            &line,
        );
        used += 1;
    }
    rows
}

/// What is wrong; a mere absence of a credential is no failure.
fn why(canvas: &mut Canvas<'_>, fault: &Fault, area: Rect) -> u16 {
    let style = canvas.theme.warn;
    canvas.spans(row(area, 0), &[span("! ", style)]);
    status::fault(canvas, inset(area, 2), fault)
}

fn variable(canvas: &Canvas<'_>, name: &'static str, words: &'static str) -> Vec<Span<'static>> {
    let theme = canvas.theme;
    vec![
        span("  ", theme.text),
        span(text::pad(name, 36), theme.text),
        span(format!("  {words}"), theme.dim),
    ]
}
