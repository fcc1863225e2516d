//! A plan as text for a ticket: what is done, to whom, what stands against it. Safe to show, line by line.

use crate::access::{self, Held};
use crate::domain::Directory;
use crate::text;

use super::build::Plan;
use super::cost::Cost;
use super::guards::Guards;
use super::impact::{Effect, Impact, Touched};

/// How many people are told of one by one before the others are counted.
const PEOPLE: usize = 200;

/// What stands in the impact's place where less was read than tells it.
const NOT_TOLD: &str = "  not looked at: no more was read than is needed to carry the plan out";

impl Plan {
    /// The plan as text: its id and account, every change, its impact, the guards that stand against it with what
    /// overrides them, what can't be undone. Foreign text in it is made safe.
    pub fn text(
        &self,
        directory: &Directory,
        impact: Option<&Impact>,
        guards: &Guards,
        cost: &Cost,
    ) -> String {
        let mut lines = self.head(cost);
        lines.extend(self.changes());
        lines.extend(self.left_out_lines());
        match impact {
            Some(impact) => lines.extend(impact_lines(impact, directory)),
            None => lines.extend([String::new(), "Impact".to_owned(), NOT_TOLD.to_owned()]),
        }
        lines.extend(guard_lines(guards));
        if !cost.lasting.is_empty() {
            lines.extend([String::new(), "Can't be undone".to_owned()]);
            lines.extend(cost.lasting.iter().map(|line| format!("  {line}")));
        }
        let safe: Vec<_> = lines.iter().map(|line| text::safe(line)).collect();
        safe.join("\n") + "\n"
    }

    fn head(&self, cost: &Cost) -> Vec<String> {
        let account = match &*self.account_name {
            "" => self.account.to_string(),
            name => format!("{name} ({})", self.account),
        };
        let calls = self.calls;
        let reads = text::plural(calls.preflight + calls.read_back, "read");
        let undoes = self.undo_of.as_ref().map(|run| {
            let begun = run.at().map(|at| at.strftime(", begun %Y-%m-%d %H:%M UTC").to_string());
            let about = Some(format!(", of {}", self.about())).filter(|_| !self.is_empty());
            format!(
                "Takes back run {run}{}{}",
                begun.unwrap_or_default(),
                about.unwrap_or_default()
            )
        });
        let head = [
            format!("Plan {}", self.id),
            format!("Account {account}"),
            format!("Made {}", self.made_at.strftime("%Y-%m-%d %H:%M UTC")),
            format!(
                "{} in {}, {reads} to check before and after; {}, {}",
                text::plural(self.ops().count(), "change"),
                text::plural(calls.writes, "write"),
                cost.share(),
                cost.time(),
            ),
        ];
        let [plan, account, rest @ ..] = head;
        [plan, account].into_iter().chain(undoes).chain(rest).collect()
    }

    fn changes(&self) -> Vec<String> {
        let mut lines = vec![String::new(), "Changes".to_owned()];
        for (number, step) in (1..).zip(&self.steps) {
            lines.push(format!("{number:>3}. {}", self.words(step)));
            lines.extend(self.lines(step).into_iter().map(|line| format!("       {line}")));
        }
        if self.is_empty() {
            lines.push("  none".to_owned());
        }
        lines
    }

    fn left_out_lines(&self) -> Vec<String> {
        if self.left_out.is_empty() {
            return Vec::new();
        }
        let left = self.left_out.iter();
        let left =
            left.map(|left| format!("  {}: {}", self.names.words(&left.change), left.why.words()));
        [String::new(), "Left out".to_owned()].into_iter().chain(left).collect()
    }
}

