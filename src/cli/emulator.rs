//! `cfiam emulator`: the embedded API server on its own, until it is told to stop.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::emulator::{self, Clock, Emulator, FAULT_GRAMMAR, FaultRule, Options, Secret, Shapes};

/// Run the embedded API server on its own, for trying scripts and other clients offline
///
/// It answers as Cloudflare's IAM API does, from memory, on loopback, for a made-up company. It prints its base
/// URL, ids and credentials, and runs until it is interrupted.
#[derive(clap::Args, Debug)]
#[command(after_long_help = fault_help(), allow_negative_numbers = true)]
pub struct Args {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// People in the account
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = within::<1, 100_000>)]
    members: u32,
    /// User groups in the account
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = within::<0, 2_000>)]
    groups: u32,
    /// Names, ids and grants follow from it
    #[arg(long, value_name = "S", default_value_t = 1, value_parser = whole)]
    seed: u64,
    /// Moment from which all dates are counted back [default: today 00:00 UTC]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Timestamp>,
    /// How long each answer takes at least
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = millis)]
    latency: u64,
    /// How long reads lag behind writes
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = millis)]
    lag: u64,
    /// Requests in five minutes, before five minutes of refusals
    #[arg(long, value_name = "N", default_value_t = 1_200, value_parser = within::<0, { u32::MAX }>)]
    budget: u32,
    /// Make trouble; may be given many times (--help shows the grammar)
    #[arg(long, value_name = "RULE")]
    fault: Vec<FaultRule>,
    /// Which shapes to answer in, where documents and live answers disagree
    #[arg(long, value_enum, default_value_t = Shape::Live)]
    shapes: Shape,
    /// Print one JSON object on the first line
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shape {
    /// As observed in live answers
    Live,
    /// As older documents have it
    Documented,
}

fn fault_help() -> String {
    format!(
        "Fault rules:\n\n{FAULT_GRAMMAR}\nFor example:\n\n  \
         cfiam emulator --latency 300 --fault 'GET /accounts/*/members 2: 429 retry-after=3' \\\n    \
         --fault 'POST /accounts/*/iam/user_groups/*/members 1: lose'\n"
    )
}

/// Reads an address with its port; `localhost` is the loopback address.
fn address(text: &str) -> Result<SocketAddr, String> {
    let text = text
        .strip_prefix("localhost:")
        .map_or(text.to_owned(), |port| format!("{}:{port}", std::net::Ipv4Addr::LOCALHOST));
    let address: SocketAddr = text.parse().ok().ok_or_else(|| {
        "it is not an address with a port, such as 127.0.0.1:8787 (port 0 takes a free one)"
            .to_owned()
    })?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err("others could reach it there: take a loopback address, such as 127.0.0.1:8787".to_owned())
}

/// Reads a number within bounds.
fn within<const LEAST: u32, const MOST: u32>(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (LEAST..=MOST).contains(number));
    number.ok_or_else(|| format!("it is not a whole number from {LEAST} to {MOST}"))
}

/// Reads a whole number.
fn whole(text: &str) -> Result<u64, String> {
    text.parse().ok().ok_or_else(|| format!("it is not a whole number from 0 to {}", u64::MAX))
}

/// Reads a time in thousandths of a second.
fn millis(text: &str) -> Result<u64, String> {
    text.parse()
        .ok()
        .ok_or_else(|| "it is not a whole number of milliseconds, such as 300".to_owned())
}

/// Reads a moment, or a date for the start of that day in UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day = || format!("{}T00:00:00Z", text.parse::<Date>().ok()?).parse().ok();
    text.parse::<Timestamp>().ok().or_else(day).ok_or_else(|| {
        "it is neither a time such as 2026-11-24T09:30:00Z nor a date such as 2026-11-24".to_owned()
    })
}

/// The start of today in UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the emulator's company is made for today, where nothing else is said"
)]
fn today() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second().div_euclid(86_400) * 86_400).unwrap_or(now)
}

