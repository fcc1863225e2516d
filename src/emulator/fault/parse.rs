//! Reads fault rules. Every complaint says which word it is about.

use std::str::FromStr;
use std::time::Duration;

use super::{
    BadFault, Carry, Cut, Drip, FaultRule, Framing, Instead, RetryAfter, Shift, Trouble, Twist,
    Verb, Which,
};

impl FromStr for FaultRule {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        read(text).map_err(|reason| BadFault { rule: text.to_owned(), reason })
    }
}

fn read(text: &str) -> Result<FaultRule, String> {
    let (head, tail) = text.split_once(": ").ok_or(
        "it needs a colon and a space between the calls it speaks of and what happens to them",
    )?;
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let method = verb(&mut words)?;
    let target = if words.is_empty() { "" } else { words.remove(0) };
    if !(target.starts_with('/') || target.starts_with('*')) {
        return Err(format!("\"{target}\" is not a path; a path starts with a slash or with **"));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let which = match words.as_slice() {
        [] => Which::All,
        [one] => which(one)?,
        [_, more, ..] => return Err(format!("\"{more}\" is one word too many before the colon")),
    };
    let mut trouble = Trouble::default();
    let words = quoted(tail)?;
    if words.is_empty() {
        return Err("it does not say what happens".to_owned());
    }
    for word in &words {
        add(&mut trouble, word)?;
    }
    late_without_an_answer_is_lost(&mut trouble);
    Ok(FaultRule {
        text: text.to_owned(),
        method,
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        which,
        trouble,
    })
}

fn late_without_an_answer_is_lost(trouble: &mut Trouble) {
    if matches!(trouble.carry, Some(Carry::Late(_))) && trouble.instead.is_none() && !trouble.html {
        trouble.instead = Some(Instead::Reset);
    }
}

fn verb(words: &mut Vec<&str>) -> Result<Verb, String> {
    let Some(first) = words.first().copied() else {
        return Err("it does not say which calls it speaks of".to_owned());
    };
    if first.starts_with('/') || first.starts_with("**") {
        return Ok(Verb::Any);
    }
    words.remove(0);
    match first {
        "*" | "ANY" => Ok(Verb::Any),
        "WRITE" => Ok(Verb::Write),
        "GET" | "POST" | "PUT" | "DELETE" | "PATCH" => Ok(Verb::Is(first.to_owned())),
        other => Err(format!("\"{other}\" is neither a method nor a path")),
    }
}

fn which(word: &str) -> Result<Which, String> {
    let bad = || format!("\"{word}\" does not say which calls: it may be 2, 2-4, 3- or every-5");
    let number = |text: &str| text.parse::<u64>().ok().filter(|n| *n > 0).ok_or_else(bad);
    if let Some(n) = word.strip_prefix("every-") {
        return number(n).map(Which::Every);
    }
    match word.split_once('-') {
        None => number(word).map(|n| Which::FromTo(n, n)),
        Some((from, "")) => number(from).map(|from| Which::FromTo(from, u64::MAX)),
        Some((from, to)) => {
            let (from, to) = (number(from)?, number(to)?);
            if from <= to { Ok(Which::FromTo(from, to)) } else { Err(bad()) }
        }
    }
}

/// Words, where single quotes hold spaces together.
fn quoted(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut open = false;
    for c in text.chars() {
        match c {
            '\'' => {
                open = !open;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !open => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if open { Err("a single quote is never closed".to_owned()) } else { Ok(words) }
}

fn add(trouble: &mut Trouble, word: &str) -> Result<(), String> {
    if let Ok(status) = word.parse::<u16>() {
        if !(200..=599).contains(&status) {
            return Err(format!("\"{word}\" is not a status between 200 and 599"));
        }
        trouble.instead = Some(Instead::Status(status));
        return Ok(());
    }
    match word.split_once('=') {
        None => plain(trouble, word),
        Some((name, value)) => with_value(trouble, name, value),
    }
}

fn plain(trouble: &mut Trouble, word: &str) -> Result<(), String> {
    match word {
        "html" => trouble.html = true,
        "reset" => trouble.instead = Some(Instead::Reset),
        "hang" => trouble.instead = Some(Instead::Hang),
        "apply" => trouble.carry = Some(Carry::Now),
        "lose" => {
            trouble.carry = Some(Carry::Now);
            trouble.instead = Some(Instead::Reset);
        }
        "drop" => trouble.framing = Some(Framing::Drop),
        "page1" => trouble.page_one = true,
        other => return Err(format!("\"{other}\" is not known")),
    }
    Ok(())
}

fn with_value(trouble: &mut Trouble, name: &str, value: &str) -> Result<(), String> {
    match name {
        "code" => trouble.code = Some(number(name, value)?),
        "message" => trouble.message = Some(value.to_owned()),
        "body" => trouble.body = Some(value.to_owned()),
        "retry-after" => trouble.retry_after = Some(retry_after(value)?),
        "location" => trouble.headers.push(("location".to_owned(), value.to_owned())),
        "header" => trouble.headers.push(header(value)?),
        "late" => trouble.carry = Some(Carry::Late(millis(name, value)?)),
        "delay" => trouble.delay = Some(millis(name, value)?),
        "stall" => trouble.stall = Some(millis(name, value)?),
        "drip" => trouble.drip = Some(drip(value, false)?),
        "drip-body" => trouble.drip = Some(drip(value, true)?),
        "cut" => trouble.cut = Some(Cut::Close(number(name, value)?)),
        "rst" => trouble.cut = Some(Cut::Reset(number(name, value)?)),
        "part" => trouble.part = Some(number(name, value)?),
        "length" => trouble.framing = Some(Framing::Length(value.to_owned())),
        "bomb" => trouble.framing = Some(Framing::Bomb(number(name, value)?)),
        "chunk" | "gzip" => trouble.framing = Some(framing(name, value)?),
        "shift" => trouble.shift = Some(shift(value)?),
        "set" | "drop" | "swap" => trouble.twists.push(twist(name, value)?),
        other => return Err(format!("\"{other}=…\" is not known")),
    }
    Ok(())
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().ok().ok_or_else(|| format!("\"{name}={value}\" needs a whole number"))
}

fn millis(name: &str, value: &str) -> Result<Duration, String> {
    number(name, value).map(Duration::from_millis)
}

fn retry_after(value: &str) -> Result<RetryAfter, String> {
    match value.strip_prefix("date:") {
        Some(seconds) => number("retry-after", seconds).map(RetryAfter::Date),
        None => Ok(RetryAfter::Text(value.to_owned())),
    }
}

fn header(value: &str) -> Result<(String, String), String> {
    let (name, value) =
        value.split_once(':').ok_or_else(|| format!("\"header={value}\" needs NAME:VALUE"))?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

fn drip(value: &str, body_only: bool) -> Result<Drip, String> {
    let bad = || format!("\"drip={value}\" needs BYTES/MS, with at least one byte");
    let (bytes, every) = value.split_once('/').ok_or_else(bad)?;
    let bytes = bytes.parse().ok().filter(|bytes| *bytes > 0).ok_or_else(bad)?;
    let every = every.parse().ok().map(Duration::from_millis).ok_or_else(bad)?;
    Ok(Drip { bytes, every, body_only })
}

fn framing(name: &str, value: &str) -> Result<Framing, String> {
    match (name, value) {
        ("chunk", "bad") => Ok(Framing::BadChunk),
        ("chunk", "huge") => Ok(Framing::HugeChunk),
        ("chunk", "open") => Ok(Framing::OpenChunk),
        ("gzip", "corrupt") => Ok(Framing::CorruptGzip),
        _ => Err(format!(
            "\"{name}={value}\" is not known; there are chunk=bad, chunk=huge, chunk=open and gzip=corrupt"
        )),
    }
}

fn shift(value: &str) -> Result<Shift, String> {
    match value {
        "insert" => Ok(Shift::Insert),
        "delete" => Ok(Shift::Delete),
        other => {
            Err(format!("\"shift={other}\" is not known; there are shift=insert and shift=delete"))
        }
    }
}

fn twist(name: &str, value: &str) -> Result<Twist, String> {
    if name == "swap" {
        let (old, new) =
            value.split_once("=>").ok_or_else(|| format!("\"swap={value}\" needs OLD=>NEW"))?;
        return Ok(Twist::Swap(old.to_owned(), new.to_owned()));
    }
    if !value.starts_with('/') {
        return Err(format!("\"{name}={value}\" needs a pointer such as /result/0/id"));
    }
    if name == "drop" {
        return Ok(Twist::Drop(value.to_owned()));
    }
    let (pointer, json) =
        value.split_once('=').ok_or_else(|| format!("\"set={value}\" needs /POINTER=JSON"))?;
    let json =
        serde_json::from_str(json).map_err(|error| format!("\"{json}\" is not JSON ({error})"))?;
    Ok(Twist::Set(pointer.to_owned(), json))
}

#[cfg(test)]
mod tests {
    use super::super::FaultRule;

    #[test]
    fn every_kind_of_rule_in_the_grammar_can_be_read() {
        for rule in [
            "GET /accounts/*/members 2: 429 retry-after=3",
            "/accounts/** 2-4: 503",
            "WRITE ** 3-: lose",
            "POST /accounts/*/iam/user_groups/*/members every-5: late=60000 hang",
            "GET /accounts/*/members?page=3: cut=10",
            "** 1: 200 html",
            "GET **: drip=1/1000 delay=5 stall=6",
            "GET **: 'set=/result/0/name=\"A B\"' drop=/result/1/id 'swap=a=>b c'",
            "GET **: header=x-a:b length=5,7",
            "POST /organizations/*/members:batchCreate: 400 code=1001 'message=No such thing'",
        ] {
            let read: Result<FaultRule, _> = rule.parse();
            assert!(read.is_ok(), "{rule}: {read:?}");
            assert_eq!(read.map(|r| r.to_string()).as_deref(), Ok(rule));
        }
    }

    #[test]
    fn a_bad_rule_is_answered_with_the_word_that_is_wrong_and_an_example() {
        for (rule, word) in [
            ("GET /accounts", "colon"),
            ("FETCH /accounts: 500", "FETCH"),
            ("GET accounts: 500", "accounts"),
            ("GET /accounts 0: 500", "\"0\""),
            ("GET /accounts 4-2: 500", "4-2"),
            ("GET /accounts 1 2: 500", "\"2\""),
            ("GET /accounts: 4z9", "4z9"),
            ("GET /accounts: 42", "42"),
            ("GET /accounts: cut=x", "cut=x"),
            ("GET /accounts: drip=0/5", "drip=0/5"),
            ("GET /accounts: set=/a=b", "not JSON"),
            ("GET /accounts: 'message=a", "quote"),
            ("GET /accounts: fly=1", "fly"),
            ("GET /accounts:  ", "what happens"),
        ] {
            let complaint = rule.parse::<FaultRule>().map_err(|e| e.to_string());
            let complaint = complaint.expect_err(rule);
            assert!(complaint.contains(word), "{rule}: {complaint}");
            assert!(
                complaint.contains("GET /accounts/*/members 2: 429 retry-after=3"),
                "{complaint}"
            );
        }
    }
}