fn impact_lines(impact: &Impact, directory: &Directory) -> Vec<String> {
    let mut lines =
        vec![String::new(), "Impact".to_owned(), format!("  {}", impact.totals.words())];
    let missing = impact.missing.iter();
    lines.extend(
        missing.map(|it| format!("  ? not known: {}", impact.missing_words(it, directory))),
    );
    let real: Vec<&Touched> = impact.people.iter().filter(|touched| touched.is_real()).collect();
    for touched in real.iter().take(PEOPLE) {
        let who = touched.email(directory);
        let note = match touched.effect {
            Effect::NotKnown => " (not sure)",
            Effect::OnceAccepted => " (once the invitation is accepted)",
            _ => "",
        };
        let held = |sign, held: &Held| {
            format!("  {sign} {who}: {}{note}", access::held_words(directory, held))
        };
        lines.extend(touched.difference.gains.iter().map(|gained| held('+', gained)));
        lines.extend(touched.difference.losses.iter().map(|lost| held('-', lost)));
        match touched.effect {
            _ if !touched.difference.is_none() => {}
            Effect::Loses => lines.push(format!("  - {who}: the membership")),
            _ => lines.push(format!("  ? {who}: what isn't known")),
        }
    }
    if real.len() > PEOPLE {
        lines.push(format!("  and {} more", text::people(real.len() - PEOPLE)));
    }
    lines
}

fn guard_lines(guards: &Guards) -> Vec<String> {
    let mut lines = vec![String::new(), "Guards".to_owned()];
    if guards.is_empty() {
        lines.push("  none stands".to_owned());
    }
    for guard in guards.iter() {
        lines.push(format!("  {}: {}", guard.name, guard.words));
        lines.extend(guard.rows.iter().map(|row| format!("      {row}")));
        lines.push(format!("      overridden by: {}", guard.asks.text));
    }
    lines.extend(guards.notes().iter().map(|note| format!("  {note}")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Change, Load, Now, Page};
    use crate::plan::fixture::*;
    use crate::plan::{Rules, Staging};

    fn text(changes: &[Change]) -> String {
        let mut directory = directory(9, &[(0..6).collect(), Vec::new()]);
        let holds_nothing = a_member(member(8), "m8@x.example", &[]);
        directory.absorb(Load::Rows(Page::Members(vec![holds_nothing])), Now::default());
        let mut staging = Staging::new(account());
        for change in changes {
            staging.stage(change.clone(), &directory);
        }
        let plan = Plan::build(&staging, &directory, Now::default());
        let guards = Guards::of(&plan, &directory, &Rules::default());
        let impact = Impact::of(&plan, &directory);
        let text = plan.text(&directory, Some(&impact), &guards, &Cost::of(&plan, 1_000));
        assert!(text.contains(&plan.id.to_string()) && text.contains(&account().to_string()));
        text
    }

    #[test]
    fn a_ticket_says_who_is_changed_how_what_stands_against_it_and_what_can_t_be_undone() {
        let text = text(&[add(1, 7), remove(0, 1), delete(0)]);
        for part in [
            "Add m7@x.example to g1",
            "Delete g0",
            "Impact",
            "many-removals: takes 6 memberships away",
            "overridden by: g0",
            "Can't be undone",
            "g0 is deleted: made again, it has another id",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
    }

    #[test]
    fn t20_a_ticket_has_no_sign_that_a_terminal_would_obey() {
        let text =
            text(&[rename(1, "g1", "\u{1b}]52;c;ZXZpbA==\u{7}\u{202e}new"), create(0, "a\nb")]);
        let controls: Vec<char> =
            text.chars().filter(|c| c.is_control() && *c != '\n' || *c == '\u{202e}').collect();
        assert!(controls.is_empty(), "{controls:?} in {text}");
        assert!(!text.contains("a\nb"), "{text}");
    }

    #[test]
    fn who_is_invited_is_called_by_the_e_mail_and_who_is_removed_loses_the_membership_at_least() {
        let text = text(&[invite("new@x.example"), remove_member(8, false)]);
        assert!(text.contains("new@x.example: "), "{text}");
        assert!(text.contains("- m8@x.example: the membership"), "{text}");
        assert!(!text.contains("draft"), "{text}");
    }

    #[test]
    fn a_plan_that_meets_no_guard_says_so() {
        assert!(text(&[add(1, 7)]).contains("Guards\n  none stands\n"));
    }
}
