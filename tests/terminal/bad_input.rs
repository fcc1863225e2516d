//! Whatever is wrong with what the program is given: a sentence that says what to do, the right exit status, no
//! backtrace, and whatever was staged is still there.

use std::net::TcpListener;

use super::driver::{ACCOUNT, Ended, Launch, Terminal};
use super::home::Home;
use super::server::Server;

/// A home where one change is staged for the server's account.
fn with_one_staged(server: &Server) -> Home {
    let home = Home::new();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait(ACCOUNT).stage_add(1);
    assert_eq!(terminal.keys("q").ended(), Ended::Status(0));
    assert!(terminal.text().contains("the next start offers them again"), "{}", terminal.text());
    assert!(home.staged(server.emulator.account_id()).contains("member"));
    home
}

/// Leaves, and asserts that the terminal and what was staged are as they were.
fn leave(terminal: &mut Terminal, home: &Home, server: &Server, staged: &str) {
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    terminal.assert_restored();
    assert_calm(&String::from_utf8_lossy(&terminal.raw));
    assert_eq!(home.staged(server.emulator.account_id()), staged);
}

fn assert_calm(text: &str) {
    for word in ["panicked", "backtrace", "src/", "Error {", "Some("] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

/// What is refused before anything is painted: its words, which come with this status.
fn refused(home: &Home, launch: Launch<'_>, status: u32) -> String {
    let mut terminal = launch.size(200, 50).start();
    assert_eq!(terminal.ended(), Ended::Status(status), "{}", terminal.text());
    terminal.assert_restored();
    assert_eq!(terminal.sent("\x1b"), 0, "nothing was painted");
    let words = terminal.text();
    assert_calm(&words.replace(&home.path("").display().to_string(), ""));
    words
}

#[test]
fn without_a_credential_the_start_screen_says_how_to_connect_and_what_is_staged_stays() {
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let cases = [
        (None, "there is no credential"),
        (Some("CLOUDFLARE_API_KEY"), "CLOUDFLARE_API_KEY is set, but CLOUDFLARE_EMAIL is not"),
        (Some("CLOUDFLARE_EMAIL"), "CLOUDFLARE_EMAIL is set, but CLOUDFLARE_API_KEY is not"),
    ];
    for (half, words) in cases {
        let launch = server.client(&home);
        let launch = match half {
            Some(name) => launch.env(name, "someone@example.com"),
            None => launch,
        };
        let mut terminal = launch.start();
        terminal.wait(words).wait("CLOUDFLARE_API_TOKEN").wait("Account Settings Read");
        leave(&mut terminal, &home, &server, &staged);
    }
}

#[test]
fn a_credential_that_is_not_accepted_is_told_with_the_reason_and_what_to_do() {
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let new = "Make a new one in the dashboard";
    for (who, reason, remedy) in [
        ("revoked", "the token is not accepted", new),
        ("expired", "the token has expired", new),
        ("disabled", "the token is disabled", new),
        ("future", "the token is not valid before 2026-12-01", ""),
    ] {
        let mut terminal = server.client_as(&home, who).start();
        terminal.wait("could not be listed").wait(reason).wait(remedy).wait("10000");
        leave(&mut terminal, &home, &server, &staged);
    }
    let wrong = format!("cfut_{}", "0".repeat(40));
    for (token, reason) in
        [(wrong.as_str(), "the token is not accepted"), ("short", "is not accepted")]
    {
        let mut terminal = server.client(&home).env("CLOUDFLARE_API_TOKEN", token).start();
        terminal.wait("could not be listed").wait(reason).wait("r try again");
        leave(&mut terminal, &home, &server, &staged);
    }
    let launch = server.client(&home).env("CLOUDFLARE_EMAIL", "alex@example.com");
    let mut terminal = launch.env("CLOUDFLARE_API_KEY", &"0".repeat(37)).start();
    terminal.wait("could not be listed").wait("Check").wait("r try again");
    leave(&mut terminal, &home, &server, &staged);
}

#[test]
fn a_token_revoked_since_the_last_session_loses_nothing_that_was_staged() {
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let account = server.emulator.account_id().to_owned();
    let mut terminal = server.client_as(&home, "revoked").arg("--account").arg(&account).start();
    terminal.wait("the token is not accepted");
    leave(&mut terminal, &home, &server, &staged);
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait("staged").keys("n").wait("Changes 1");
    leave(&mut terminal, &home, &server, &staged);
}

#[test]
fn what_can_t_be_a_credential_is_status_4_before_anything_is_painted_and_is_not_repeated() {
    let home = Home::new();
    for (name, value, words) in [
        ("CLOUDFLARE_API_TOKEN", "sesame sesame", "white space"),
        ("CLOUDFLARE_API_TOKEN", "\"\"", "is empty"),
        ("CLOUDFLARE_API_TOKEN", "sesame\u{e9}", "the API token"),
    ] {
        let told = refused(&home, Launch::new(&home, &[]).env(name, value), 4);
        assert!(told.contains(words) && !told.contains("sesame"), "{told}");
    }
}

#[test]
fn a_token_command_that_gives_none_is_status_4_with_its_name_and_status_and_no_other_is_used() {
    for (script, words) in [
        ("echo sesame; exit 3", "exit status: 3"),
        ("true", "printed nothing"),
        ("echo sesame; echo sesame", "more than one line"),
    ] {
        let home = Home::new();
        home.config(&format!("[profiles.p]\ntoken_command = [\"sh\", \"-c\", \"{script}\"]\n"));
        let launch = Launch::new(&home, &["--profile", "p"]);
        let told = refused(&home, launch.env("CLOUDFLARE_API_TOKEN", "other-token"), 4);
        assert!(told.contains("\"sh\"") && told.contains(words), "{told}");
        assert!(told.contains("Run it by hand") && !told.contains("sesame"), "{told}");
    }
}

#[test]
fn a_token_that_may_not_read_or_write_is_told_which_permission_it_lacks_and_nothing_staged_is_lost()
{
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let account = server.emulator.account_id().to_owned();
    let mut terminal = server.client_as(&home, "zones-only").arg("--account").arg(&account).start();
    terminal.wait("from an earlier session").keys("n").wait("Changes 1");
    terminal.wait("the credential lacks").wait("Give the token Account Settings Read");
    leave(&mut terminal, &home, &server, &staged);

    let mut terminal = server.client_as(&home, "reader").start();
    terminal.wait("staged").keys("n").wait("Changes 1").wait(ACCOUNT).apply();
    terminal.wait("refused").wait("lacks Account Settings Write").wait("READ-ONLY");
    leave(&mut terminal, &home, &server, &staged);
    assert_eq!(server.writes().len(), 1, "one write was tried, and no other");
}

#[test]
fn an_unknown_account_or_organization_is_told_and_a_malformed_one_is_status_2() {
    let (home, server) = (Home::new(), Server::start());
    let unknown = "f".repeat(32);
    let mut terminal = server.client_as(&home, "writer").arg("--account").arg(&unknown).start();
    terminal.wait("does not reach").wait("Choose one of the accounts");
    leave(&mut terminal, &home, &server, "");

    let launch = server.client_as(&home, "writer").arg("--organization").arg(&"q".repeat(32));
    let mut terminal = launch.size(160, 24).start();
    terminal.wait(ACCOUNT).wait("reading the organization").wait("may not see it");
    leave(&mut terminal, &home, &server, "");

    for argument in ["--account", "--organization"] {
        let launch = server.client_as(&home, "writer").arg(argument).arg("../tokens");
        let told = refused(&home, launch, 2);
        assert!(told.contains(argument) && told.contains("1 to 64 letters"), "{told}");
    }
    let launch = server.client_as(&home, "writer").env("CLOUDFLARE_ACCOUNT_ID", "a/b");
    assert!(refused(&home, launch, 2).contains("CLOUDFLARE_ACCOUNT_ID"));
}

#[test]
fn everything_wrong_in_config_keymap_environment_and_arguments_is_told_at_once_with_its_line() {
    let home = Home::new();
    let config = [
        "profile = \"nope\"",
        "theme = \"no-such-theme\"",
        "wrong = 1",
        "api_token = \"sesame\"",
        "[keys]",
        "opne = [\"x\"]",
        "down = [\"x\"]",
        "filter = [\"hyper-x\"]",
        "[profiles.a]",
        "base_url = \"http://someone:sesame@evil.example\"",
        "mode = \"sometimes\"",
        "account = \"../x\"",
        "requests_per_5_min = 0",
    ];
    home.config(&config.join("\n"));
    let launch = Launch::new(&home, &["--organization", "o/p"]);
    let launch = launch.env("CFIAM_LOG", "loud").env("CLOUDFLARE_BASE_URL", "ftp://x");
    let told = refused(&home, launch, 2);
    for line in [1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 13] {
        assert!(told.contains(&format!("config.toml:{line}: ")), "line {line}: {told}");
    }
    for word in ["--organization: ", "CFIAM_LOG: ", "CLOUDFLARE_BASE_URL: ", "no theme", "opne"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(!told.contains("sesame"), "{told}");
}

#[test]
fn a_config_file_that_is_no_toml_is_told_with_its_line_and_left_as_it_is() {
    let home = Home::new();
    home.config("theme = \"night\"\nkeys = [\n");
    let told = refused(&home, Launch::new(&home, &[]), 2);
    assert!(told.contains("config.toml:") && told.contains("array"), "{told}");
    let kept = std::fs::read_to_string(home.path("config/cfiam/config.toml")).unwrap();
    assert_eq!(kept, "theme = \"night\"\nkeys = [\n");
}

#[test]
fn a_host_that_can_t_be_reached_is_told_and_leaving_does_not_wait_for_it() {
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let launch = server.client_as(&home, "writer");
    let mut terminal = launch.env("CLOUDFLARE_BASE_URL", &format!("http://{closed}/v4")).start();
    terminal.wait("no connection").wait("Check the network").wait("r try again");
    leave(&mut terminal, &home, &server, &staged);
}

#[test]
fn a_host_that_never_answers_takes_no_key_away() {
    let server = Server::start();
    let home = with_one_staged(&server);
    let staged = home.staged(server.emulator.account_id());
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let launch = server.client_as(&home, "writer");
    let address = format!("http://{}/v4", hanging.local_addr().unwrap());
    let mut terminal = launch.env("CLOUDFLARE_BASE_URL", &address).start();
    terminal.wait("asking 127.0.0.1");
    terminal.keys("?").wait("What can be done here").keys("esc").wait_gone("What can be done");
    leave(&mut terminal, &home, &server, &staged);
}

#[test]
fn a_web_page_in_place_of_an_answer_is_called_that_and_never_shown() {
    let page = "GET /accounts: html";
    let server = Server::troubled(&[page, "GET /accounts/*/members: html"]);
    let home = Home::new();
    let mut terminal = server.client_as(&home, "writer").start();
    terminal.wait("a login page answered").wait("Log in to the network, or check the proxy");
    assert!(!terminal.text().contains('<'), "{}", terminal.text());
    leave(&mut terminal, &home, &server, "");

    let account = server.emulator.account_id().to_owned();
    let mut terminal = server.client_as(&home, "writer").arg("--account").arg(&account).start();
    terminal.wait("a login page answered").keys("2").wait("8 groups");
    leave(&mut terminal, &home, &server, "");
}

#[test]
fn an_address_that_would_send_the_credential_in_the_clear_or_holds_one_is_status_2() {
    let home = Home::new();
    for (address, words) in [
        ("http://api.example/client/v4", "https"),
        ("https://someone:sesame@api.example", "password"),
        ("nonsense", "https"),
    ] {
        let launch = Launch::new(&home, &[]).env("CLOUDFLARE_API_TOKEN", "sesame-token");
        let told = refused(&home, launch.env("CLOUDFLARE_BASE_URL", address), 2);
        assert!(told.contains("CLOUDFLARE_BASE_URL") && told.contains(words), "{told}");
        assert!(!told.contains("sesame"), "{told}");
    }
}

#[test]
fn a_bad_rule_of_trouble_is_status_2_and_a_port_in_use_is_status_1_each_with_what_to_do() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (arguments, status, words) in [
        (["emulator", "--fault", "GET /accounts 429"], 2, "emulator --help"),
        (["emulator", "--listen", &address], 1, "choose another port"),
    ] {
        let refused = Launch::new(&home, &arguments).plain().assert().code(status);
        let output = refused.get_output();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains(words) && output.stdout.is_empty(), "{told}");
        assert_calm(&told);
    }
}
