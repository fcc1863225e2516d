//! What is under the cursor of a list, in short, beside it.

use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::{Canvas, below, inset, row, span};
use super::status::Status;
use super::{person, proof};
use crate::access::{self, Path, Question};
use crate::app::{ProofLine, State, Table, proof_lines};
use crate::domain::{Collection, Directory, Group, Member, OrganizationMember, Slot};
use crate::rows::{self, List};
use crate::text;

/// Paints what is under the cursor of a table.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, table: &Table, area: Rect) {
    let Some(slot) = table.rows.cursor() else { return };
    let directory = &state.directory;
    let mut pane = Pane { canvas, state, area, used: 0 };
    match table.list() {
        List::Members | List::GroupMembers(_) => {
            if let Some(member) = directory.members().at(slot) {
                pane.member(directory, slot, member);
            }
        }
        List::Groups | List::MemberGroups(_) => {
            if let Some(group) = directory.groups().at(slot) {
                pane.group(directory, slot, group);
            }
        }
        List::WhoCan(_) => {
            if let (Some(question), Some(member)) =
                (&state.roots.access.question, directory.members().at(slot))
            {
                pane.proof(directory, question, member);
            }
        }
        List::Organization => {
            if let Some(member) = directory.organization_members().at(slot) {
                pane.organization_member(member);
            }
        }
    }
}

/// Lines from the top of an area downwards.
struct Pane<'p, 'c> {
    canvas: &'p mut Canvas<'c>,
    state: &'p State,
    area: Rect,
    used: u16,
}

impl Pane<'_, '_> {
    fn left(&self) -> u16 {
        self.area.height.saturating_sub(self.used)
    }

    fn line(&mut self, words: &str, style: Style) {
        let line = row(self.area, self.used);
        if line.height > 0 {
            self.canvas.spans(line, &[span(words, style)]);
        }
        self.used = self.used.saturating_add(1);
    }

    fn pair(&mut self, left: &str, right: &str) {
        let theme = *self.canvas.theme;
        let line = row(self.area, self.used);
        if line.height > 0 {
            let line = Rect { x: line.x + 1, width: line.width.saturating_sub(1), ..line };
            self.canvas.both(line, &[span(left, theme.text)], &[span(right, theme.dim)]);
        }
        self.used = self.used.saturating_add(1);
    }

    fn title(&mut self, words: &str, number: &str) {
        let theme = *self.canvas.theme;
        self.used = self.used.saturating_add(1);
        let line = row(self.area, self.used);
        if line.height > 0 {
            self.canvas
                .spans(line, &[span(words, theme.dim), span(format!(" {number}"), theme.dim)]);
        }
        self.used = self.used.saturating_add(1);
    }

    /// How far a list can be trusted, with the reason whole and what can be done.
    fn status(&mut self, status: &Status) {
        let style = status.style(self.canvas.theme);
        let words = format!("{} {}", status.sign, status.words);
        for (words, style) in [(words, style), (status.then.clone(), self.canvas.theme.dim)] {
            let rest = inset(below(self.area, self.used), 1);
            if !words.is_empty() && rest.height > 0 {
                self.used += self.canvas.wrapped(rest, words.trim_start(), style);
            }
        }
    }

    /// Pairs, as many as `room` rows hold; the last row tells how many are left out.
    fn pairs(&mut self, pairs: &[(String, String)], room: u16) {
        let room = usize::from(room.min(self.left()));
        let shown = if pairs.len() > room { room.saturating_sub(1) } else { pairs.len() };
        for (left, right) in pairs.iter().take(shown) {
            self.pair(left, right);
        }
        if pairs.len() > shown && room > 0 {
            let style = self.canvas.theme.dim;
            self.line(&format!(" and {} more", text::count(pairs.len() - shown)), style);
        }
    }

    fn member(&mut self, directory: &Directory, slot: Slot, member: &Member) {
        let theme = *self.canvas.theme;
        let name = &member.name;
        if !name.is_empty() {
            self.line(&shown(name), theme.name);
        }
        self.line(&shown(&member.email), if name.is_empty() { theme.name } else { theme.text });
        let line = row(self.area, self.used);
        self.canvas.spans(line, &person::state_spans(&theme, &member.status, member.two_factor));
        self.used += 1;
        let highest = access::highest(directory, slot);
        self.line(highest.words(), theme.text);
        for words in person::badges(directory, member) {
            self.line(&words, theme.warn);
        }
        self.groups_of(directory, slot, member);
        self.holds(directory, member);
    }

    /// Why the member can do what was asked.
    fn proof(&mut self, directory: &Directory, question: &Question, member: &Member) {
        let theme = *self.canvas.theme;
        self.line(&shown(&member.email), theme.name);
        let line = row(self.area, self.used);
        self.canvas.spans(line, &person::state_spans(&theme, &member.status, member.two_factor));
        self.used += 1;
        for words in person::badges(directory, member) {
            self.line(&words, theme.warn);
        }
        self.used += 1;
        let proofs = access::Asked::new(directory, question).proofs(&member.id);
        let about = (question, &member.id);
        for line in proof_lines(&proofs) {
            if self.left() == 0 {
                return;
            }
            let Some(words) = proof::words(&theme, directory, about, &proofs, line) else {
                self.used += 1;
                continue;
            };
            if matches!(line, ProofLine::Rests(_)) {
                let rest = below(self.area, self.used);
                let set_in = Rect { x: rest.x + 4, width: rest.width.saturating_sub(4), ..rest };
                self.used += self.canvas.wrapped(set_in, &words.says, words.style);
                continue;
            }
            let row = row(self.area, self.used);
            let arrow = match line {
                ProofLine::Path(..) => "",
                _ => " ← ",
            };
            let left = [span(arrow, theme.dim), span(words.says, words.style)];
            let right = match line {
                ProofLine::Scope(_) => words.detail,
                _ => String::new(),
            };
            self.canvas.both(row, &left, &[span(right, theme.dim)]);
            self.used += 1;
        }
    }

