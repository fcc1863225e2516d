//! `cfiam who-can PERMISSION`: everybody who may do something somewhere, and how they come by it.

use serde_json::{Value, json};

use crate::access::{Asked, Path, Person, Proof, Question, Rests};
use crate::domain::{Access, Directory, Member};
use crate::rows::{Cell, Head, Sheet};
use crate::text;

use super::answer::{Answer, Form};
use super::ask::{self, Can, Where, path_words};
use super::print::told;
use super::session::Session;
use super::{Refusal, Status, json};

/// Say who may do something somewhere, and how they come by it
///
/// -o json gives one object with the whole proof of each person; README says what is in it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The permission group, by name, label or id
    #[arg(value_name = "PERMISSION")]
    permission: String,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    answer: Answer,
}

/// Somebody who can.
struct Row<'d> {
    member: &'d Member,
    person: Person,
    proofs: Vec<Proof>,
}

impl Args {
    /// Reads what policies say and who is in the groups that matter, and answers.
    pub(super) fn run(&self, session: &mut Session) -> Result<Status, Refusal> {
        let mut missing = session.read_policies()?;
        let on = self.place.on.as_deref();
        let question = ask::question(&session.directory, &self.permission, on, &missing)?;
        missing.extend(session.read_what_matters(&question)?);
        let directory = &session.directory;
        let mut asked = Asked::new(directory, &question);
        let answer = asked.who_can();
        missing.extend(ask::untold(&answer.unseen));
        self.answer.allow(&missing)?;
        let rows = rows(directory, &asked, answer.people);
        if self.answer.output == Form::Json {
            json::print(&value(directory, &question, &rows, &missing));
            return Ok(Status::Done);
        }
        let status = self.answer.rows(&sheet(directory, &rows));
        told(&format!("{}: {}", question.words(directory), totals(&rows)));
        ask::tell_not_seen();
        Ok(status)
    }
}

fn rows<'d>(directory: &'d Directory, asked: &Asked<'d, '_>, people: Vec<Person>) -> Vec<Row<'d>> {
    let row = |person: Person| {
        let member = directory.members().at(person.member)?;
        Some(Row { member, person, proofs: asked.proofs(&member.id) })
    };
    let mut rows: Vec<Row<'_>> = people.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| (&a.member.email, &a.member.id).cmp(&(&b.member.email, &b.member.id)));
    rows
}

fn count(rows: &[Row<'_>], can: Can) -> usize {
    rows.iter().filter(|row| Can::of(Some(&row.person)) == can).count()
}

fn totals(rows: &[Row<'_>]) -> String {
    let mut words = vec![format!("{} can", text::people(count(rows, Can::Yes)))];
    for (can, how) in [
        (Can::OnceAccepted, "once the invitation is accepted"),
        (Can::Perhaps, "perhaps"),
        (Can::NotSettled, "where a deny stands as well"),
    ] {
        let number = count(rows, can);
        if number > 0 {
            words.push(format!("{} more {how}", text::count(number)));
        }
    }
    words.join(", ")
}

impl Row<'_> {
    /// Its independent ways, each once: directly, then groups by name.
    fn paths(&self) -> Vec<&Path> {
        let mut paths: Vec<&Path> = self.allowing().map(|proof| &proof.path).collect();
        paths.dedup();
        paths
    }

    /// The permission itself, if any proof grants it.
    fn rests(&self) -> Rests {
        self.allowing().map(|proof| proof.rests).min().unwrap_or(Rests::Itself)
    }

    fn allowing(&self) -> impl Iterator<Item = &Proof> {
        self.proofs.iter().filter(|proof| proof.policy.access == Access::Allow)
    }
}

fn sheet(directory: &Directory, rows: &[Row<'_>]) -> Sheet {
    let mut sheet = Sheet::new([
        Head::text("email", "E-MAIL"),
        Head::text("name", "NAME"),
        Head::text("can", "CAN"),
        Head::number("paths", "PATHS"),
        Head::text("through", "THROUGH"),
        Head::text("rests_on", "RESTS ON"),
        Head::text("note", "NOTE"),
        Head::id("id"),
    ]);
    for row in rows {
        let can = Can::of(Some(&row.person));
        let through = row.paths().into_iter().map(|path| path_words(directory, path));
        let rests = match row.rests() {
            Rests::Itself => "the permission itself",
            Rests::Table(words) => words,
        };
        sheet.push([
            Cell::text(&*row.member.email),
            Cell::text(&*row.member.name),
            Cell::text(can.word()),
            Cell::number(row.person.paths as usize),
            Cell::text(through.collect::<Vec<_>>().join(", ")),
            Cell::text(rests),
            Cell::text(can.why()),
            Cell::text(row.member.id.to_string()),
        ]);
    }
    sheet
}

/// The whole answer as one JSON object; README documents it.
fn value(
    directory: &Directory,
    question: &Question,
    rows: &[Row<'_>],
    missing: &[String],
) -> Value {
    let people = rows.iter().map(|row| {
        let proofs = row.proofs.iter().map(|proof| ask::proof_value(directory, proof));
        json!({
            "member": ask::member_value(row.member),
            "can": Can::of(Some(&row.person)).word(),
            "paths": row.person.paths,
            "proofs": proofs.collect::<Vec<_>>(),
        })
    });
    let counts = Can::ALL.map(|can| (can.word().to_owned(), Value::from(count(rows, can))));
    json!({
        "account": ask::account_value(directory),
        "question": ask::question_value(directory, question),
        "people": people.collect::<Vec<_>>(),
        "counts": counts.into_iter().collect::<serde_json::Map<_, _>>(),
        "not_seen": ask::not_seen(missing),
    })
}
