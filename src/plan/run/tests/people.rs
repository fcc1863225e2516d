//! Stories about people of the account: invitations, what members hold directly, removals from the account. Each is
//! told event by event.

use std::time::Duration;

use jiff::Timestamp;

use super::{known, ms};
use crate::domain::{
    ApiError, Change, Directory, Fault, FaultKind, Load, Member, MemberStatus, Now, Page,
};
use crate::plan::fixture::*;
use crate::plan::run::*;
use crate::plan::{History, NotUndone, OpId, Plan, Recheck, Staging, StepId};

/// A run that is told event by event, and what it last wished for.
struct Teller {
    run: Run,
    at: Duration,
    wishes: Vec<Wish>,
    records: Vec<Record>,
    progress: Progress,
}

impl Teller {
    /// A plan of one change, made without a look at the account, begun.
    fn begins(change: Change) -> Self {
        let plan = plan_of(change);
        let run = Run::new(plan, RunId::new(Timestamp::UNIX_EPOCH, 1), Timings::default());
        Self::of(run, Event::Begin)
    }

    /// The same plan, taken up from what was kept of its run a minute ago.
    fn goes_on(change: Change, kept: Vec<Record>, how: Event) -> Self {
        let began = Timestamp::UNIX_EPOCH;
        let kept = kept.into_iter().map(|record| (began, record));
        let wall = began + jiff::SignedDuration::from_mins(1);
        let now = Now { wall, since_start: Duration::ZERO };
        let id = RunId::new(began, 1);
        let run = Run::restored(plan_of(change), id, Timings::default(), kept, now);
        Self::of(run, how)
    }

    fn of(run: Run, begins: Event) -> Self {
        let progress = Progress::new(run.plan());
        let (wishes, records) = (Vec::new(), Vec::new());
        let mut teller = Self { run, at: Duration::ZERO, wishes, records, progress };
        teller.tell(begins);
        teller
    }

    fn tell(&mut self, event: Event) {
        self.at += ms(80);
        let now = Now { wall: Timestamp::UNIX_EPOCH, since_start: self.at };
        self.wishes = super::on(&mut self.run, event, now);
        for wish in &self.wishes {
            match wish {
                Wish::Keep(record) => self.records.push(record.clone()),
                Wish::Report(report) => self.progress.absorb(report),
                _ => {}
            }
        }
    }

    /// Waits until something is looked at or sent, and gives it.
    fn wakes(&mut self) -> &Wish {
        let asks = |wish: &&Wish| matches!(wish, Wish::Look(_) | Wish::Send(_) | Wish::End);
        while !self.wishes.iter().any(|wish| asks(&wish)) {
            let wait = self.wishes.iter().find_map(|wish| match wish {
                Wish::Wake(wait) => Some(*wait),
                _ => None,
            });
            self.at += wait.expect("it waits for something");
            self.tell(Event::Woke);
        }
        self.wishes.iter().find(asks).unwrap()
    }

    fn looks(&mut self) -> (LookId, Sight) {
        match self.wakes() {
            Wish::Look(look) => (look.id, look.sight.clone()),
            other => panic!("no look: {other:?}"),
        }
    }

    fn sends(&mut self) -> (RequestId, Call) {
        match self.wakes() {
            Wish::Send(request) => (request.id, request.call.clone()),
            other => panic!("nothing sent: {other:?}"),
        }
    }

    fn sees(&mut self, seen: Seen) {
        let (look, _) = self.looks();
        self.tell(Event::Looked(look, seen));
    }

    fn is_answered(&mut self, class: Class, status: Option<u16>, fault: Option<Fault>) {
        let (request, _) = self.sends();
        let transfer = Transfer::default();
        let outcome = Outcome { class, fault, status, ray: None, date: None, transfer, made: None };
        self.tell(Event::Written(request, outcome));
    }

    fn ends(&mut self) -> OpState {
        let settles = |wish: &Wish| matches!(wish, Wish::Report(RunReport::Settling(..)));
        if self.wishes.iter().any(settles) {
            // The last look, when nothing can land any more, shows nothing new here.
            let (look, _) = self.looks();
            self.tell(Event::Looked(look, Seen::Failed(lost())));
        }
        assert!(matches!(self.wakes(), Wish::End));
        self.progress.op(OpId(0)).clone()
    }
}

fn plan_of(change: Change) -> Plan {
    let unread = Directory::new(account());
    let mut staging = Staging::new(account());
    staging.stage(change, &unread);
    let plan = Plan::build(&staging, &unread, Now::default());
    assert_eq!(plan.ops().count(), 1);
    plan
}