    fn groups_of(&mut self, directory: &Directory, slot: Slot, member: &Member) {
        let mut groups: Vec<(String, String)> = directory
            .groups_at(slot)
            .iter()
            .filter_map(|group| directory.groups().at(*group))
            .map(|group| {
                let since = directory.since(&group.id, &member.id);
                let since = since.map_or_else(String::new, |s| format!("since {}", text::date(s)));
                (shown(&group.name), since)
            })
            .collect();
        groups.sort();
        match super::status::of_groups(self.state) {
            None => self.title("GROUPS", &text::count(groups.len())),
            Some(status) => {
                self.title("GROUPS", &format!("{} so far", text::count(groups.len())));
                self.status(&status);
            }
        }
        self.pairs(&groups, self.left() / 3 + 1);
    }

    /// What the member holds, through groups first, each grant once.
    fn holds(&mut self, directory: &Directory, member: &Member) {
        let grants = access::grants(directory, &member.id);
        let words = |grant: &access::Grant| {
            let name = match &*grant.permission_group.name {
                "" => grant.permission_group.id.to_string(),
                name => shown(name),
            };
            format!("{name} on {}", rows::scope_words(directory, &grant.resource_group))
        };
        let through: Vec<(String, String)> = grants
            .iter()
            .filter_map(|grant| {
                let group = grant.paths.iter().find_map(|path| match path {
                    Path::Group(group) => Some(group),
                    Path::Direct => None,
                })?;
                let name = directory.groups().get(group).map(|group| shown(&group.name));
                Some((words(grant), name.unwrap_or_default()))
            })
            .collect();
        let direct: Vec<(String, String)> = grants
            .iter()
            .filter(|grant| grant.paths.contains(&Path::Direct))
            .map(|grant| {
                let also = grant.paths.len() > 1;
                (words(grant), if also { "through a group too".to_owned() } else { String::new() })
            })
            .collect();
        if !through.is_empty() {
            self.title("THROUGH GROUPS", &text::count(through.len()));
            let room = if direct.is_empty() { self.left() } else { self.left() / 2 };
            self.pairs(&through, room);
        }
        if !direct.is_empty() {
            self.title("DIRECT", &text::count(direct.len()));
            self.pairs(&direct, self.left());
        }
    }

    fn group(&mut self, directory: &Directory, slot: Slot, group: &Group) {
        let theme = *self.canvas.theme;
        self.line(&shown(&group.name), theme.name);
        if group.id.as_draft().is_some() {
            self.line("+ staged to be created", theme.good);
        }
        if let Some(modified) = group.modified_on {
            self.line(&format!("modified {}", text::date(modified)), theme.dim);
        }
        if let Some(found) = text::look_alike(&group.name) {
            self.line(&format!("! {}", found.words), theme.warn);
        }
        let policies: Vec<(String, String)> = group
            .policies()
            .iter()
            .map(|policy| (rows::policy_words(directory, policy), String::new()))
            .collect();
        self.title("POLICIES", &text::count(policies.len()));
        self.pairs(&policies, self.left() / 2);
        let list = Collection::GroupMembers(group.id.clone());
        let members = directory.members_at(slot);
        let is_whole = directory.coverage(&list).is_whole() || group.id.as_draft().is_some();
        if is_whole {
            self.title("MEMBERS", &text::count(members.len()));
        } else {
            self.title("MEMBERS", "");
            let status = super::status::of(self.state, &list, "member", members.len());
            self.status(&status);
        }
        let room = usize::from(self.left());
        let mut pairs: Vec<(String, String)> = members
            .iter()
            // Of a large group no more are looked up than can be seen.
            .take(room.max(1))
            .filter_map(|member| directory.members().at(*member))
            .map(|member| (shown(&member.email), String::new()))
            .collect();
        pairs.sort();
        if members.len() > room {
            pairs.truncate(room.saturating_sub(1));
            let more = members.len() - pairs.len();
            self.pairs(&pairs, self.left());
            self.line(&format!(" and {} more", text::count(more)), theme.dim);
        } else {
            self.pairs(&pairs, self.left());
        }
    }

    fn organization_member(&mut self, member: &OrganizationMember) {
        let theme = *self.canvas.theme;
        self.line(&shown(&member.name), theme.name);
        self.line(&shown(&member.email), theme.text);
        let line = row(self.area, self.used);
        self.canvas.spans(line, &person::state_spans(&theme, &member.status, member.two_factor));
        self.used += 1;
        if let Some(since) = member.since {
            self.line(&format!("since {}", text::date(since)), theme.dim);
        }
        self.used += 1;
        let rest = below(self.area, self.used);
        super::screens::organization_member::meta(self.canvas, rest, &member.meta, 0);
    }
}

fn shown(foreign: &str) -> String {
    if foreign.is_empty() { "—".to_owned() } else { text::safe_capped(foreign).into_owned() }
}