impl Args {
    fn options(&self) -> Options {
        Options {
            listen: self.listen,
            members: self.members,
            groups: self.groups,
            seed: self.seed,
            clock: if self.now.is_some() { Clock::World } else { Clock::Wall },
            latency: Duration::from_millis(self.latency),
            lag: Duration::from_millis(self.lag),
            budget: self.budget,
            faults: self.fault.clone(),
            shapes: match self.shapes {
                Shape::Live => Shapes::Live,
                Shape::Documented => Shapes::Documented,
            },
            ..Options::new(self.now.unwrap_or_else(today))
        }
    }
}

/// Runs the server until SIGINT, SIGTERM or SIGHUP. Returns the exit status: 1 where it can't listen, 128 + n
/// where signal n ended it.
pub fn run(args: &Args) -> u8 {
    let ended = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(serve(args)));
    match ended {
        Ok(status) => status,
        Err(error) => {
            complain(&explain(args.listen, &error));
            1
        }
    }
}

fn explain(listen: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "{listen} is in use by another program. Stop that one, or choose another port with --listen \
             (port 0 takes a free one)."
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!(
                "{listen} is not an address of this machine. Choose another with --listen, such as 127.0.0.1:0."
            )
        }
        io::ErrorKind::PermissionDenied => {
            format!(
                "This user may not listen on {listen}. Choose a port of 1024 or higher with --listen."
            )
        }
        _ => format!("The emulator could not run on {listen}: {error}."),
    }
}

fn complain(text: &str) {
    // Where standard error is gone, there is nobody to tell.
    let _nobody = writeln!(io::stderr(), "cfiam: {text}");
}

async fn serve(args: &Args) -> io::Result<u8> {
    let emulator = emulator::start(args.options(), None).await?;
    let mut signals = [
        (2, signal(SignalKind::interrupt())?),
        (15, signal(SignalKind::terminate())?),
        (1, signal(SignalKind::hangup())?),
    ];
    let told = if args.json { format!("{}\n", object(&emulator)) } else { table(&emulator) };
    let mut out = io::stdout().lock();
    // Whoever reads only the first line may close the pipe; the server goes on.
    let _closed = out.write_all(told.as_bytes()).and_then(|()| out.flush());
    drop(out);
    let [(_, interrupt), (_, terminate), (_, hangup)] = &mut signals;
    let number = tokio::select! {
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
        _ = hangup.recv() => 1,
    };
    Ok(128 + number)
}

/// What other programs read.
fn object(emulator: &Emulator) -> Value {
    let credentials: Vec<Value> = emulator
        .credentials()
        .iter()
        .map(|credential| match &credential.secret {
            Secret::Token(token) => {
                json!({"name": credential.name, "may": credential.may, "token": token})
            }
            Secret::Key { email, key } => {
                json!({"name": credential.name, "may": credential.may, "email": email, "key": key})
            }
        })
        .collect();
    json!({
        "base_url": emulator.base_url(),
        "account_id": emulator.account_id(),
        "organization_id": emulator.organization_id(),
        "credentials": credentials,
    })
}

/// What people read.
fn table(emulator: &Emulator) -> String {
    let mut text = format!(
        "base URL      {}\naccount       {}\norganization  {}\n\n",
        emulator.base_url(),
        emulator.account_id(),
        emulator.organization_id()
    );
    let widest =
        emulator.credentials().iter().map(|credential| credential.name.len()).max().unwrap_or(0);
    for credential in emulator.credentials() {
        let secret = match &credential.secret {
            Secret::Token(token) => token.clone(),
            Secret::Key { email, key } => format!("{email}  {key}"),
        };
        let (name, may) = (credential.name, credential.may);
        text.push_str(&row(name, &secret, widest));
        text.push_str(&row("", may, widest));
    }
    text.push_str(
        "
It runs until you press ctrl-c.
",
    );
    text
}

fn row(name: &str, value: &str, widest: usize) -> String {
    format!("{name:widest$}  {value}\n")
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_moment_is_a_time_or_a_day_and_anything_else_is_explained() {
        assert_eq!(
            moment("2026-11-24").map(|t| t.to_string()),
            Ok("2026-11-24T00:00:00Z".to_owned())
        );
        assert_eq!(
            moment("2026-11-24T09:30:00Z").map(|t| t.to_string()),
            Ok("2026-11-24T09:30:00Z".to_owned())
        );
        assert!(moment("yesterday").is_err_and(|e| e.contains("2026-11-24")));
    }
}