fn lost() -> Fault {
    Fault::new(FaultKind::Unanswered, "no answer", "")
}

fn exists() -> Fault {
    let message = "Account member already exists for email address".to_owned();
    let errors = vec![ApiError { code: None, message }];
    Fault { errors, ..Fault::new(FaultKind::Refused, "inviting", "") }
}

fn someone(policies: &[usize]) -> Member {
    let policies: Vec<_> = policies.iter().map(|n| draft(*n)).collect();
    a_member(member(1), "new@x.example", &policies)
}

fn with_email(people: Vec<Member>) -> Seen {
    Seen::WithEmail(people)
}

#[test]
fn an_invitation_is_sent_without_a_look_and_looked_for_by_the_id_that_its_answer_tells() {
    let mut it = Teller::begins(invite("new@x.example"));
    let (request, call) = it.sends();
    assert!(matches!(call, Call::Invite { .. }));
    let made = Some(Made::Member(member(1)));
    let outcome = Outcome {
        class: Class::Applied,
        fault: None,
        status: Some(200),
        ray: None,
        date: None,
        transfer: Transfer::default(),
        made,
    };
    it.tell(Event::Written(request, outcome));
    assert!(it.records.contains(&Record::Invited { op: OpId(0), member: member(1) }));
    assert_eq!(it.looks().1, Sight::Member(member(1)));
    // Reads may lag: one who is not seen yet has not left.
    it.sees(Seen::Member(None));
    it.sees(Seen::Member(Some(someone(&[7]))));
    assert_eq!(it.ends(), OpState::Done(Proof::Seen));
    assert_eq!(it.progress.invited(OpId(0)), Some(&member(1)));
}

#[test]
fn a_lost_invitation_is_looked_for_among_those_that_wait_and_sent_once_more_at_most() {
    let mut it = Teller::begins(invite("new@x.example"));
    for _ in 0..2 {
        it.is_answered(Class::Unknown, None, Some(lost()));
        for _ in 0..5 {
            let waiting = Sight::WithEmail { email: "new@x.example".into(), everyone: false };
            assert_eq!(it.looks().1, waiting);
            it.sees(with_email(Vec::new()));
        }
    }
    assert!(matches!(it.ends(), OpState::NotInEffect(None)));
}

#[test]
fn a6_an_address_that_is_there_already_is_ours_only_if_it_holds_what_was_to_be_given() {
    for (policies, lost_before, expected) in [
        (vec![7], false, OpState::AlreadySo),
        (vec![7], true, OpState::Done(Proof::ReadBack)),
        (vec![8], true, OpState::Conflict(Conflict::MemberThere)),
        (vec![], false, OpState::Conflict(Conflict::MemberThere)),
    ] {
        let mut it = Teller::begins(invite("new@x.example"));
        if lost_before {
            it.is_answered(Class::Unknown, None, Some(lost()));
            (0..5).for_each(|_| it.sees(with_email(Vec::new())));
        }
        it.is_answered(Class::Rejected, Some(400), Some(exists()));
        let everyone = Sight::WithEmail { email: "new@x.example".into(), everyone: true };
        assert_eq!(it.looks().1, everyone);
        it.sees(with_email(vec![someone(&policies)]));
        assert_eq!(it.ends(), expected);
    }
}

#[test]
fn a_refused_invitation_is_refused_and_nobody_is_looked_for() {
    let mut it = Teller::begins(invite("new@x.example"));
    let fault = Fault::new(FaultKind::Refused, "Invalid email address", "");
    it.is_answered(Class::Rejected, Some(400), Some(fault.clone()));
    assert_eq!(it.ends(), OpState::Refused(fault));
}

#[test]
fn direct_policies_are_compared_with_what_they_were_planned_on_before_they_are_sent() {
    for (held, expected) in [
        (someone(&[2]), OpState::AlreadySo),
        (someone(&[3]), OpState::Conflict(Conflict::PoliciesChanged)),
        (someone(&[]), OpState::Conflict(Conflict::PoliciesChanged)),
    ] {
        let mut it = Teller::begins(set_direct_policies(1, &[1], &[2]));
        assert_eq!(it.looks().1, Sight::Member(member(1)));
        it.sees(Seen::Member(Some(held)));
        assert_eq!(it.ends(), expected);
        assert!(!it.records.iter().any(|record| matches!(record, Record::Intent { .. })));
    }
}

