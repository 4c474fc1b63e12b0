//! What a device does when everything works.

use std::time::Duration;

use super::rig::{Relay, contact, contacts, dump, family_name, until};
use crate::carrier::CarrierKind;
use crate::device::Device;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_of_two_devices_and_the_office_meet() {
    let relay = Relay::start(true).await;
    let (anna_home, ben_home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let office = relay.create("Amt");
    let anna = relay.enrol(anna_home.path()).await;
    let ben = relay.enrol(ben_home.path()).await;
    assert_eq!(anna.file().workspace_name, "Brandt Heizungsbau");
    let one = contact(anna.workspace(), "Müller");
    let two = contact(ben.workspace(), "Brandt");
    assert_eq!((anna.refresh().await.pending, anna.status().cursor), (1, 0));

    let up = anna.sync_once(SOON).await.unwrap();
    assert_eq!((up.entries_up, up.entries_down, up.carrier), (1, 1, Some(CarrierKind::Quic)));
    assert!(up.bytes_up > 200 && up.bytes_down > 200 && up.round_trips >= 1, "{up:?}");
    let both = ben.sync_once(SOON).await.unwrap();
    assert_eq!((both.entries_up, both.entries_down), (1, 2));
    let again = anna.sync_once(SOON).await.unwrap();
    assert_eq!((again.entries_up, again.entries_down), (0, 1));

    assert_eq!(family_name(anna.workspace(), two).as_deref(), Some("Brandt"));
    assert_eq!(family_name(ben.workspace(), one).as_deref(), Some("Müller"));
    assert_eq!(family_name(ben.workspace(), office).as_deref(), Some("Amt"));
    assert_eq!(dump(anna.workspace()), dump(&relay.workspace));
    assert_eq!(dump(ben.workspace()), dump(&relay.workspace));
    assert_eq!(anna.refresh().await.pending, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_reconnect_costs_one_round_trip_and_under_512_bytes_each_way() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    contact(anna.workspace(), "Müller");
    anna.sync_once(SOON).await.unwrap();
    anna.sync_once(SOON).await.unwrap();
    let idle = anna.sync_once(SOON).await.unwrap();
    assert_eq!((idle.entries_up, idle.entries_down, idle.round_trips), (0, 0, 1));
    assert!(idle.bytes_up <= 512 && idle.bytes_down <= 512, "{idle:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_live_device_sends_and_receives_without_being_asked() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    anna.start();
    until(SOON, "settling", || anna.status().settled).await;
    let status = anna.status();
    assert_eq!((status.carrier, status.reason, status.locked), (Some(CarrierKind::Quic), None, None));

    let from_office = relay.create("Amt");
    until(SOON, "the office's edit", || family_name(anna.workspace(), from_office).is_some()).await;
    let from_anna = contact(anna.workspace(), "Müller");
    until(SOON, "Anna's edit", || family_name(&relay.workspace, from_anna).is_some()).await;
    until(SOON, "the outbox to empty", || anna.status().pending == 0 && anna.status().settled).await;
    let report = anna.sync_once(SOON).await.unwrap();
    assert_eq!((report.entries_up, report.entries_down), (1, 1), "asks the running session");
    anna.stop().await;
    assert!(!anna.status().connected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_reopens_where_it_was() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    anna.sync_once(SOON).await.unwrap();
    let id = contact(anna.workspace(), "Müller");
    drop(anna);
    let anna = Device::open(home.path(), "test 2").unwrap();
    let status = anna.status();
    assert!(
        status.pending == 1 && status.pending_since.is_some() && status.last_contact.is_some(),
        "{status:?}"
    );
    anna.sync_once(SOON).await.unwrap();
    assert_eq!(family_name(&relay.workspace, id).as_deref(), Some("Müller"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn airplane_mode_keeps_edits_until_it_ends() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    let anna = relay.enrol(home.path()).await;
    anna.start();
    until(SOON, "settling", || anna.status().settled).await;
    anna.set_airplane(true);
    until(SOON, "hanging up", || !anna.status().connected).await;
    let id = contact(anna.workspace(), "Müller");
    until(SOON, "the count", || anna.status().pending == 1).await;
    assert_eq!(anna.sync_once(SOON).await.unwrap_err(), crate::device::SyncError::Airplane);
    assert!(family_name(&relay.workspace, id).is_none());
    anna.set_airplane(false);
    let took = until(SOON, "Anna's edit", || family_name(&relay.workspace, id).is_some()).await;
    assert!(took < Duration::from_secs(3), "{took:?}");
    // A network change makes the session anew, at once.
    until(SOON, "settling", || anna.status().settled).await;
    anna.network_changed(Some("train"));
    until(SOON, "hanging up", || !anna.status().settled).await;
    let took = until(SOON, "coming back", || anna.status().settled).await;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_outbox_and_a_first_fill_cross_on_either_carrier() {
    for udp in [true, false] {
        let relay = Relay::start(udp).await;
        let home = tempfile::tempdir().unwrap();
        contacts(&relay.workspace, 1_050);
        let anna = relay.enrol(home.path()).await;
        contacts(anna.workspace(), 520);
        let mut watch = anna.watch();
        let sync = tokio::spawn({
            let anna = anna.clone();
            async move { anna.sync_once(Duration::from_secs(120)).await }
        });
        // Usable while it fills: the bar moves, and edits go on.
        let seen =
            watch.wait_for(|status| status.left_records > 0 && status.connected).await.unwrap().clone();
        assert!(seen.left_records <= 1_050 && seen.low > 0, "{seen:?}");
        contact(anna.workspace(), "Zwischendurch");
        let report = sync.await.unwrap().unwrap();
        assert!(report.entries_up >= 520 && report.entries_down >= 1_050, "{report:?}");
        anna.sync_once(SOON).await.unwrap();
        assert_eq!((anna.status().low, anna.refresh().await.pending), (0, 0));
        assert_eq!(dump(anna.workspace()), dump(&relay.workspace));
    }
}

#[tokio::test]
async fn a_sync_is_a_small_value_that_fits_any_stack() {
    let relay = Relay::start(true).await;
    let home = tempfile::tempdir().unwrap();
    assert!(size_of_val(&Device::enrol(home.path(), "", "", "", "")) < 4_096);
    let anna = relay.enrol(home.path()).await;
    assert!(size_of_val(&anna.sync_once(SOON)) < 4_096);
}
