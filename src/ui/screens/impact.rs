//! What the plan does to people: who gains, who loses, who keeps what they have, and what isn't known.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::super::canvas::{Canvas, below, columns, columns_of, inset, row, span};
use super::super::list::{self, Focus};
use super::super::theme::Theme;
use crate::access::{self, Cause, Difference, Held, Missing, Path};
use crate::app::{ImpactLine, ImpactView, PlanScreen, State};
use crate::domain::{Directory, GroupId, MemberId};
use crate::keys::Action;
use crate::plan::{Effect, Impact, Touched};
use crate::text;

/// Rows for the person under the cursor.
const DETAIL: u16 = 7;
/// Columns of the word for what happens.
const VERB: u16 = 9;

/// Paints the lines of the impact; gives how many fit.
pub fn paint(canvas: &mut Canvas<'_>, state: &State, screen: &PlanScreen, area: Rect) -> u16 {
    const NOBODY: Nobody = Nobody {
        touched: "the plan touches nobody's access",
        hidden: "whom the plan touches",
        causes: true,
    };
    lines(canvas, state, &screen.impact, &NOBODY, area)
}

/// What is said where no line can be shown.
pub struct Nobody {
    /// Nobody is touched at all.
    pub touched: &'static str,
    /// Who is touched and not shown, behind their number.
    pub hidden: &'static str,
    /// Whether it is said why somebody is touched: not where that is one and the same for all.
    pub causes: bool,
}

/// Paints the lines of an impact, whatever it is of; gives how many fit.
pub fn lines(
    canvas: &mut Canvas<'_>,
    state: &State,
    view: &ImpactView,
    nobody: &Nobody,
    area: Rect,
) -> u16 {
    let Some(impact) = &view.impact else {
        computing(canvas, view, area);
        return area.height;
    };
    let words = Words { directory: &state.directory, impact, causes: nobody.causes };
    let area = if let Some(line) = view.lines.cursor() {
        let (list, inner) = super::detail(canvas, area, DETAIL, view.lines.rows().len());
        words.in_full(canvas, &line, inner);
        list
    } else {
        nothing(canvas, state, (view, impact), nobody, area);
        area
    };
    list::paint(canvas, &view.lines, area, Focus::Here, |canvas, line, row| match line {
        ImpactLine::Missing(at) => words.missing(canvas, *at, row),
        ImpactLine::Person(member) => {
            let open = view.open.contains(member);
            words.person(canvas, member, open, row);
        }
        ImpactLine::Held(member, at) => words.held(canvas, member, *at, row),
    })
}

fn computing(canvas: &mut Canvas<'_>, view: &ImpactView, area: Rect) {
    let (done, all) = view.progress().unwrap_or_default();
    let words = format!("looking at {} of {} people", text::count(done), text::count(all));
    let style = canvas.theme.accent;
    canvas.spans(inset(row(area, 1), 3), &[span(words, style)]);
}

fn nothing(
    canvas: &mut Canvas<'_>,
    state: &State,
    (view, impact): (&ImpactView, &Impact),
    nobody: &Nobody,
    area: Rect,
) {
    let theme = *canvas.theme;
    let line = inset(row(area, 1), 3);
    if impact.people.is_empty() {
        canvas.spans(line, &[span(nobody.touched, theme.dim)]);
        return;
    }
    let key = state.keymap.key_name(Action::OnlyReal);
    let people = text::people(view.hidden());
    canvas.spans(
        line,
        &[
            span("nobody's access really changes: ", theme.text),
            span(key, theme.accent),
            span(format!(" shows the {people} {}", nobody.hidden), theme.dim),
        ],
    );
}

/// What the lines of one frame have in common.
struct Words<'w> {
    directory: &'w Directory,
    impact: &'w Impact,
    causes: bool,
}

