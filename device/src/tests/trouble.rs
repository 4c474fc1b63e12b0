//! What a device does when something is in the way.

use std::time::{Duration, Instant};

use farley_core::sync::ByeReason;

use super::rig::{Order, PAGE_CERTIFICATE, Relay, contact, dump, family_name, until};
use crate::carrier::CarrierKind;
use crate::device::{Device, DeviceError, SyncError};
use crate::folder::{FolderError, Locked};
use crate::handshake::{EnrolError, HandshakeError};
use crate::keys::{PublicKey, RelayKeys, sha256};
use crate::link::EnrolLink;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_udp_blocked_the_websocket_syncs_within_two_seconds_and_status_says_why() {
    let relay = Relay::start(false).await;
    let home = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let anna = relay.enrol(home.path()).await;
    assert!(start.elapsed() < Duration::from_secs(2), "enrolled after {:?}", start.elapsed());
    let id = contact(anna.workspace(), "Müller");
    let start = Instant::now();
    let report = anna.sync_once(SOON).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(2), "synced after {:?}", start.elapsed());
    assert_eq!((report.carrier, report.entries_up), (Some(CarrierKind::WebSocket), 1));
    assert_eq!(family_name(&relay.workspace, id).as_deref(), Some("Müller"));
    let reason = anna.status().reason.unwrap();
    assert!(reason.contains("UDP seems to be blocked"), "{reason}");
    // Remembered: from the third time on the WebSocket starts at once.
    anna.sync_once(SOON).await.unwrap();
    let start = Instant::now();
    anna.sync_once(SOON).await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(240), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_tls_the_exporter_value_stands_in_for_an_unknown_certificate() {
    let relay = Relay::start_with_tls(false).await;
    let enrol = async |certificate, relay_key: Option<PublicKey>| {
        let home = tempfile::tempdir().unwrap();
        let link = relay.link();
        let relay = relay_key.unwrap_or(link.relay);
        let link = EnrolLink { certificate, relay, quic: Vec::new(), ..link };
        let device = Device::enrol(home.path(), &link.link(), "Pixel 9", "android", "test 1").await?;
        Ok::<_, DeviceError>((device.sync_once(SOON).await.unwrap().carrier, home))
    };
    // Self-signed and not pinned: the relay's signature over this very connection counts.
    assert_eq!(enrol(None, None).await.unwrap().0, Some(CarrierKind::WebSocket));
    assert_eq!(enrol(Some(sha256(&[PAGE_CERTIFICATE])), None).await.unwrap().0, Some(CarrierKind::WebSocket));
    let error = enrol(Some([1; 32]), None).await.unwrap_err().to_string();
    assert!(error.contains("certificate is not the one"), "{error}");
    let stranger = RelayKeys::generate().unwrap().public();
    let error = enrol(None, Some(stranger)).await.unwrap_err().to_string();
    assert!(error.contains("not your company's relay"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_device_is_out_within_a_second_on_either_carrier() {
    for udp in [true, false] {
        let relay = Relay::start(udp).await;
        let home = tempfile::tempdir().unwrap();
        let anna = relay.enrol(home.path()).await;
        anna.start();
        until(SOON, "settling", || anna.status().settled).await;
        relay.revoke(anna.file().device, ByeReason::Revoked);
        let took = until(SOON, "the lock", || anna.status().locked == Some(Locked::Revoked)).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        let secret = relay.create("Geheim");
        // It never comes back by itself; asked to, it hears the same again.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!anna.status().connected && family_name(anna.workspace(), secret).is_none());
        anna.stop().await;
        assert_eq!(anna.sync_once(SOON).await.unwrap_err(), SyncError::Locked(Locked::Revoked));
        drop(anna);
        let again = Device::open(home.path(), "test 1").unwrap();
        assert_eq!(again.status().locked, Some(Locked::Revoked));
        assert_eq!(again.sync_once(SOON).await.unwrap_err(), SyncError::Locked(Locked::Revoked));
        assert!(family_name(again.workspace(), secret).is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_restarts_or_drops_the_line_finds_its_device_back() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    anna.start();
    for order in [Order::Restart, Order::Drop, Order::Restart] {
        until(SOON, "settling", || anna.status().settled).await;
        relay.orders.send(order).unwrap();
        until(SOON, "the end of the session", || !anna.status().connected).await;
        let id = contact(anna.workspace(), "Müller");
        until(SOON, "the edit", || family_name(&relay.workspace, id).is_some()).await;
    }
    until(SOON, "settling", || anna.status().settled).await;
    assert_eq!(dump(anna.workspace()), dump(&relay.workspace));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_device_is_locked_and_loses_nothing() {
    let relay = Relay::start(true).await;
    let (home, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let anna = relay.enrol(home.path()).await;
    anna.sync_once(SOON).await.unwrap();
    contact(anna.workspace(), "Müller");
    drop(anna);
    // A thorough thief copies the instance mark too: the nonce tells.
    for entry in std::fs::read_dir(home.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
    }
    let anna = Device::open(home.path(), "test 1").unwrap();
    anna.sync_once(SOON).await.unwrap();
    contact(anna.workspace(), "Brandt");
    anna.sync_once(SOON).await.unwrap();
    let twin = Device::open(copy.path(), "test 1").unwrap();
    let late = contact(twin.workspace(), "Zwilling");
    assert_eq!(twin.sync_once(SOON).await.unwrap_err(), SyncError::Locked(Locked::Cloned));
    assert!(family_name(twin.workspace(), late).is_some(), "what was typed is still there");
    drop(twin);
    // An ordinary copy leaves the mark behind.
    std::fs::remove_file(copy.path().join("instance")).unwrap();
    let twin = Device::open(copy.path(), "test 1").unwrap();
    assert_eq!(twin.status().locked, Some(Locked::Copied));
    let error = twin.sync_once(SOON).await.unwrap_err();
    assert_eq!(error, SyncError::Locked(Locked::Copied));
    assert!(error.to_string().contains("copy"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enrolment_that_fails_says_why_and_can_be_tried_again() {
    let relay = Relay::start(true).await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let link = relay.link();
    let enrol = async |folder: &std::path::Path, text: String| {
        Device::enrol(folder, &text, "Pixel 9", "android", "test 1").await.map(|_| ())
    };
    assert!(matches!(enrol(one.path(), "farley://enrol#AA".into()).await, Err(DeviceError::Link(_))));
    assert!(matches!(
        Device::open(one.path(), "test 1").map(|_| ()),
        Err(DeviceError::Folder(FolderError::NotEnrolled(_)))
    ));
    let mut other = link.clone();
    other.relay = RelayKeys::generate().unwrap().public();
    let error = enrol(one.path(), other.link()).await.unwrap_err();
    assert!(error.to_string().contains("not your company's relay"), "{error}");

    enrol(one.path(), link.link()).await.unwrap();
    assert!(matches!(
        enrol(one.path(), link.link()).await,
        Err(DeviceError::Folder(FolderError::AlreadyEnrolled(_)))
    ));
    let error = enrol(two.path(), link.link()).await.unwrap_err();
    assert!(matches!(error, DeviceError::Refused(HandshakeError::Enrol(EnrolError::Used))), "{error}");
    // The same folder with a fresh link.
    enrol(two.path(), relay.link().link()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_an_enrolment_is_asked_for_again() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let link = relay.link().link();
    let device = Device::enrol(home.path(), &link, "Pixel 9", "android", "test 1").await.unwrap();
    let id = device.file().device;
    drop(device);
    // The process died after the relay had answered and before the last line was written.
    let path = home.path().join("device.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["person"] = serde_json::Value::Null;
    std::fs::write(&path, json.to_string()).unwrap();
    let device = Device::enrol(home.path(), &link, "Pixel 9", "android", "test 1").await.unwrap();
    assert_eq!(device.file().device, id);
    device.sync_once(SOON).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_relay_is_a_clear_failure_and_the_wait_grows() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    drop(anna);
    // Ports on which nobody listens, and a name that is none.
    let path = home.path().join("device.json");
    let mut json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    json["quic"] = serde_json::json!([]);
    json["page"] = serde_json::json!("http://127.0.0.1:9");
    std::fs::write(&path, json.to_string()).unwrap();
    let anna = Device::open(home.path(), "test 1").unwrap();
    let error = anna.sync_once(SOON).await.unwrap_err();
    assert!(matches!(&error, SyncError::Failed(_, text) if text.contains("refused")), "{error}");
    anna.start();
    until(SOON, "a next try", || anna.status().next_try.is_some()).await;
    assert!(!anna.status().connected && anna.status().reason.is_some());
    anna.stop().await;
}