#[test]
fn a_member_with_roles_and_no_policies_is_never_sent_policies() {
    let role = crate::domain::Role { id: permission(1), name: "".into() };
    let only_roles = Member { roles: [role].into(), policies: None, ..someone(&[]) };
    let mut it = Teller::begins(set_direct_policies(1, &[], &[2]));
    it.sees(Seen::Member(Some(only_roles)));
    assert_eq!(it.ends(), OpState::Conflict(Conflict::PoliciesChanged));
}

#[test]
fn direct_policies_that_were_accepted_and_ignored_are_read_for_a_minute_and_then_not_in_effect() {
    let mut it = Teller::begins(set_direct_policies(1, &[1], &[2]));
    it.sees(Seen::Member(Some(someone(&[1]))));
    it.is_answered(Class::Applied, Some(200), None);
    let from = it.at;
    for _ in Timings::default().verify {
        it.sees(Seen::Member(Some(someone(&[1]))));
    }
    let OpState::NotInEffect(Some(why)) = it.ends() else { panic!("{:?}", it.ends()) };
    assert!(why.what.contains("left the member's policies as they were"), "{why}");
    assert!(it.at >= from + Duration::from_mins(1));
}

#[test]
fn what_is_lost_of_a_member_is_read_back_and_waits_for_the_person() {
    for (change, landed) in [
        (set_direct_policies(1, &[1], &[2]), Seen::Member(Some(someone(&[2])))),
        (remove_member(1, false), Seen::Member(None)),
    ] {
        for lands in [true, false] {
            let mut it = Teller::begins(change.clone());
            it.sees(Seen::Member(Some(someone(&[1]))));
            it.is_answered(Class::Unknown, None, Some(lost()));
            if lands {
                it.sees(landed.clone());
                assert_eq!(it.ends(), OpState::Done(Proof::ReadBack));
            } else {
                (0..5).for_each(|_| it.sees(Seen::Member(Some(someone(&[1])))));
                assert!(matches!(it.ends(), OpState::NotInEffect(None)));
            }
            let intents = it.records.iter().filter(|r| matches!(r, Record::Intent { .. }));
            assert_eq!(intents.count(), 1);
        }
    }
}

#[test]
fn a5_a_removal_from_the_account_that_finds_nobody_was_so_already() {
    let mut it = Teller::begins(remove_member(1, false));
    it.sees(Seen::Member(Some(someone(&[1]))));
    let fault = Fault::new(FaultKind::NotFound, "Member not found for account", "");
    it.is_answered(Class::Rejected, Some(404), Some(fault));
    it.sees(Seen::Member(None));
    assert_eq!(it.ends(), OpState::AlreadySo);
}

#[test]
fn an_invitation_that_was_accepted_meanwhile_is_not_taken_back() {
    let mut it = Teller::begins(remove_member(1, true));
    it.sees(Seen::Member(Some(someone(&[1]))));
    assert_eq!(it.ends(), OpState::Conflict(Conflict::Accepted));
    let mut it = Teller::begins(remove_member(1, true));
    it.sees(Seen::Member(Some(Member { status: MemberStatus::Pending, ..someone(&[1]) })));
    assert!(matches!(it.sends().1, Call::RemoveMember { .. }));
}

#[test]
fn the_protocols_order_puts_invitations_first_and_removals_from_the_account_last() {
    let mut staging = Staging::new(account());
    let directory = known();
    for change in [
        remove_member(9, false),
        delete(2),
        remove(0, 1),
        add(1, 1),
        set_direct_policies(3, &[], &[4]),
        rename(0, "g0", "zero"),
        create(0, "new"),
        invite("new@x.example"),
    ] {
        staging.stage(change, &directory);
    }
    let plan = Plan::build(&staging, &directory, Now::default());
    let order: Vec<String> = plan.steps.iter().map(|step| format!("{:?}", step.phase)).collect();
    assert_eq!(
        order,
        [
            "Invite",
            "Create",
            "Rename",
            "SetDirectPolicies",
            "Add",
            "Remove",
            "Delete",
            "RemoveMember"
        ]
    );
    let paths: Vec<String> = plan.steps.iter().map(|step| step.path(&plan.account)).collect();
    assert!(paths[0].ends_with("/members") && !paths[0].contains("user_groups"), "{}", paths[0]);
    assert!(paths[3].ends_with(&format!("/members/{}", member(3))), "{}", paths[3]);
}

