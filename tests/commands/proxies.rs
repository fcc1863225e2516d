//! A proxy that stands between here and the service, and lets nothing through.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use cfiam::emulator::Secret;

use super::program::Company;

const PASSWORD: &str = "sentinel-7f3a91c2e8";

/// A proxy that answers everything with this: where it is, and what it is asked.
fn proxy(answer: &'static str) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, asked) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0)
            {
                head.extend(byte);
            }
            let _over = tell.send(String::from_utf8_lossy(&head).into_owned());
            let _gone = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

#[test]
fn n17_a_proxy_that_refuses_is_named_with_what_to_do_and_its_password_is_nowhere() {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"x\"\r\n\
         content-length: 0\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 21\r\n\r\n<html>SECRET</html>\r\n",
    ] {
        let company = Company::new();
        let (address, asked) = proxy(answer);
        let mut command =
            company.command("--write --account abc groups create new --yes", "writer");
        command.env("CLOUDFLARE_BASE_URL", "https://api.service.example/client/v4");
        command.env("CFIAM_LOG", "trace");
        command.env("HTTPS_PROXY", format!("http://someone:{PASSWORD}@{address}"));
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("the proxy refuses") && said.contains("HTTPS_PROXY"), "{said}");
        assert!(!said.contains("SECRET"), "{said}");
        let asked: Vec<String> = asked.try_iter().collect();
        assert!(!asked.is_empty(), "the proxy was not asked: {said}");
        let Some(Secret::Token(token)) = company.server.secret("writer") else { panic!("a token") };
        for head in &asked {
            assert!(head.starts_with("CONNECT api.service.example:443 "), "{head}");
            assert!(head.contains("Basic ") && !head.contains(token.as_str()), "{head}");
        }
        let left: Vec<String> = company
            .home
            .files()
            .iter()
            .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
            .collect();
        for text in left.iter().map(String::as_str).chain([&*said]) {
            assert!(!text.contains(PASSWORD), "{text}");
        }
    }
}
