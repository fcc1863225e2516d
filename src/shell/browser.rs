//! Opening the dashboard in the browser.

use std::process::{Command, Stdio};

use crate::config::CREDENTIAL_VARIABLES;
use crate::domain::{Fault, FaultKind};

/// The only place that is ever opened.
const DASHBOARD: &str = "https://dash.cloudflare.com/";

/// Opens an address, with the program that `BROWSER` names, else with the system's. Waits until that program has
/// handed the address on.
pub(super) fn open(address: &str, browser: Option<&str>) -> Result<(), Fault> {
    if !may_open(address) {
        return Err(Fault::new(FaultKind::Internal, "only the dashboard is opened", ""));
    }
    let ran = commands(address, browser).iter_mut().any(|command| {
        scrub(command);
        command.status().is_ok_and(|status| status.success())
    });
    if ran {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Config,
        "no browser could be started",
        format!("Open {address} yourself, or name a program in BROWSER"),
    ))
}

/// Whether this is an address of the dashboard, without anything that a program could take for something else.
fn may_open(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    address.strip_prefix(DASHBOARD).is_some_and(|rest| rest.bytes().all(plain))
}

fn commands(address: &str, browser: Option<&str>) -> Vec<Command> {
    let named = browser.into_iter().flat_map(|list| list.split(':'));
    let mut commands: Vec<_> = named.filter_map(|words| named_browser(words, address)).collect();
    commands.extend(open::commands(address));
    commands
}

/// One entry of `BROWSER`: words, of which `%s` stands for the address. No shell reads them.
fn named_browser(entry: &str, address: &str) -> Option<Command> {
    let mut words = entry.split_whitespace();
    let mut command = Command::new(words.next()?);
    if entry.contains("%s") {
        command.args(words.map(|word| word.replace("%s", address)));
    } else {
        command.args(words).arg(address);
    }
    Some(command)
}

/// A browser needs no credential of ours, and must not write across the screen.
fn scrub(command: &mut Command) {
    for name in CREDENTIAL_VARIABLES {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t21_only_addresses_of_the_dashboard_are_opened() {
        assert!(may_open("https://dash.cloudflare.com/33666b9c79b9a527/members"));
        for address in [
            "http://dash.cloudflare.com/a/members",
            "https://dash.cloudflare.com.evil.example/",
            "https://dash.cloudflare.com@evil.example/",
            "https://evil.example/https://dash.cloudflare.com/",
            "https://dash.cloudflare.com/a;reboot",
            "https://dash.cloudflare.com/a b",
            "https://dash.cloudflare.com/\n",
            "file:///etc/passwd",
            "--help",
        ] {
            assert!(!may_open(address), "{address}");
        }
    }

    #[test]
    fn t21_the_address_is_one_word_and_no_shell_reads_it() {
        let words = |entry| {
            let command = named_browser(entry, "https://dash.cloudflare.com/a").unwrap();
            let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
            words.collect::<Vec<_>>()
        };
        assert_eq!(words("lynx"), ["https://dash.cloudflare.com/a"]);
        assert_eq!(words("w3m -o x=%s"), ["-o", "x=https://dash.cloudflare.com/a"]);
    }

    #[test]
    fn k5_the_browser_does_not_inherit_the_credentials() {
        for mut command in commands("https://dash.cloudflare.com/a", Some("lynx")) {
            scrub(&mut command);
            for name in CREDENTIAL_VARIABLES {
                assert!(command.get_envs().any(|variable| variable == (name.as_ref(), None)));
            }
        }
    }
}