#[test]
fn a_replaced_member_list_is_ready_only_while_it_is_as_it_was_read_twice() {
    let seen = |members: &[usize]| Seen::Members {
        group: a_group(group(0), "", &[]),
        members: members.iter().map(|n| member(*n)).collect(),
    };
    for (now, expected) in [
        (vec![1, 2], None),
        (vec![2, 3], Some(OpState::AlreadySo)),
        (vec![1, 2, 3], Some(OpState::Conflict(Conflict::MembersChanged { joined: 1, left: 0 }))),
    ] {
        let mut it = Teller::begins(replace(0, &[1, 2], &[2, 3]));
        assert_eq!(it.looks().1, Sight::Members { group: group(0), twice: true });
        it.sees(seen(&now));
        match expected {
            Some(expected) => assert_eq!(it.ends(), expected),
            None => assert!(matches!(it.sends().1, Call::ReplaceMembers { .. })),
        }
    }
}

/// The plan that takes back what a run has done on this account, in which everyone is known.
fn undone(it: &Teller, now: &Directory) -> Plan {
    let began = Timestamp::UNIX_EPOCH;
    let events = it.records.iter().map(|record| (began, record.clone())).collect();
    let id = RunId::new(began, 1);
    let history = History { id, began, plan: it.run.plan().clone(), events };
    history.undo(now, Timings::default().late, Now::default())
}

/// The account, read to its end, with these people in it.
fn with(people: Vec<Member>) -> Directory {
    let mut directory = known();
    directory.absorb(Load::Rows(Page::Members(people)), Now::default());
    directory
}

#[test]
fn an_invitation_is_taken_back_by_the_id_that_came_of_it_while_it_waits() {
    let mut it = Teller::begins(invite("new@x.example"));
    it.is_answered(Class::Unknown, None, Some(lost()));
    it.sees(with_email(vec![someone(&[7])]));
    assert_eq!(it.ends(), OpState::Done(Proof::ReadBack));
    let waits = Member { status: MemberStatus::Pending, ..someone(&[7]) };
    let plan = undone(&it, &with(vec![waits.clone()]));
    let changes: Vec<&Change> = plan.ops().map(|op| &op.change).collect();
    let cancel =
        Change::RemoveMember { member: member(1), email: "new@x.example".into(), pending: true };
    assert_eq!(changes, [&cancel]);
    let plan = undone(&it, &with(vec![someone(&[7])]));
    assert_eq!((plan.is_empty(), &plan.left_out[0].why), (true, &Recheck::Accepted));
    let other = Member { policies: someone(&[8]).policies, ..waits };
    let plan = undone(&it, &with(vec![other]));
    let why = &plan.left_out[0].why;
    assert_eq!((plan.is_empty(), why), (true, &Recheck::NotUndone(NotUndone::OtherPolicies)));
}

#[test]
fn direct_policies_are_taken_back_while_nobody_else_has_changed_them() {
    let mut it = Teller::begins(set_direct_policies(1, &[1], &[2]));
    it.sees(Seen::Member(Some(someone(&[1]))));
    it.is_answered(Class::Applied, Some(200), None);
    it.sees(Seen::Member(Some(someone(&[2]))));
    assert_eq!(it.ends(), OpState::Done(Proof::Seen));
    let plan = undone(&it, &with(vec![someone(&[2])]));
    let changes: Vec<Change> = plan.ops().map(|op| op.change.clone()).collect();
    assert_eq!(changes, [set_direct_policies(1, &[2], &[1])]);
    let plan = undone(&it, &with(vec![someone(&[3])]));
    assert_eq!((plan.is_empty(), &plan.left_out[0].why), (true, &Recheck::PoliciesChanged));
}

#[test]
fn a_removal_from_the_account_is_not_taken_back_and_the_plan_says_that_only_an_invitation_would() {
    let mut it = Teller::begins(remove_member(1, false));
    it.sees(Seen::Member(Some(someone(&[1]))));
    it.is_answered(Class::Applied, Some(200), None);
    it.sees(Seen::Member(None));
    assert_eq!(it.ends(), OpState::Done(Proof::Seen));
    let plan = undone(&it, &known());
    assert!(plan.is_empty());
    assert_eq!(plan.left_out[0].why, Recheck::NotUndone(NotUndone::OnlyInvited));
}

