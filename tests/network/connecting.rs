//! Connections that don't come about: nothing was sent, and the host is named.

use std::time::Duration;

use cfiam::api::Class;
use cfiam::domain::FaultKind;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::{account, group, member, read, turn, watched, within, write};

/// A port of loopback where nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/client/v4", listener.local_addr().unwrap())
}

#[tokio::test]
async fn n2_where_nobody_listens_reads_are_tried_again_and_nothing_was_sent() {
    let (client, lines) = watched(&closed().await, |_| {});
    let fault = read(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotSent);
    assert!(fault.what.contains("no connection to 127.0.0.1"), "{fault}");
    assert!(fault.what.to_lowercase().contains("refused"), "{fault}");
    assert!(!fault.to_string().contains("/accounts"), "{fault}");
    let attempts: Vec<u32> = lines.all().iter().map(|line| line.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn n2_where_nobody_listens_writes_are_known_not_to_have_been_sent() {
    let (client, lines) = watched(&closed().await, |_| {});
    let added = write(&client).await;
    assert_eq!(
        (added.class, lines.all().len()),
        (Class::NotSent, 1),
        "the run decides what follows"
    );
    let removed = within(turn(&client).await.remove_member(&account(), &group(), &member(1))).await;
    assert_eq!((removed.class, lines.all().len()), (Class::NotSent, 2));
    let replaced = within(turn(&client).await.replace_members(&account(), &group(), &[])).await;
    assert_eq!((replaced.class, lines.all().len()), (Class::NotSent, 3));
}

/// A full queue of connections that nobody takes: what is sent to it is dropped, as by a firewall.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn n3_a_connection_that_hangs_is_given_up_at_the_limit() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting: Vec<_> =
        (0..4).map(|_| tokio::spawn(async move { TcpStream::connect(address).await })).collect();
    // The queue is full once connections no longer come about.
    let full = async {
        let mut in_vain = 0;
        while in_vain < 3 {
            let tried = TcpStream::connect(address);
            let limit = Duration::from_millis(300);
            in_vain = tokio::time::timeout(limit, tried).await.map_or(in_vain + 1, |_| 0);
        }
    };
    within(full).await;
    let (client, lines) = watched(&format!("http://{address}/client/v4"), |settings| {
        settings.timings.connect = Duration::from_millis(300);
    });
    let fault = read(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotSent);
    assert!(
        fault.what.contains("no connection to 127.0.0.1: nothing answered within 300 ms"),
        "{fault}"
    );
    assert_eq!(lines.all().len(), 5);
    assert_eq!(write(&client).await.class, Class::NotSent);
    drop((listener, waiting));
}
