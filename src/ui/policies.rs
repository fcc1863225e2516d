//! The policies of a member or a group, line by line, as each opens in place.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::{Canvas, columns, span};
use super::list::{self, Focus};
use crate::access::{self, Grant, Path, permission_words};
use crate::app::{Part, PolicyKey, PolicyLine, PolicyPane, State, Subject, policy_at};
use crate::domain::{Access, Directory, GroupId, GroupRef, Policy, ResourceGroup};
use crate::plan::ChangeKey;
use crate::{rows, text};

/// What the lines of one frame have in common.
struct Lines<'l> {
    state: &'l State,
    directory: &'l Directory,
    pane: &'l PolicyPane,
    grants: Vec<Grant>,
    focus: Focus,
}

/// Paints the pane; gives how many rows fit.
pub fn paint(
    canvas: &mut Canvas<'_>,
    state: &State,
    pane: &PolicyPane,
    area: Rect,
    focus: Focus,
) -> u16 {
    let grants = match &pane.subject {
        Subject::Member(member) => access::grants(&state.directory, member),
        Subject::Group(_) => Vec::new(),
    };
    let lines = Lines { state, directory: &state.directory, pane, grants, focus };
    list::paint(canvas, &pane.lines, area, focus, |canvas, line, row| {
        lines.paint(canvas, *line, row);
    })
}

