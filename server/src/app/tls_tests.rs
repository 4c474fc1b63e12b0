//! TLS that ends in this process: with a certificate made here, a device that pins it, and a man in the middle.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use farley_core::record::Edit;
use farley_device::device::Device;
use farley_device::link::EnrolLink;
use ring::signature::{Ed25519KeyPair, KeyPair};
use rustls::pki_types::ServerName;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::test_kit::{eventually, run};
use super::{AppError, Config, Running, http, serve};
use crate::accounts::Role;
use crate::clock::{self, sha256};

/// A self-signed certificate as PEM files, and its SHA-256.
fn certificate(folder: &Path) -> (PathBuf, PathBuf, [u8; 32]) {
    let private = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(private.as_ref()).unwrap();
    let algorithm = der(0x30, &[&[0x06, 3, 0x2b, 0x65, 0x70]]);
    let common_name = der(0x30, &[&[0x06, 3, 0x55, 4, 3], &der(0x0c, &[b"farley test"])]);
    let name = der(0x30, &[&der(0x31, &[&common_name])]);
    let validity = der(0x30, &[&der(0x17, &[b"250101000000Z"]), &der(0x17, &[b"490101000000Z"])]);
    let key = der(0x30, &[&algorithm, &der(0x03, &[&[0], pair.public_key().as_ref()])]);
    let version = der(0xa0, &[&[2, 1, 2]]);
    let body = der(0x30, &[&version, &[2, 1, 1], &algorithm, &name, &validity, &name, &key]);
    let signature = pair.sign(&body);
    let whole = der(0x30, &[&body, &algorithm, &der(0x03, &[&[0], signature.as_ref()])]);
    let (chain, secret) = (folder.join("page.pem"), folder.join("page.key"));
    std::fs::write(&chain, pem("CERTIFICATE", &whole)).unwrap();
    std::fs::write(&secret, pem("PRIVATE KEY", private.as_ref())).unwrap();
    (chain, secret, sha256(&whole))
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut out = vec![tag];
    match u8::try_from(body.len()) {
        Ok(short) if short < 0x80 => out.push(short),
        Ok(byte) => out.extend([0x81, byte]),
        Err(_) => {
            out.push(0x82);
            out.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(body);
    out
}

fn pem(label: &str, bytes: &[u8]) -> String {
    let mut text = farley_device::encoding::base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

async fn secured(folder: &Path) -> (Running, [u8; 32]) {
    let (chain, key, hash) = certificate(folder);
    let config = Config { tls: Some((chain, key)), ..Config::local(&folder.join("data")) };
    (serve(config).await.unwrap(), hash)
}

/// A link for a device that can use nothing but the WebSocket at `page`.
fn link(running: &Running, page: SocketAddr, certificate: Option<[u8; 32]>) -> String {
    let person = running.accounts().add_person("Anna", Role::Field, None, None);
    let person = person.or_else(|_| running.accounts().find_person("Anna")).unwrap();
    let mut link = EnrolLink::parse(&running.invite(person.id).unwrap()).unwrap();
    link.quic = vec!["127.0.0.1:9".to_owned()];
    link.page = Some(format!("https://{page}"));
    link.certificate = certificate;
    link.link()
}

#[test]
fn a_device_syncs_over_tls_that_ends_here_and_only_with_the_pinned_certificate() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (running, hash) = secured(folder.path()).await;
        assert!(running.page.starts_with("https://"), "{}", running.page);
        let wrong = link(&running, running.http_addr, Some([9; 32]));
        let refused = Device::enrol(&folder.path().join("wrong"), &wrong, "Pixel 9", "android", "test").await;
        assert!(refused.is_err(), "another certificate than the pinned one");

        let good = link(&running, running.http_addr, Some(hash));
        let phone =
            Device::enrol(&folder.path().join("anna"), &good, "Pixel 9", "android", "test").await.unwrap();
        let own = phone.workspace().device();
        phone
            .workspace()
            .edit(own, &Edit::create("contact").with("family_name", "Müller"), clock::now())
            .unwrap();
        phone.start();
        let all = farley_core::query::Query { kind: Some("contact".into()), ..Default::default() };
        eventually(async || (running.workspace().count(&all).unwrap() == 1).then_some(())).await;
        phone.stop().await;
        running.shutdown().await;
    });
}

/// The worst case: the middle holds the page's own certificate and key, so that the pin fits. What the device signs
/// is bound to its TLS connection by the exporter, so the relay sees that it is not the one the proof was made on.
#[test]
fn a_man_in_the_middle_with_the_page_s_own_key_enrols_nobody() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (running, hash) = secured(folder.path()).await;
        let (config, _) =
            http::tls(&folder.path().join("page.pem"), &folder.path().join("page.key")).unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let connector =
            TlsConnector::from(Arc::new(farley_device::tls::device_certificate(Some(hash)).unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (middle, target) = (listener.local_addr().unwrap(), running.http_addr);
        let passed = Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counted = passed.clone();
        let attacker = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut inner) = acceptor.accept(stream).await else { continue };
                let name = ServerName::try_from("127.0.0.1").unwrap();
                let outer = TcpStream::connect(target).await.unwrap();
                let mut outer = connector.connect(name, outer).await.unwrap();
                counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let _ = tokio::io::copy_bidirectional(&mut inner, &mut outer).await;
            }
        });
        let bent = link(&running, middle, Some(hash));
        let refused = Device::enrol(&folder.path().join("anna"), &bent, "Pixel 9", "android", "test").await;
        assert!(refused.is_err());
        assert!(passed.load(std::sync::atomic::Ordering::Relaxed) > 0, "the middle was really passed");
        let devices = running.accounts().devices().unwrap();
        assert!(devices.iter().all(|device| device.office), "nobody was enrolled: {devices:?}");
        attacker.abort();
        running.shutdown().await;
    });
}

#[test]
fn certificates_and_keys_that_do_not_fit_say_which_file() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key, _) = certificate(folder.path());
        let with = |chain: &Path, key: &Path| Config {
            tls: Some((chain.to_owned(), key.to_owned())),
            ..Config::local(&folder.path().join("data"))
        };
        let missing = serve(with(&folder.path().join("none.pem"), &key)).await.err().unwrap();
        assert!(matches!(&missing, AppError::Tls(text) if text.contains("none.pem")), "{missing}");
        let swapped = serve(with(&key, &chain)).await.err().unwrap();
        assert!(
            matches!(&swapped, AppError::Tls(text) if text.contains("holds no certificate")),
            "{swapped}"
        );
        let keyless = serve(with(&chain, &chain)).await.err().unwrap();
        assert!(
            matches!(&keyless, AppError::Tls(text) if text.contains("holds no private key")),
            "{keyless}"
        );
    });
}
