//! The demo needs nothing of the machine, and leaves nothing on it.

use super::driver::{DEMO, Ended, Launch};
use super::home::Home;

#[test]
fn the_demo_opens_with_proxies_that_lead_nowhere_and_no_certificates_on_the_machine() {
    let home = Home::new();
    let mut launch = Launch::new(&home, &["--demo"]);
    for proxy in
        ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]
    {
        launch = launch.env(proxy, "http://127.0.0.1:9");
    }
    let nowhere = home.path("nowhere").display().to_string();
    let launch = launch.env("SSL_CERT_FILE", &nowhere).env("SSL_CERT_DIR", &nowhere);
    let mut terminal = launch.start();
    terminal.wait(DEMO).stage_add(1).apply().wait("1 done");
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
}

#[test]
fn the_demo_ignores_the_person_s_credentials_address_account_and_config() {
    let home = Home::new();
    home.config("this is no config");
    let launch = Launch::new(&home, &["--demo"])
        .env("CLOUDFLARE_API_TOKEN", "sentinel-4d1b7c66")
        .env("CLOUDFLARE_EMAIL", "sentinel@example.com")
        .env("CLOUDFLARE_API_KEY", "sentinel-0a9e5f13")
        .env("CLOUDFLARE_BASE_URL", "https://sentinel.example")
        .env("CLOUDFLARE_ACCOUNT_ID", "sentinel");
    let mut terminal = launch.start();
    terminal.wait(DEMO).keys("@").wait("requests");
    assert_eq!(terminal.keys("ctrl-c").ended(), Ended::Status(0));
    assert!(!String::from_utf8_lossy(&terminal.raw).contains("sentinel"));
}

#[test]
fn the_demo_keeps_everything_in_a_temporary_folder_that_goes_with_it_on_every_way_out() {
    for keys in ["q", "ctrl-c", "TERM"] {
        let home = Home::new();
        let mut terminal = Launch::new(&home, &["--demo"]).start();
        terminal.wait(DEMO).stage_add(1).apply().wait("1 done").keys("1").wait("E-MAIL");
        terminal.stage_remove(1);
        let written = || home.files().into_iter().map(|(path, _)| path).collect::<Vec<_>>();
        terminal.wait_until("what is staged, on disk", |_| {
            written().iter().any(|path| path.parent().unwrap().ends_with("staged"))
        });
        let strays = |paths: Vec<std::path::PathBuf>| -> Vec<_> {
            paths.into_iter().filter(|path| !path.starts_with(home.path("tmp"))).collect()
        };
        assert!(strays(written()).is_empty(), "{:?}", written());
        let is_journal = |path: &std::path::PathBuf| path.to_string_lossy().ends_with(".jsonl");
        assert_eq!(written().iter().filter(|path| is_journal(path)).count(), 1);
        if keys == "TERM" {
            terminal.signal(rustix::process::Signal::TERM);
        } else {
            terminal.keys(keys);
        }
        assert!(matches!(terminal.ended(), Ended::Status(0 | 143)));
        assert_eq!(std::fs::read_dir(home.path("tmp")).unwrap().count(), 0, "{keys}");
        assert!(written().is_empty(), "{:?}", written());
    }
}
