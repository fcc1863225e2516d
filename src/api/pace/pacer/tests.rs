//! The pacer in virtual time.

use proptest::prelude::*;

use super::super::ledger::{self, Moment};
use super::*;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn s(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn limits(ceiling: u32) -> Limits {
    Limits {
        ceiling,
        window: s(300),
        per_second: 150.min(ceiling),
        second: s(1),
        throttled: [s(60), s(120), s(240), s(300)],
        longest_throttle: s(600),
    }
}

fn pacer() -> Pacer {
    Pacer::new(limits(1_000))
}

fn write(group: &str) -> Lane {
    Lane::Write(Target::Invitation(group.into()))
}

fn told(left: u32, quota: u32, reset: u64) -> Seen {
    Seen { word: Some(Word { left, quota, reset: s(reset) }), ..Seen::default() }
}

fn refused(retry_after: Option<u64>) -> Seen {
    Seen { throttled: true, retry_after: retry_after.map(s), word: None }
}

/// Sends one request at `now` and takes its answer at once.
fn send(pacer: &mut Pacer, urgency: Urgency, seen: &Seen, now: Duration) -> Verdict {
    let ticket = pacer.arrive(urgency, Lane::Read);
    let verdict = pacer.poll(ticket, now);
    match verdict {
        Verdict::Go => pacer.answered(ticket, seen, now),
        _ => pacer.leave(ticket),
    }
    verdict
}

/// Sends requests one after another as fast as they may go; when each left.
fn drain(pacer: &mut Pacer, urgency: Urgency, count: usize, mut now: Duration) -> Vec<Duration> {
    let mut sent = Vec::new();
    while sent.len() < count {
        match send(pacer, urgency, &Seen::default(), now) {
            Verdict::Go => sent.push(now),
            Verdict::Wait(wait) => {
                assert!(!wait.is_zero(), "a wait of nothing never ends");
                now += wait;
            }
            Verdict::Behind => panic!("nobody else is there"),
        }
    }
    sent
}

fn most_in(sent: &[Duration], span: Duration) -> usize {
    let until = |from: Duration| sent.partition_point(|t| *t < from + span);
    sent.iter().enumerate().map(|(i, from)| until(*from) - i).max().unwrap_or(0)
}

#[test]
fn a_burst_spends_the_ceiling_and_then_waits_for_the_oldest_to_be_five_minutes_old() {
    let sent = drain(&mut pacer(), Urgency::Screen, 1_001, s(0));
    assert!(sent[999] < s(10), "a person is waiting: {:?}", sent[999]);
    assert_eq!(sent[1_000], s(300));
}

/// Processes that note their requests in one ledger, and want to send so many each; when any of them left.
fn drain_together(processes: usize, count: usize) -> Vec<Duration> {
    let (mut pacers, mut left) = (vec![pacer(); processes], vec![count; processes]);
    let (mut moments, mut sent, mut now) = (Vec::new(), Vec::new(), s(300));
    while left.iter().any(|left| *left > 0) {
        let mut wait = s(300);
        for (pacer, left) in pacers.iter_mut().zip(&mut left).filter(|(_, left)| **left > 0) {
            let wall = u64::try_from(now.as_micros()).unwrap();
            pacer.share(ledger::read(&mut moments, s(300), Moment { since_start: now, wall }));
            match send(pacer, Urgency::Screen, &Seen::default(), now) {
                Verdict::Go => {
                    moments.push(wall);
                    sent.push(now);
                    *left -= 1;
                    wait = Duration::ZERO;
                }
                Verdict::Wait(until) => wait = wait.min(until),
                Verdict::Behind => panic!("nobody is before it"),
            }
        }
        now += wait;
    }
    sent
}

#[test]
fn i6_all_processes_of_a_credential_keep_one_budget() {
    let sent = drain_together(3, 900);
    let (window, second) = (most_in(&sent, s(300)), most_in(&sent, s(1)));
    println!(
        "figure: requests of 3 processes in any 300 s: {window} (bar 1000), in any second: {second} (bar 150)"
    );
    assert_eq!((sent.len(), window, second), (2_700, 1_000, 150));
}

#[test]
fn bulk_reads_leave_a_fifth_to_the_others() {
    let mut pacer = pacer();
    let sent = drain(&mut pacer, Urgency::Bulk, 801, s(0));
    assert_eq!(sent[800], s(300));
    let mut pacer = self::pacer();
    drain(&mut pacer, Urgency::Bulk, 800, s(0));
    assert_eq!(drain(&mut pacer, Urgency::Screen, 200, s(20)).last(), Some(&s(21)));
}

#[test]
fn never_more_than_150_leave_within_a_second() {
    let sent = drain(&mut pacer(), Urgency::Screen, 400, s(0));
    assert_eq!((sent[149], sent[150], sent[300]), (s(0), s(1), s(2)));
}

#[test]
fn the_more_urgent_goes_first_and_within_one_urgency_the_one_that_came_first() {
    let mut pacer = pacer();
    let order =
        [Urgency::Bulk, Urgency::Screen, Urgency::Preflight, Urgency::Resolve, Urgency::Bulk];
    let tickets: Vec<_> = order.iter().map(|u| pacer.arrive(*u, Lane::Read)).collect();
    let mut went = Vec::new();
    while went.len() < tickets.len() {
        for (place, ticket) in tickets.iter().enumerate() {
            if !went.contains(&place) && pacer.poll(*ticket, s(0)) == Verdict::Go {
                went.push(place);
            }
        }
    }
    assert_eq!(went, [3, 2, 1, 0, 4]);
}

#[test]
fn eight_hanging_bulk_reads_hold_up_bulk_reads_only() {
    let mut pacer = pacer();
    for _ in 0..8 {
        let ticket = pacer.arrive(Urgency::Bulk, Lane::Read);
        assert_eq!(pacer.poll(ticket, s(0)), Verdict::Go);
    }
    let ninth = pacer.arrive(Urgency::Bulk, Lane::Read);
    assert_eq!(pacer.poll(ninth, s(0)), Verdict::Behind);
    let resolve = pacer.arrive(Urgency::Resolve, Lane::Read);
    assert_eq!(pacer.poll(resolve, s(0)), Verdict::Go);
}

#[test]
fn one_write_a_group_and_two_in_all_are_in_flight() {
    let mut pacer = pacer();
    let first = pacer.arrive(Urgency::Write, write("a"));
    let same = pacer.arrive(Urgency::Write, write("a"));
    let other = pacer.arrive(Urgency::Write, write("b"));
    let third = pacer.arrive(Urgency::Write, write("c"));
    assert_eq!(pacer.poll(first, s(0)), Verdict::Go);
    assert_eq!(pacer.poll(same, s(0)), Verdict::Behind);
    assert_eq!(pacer.poll(other, s(0)), Verdict::Go);
    assert_eq!(pacer.poll(third, s(0)), Verdict::Behind);
    pacer.answered(first, &Seen::default(), s(1));
    assert_eq!(pacer.poll(third, s(1)), Verdict::Behind);
    assert_eq!(pacer.poll(same, s(1)), Verdict::Go);
}

#[test]
fn a10_reads_wait_while_little_is_left_until_the_reset_and_then_one_goes_to_learn() {
    for quota in [100, 1_200] {
        let mut pacer = pacer();
        let sixth = quota / 6;
        let below_sixth = if quota % 6 == 0 { sixth - 1 } else { sixth };
        send(&mut pacer, Urgency::Screen, &told(below_sixth, quota, 30), s(0));
        assert_eq!(send(&mut pacer, Urgency::Bulk, &Seen::default(), s(1)), Verdict::Wait(s(29)));
        let below_24th = (quota - 1) / 24;
        assert_eq!(
            send(&mut pacer, Urgency::Screen, &told(below_24th, quota, 30), s(1)),
            Verdict::Go
        );
        for urgency in [Urgency::Bulk, Urgency::Screen, Urgency::Preflight] {
            let verdict = send(&mut pacer, urgency, &Seen::default(), s(2));
            assert_eq!(verdict, Verdict::Wait(s(29)), "{quota} {urgency:?}");
        }
        for urgency in [Urgency::Write, Urgency::Resolve] {
            assert_eq!(send(&mut pacer, urgency, &told(below_24th, quota, 29), s(2)), Verdict::Go);
        }
        let probe = pacer.arrive(Urgency::Bulk, Lane::Read);
        let other = pacer.arrive(Urgency::Bulk, Lane::Read);
        assert_eq!(pacer.poll(probe, s(31)), Verdict::Go);
        assert_eq!(pacer.poll(other, s(31)), Verdict::Behind);
        pacer.answered(probe, &told(quota, quota, 300), s(32));
        assert_eq!(pacer.poll(other, s(32)), Verdict::Go);
    }
}

#[test]
fn with_nothing_left_even_writes_wait_for_the_reset() {
    let mut pacer = pacer();
    send(&mut pacer, Urgency::Screen, &told(0, 1_200, 20), s(0));
    for urgency in [Urgency::Write, Urgency::Resolve] {
        assert_eq!(send(&mut pacer, urgency, &Seen::default(), s(5)), Verdict::Wait(s(15)));
    }
}

#[test]
fn the_last_requests_are_not_spent_twice_by_those_in_flight() {
    let mut pacer = pacer();
    send(&mut pacer, Urgency::Screen, &told(17, 100, 60), s(0));
    let first = pacer.arrive(Urgency::Bulk, Lane::Read);
    assert_eq!(pacer.poll(first, s(1)), Verdict::Go);
    let second = pacer.arrive(Urgency::Bulk, Lane::Read);
    assert_eq!(pacer.poll(second, s(1)), Verdict::Wait(s(59)));
}

#[test]
fn an_older_answer_does_not_raise_what_is_left() {
    let mut pacer = pacer();
    let old = pacer.arrive(Urgency::Screen, Lane::Read);
    assert_eq!(pacer.poll(old, s(0)), Verdict::Go);
    let new = pacer.arrive(Urgency::Screen, Lane::Read);
    assert_eq!(pacer.poll(new, s(1)), Verdict::Go);
    pacer.answered(new, &told(10, 1_200, 60), s(2));
    pacer.answered(old, &told(900, 1_200, 60), s(3));
    assert_eq!(pacer.budget(s(3)).left, Some(10));
}

#[test]
fn a_limit_that_the_service_no_longer_speaks_of_is_forgotten() {
    let mut pacer = pacer();
    send(&mut pacer, Urgency::Screen, &told(0, 1_200, 20), s(0));
    assert_eq!(send(&mut pacer, Urgency::Bulk, &Seen::default(), s(20)), Verdict::Go);
    assert_eq!(pacer.budget(s(20)).left, None);
    assert_eq!(send(&mut pacer, Urgency::Bulk, &Seen::default(), s(20)), Verdict::Go);
}

#[test]
fn a7_after_a_429_nothing_leaves_before_its_time_and_then_one_goes_first() {
    let mut pacer = pacer();
    send(&mut pacer, Urgency::Bulk, &refused(Some(45)), s(0));
    for urgency in [Urgency::Resolve, Urgency::Write, Urgency::Screen, Urgency::Bulk] {
        assert_eq!(send(&mut pacer, urgency, &Seen::default(), ms(44_999)), Verdict::Wait(ms(1)));
    }
    assert_eq!(pacer.budget(s(10)).waits, None, "nobody waits");
    let probe = pacer.arrive(Urgency::Bulk, Lane::Read);
    let other = pacer.arrive(Urgency::Bulk, Lane::Read);
    assert_eq!(pacer.budget(s(10)).waits, Some(s(35)));
    assert_eq!(pacer.poll(probe, s(45)), Verdict::Go);
    assert_eq!(pacer.poll(other, s(45)), Verdict::Behind);
    pacer.answered(probe, &Seen::default(), s(46));
    assert_eq!(pacer.poll(other, s(46)), Verdict::Go);
}

#[test]
fn a9_429s_without_a_time_wait_longer_each_time_in_a_row() {
    let mut pacer = pacer();
    let mut now = s(0);
    for wait in [60, 120, 240, 300, 300] {
        assert_eq!(send(&mut pacer, Urgency::Screen, &refused(None), now), Verdict::Go);
        assert_eq!(send(&mut pacer, Urgency::Screen, &refused(None), now), Verdict::Wait(s(wait)));
        now += s(wait);
    }
    assert_eq!(send(&mut pacer, Urgency::Screen, &Seen::default(), now), Verdict::Go);
    send(&mut pacer, Urgency::Screen, &refused(None), now);
    assert_eq!(send(&mut pacer, Urgency::Screen, &refused(None), now), Verdict::Wait(s(60)));
}

#[test]
fn eight_429s_of_one_burst_are_one_block() {
    let mut pacer = pacer();
    let tickets: Vec<_> = (0..8).map(|_| pacer.arrive(Urgency::Bulk, Lane::Read)).collect();
    for ticket in &tickets {
        assert_eq!(pacer.poll(*ticket, s(0)), Verdict::Go);
    }
    for ticket in &tickets {
        pacer.answered(*ticket, &refused(None), s(1));
    }
    assert_eq!(send(&mut pacer, Urgency::Screen, &refused(None), s(1)), Verdict::Wait(s(60)));
    send(&mut pacer, Urgency::Screen, &refused(None), s(61));
    assert_eq!(send(&mut pacer, Urgency::Screen, &Seen::default(), s(61)), Verdict::Wait(s(120)));
}

#[test]
fn a_probe_that_is_given_up_makes_room_for_another() {
    let mut pacer = pacer();
    send(&mut pacer, Urgency::Bulk, &refused(Some(10)), s(0));
    let probe = pacer.arrive(Urgency::Bulk, Lane::Read);
    assert_eq!(pacer.poll(probe, s(10)), Verdict::Go);
    pacer.leave(probe);
    assert_eq!(send(&mut pacer, Urgency::Bulk, &Seen::default(), s(10)), Verdict::Go);
}

/// A service that counts in spans from the first request on, and refuses what is too much.
struct Service {
    quota: u32,
    span: Duration,
    began: Duration,
    used: u32,
    refused: u32,
}

impl Service {
    fn ask(&mut self, now: Duration) -> Seen {
        if now >= self.began + self.span {
            (self.began, self.used) = (now, 0);
        }
        if self.used == self.quota {
            self.refused += 1;
            return refused(None);
        }
        self.used += 1;
        let reset = (self.began + self.span).saturating_sub(now);
        let word = Word { left: self.quota - self.used, quota: self.quota, reset };
        Seen { word: Some(word), ..Seen::default() }
    }
}

fn urgency() -> impl Strategy<Value = Urgency> {
    prop_oneof![
        Just(Urgency::Resolve),
        Just(Urgency::Write),
        Just(Urgency::Preflight),
        Just(Urgency::Screen),
        Just(Urgency::Bulk),
    ]
}

fn arrivals() -> impl Strategy<Value = Vec<(u64, usize, Urgency)>> {
    prop::collection::vec((0u64..200_000, 1usize..400, urgency()), 1..9)
}

/// Plays bursts (after how many ms, how many, how urgent) through a pacer; when each left, and how urgent it was.
fn play(ceiling: u32, bursts: &[(u64, usize, Urgency)], took: u64) -> Vec<(Duration, Urgency)> {
    let mut pacer = Pacer::new(limits(ceiling));
    let mut arriving: Vec<(Duration, Urgency)> = Vec::new();
    let mut at = s(0);
    for (gap, count, urgency) in bursts {
        at += ms(*gap);
        arriving.extend(std::iter::repeat_n((at, *urgency), *count));
    }
    arriving.reverse();
    let (mut waiting, mut flying, mut sent) = (Vec::new(), Vec::new(), Vec::new());
    let mut now = s(0);
    loop {
        while arriving.last().is_some_and(|(t, _)| *t <= now) {
            let (_, urgency) = arriving.pop().unwrap();
            waiting.push((pacer.arrive(urgency, Lane::Read), urgency));
        }
        flying.retain(|(ticket, until)| {
            if *until <= now {
                pacer.answered(*ticket, &Seen::default(), now);
            }
            *until > now
        });
        let mut next = arriving.last().map(|(t, _)| *t);
        let mut sooner = |t: Duration| next = Some(next.map_or(t, |n| n.min(t)));
        // Bulk reads and others have lanes of their own; within a lane nobody passes the first.
        for bulk in [false, true] {
            while let Some((place, _)) = waiting
                .iter()
                .enumerate()
                .filter(|(_, (_, urgency))| (*urgency == Urgency::Bulk) == bulk)
                .min_by_key(|(_, (ticket, urgency))| (*urgency, *ticket))
            {
                let (ticket, urgency) = waiting[place];
                match pacer.poll(ticket, now) {
                    Verdict::Go => {
                        waiting.swap_remove(place);
                        sent.push((now, urgency));
                        flying.push((ticket, now + ms(took)));
                    }
                    Verdict::Wait(wait) => {
                        sooner(now + wait);
                        break;
                    }
                    Verdict::Behind => break,
                }
            }
        }
        for (_, until) in &flying {
            sooner(*until);
        }
        match next {
            Some(next) => now = now.max(next),
            None => break sent,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn i6_whatever_arrives_no_five_minutes_hold_more_than_the_ceiling_and_everything_leaves(
        bursts in arrivals(), took in 1u64..2_000, ceiling in prop_oneof![Just(1_000u32), Just(100u32)],
    ) {
        let sent = play(ceiling, &bursts, took);
        prop_assert_eq!(sent.len(), bursts.iter().map(|b| b.1).sum::<usize>());
        let times: Vec<_> = sent.iter().map(|(t, _)| *t).collect();
        prop_assert!(most_in(&times, s(300)) <= ceiling as usize);
        prop_assert!(most_in(&times, s(1)) <= 150);
        for (i, (t, urgency)) in sent.iter().enumerate() {
            if *urgency == Urgency::Bulk {
                let before = i - times.partition_point(|b| *b + s(300) <= *t);
                prop_assert!(before < (ceiling - ceiling / 5) as usize);
            }
        }
    }

    #[test]
    fn a_service_that_speaks_of_its_limit_never_has_to_refuse(
        (quota, span) in prop_oneof![Just((100, s(60))), Just((1_200, s(300)))],
        kinds in prop::collection::vec(urgency(), 50..600), gap in 0u64..300,
    ) {
        let mut service = Service { quota, span, began: s(0), used: 0, refused: 0 };
        let mut pacer = pacer();
        let mut now = s(0);
        for urgency in kinds {
            loop {
                let ticket = pacer.arrive(urgency, Lane::Read);
                match pacer.poll(ticket, now) {
                    Verdict::Go => {
                        let seen = service.ask(now);
                        pacer.answered(ticket, &seen, now);
                        break;
                    }
                    Verdict::Wait(wait) => {
                        pacer.leave(ticket);
                        now += wait;
                    }
                    Verdict::Behind => prop_assert!(false, "nobody else is there"),
                }
            }
            now += ms(gap);
        }
        prop_assert_eq!(service.refused, 0);
    }
}
