//! Waits that the core has asked for.

use std::time::Duration;

use crate::app::Alarm;

/// Alarms that have not rung. Asking again for one that waits sets it anew.
#[derive(Debug, Default)]
pub(super) struct Alarms(Vec<(Duration, Alarm)>);

impl Alarms {
    /// Sets an alarm to a moment, counted from the program's start.
    pub(super) fn set(&mut self, at: Duration, alarm: Alarm) {
        self.0.retain(|(_, waiting)| *waiting != alarm);
        self.0.push((at, alarm));
    }

    /// When the first one rings.
    pub(super) fn next(&self) -> Option<Duration> {
        self.0.iter().map(|(at, _)| *at).min()
    }

    /// Takes out those that ring by now, the earliest first.
    pub(super) fn due(&mut self, now: Duration) -> Vec<Alarm> {
        let mut due: Vec<_> = self.0.extract_if(.., |(at, _)| *at <= now).collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, alarm)| alarm).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_ring_in_their_order_and_one_asked_for_again_rings_once() {
        let second = Duration::from_secs;
        let mut alarms = Alarms::default();
        alarms.set(second(3), Alarm::Clock);
        alarms.set(second(2), Alarm::Toast(1));
        alarms.set(second(1), Alarm::Clock);
        assert_eq!(alarms.next(), Some(second(1)));
        assert_eq!(alarms.due(second(2)), [Alarm::Clock, Alarm::Toast(1)]);
        assert_eq!(alarms.due(second(9)), []);
    }
}
