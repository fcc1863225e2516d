//! That the witness of all these tests sees what must not be: it would be worth nothing if it always kept quiet.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "everything here is part of a test"
)]

use cfiam::domain::MemberId;
use cfiam::plan::{Approval, Class, OpId, Record, RequestId, StepId};
use cfiam::store::Journal;

use crate::support::{Company, company, run_id};

/// A company with one removal that is planned and has a journal, and who is removed.
async fn removal() -> (Company, Journal, MemberId) {
    let mut company = company().await;
    let member = company.insiders("edge-ops", 1).remove(0);
    company.stage_removals("edge-ops", std::slice::from_ref(&member));
    let (plan, now, by) = (company.plan(), company.now(), Approval::default());
    let journal = Journal::begin(company.folder.path(), &run_id(1), &plan, by, now).unwrap();
    (company, journal, member)
}

/// Writes down that the removal is about to be sent, for the so-many-th time.
fn intend(company: &Company, journal: &mut Journal, attempt: u32) {
    let (request, step) = (RequestId(attempt), StepId(0));
    let deadline = cfiam::domain::WRITE_TOTAL;
    let intent = Record::Intent { request, step, ops: vec![OpId(0)], attempt, deadline };
    journal.keep(&[intent], company.now()).unwrap();
}

/// Writes down that nothing is known of it.
fn unanswered(company: &Company, journal: &mut Journal, attempt: u32) {
    let (request, class) = (RequestId(attempt), Class::Unknown);
    let (status, codes, ray, date) = (None, Vec::new(), None, None);
    let transfer = cfiam::plan::Transfer::default();
    let outcome = Record::Outcome { request, class, status, codes, ray, date, transfer };
    journal.keep(&[outcome], company.now()).unwrap();
}

async fn sends(company: &Company, member: &MemberId) {
    let group = company.group("edge-ops").id;
    company.turn().await.remove_member(&company.account, &group, member).await;
}

/// What the witness has found, each by the first word.
fn found(company: &Company) -> Vec<String> {
    let found = company.witness.found();
    found.iter().map(|words| words.split(':').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn i1_a_write_that_no_journal_announces_or_for_another_member_or_after_its_outcome_is_seen() {
    let (company, mut journal, member) = removal().await;
    sends(&company, &member).await;
    assert_eq!(found(&company), ["I1"], "there is no intent");
    intend(&company, &mut journal, 1);
    let other = company.insiders("edge-ops", 2).remove(1);
    sends(&company, &other).await;
    assert_eq!(found(&company), ["I1"], "the intent names someone else");
    sends(&company, &member).await;
    assert_eq!(found(&company), [] as [&str; 0], "it is announced");
    unanswered(&company, &mut journal, 1);
    sends(&company, &member).await;
    assert_eq!(found(&company), ["I1"], "the intent has its outcome");
}

#[tokio::test]
async fn i1_an_intent_that_was_changed_on_the_disk_announces_nothing() {
    let (company, mut journal, member) = removal().await;
    intend(&company, &mut journal, 1);
    let path = cfiam::store::journal::journal_file(company.folder.path(), &run_id(1));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.len() - 60;
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    sends(&company, &member).await;
    assert_eq!(found(&company), ["I1"]);
}

#[tokio::test]
async fn i2_a_write_that_is_sent_again_is_seen_unless_its_target_was_read_or_it_was_told_to_wait() {
    for (trouble, reads, expected) in
        [("502", false, &["I2"] as &[&str]), ("502", true, &[]), ("429", false, &[])]
    {
        let (company, mut journal, member) = removal().await;
        company.trouble(&format!("DELETE ** 1: {trouble}"));
        intend(&company, &mut journal, 1);
        sends(&company, &member).await;
        unanswered(&company, &mut journal, 1);
        if reads {
            let group = company.group("edge-ops").id;
            let urgency = cfiam::domain::Urgency::Screen;
            let read = company.client.membership(&company.account, &group, &member, urgency);
            drop(read.await.unwrap());
        }
        intend(&company, &mut journal, 2);
        sends(&company, &member).await;
        assert_eq!(found(&company), expected, "{trouble}, read back: {reads}");
    }
}

#[tokio::test]
async fn i1_one_intent_stands_for_one_write() {
    let (company, mut journal, member) = removal().await;
    intend(&company, &mut journal, 1);
    sends(&company, &member).await;
    sends(&company, &member).await;
    assert_eq!(found(&company), ["I1", "I2"]);
}