impl Words<'_> {
    fn missing(&self, canvas: &mut Canvas<'_>, at: u16, line: Rect) {
        let Some(missing) = self.impact.missing.get(usize::from(at)) else { return };
        let style = canvas.theme.warn;
        let words = format!("! not known: {}", self.missing_words(missing));
        canvas.spans(inset(line, 1), &[span(words, style)]);
    }

    fn missing_words(&self, missing: &Missing) -> String {
        shown(&self.impact.missing_words(missing, self.directory))
    }

    fn person(&self, canvas: &mut Canvas<'_>, member: &MemberId, open: bool, line: Rect) {
        let Some(touched) = self.impact.person(member) else { return };
        let theme = *canvas.theme;
        let (sign, style) = sign(&theme, touched.effect);
        let room = inset(line, 1);
        let name_room = (room.width / 4).clamp(12, 30);
        let name = self.name(member);
        let name = text::cut(&name, name_room.into()).into_owned();
        let pad = " ".repeat(usize::from(name_room.saturating_sub(columns(&name)) + 1));
        let verb = verb(touched);
        let gap = " ".repeat(usize::from(VERB.saturating_sub(columns(verb))));
        let mut left = vec![
            span(if open { "▾ " } else { "▸ " }, theme.dim),
            span(format!("{sign} "), style),
            span(name, theme.name),
            span(pad, theme.text),
            span(verb, style),
            span(gap, theme.text),
        ];
        let (words, more) = self.in_short(touched);
        let left_over = room.width.saturating_sub(columns_of(&left) + columns(&more));
        left.push(span(text::cut(&words, left_over.into()).into_owned(), theme.text));
        left.push(span(more, theme.text));
        // Why stands below in full: it takes no room from what is gained or lost.
        let causes = if self.causes { self.causes(touched) } else { String::new() };
        let right = span(causes, theme.dim);
        let fits = columns_of(&left) + 2 + columns(&right.content) <= room.width;
        canvas.both(room, &left, if fits { std::slice::from_ref(&right) } else { &[] });
    }

    /// What is told of a person on one line, and how many more there are of it.
    fn in_short(&self, touched: &Touched) -> (String, String) {
        let difference = &touched.difference;
        let (gains, losses) = (&difference.gains, &difference.losses);
        let all = match touched.effect {
            Effect::Keeps => difference.kept.len(),
            _ => gains.len() + losses.len(),
        };
        let first = match touched.effect {
            Effect::Keeps => difference.kept.first(),
            _ => losses.first().or_else(|| gains.first()),
        };
        let more = match all {
            2.. => format!(" +{}", text::count(all - 1)),
            _ => String::new(),
        };
        let words = match (first, touched.effect) {
            (Some(held), _) => access::held_words(self.directory, held),
            (None, Effect::NotKnown) => "what isn't known".to_owned(),
            (None, Effect::Loses) => "the membership: nothing is granted by it".to_owned(),
            (None, Effect::OnceAccepted) => "nothing: the invitation grants none".to_owned(),
            (None, _) => "everything: nothing is granted by it".to_owned(),
        };
        (words, more)
    }

    fn held(&self, canvas: &mut Canvas<'_>, member: &MemberId, at: u16, line: Rect) {
        let Some(touched) = self.impact.person(member) else { return };
        let theme = *canvas.theme;
        let area = Rect { x: line.x + 5, width: line.width.saturating_sub(6), ..line };
        let held = all_held(touched, &theme).nth(at.into());
        let Some((sign, style, word, held)) = held else {
            canvas.spans(area, &[span("= nothing that is known is granted by it", theme.dim)]);
            return;
        };
        let left = [
            span(format!("{sign} "), style),
            span(access::held_words(self.directory, held), theme.text),
        ];
        let right = if held.unsettled {
            span("! deny: not settled", theme.warn)
        } else {
            span(self.by(word, held), theme.dim)
        };
        canvas.both(area, &left, &[right]);
    }

    /// The line under the cursor in full.
    fn in_full(&self, canvas: &mut Canvas<'_>, line: &ImpactLine, area: Rect) {
        let theme = *canvas.theme;
        let member = match line {
            ImpactLine::Missing(at) => {
                if let Some(missing) = self.impact.missing.get(usize::from(*at)) {
                    let words = format!("not known: {}", self.missing_words(missing));
                    canvas.wrapped(area, &words, theme.warn);
                }
                return;
            }
            ImpactLine::Person(member) | ImpactLine::Held(member, _) => member,
        };
        let Some(touched) = self.impact.person(member) else { return };
        let row = self.directory.members().get(member);
        let email = row.map(|row| shown(&row.email)).unwrap_or_default();
        let name = self.name(member);
        let mut left: Vec<Span<'_>> = vec![span(name.clone(), theme.name)];
        if email != name && !email.is_empty() {
            left.push(span(format!("  {email}"), theme.dim));
        }
        canvas.spans(super::super::canvas::row(area, 0), &left);
        let mut used = 1;
        for (words, style) in self.sentences(touched, &theme) {
            used += canvas.wrapped(below(area, used), &words, style);
        }
    }

    fn sentences(&self, touched: &Touched, theme: &Theme) -> Vec<(String, Style)> {
        let mut said = Vec::new();
        if self.causes {
            said.push((self.causes(touched), theme.text));
        }
        if touched.effect == Effect::OnceAccepted {
            let words = "the invitation has not been accepted: no access before that";
            said.push((words.to_owned(), theme.warn));
        }
        if touched.difference.is_unsettled() {
            let words = "a deny has a part in it: how deny and allow combine is not documented";
            said.push((words.to_owned(), theme.warn));
        }
        for doubt in &touched.doubts {
            said.push((format!("not known: {}", self.doubt_words(doubt)), theme.warn));
        }
        for (sign, style, word, held) in all_held(touched, theme) {
            let words = access::held_words(self.directory, held);
            said.push((format!("{sign} {words}, {}", self.by(word, held)), style));
        }
        said
    }

    /// What is missing, of one person.
    fn doubt_words(&self, missing: &Missing) -> String {
        match missing {
            Missing::Own => "what they hold directly".to_owned(),
            other => self.missing_words(other),
        }
    }

    fn by(&self, word: &str, held: &Held) -> String {
        let direct = held.by.contains(&Path::Direct);
        let groups: Vec<String> = held
            .by
            .iter()
            .filter_map(|path| match path {
                Path::Direct => None,
                Path::Group(group) => Some(self.group(group)),
            })
            .collect();
        let groups = match groups.as_slice() {
            [first, second, rest @ ..] if !rest.is_empty() => {
                format!("{first}, {second} +{}", rest.len())
            }
            few => few.join(", "),
        };
        let directly = word.replace("through", "directly");
        match (direct, groups.is_empty()) {
            (true, true) => directly,
            (true, false) => format!("{directly}, through {groups}"),
            (false, _) => format!("{word} {groups}"),
        }
    }

    fn causes(&self, touched: &Touched) -> String {
        let words: Vec<String> = touched
            .causes
            .iter()
            .map(|cause| match cause {
                Cause::Joins(group) => format!("joins {}", self.group(group)),
                Cause::Leaves(group) => format!("leaves {}", self.group(group)),
                Cause::Deleted(group) => format!("{} is deleted", self.group(group)),
                Cause::Policies(group) => format!("policies of {}", self.group(group)),
                Cause::Own => "direct policies change".to_owned(),
                Cause::Removed => "is removed".to_owned(),
                Cause::Invited => "is invited".to_owned(),
            })
            .collect();
        words.join(", ")
    }

    fn group(&self, group: &GroupId) -> String {
        shown(&self.impact.group(group, self.directory))
    }

    /// A person's name; the e-mail where there is none, the id where there is neither.
    fn name(&self, member: &MemberId) -> String {
        match self.directory.members().get(member) {
            Some(row) if !row.name.is_empty() => shown(&row.name),
            Some(row) if !row.email.is_empty() => shown(&row.email),
            _ => match self.impact.person(member).and_then(|touched| touched.invited.as_ref()) {
                Some(email) => shown(email),
                None => member.to_string(),
            },
        }
    }
}

