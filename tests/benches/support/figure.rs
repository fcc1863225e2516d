//! A figure: what was measured, beside its bar.

use std::time::Duration;

/// Whether all bars were met so far.
#[derive(Default)]
pub struct Figures {
    missed: usize,
}

impl Figures {
    /// Prints a figure and holds it to its bar.
    pub fn hold(&mut self, what: &str, measured: f64, bar: f64, unit: &str) {
        let met = measured <= bar;
        self.missed += usize::from(!met);
        let word = if met { "met" } else { "MISSED" };
        println!(
            "{word:>6}  {what}: {measured:.2} {unit} (bar {bar:.2}, {:.0} % of it)",
            100.0 * measured / bar
        );
    }

    /// The same for times.
    pub fn hold_time(&mut self, what: &str, measured: Duration, bar: Duration) {
        self.hold(what, ms(measured), ms(bar), "ms");
    }

    pub fn exit(&self) -> std::process::ExitCode {
        u8::from(self.missed > 0).into()
    }
}

pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The time that this share of them is not above.
pub fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let place = (times.len() as f64 * share).ceil() as usize;
    times.get(place.saturating_sub(1)).copied().unwrap_or_default()
}