#[test]
fn a_replaced_member_list_is_taken_back_member_by_member_and_never_by_replacing() {
    let seen = |members: &[usize]| Seen::Members {
        group: a_group(group(1), "g1", &[]),
        members: members.iter().map(|n| member(*n)).collect(),
    };
    let mut it = Teller::begins(replace(1, &[1, 2], &[2, 3]));
    it.sees(seen(&[1, 2]));
    let (request, _) = it.sends();
    let outcome = Outcome {
        class: Class::Applied,
        fault: None,
        status: Some(200),
        ray: None,
        date: Some(Timestamp::UNIX_EPOCH),
        transfer: Transfer::default(),
        made: None,
    };
    it.tell(Event::Written(request, outcome));
    it.sees(seen(&[2, 3]));
    assert_eq!(it.ends(), OpState::Done(Proof::Seen));
    let plan = undone(&it, &directory(9, &[vec![], vec![2, 3]]));
    let changes: Vec<Change> = plan.ops().map(|op| op.change.clone()).collect();
    assert_eq!(changes, [add(1, 1), remove(1, 3)]);
    assert!(plan.ops().all(|op| op.ours.is_some() == matches!(op.change, Change::Remove { .. })));
}

fn intent() -> Record {
    let (request, deadline) = (RequestId(0), Timings::default().deadline);
    Record::Intent { request, step: StepId(0), ops: vec![OpId(0)], attempt: 1, deadline }
}

fn outcome(class: Class, status: Option<u16>, codes: &[i64]) -> Record {
    let (ray, date, codes, transfer) = (None, None, codes.to_vec(), Transfer::default());
    Record::Outcome { request: RequestId(0), class, status, codes, ray, date, transfer }
}

#[test]
fn i11_an_invitation_that_was_broken_off_is_looked_for_and_nobody_is_invited_again() {
    let mut it = Teller::goes_on(invite("new@x.example"), vec![intent()], Event::Begin);
    assert_eq!(it.looks().1, Sight::WithEmail { email: "new@x.example".into(), everyone: false });
    it.sees(with_email(vec![someone(&[7])]));
    assert_eq!(it.ends(), OpState::Done(Proof::ReadBack));
    assert_eq!(it.progress.invited(OpId(0)), Some(&member(1)));
}

#[test]
fn i11_an_invitation_whose_id_was_kept_is_looked_for_by_it() {
    let answered = vec![
        intent(),
        outcome(Class::Applied, Some(200), &[]),
        Record::Invited { op: OpId(0), member: member(1) },
        Record::Moved { op: OpId(0), state: OpState::Accepted },
    ];
    let mut it = Teller::goes_on(invite("new@x.example"), answered, Event::Begin);
    assert_eq!(it.looks().1, Sight::Member(member(1)));
    it.sees(Seen::Member(Some(someone(&[7]))));
    assert_eq!(it.ends(), OpState::Done(Proof::Seen));
    assert_eq!(it.progress.invited(OpId(0)), Some(&member(1)), "an undo knows whom");
    // The answer was kept, and what it has made was not.
    let unnamed = vec![intent(), outcome(Class::Applied, Some(200), &[])];
    let mut it = Teller::goes_on(invite("new@x.example"), unnamed, Event::Begin);
    assert!(matches!(it.looks().1, Sight::WithEmail { .. }));
    it.sees(with_email(vec![someone(&[7])]));
    assert_eq!(it.ends(), OpState::Done(Proof::ReadBack));
}

#[test]
fn i11_an_echo_that_was_kept_without_its_end_is_looked_for_among_everyone() {
    let kept = vec![intent(), outcome(Class::Rejected, Some(400), &[1008])];
    let mut it = Teller::goes_on(invite("new@x.example"), kept, Event::Begin);
    assert_eq!(it.looks().1, Sight::WithEmail { email: "new@x.example".into(), everyone: true });
    it.sees(with_email(vec![someone(&[8])]));
    assert_eq!(it.ends(), OpState::Conflict(Conflict::MemberThere));
}

#[test]
fn i11_what_was_broken_off_of_a_member_is_read_back_and_nothing_is_sent() {
    for (change, now, expected) in [
        (set_direct_policies(1, &[1], &[2]), Seen::Member(Some(someone(&[2]))), true),
        (remove_member(1, false), Seen::Member(None), true),
        (set_direct_policies(1, &[1], &[2]), Seen::Member(Some(someone(&[1]))), false),
    ] {
        let mut it = Teller::goes_on(change, vec![intent()], Event::Begin);
        while !matches!(it.wakes(), Wish::End) {
            it.sees(now.clone());
        }
        let state = it.progress.op(OpId(0)).clone();
        assert_eq!(state == OpState::Done(Proof::ReadBack), expected, "{state:?}");
        assert!(!it.records.iter().any(|record| matches!(record, Record::Intent { .. })));
    }
}