/// What a person gains, loses and keeps, each with its sign, its look and the word for its paths.
fn all_held<'t>(
    touched: &'t Touched,
    theme: &Theme,
) -> impl Iterator<Item = (&'static str, Style, &'static str, &'t Held)> {
    let (good, bad, dim) = (theme.good, theme.bad, theme.dim);
    // Where something is missing, another path may give what is lost.
    let only = if touched.doubts.is_empty() { "only through" } else { "through" };
    let Difference { gains, losses, kept } = &*touched.difference;
    let gains = gains.iter().map(move |held| ("+", good, "through", held));
    let losses = losses.iter().map(move |held| ("-", bad, only, held));
    let kept = kept.iter().map(move |held| ("=", dim, "also through", held));
    gains.chain(losses).chain(kept)
}

/// The sign beside a person, which is told apart without colour too.
fn sign(theme: &Theme, effect: Effect) -> (&'static str, Style) {
    match effect {
        Effect::Gains => ("+", theme.good),
        Effect::Changes => ("~", theme.warn),
        Effect::Loses => ("-", theme.bad),
        Effect::NotKnown => ("?", theme.warn),
        Effect::OnceAccepted => ("·", theme.dim),
        Effect::Keeps => ("=", theme.dim),
    }
}

fn verb(touched: &Touched) -> &'static str {
    let difference = &touched.difference;
    let unsure = touched.effect == Effect::NotKnown;
    if !unsure && touched.causes.contains(&Cause::Removed) {
        return "removed";
    }
    if !unsure && touched.causes.contains(&Cause::Invited) {
        return "invited";
    }
    match (touched.effect, difference.gains.is_empty(), difference.losses.is_empty()) {
        (Effect::Keeps, ..) => "keeps",
        (Effect::OnceAccepted, ..) => "later",
        (_, false, true) if unsure => "gains?",
        (_, true, false) if unsure => "loses?",
        (_, false, true) => "gains",
        (_, true, false) | (Effect::Loses, ..) => "loses",
        _ if unsure => "changes?",
        _ => "changes",
    }
}

fn shown(foreign: &str) -> String {
    text::safe_capped(foreign).into_owned()
}
