//! Encrypted connections to servers that can't be trusted, or that don't speak TLS as it is spoken today.

use std::sync::Arc;

use cfiam::api::{Class, Client};
use cfiam::domain::FaultKind;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::server::{Server, Step, ok};
use crate::support::{Lines, a_member, read, watched, write};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// Who signs certificates.
pub fn authority(name: &str) -> Authority {
    let mut params = named(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    acceptor_of(certificate, key, &[])
}

fn acceptor_of(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    protocols: &[&str],
) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// A server whose certificate is signed by `issuer`.
async fn signed(params: CertificateParams, issuer: &Authority) -> Server {
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap();
    let acceptor = acceptor(certificate.der().clone(), &key);
    Server::encrypted(acceptor, |_, _| ok(&a_member(1))).await
}

/// A client that trusts `issuer` besides the system's.
fn trusting(server: &Server, issuer: &Authority) -> (Client, Lines) {
    watched(&server.base_url(), |settings| {
        settings.ca_file = Some(issuer.pem().into_bytes());
    })
}

/// A connection to `server` is refused for good, with this said.
async fn refused(server: &Server, trusted: &Authority, words: &[&str]) {
    let (client, lines) = trusting(server, trusted);
    let fault = read(&client).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotSent, "{fault}");
    for words in words {
        assert!(fault.what.contains(words), "{words}: {fault}");
    }
    assert!(fault.what.contains("no connection to 127.0.0.1: its certificate"), "{fault}");
    assert!(fault.remedy.contains("ca_file"), "{fault}");
    assert_eq!(lines.all().len(), 1, "it would be refused again");
    assert_eq!(write(&client).await.class, Class::NotSent);
    assert_eq!(server.count(), 0, "nothing was sent");
}

#[tokio::test]
async fn n4_a_certificate_that_a_ca_file_vouches_for_is_trusted() {
    let ours = authority("Our CA");
    let server = signed(named("api", &["127.0.0.1"]), &ours).await;
    let (client, _) = trusting(&server, &ours);
    assert!(read(&client).await.unwrap().is_some());
    assert_eq!(write(&client).await.class, Class::Applied);
}

#[tokio::test]
async fn n4_an_expired_certificate_is_refused_and_its_issuer_named() {
    let ours = authority("Our CA");
    let mut params = named("api", &["127.0.0.1"]);
    params.not_before = date_time_ymd(2019, 1, 1);
    params.not_after = date_time_ymd(2020, 1, 1);
    let server = signed(params, &ours).await;
    refused(&server, &ours, &["it has expired", "issued by Our CA"]).await;
}

#[tokio::test]
async fn n4_a_certificate_that_is_not_valid_yet_is_refused_and_the_clock_doubted() {
    let ours = authority("Our CA");
    let mut params = named("api", &["127.0.0.1"]);
    params.not_before = date_time_ymd(3000, 1, 1);
    params.not_after = date_time_ymd(3001, 1, 1);
    let server = signed(params, &ours).await;
    refused(&server, &ours, &["not valid yet", "clock", "issued by Our CA"]).await;
}

#[tokio::test]
async fn n4_a_certificate_for_another_host_is_refused_and_its_issuer_named() {
    let ours = authority("Our CA");
    let server = signed(named("api", &["api.cloudflare.com"]), &ours).await;
    refused(&server, &ours, &["it is for another host", "issued by Our CA"]).await;
}

#[tokio::test]
async fn n4_a_certificate_that_vouches_for_itself_is_refused() {
    let key = KeyPair::generate().unwrap();
    let own = named("Home Router", &["127.0.0.1"]).self_signed(&key).unwrap();
    let acceptor = acceptor(own.der().clone(), &key);
    let server = Server::encrypted(acceptor, |_, _| ok(&a_member(1))).await;
    refused(&server, &authority("Our CA"), &["it vouches for itself", "Home Router"]).await;
}

#[tokio::test]
async fn n4_a_network_that_looks_into_its_traffic_is_refused_and_named() {
    let theirs = authority("Acme Inspection CA");
    let server = signed(named("api.cloudflare.com", &["127.0.0.1"]), &theirs).await;
    let words = ["its issuer is not known to this machine", "issued by Acme Inspection CA"];
    refused(&server, &authority("Our CA"), &words).await;
}

/// A server that can speak HTTP/2 and tells which words a connection begins with.
async fn either(issuer: &Authority) -> (String, watch::Receiver<Vec<String>>) {
    let key = KeyPair::generate().unwrap();
    let certificate = named("api", &["127.0.0.1"]).signed_by(&key, issuer).unwrap();
    let protocols = ["h2", "http/1.1"];
    let acceptor = acceptor_of(certificate.der().clone(), &key, &protocols);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/client/v4", listener.local_addr().unwrap());
    let (tell, told) = watch::channel(Vec::new());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut first = [0; 4];
            if stream.read_exact(&mut first).await.is_ok() {
                tell.send_modify(|seen| seen.push(String::from_utf8_lossy(&first).into_owned()));
            }
        }
    });
    (base_url, told)
}

#[tokio::test]
async fn reads_speak_http_2_where_the_service_does_and_writes_never_so_that_none_is_sent_twice() {
    let ours = authority("Our CA");
    let (base_url, told) = either(&ours).await;
    let (client, _) = watched(&base_url, |settings| {
        settings.ca_file = Some(ours.pem().into_bytes());
    });
    assert_eq!(write(&client).await.class, Class::Unknown);
    assert_eq!(*told.borrow(), ["POST"]);
    assert!(read(&client).await.is_err());
    let seen = told.borrow().clone();
    assert!(seen.len() > 1 && seen[1..].iter().all(|words| words == "PRI "), "{seen:?}");
}

#[tokio::test]
async fn n5_a_handshake_that_is_broken_off_or_too_old_sends_nothing_and_is_said_in_words() {
    let ours = authority("Our CA");
    let version_alert = vec![0x15, 3, 1, 0, 2, 2, 70];
    // The first half of a record of which the rest never comes.
    let half = vec![0x16, 3, 3, 0, 80, 2, 0, 0];
    // An answer to the greeting that chooses TLS 1.1, and no extension.
    let mut old = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    old.extend([7; 32]);
    old.extend([0, 0xc0, 0x13, 0]);
    let table = [
        (vec![], "broke off the handshake"),
        (vec![Step::Send(half)], "broke off the handshake"),
        (vec![Step::Send(version_alert)], "doesn't speak TLS 1.2 or later"),
        (vec![Step::Send(old)], "doesn't speak TLS 1.2 or later"),
        (vec![Step::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())], "can't be encrypted"),
        (vec![Step::Reset], "no connection to 127.0.0.1"),
    ];
    for (steps, words) in table {
        let server = Server::deaf("https", steps).await;
        let (client, _) = trusting(&server, &ours);
        let fault = read(&client).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotSent, "{fault}");
        assert!(fault.what.contains(words), "{words}: {fault}");
        assert!(!fault.remedy.is_empty());
        assert_eq!(write(&client).await.class, Class::NotSent);
    }
}