impl Lines<'_> {
    fn paint(&self, canvas: &mut Canvas<'_>, line: PolicyLine, row: Rect) {
        match line {
            PolicyLine::Title(part, number) => self.title(canvas, part, number, row),
            PolicyLine::Nothing(part) => {
                let style = canvas.theme.dim;
                canvas.text(
                    row.x + 3,
                    row.y,
                    row.width.saturating_sub(4),
                    &self.nothing(part),
                    style,
                );
            }
            PolicyLine::Policy(key) => self.policy(canvas, line, key, row),
            PolicyLine::PermissionGroup(key, at) => self.permission_group(canvas, key, at, row),
            PolicyLine::ResourceGroup(key, at) => self.resource_group(canvas, key, at, row),
            PolicyLine::Object(key, at, object) => self.object(canvas, key, at, object, row),
            PolicyLine::Role(at) => self.role(canvas, at, row),
            PolicyLine::Grant(at) => self.grant(canvas, line, at, row),
            PolicyLine::Path(at, path) => self.path(canvas, at, path, row),
        }
    }

    fn title(&self, canvas: &mut Canvas<'_>, part: Part, number: u16, row: Rect) {
        let theme = *canvas.theme;
        let words = match part {
            Part::Own => "POLICIES",
            Part::Direct => "DIRECT",
            Part::ThroughGroups => "THROUGH GROUPS",
            Part::Effective => "IN EFFECT",
        };
        let style = match (self.focus, part) {
            (Focus::Here, _) => theme.accent,
            (Focus::Elsewhere, _) => theme.name,
        };
        let number = match number {
            0 => String::new(),
            number => format!(" {}", text::count(number.into())),
        };
        let note = self.note(part);
        let left = [span(words, style), span(number, theme.dim)];
        let area = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
        canvas.both(area, &left, &[span(note, theme.warn)]);
    }

    /// What is to be known about a whole part.
    fn note(&self, part: Part) -> String {
        let staged = |group: &GroupId| match GroupRef::from(group.clone()) {
            GroupRef::Existing(id) => self.state.staging.get(&ChangeKey::Policies(id)).is_some(),
            GroupRef::Draft(_) => false,
        };
        match (part, &self.pane.subject) {
            (Part::Own, Subject::Group(group)) if staged(group) => {
                "~ others are staged: see the plan".to_owned()
            }
            (Part::Direct, Subject::Member(member))
                if self.state.staging.get(&ChangeKey::DirectPolicies(member.clone())).is_some() =>
            {
                "~ others are staged: see the plan".to_owned()
            }
            (Part::ThroughGroups | Part::Effective, _) if !self.directory.knows_all_groups() => {
                format!("known in part: {}", super::status::groups_read(self.directory))
            }
            (Part::Effective, Subject::Member(member)) => {
                let member = self.directory.members().get(member);
                if member.is_some_and(access::no_access_yet) {
                    "once the invitation is accepted".to_owned()
                } else {
                    String::new()
                }
            }
            _ => String::new(),
        }
    }

    fn nothing(&self, part: Part) -> String {
        let unread = match &self.pane.subject {
            Subject::Member(member) => {
                self.directory.members().get(member).is_none_or(|member| member.policies.is_none())
            }
            Subject::Group(group) => {
                self.directory.groups().get(group).is_none_or(|group| group.policies.is_none())
            }
        };
        match part {
            Part::Own | Part::Direct if unread => "not known: the answer had no policies",
            Part::Own => "none: the group gives nothing",
            Part::ThroughGroups if !self.directory.knows_all_groups() => "none found so far",
            Part::Direct | Part::ThroughGroups => "none",
            Part::Effective => "nothing",
        }
        .to_owned()
    }

    fn policy(&self, canvas: &mut Canvas<'_>, line: PolicyLine, key: PolicyKey, row: Rect) {
        let Some(policy) = policy_at(self.directory, &self.pane.subject, key) else { return };
        let theme = *canvas.theme;
        let words = rows::policy_words(self.directory, policy);
        let through = match (&self.pane.subject, key.group) {
            (Subject::Member(_), Some(group)) => {
                self.directory.groups().at(group).map(|group| shown(&group.name))
            }
            _ => None,
        };
        let style = access_style(canvas, &policy.access);
        self.opening(canvas, line, row, &words, style, &through.unwrap_or_default(), theme.dim);
    }

    /// A line that opens: its sign, its words, and what stands at the right end.
    #[expect(clippy::too_many_arguments, reason = "each is one thing that the line shows")]
    fn opening(
        &self,
        canvas: &mut Canvas<'_>,
        line: PolicyLine,
        row: Rect,
        words: &str,
        style: Style,
        right: &str,
        right_style: Style,
    ) {
        let theme = *canvas.theme;
        let sign = if self.pane.open.contains(&line) { "▾ " } else { "▸ " };
        let left = [span(sign, theme.dim), span(words, style)];
        let area = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
        canvas.both(area, &left, &[span(right, right_style)]);
    }

    fn permission_group(&self, canvas: &mut Canvas<'_>, key: PolicyKey, at: u16, row: Rect) {
        let group = self.at(key).and_then(|policy| policy.permission_groups.get(usize::from(at)));
        let Some(group) = group else { return };
        let theme = *canvas.theme;
        let name = permission_words(group);
        let left =
            [span(name, theme.name), span("  ", theme.text), span(shown(&group.label), theme.dim)];
        inner(canvas, row, 5, &left, &group.id.to_string());
    }

    fn resource_group(&self, canvas: &mut Canvas<'_>, key: PolicyKey, at: u16, row: Rect) {
        let Some(group) = self.resources(key, at) else { return };
        let theme = *canvas.theme;
        let words = rows::scope_words(self.directory, group);
        let left = [span("on ", theme.dim), span(words, theme.text)];
        let id = group.id.as_ref().map(ToString::to_string).unwrap_or_default();
        inner(canvas, row, 5, &left, &id);
    }

    fn object(&self, canvas: &mut Canvas<'_>, key: PolicyKey, at: u16, object: u16, row: Rect) {
        let Some(group) = self.resources(key, at) else { return };
        let theme = *canvas.theme;
        let Some((words, raw)) = self.object_words(group, object) else { return };
        let raw = if raw == words { String::new() } else { raw };
        inner(canvas, row, 8, &[span(words, theme.text)], &raw);
    }

    /// An object in words, and as the service writes it.
    fn object_words(&self, group: &ResourceGroup, object: u16) -> Option<(String, String)> {
        let mut names = rows::scope_names(self.directory, group).into_iter();
        let mut place = 0;
        for scope in &group.scopes {
            for object_key in scope.objects.iter().map(Some).chain(
                // A scope without objects has a line of its own.
                scope.objects.is_empty().then_some(None),
            ) {
                let name = object_key.and_then(|_| names.next());
                if place == object {
                    let raw = shown(object_key.unwrap_or(&scope.key));
                    return Some((name.unwrap_or_else(|| raw.clone()), raw));
                }
                place += 1;
            }
        }
        None
    }

    fn role(&self, canvas: &mut Canvas<'_>, at: u16, row: Rect) {
        let Subject::Member(member) = &self.pane.subject else { return };
        let member = self.directory.members().get(member);
        let Some(role) = member.and_then(|member| member.roles.get(usize::from(at))) else {
            return;
        };
        let theme = *canvas.theme;
        let left = [span(shown(&role.name), theme.text), span(" on account", theme.dim)];
        inner(canvas, row, 3, &left, "role");
    }

    fn grant(&self, canvas: &mut Canvas<'_>, line: PolicyLine, at: u16, row: Rect) {
        let Some(grant) = self.grants.get(usize::from(at)) else { return };
        let theme = *canvas.theme;
        let what = permission_words(&grant.permission_group);
        let on = rows::scope_words(self.directory, &grant.resource_group);
        let words = match &grant.access {
            Access::Allow => format!("{what} on {on}"),
            other => format!("{} {what} on {on}", shown(other.as_wire())),
        };
        let by: Vec<String> = grant.paths.iter().map(|path| self.path_words(path)).collect();
        let by = match by.as_slice() {
            [first, second, rest @ ..] if !rest.is_empty() => {
                format!("{first}, {second} +{}", rest.len())
            }
            few => few.join(", "),
        };
        let style = access_style(canvas, &grant.access);
        self.opening(canvas, line, row, &words, style, &by, theme.dim);
    }

    fn path(&self, canvas: &mut Canvas<'_>, at: u16, path: u16, row: Rect) {
        let grant = self.grants.get(usize::from(at));
        let Some(path) = grant.and_then(|grant| grant.paths.get(usize::from(path))) else { return };
        let theme = *canvas.theme;
        let words = match path {
            Path::Direct => "held directly".to_owned(),
            Path::Group(_) => format!("through {}", self.path_words(path)),
        };
        inner(canvas, row, 5, &[span(words, theme.text)], "");
    }

    fn path_words(&self, path: &Path) -> String {
        match path {
            Path::Direct => "direct".to_owned(),
            Path::Group(group) => match self.directory.groups().get(group) {
                Some(group) if !group.name.is_empty() => shown(&group.name),
                _ => group.to_string(),
            },
        }
    }

    fn at(&self, key: PolicyKey) -> Option<&Policy> {
        policy_at(self.directory, &self.pane.subject, key).map(AsRef::as_ref)
    }

    fn resources(&self, key: PolicyKey, at: u16) -> Option<&ResourceGroup> {
        self.at(key)?.resource_groups.get(usize::from(at)).map(AsRef::as_ref)
    }
}

/// A line inside of what is open; what stands at its right end goes where there is no room.
fn inner(
    canvas: &mut Canvas<'_>,
    row: Rect,
    indent: u16,
    left: &[ratatui::text::Span<'_>],
    right: &str,
) {
    let theme = *canvas.theme;
    let area = Rect { x: row.x + indent, width: row.width.saturating_sub(indent + 1), ..row };
    let wants = super::canvas::columns_of(left).saturating_add(columns(right) + 2);
    let right = if wants > area.width { "" } else { right };
    canvas.both(area, left, &[span(right, theme.dim)]);
}

fn access_style(canvas: &Canvas<'_>, access: &Access) -> Style {
    if *access == Access::Allow { canvas.theme.text } else { canvas.theme.bad }
}

fn shown(foreign: &str) -> String {
    text::safe_capped(foreign).into_owned()
}
