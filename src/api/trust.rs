//! Whom an encrypted connection trusts, and in which words it is refused. The decision is the system's own; what is
//! added here is the name of who issued a certificate that was refused, by which a person knows a network that looks
//! into its traffic.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::{TLS12, TLS13};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, OtherError,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use webpki::EndEntityCert;

/// The system's certificates, and those of a CA file besides.
///
/// # Errors
/// What is wrong with them, in a few words.
pub fn config(ca_file: Option<&[u8]>) -> Result<ClientConfig, String> {
    let more = ca_file.map_or_else(|| Ok(Vec::new()), certificates)?;
    let provider = Arc::new(default_provider());
    let verifier = Verifier::new_with_extra_roots(more, provider.clone());
    let inner = verifier.map_err(|e| e.to_string())?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|e| e.to_string())?;
    let naming = Arc::new(Naming { inner });
    Ok(builder.dangerous().with_custom_certificate_verifier(naming).with_no_client_auth())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|e| format!("the CA file can't be read: {e}"))?;
    if all.is_empty() { Err("the CA file holds no certificate".to_owned()) } else { Ok(all) }
}

/// The system's verifier, whose refusals name the issuer.
#[derive(Debug)]
struct Naming {
    inner: Verifier,
}

/// Why a certificate is not trusted.
#[derive(Debug)]
struct Distrust(String);

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Distrust {}

impl ServerCertVerifier for Naming {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.inner.verify_server_cert(certificate, others, name, ocsp, now).map_err(|error| {
            let why = Distrust(distrust(&error, certificate));
            rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(why))))
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

fn distrust(error: &rustls::Error, certificate: &CertificateDer<'_>) -> String {
    let parties = EndEntityCert::try_from(certificate).ok();
    let own = parties.as_ref().is_some_and(|cert| cert.issuer() == cert.subject());
    let issuer = parties.and_then(|cert| common_name(cert.issuer()));
    let why = match error {
        rustls::Error::InvalidCertificate(why) => match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "it is not valid yet: is this machine's clock right?"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "it is for another host"
            }
            CertificateError::UnknownIssuer if own => "it vouches for itself",
            CertificateError::UnknownIssuer => "its issuer is not known to this machine",
            CertificateError::Revoked => "it was revoked",
            _ => "it can't be checked",
        },
        _ => "it can't be checked",
    };
    match issuer {
        Some(name) => format!("{why} (issued by {name})"),
        None => format!("{why} (it doesn't say who issued it)"),
    }
}

/// Why an encrypted connection did not come about, and whether its certificate is what stands in the way; `None`
/// where the failure is not about encryption.
pub fn refusal(error: &rustls::Error) -> (String, bool) {
    match error {
        rustls::Error::InvalidCertificate(why) => (why.to_string(), true),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => {
            ("the other side doesn't speak TLS 1.2 or later".to_owned(), false)
        }
        other => (other.to_string(), false),
    }
}

/// The object ids of a name's parts: common name, organization, organizational unit.
const PARTS: [&[u8]; 3] = [&[0x55, 4, 3], &[0x55, 4, 10], &[0x55, 4, 11]];
/// The longest name that is shown.
const LONGEST_NAME: usize = 80;

/// What a name of a certificate calls itself: DER, without the outermost tag.
fn common_name(name: &[u8]) -> Option<String> {
    PARTS.iter().find_map(|part| {
        let mut rest = name;
        while let Some((_, set, after)) = element(rest) {
            let mut inner = set;
            while let Some((_, pair, more)) = element(inner) {
                let (_, oid, text) = element(pair)?;
                if oid == *part {
                    return element(text).and_then(|(_, text, _)| shown(text));
                }
                inner = more;
            }
            rest = after;
        }
        None
    })
}

/// The first element: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let count = usize::from(first & 0x7f);
    let (length, rest) = match first {
        0..0x80 => (count, rest),
        _ if count <= 2 => {
            let (length, rest) = rest.split_at_checked(count)?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Foreign text: letters, digits and what names are made of, and no more of it than a line holds.
fn shown(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let plain = |c: char| c.is_alphanumeric() || " .,-_'()&/@*+:".contains(c);
    let name: String =
        text.chars().map(|c| if plain(c) { c } else { '?' }).take(LONGEST_NAME).collect();
    (!name.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(oid: u8, text: &str) -> Vec<u8> {
        let wrapped = |tag: u8, content: &[u8]| {
            [&[tag, u8::try_from(content.len()).unwrap()][..], content].concat()
        };
        let pair = [wrapped(6, &[0x55, 4, oid]), wrapped(12, text.as_bytes())].concat();
        wrapped(0x31, &wrapped(0x30, &pair))
    }

    #[test]
    fn a_certificate_calls_its_issuer_by_its_common_name_or_else_its_organization() {
        let both = [part(10, "Acme"), part(3, "Acme Inspection CA")].concat();
        assert_eq!(common_name(&both).as_deref(), Some("Acme Inspection CA"));
        assert_eq!(common_name(&part(10, "Acme")).as_deref(), Some("Acme"));
        assert_eq!(common_name(&part(6, "US")), None);
        assert_eq!(common_name(&part(3, "a\u{1b}[31m\u{202e}b")).as_deref(), Some("a??31m?b"));
    }

    #[test]
    fn no_bytes_of_a_certificate_lead_beyond_its_end() {
        let whole = part(3, "Acme");
        for end in 0..whole.len() {
            assert_eq!(common_name(&whole[..end]), None, "{end}");
        }
        for bytes in [&[0x31, 0xff][..], &[0x31, 0x82, 0xff, 0xff, 0], &[0x31, 0x80], &[0; 9]] {
            assert_eq!(common_name(bytes), None, "{bytes:?}");
        }
    }
}
