use farley_core::record::DeviceId;

use super::*;
use crate::clock::{self, DAY, HOUR, MINUTE};

const PASSWORD: &str = "Heizung und Sanitär";

fn accounts() -> (tempfile::TempDir, Accounts) {
    let folder = tempfile::tempdir().unwrap();
    let accounts = Accounts::open(&folder.path().join("a.db"), &folder.path().join("ledger")).unwrap();
    (folder, accounts)
}

fn enrolment(token: [u8; 16], device: u8) -> Enrolment {
    Enrolment {
        token,
        device: DeviceId([device; 16]),
        key: [device; 32],
        name: "Pixel 9".into(),
        platform: "android".into(),
    }
}

#[test]
fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let (_folder, accounts) = accounts();
    accounts.add_person("Anna Müller", Role::Office, Some(PASSWORD), None).unwrap();
    assert_eq!(
        accounts.sign_in("anna müller", "falsch falsch", "a").err(),
        Some(AccountError::BadCredentials)
    );
    assert_eq!(accounts.sign_in("niemand", PASSWORD, "a").err(), Some(AccountError::BadCredentials));
    let key = accounts.sign_in("Anna Müller", PASSWORD, "a").unwrap();
    let session = accounts.session(&key.0).unwrap().unwrap();
    assert_eq!((session.name.as_str(), session.role, session.fresh), ("Anna Müller", Role::Office, true));
    accounts.sign_out(&key.0).unwrap();
    assert_eq!(accounts.session(&key.0).unwrap(), None);
}

#[test]
fn the_sixth_try_on_one_account_waits() {
    let (_folder, accounts) = accounts();
    for address in 0..5 {
        let refused = accounts.sign_in("anna", "falsch falsch", &address.to_string()).err();
        assert_eq!(refused, Some(AccountError::BadCredentials));
    }
    assert!(matches!(accounts.sign_in("Anna ", "falsch falsch", "9"), Err(AccountError::TooMany(1..=180))));
}

#[test]
fn a_session_ends_when_idle_for_twelve_hours_and_after_seven_days_of_use() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("Anna", Role::Field, None, None).unwrap();
    let now = clock::now();
    let idle = accounts.open_session(person.id, "test").unwrap();
    assert!(accounts.session_at(&idle.0, now.plus_millis(11 * HOUR)).unwrap().is_some());
    assert!(
        accounts.session_at(&idle.0, now.plus_millis(24 * HOUR)).unwrap().is_none(),
        "13 h after its last use"
    );
    let busy = accounts.open_session(person.id, "test").unwrap();
    for hour in (0..7 * 24).step_by(10) {
        let session = accounts.session_at(&busy.0, now.plus_millis(i64::from(hour) * HOUR)).unwrap().unwrap();
        assert_eq!(session.fresh, hour == 0);
    }
    assert!(accounts.session_at(&busy.0, now.plus_millis(7 * DAY + MINUTE)).unwrap().is_none());
}

#[test]
fn the_setup_link_makes_one_admin_and_then_nobody() {
    let (_folder, accounts) = accounts();
    let old = accounts.setup_token().unwrap().unwrap();
    let token = accounts.setup_token().unwrap().unwrap();
    assert_eq!(accounts.set_up(&old, "Chef", PASSWORD, "a").err(), Some(AccountError::UnknownLink));
    assert!(matches!(accounts.set_up(&token, "Chef", "kurz", "b"), Err(AccountError::Password(_))));
    let (person, key) = accounts.set_up(&token, "Chef", PASSWORD, "c").unwrap();
    assert_eq!(person.role, Role::Admin);
    assert!(accounts.session(&key.0).unwrap().is_some());
    assert_eq!(accounts.set_up(&token, "Eve", PASSWORD, "d").err(), Some(AccountError::AlreadySetUp));
    assert_eq!(accounts.setup_token().unwrap(), None);
}

#[test]
fn a_one_time_link_signs_in_once() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("Anna", Role::Field, None, None).unwrap();
    let token = accounts.sign_in_token(person.id).unwrap();
    let key = accounts.sign_in_link(&token, "a").unwrap();
    assert_eq!(accounts.session(&key.0).unwrap().unwrap().person, person.id);
    assert_eq!(accounts.sign_in_link(&token, "a").err(), Some(AccountError::UsedLink));
    assert_eq!(accounts.sign_in_link("nonsense", "a").err(), Some(AccountError::UnknownLink));
}

#[test]
fn an_invitation_enrols_one_device_and_repeats_a_lost_answer() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
    let (found, nonce) = accounts.enrol(&enrolment(token, 1), "a").unwrap();
    assert_eq!(found.id, person.id);
    assert_eq!(
        accounts.enrol(&enrolment(token, 1), "a").unwrap().1,
        nonce,
        "the answer was lost: the same again"
    );
    assert_eq!(accounts.enrol(&enrolment(token, 2), "a").err(), Some(AccountError::UsedLink));
    assert!(accounts.registry().borrow().admits(DeviceId([1; 16])));
    assert!(!accounts.registry().borrow().admits(DeviceId([2; 16])));
    let lines = Ledger::read(accounts.ledger().path()).unwrap();
    assert!(matches!(&lines[..], [LedgerLine::Enrolled { device, .. }] if *device == DeviceId([1; 16])));
}

#[test]
fn expired_withdrawn_unknown_and_overtried_invitations_have_their_own_refusals() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    assert_eq!(accounts.enrol(&enrolment([9; 16], 1), "a").err(), Some(AccountError::UnknownLink));
    let short = accounts.invite(person.id, Use::InPerson, None).unwrap();
    let long = accounts.invite(person.id, Use::ToSend, None).unwrap();
    let later = clock::now().plus_millis(16 * MINUTE);
    assert_eq!(accounts.enrol_at(&enrolment(short.token, 1), later).err(), Some(AccountError::ExpiredLink));
    assert!(accounts.enrol_at(&enrolment(long.token, 1), later).is_ok(), "a sent one lives 72 hours");
    for _ in 0..5 {
        assert_eq!(accounts.enrol_at(&enrolment(long.token, 2), later).err(), Some(AccountError::UsedLink));
    }
    assert_eq!(accounts.enrol_at(&enrolment(long.token, 1), later).err(), Some(AccountError::TriedLink));
    let third = accounts.invite(person.id, Use::InPerson, None).unwrap();
    accounts.withdraw_invitations(person.id, None).unwrap();
    assert_eq!(accounts.enrol(&enrolment(third.token, 3), "a").err(), Some(AccountError::WithdrawnLink));
}

#[test]
fn a_person_has_ten_devices_at_most() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    for device in 1..=10 {
        let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
        accounts.enrol(&enrolment(token, device), &device.to_string()).unwrap();
    }
    assert_eq!(accounts.invite(person.id, Use::InPerson, None), Err(AccountError::TooManyDevices));
    accounts.revoke(DeviceId([1; 16]), None).unwrap();
    assert!(accounts.invite(person.id, Use::InPerson, None).is_ok());
}

#[test]
fn another_process_s_revocation_is_noticed_and_the_set_replaced() {
    let (folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
    accounts.enrol(&enrolment(token, 1), "a").unwrap();
    let beside = Accounts::open(&folder.path().join("a.db"), &folder.path().join("ledger")).unwrap();
    assert!(!accounts.refresh().unwrap());
    let device = beside.revoke(DeviceId([1; 16]), None).unwrap();
    assert!(device.revoked_at.is_some());
    assert!(accounts.registry().borrow().admits(DeviceId([1; 16])), "not looked yet");
    assert!(accounts.refresh().unwrap());
    assert!(!accounts.registry().borrow().admits(DeviceId([1; 16])));
    let office = accounts.office_device(person.id).unwrap();
    assert_eq!(
        accounts.revoke(office, None).err(),
        Some(AccountError::UnknownDevice),
        "office actors are no devices"
    );
}

#[test]
fn the_enrolment_s_nonce_is_the_first_and_a_used_one_stays() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
    let (_, first) = accounts.enrol(&enrolment(token, 1), "a").unwrap();
    let device = DeviceId([1; 16]);
    let state = accounts.nonces(device).unwrap();
    assert_eq!((state.nonce, state.nonce_before, state.attempt), (Some(first), None, None));
    let next = farley_core::sync::used(&state, Some(first), farley_core::record::Nonce([2; 16]), [7; 16]);
    accounts.use_nonces(device, next).unwrap();
    assert_eq!(accounts.nonces(device).unwrap(), next);
}

#[test]
fn a_changed_audit_line_is_named() {
    let (_folder, accounts) = accounts();
    for _ in 0..3 {
        accounts.audit(None, "tested", &[1, 2], "why").unwrap();
    }
    assert_eq!(accounts.verify_audit().unwrap(), None);
    accounts.db().execute("UPDATE account_audit SET reason = 'other' WHERE n = 2", []).unwrap();
    assert_eq!(accounts.verify_audit().unwrap(), Some(2));
    accounts.db().execute("DELETE FROM account_audit WHERE n = 2", []).unwrap();
    assert_eq!(accounts.verify_audit().unwrap(), Some(2));
}

#[test]
fn a_restored_registry_learns_from_the_ledger() {
    let (folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    for device in [1, 2] {
        let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
        accounts.enrol(&enrolment(token, device), "a").unwrap();
    }
    accounts.revoke(DeviceId([1; 16]), None).unwrap();
    std::fs::OpenOptions::new()
        .append(true)
        .open(accounts.ledger().path())
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"{\"what\":\"revo"))
        .unwrap();
    let lines = Ledger::read(accounts.ledger().path()).unwrap();
    assert_eq!(lines.len(), 3, "the torn last line is left out");
    let restored = Accounts::open(&folder.path().join("old.db"), &folder.path().join("ledger")).unwrap();
    assert_eq!(restored.replay(&lines).unwrap(), (2, 1));
    assert_eq!(restored.replay(&lines).unwrap(), (0, 0), "twice is once");
    assert!(!restored.registry().borrow().admits(DeviceId([1; 16])));
    assert!(restored.registry().borrow().admits(DeviceId([2; 16])));
    assert_eq!(restored.person(person.id).unwrap().name, "M. Brandt");
}

#[test]
fn an_arrival_lists_what_came_after_an_absence() {
    let (_folder, accounts) = accounts();
    let person = accounts.add_person("M. Brandt", Role::Field, None, None).unwrap();
    let token = accounts.invite(person.id, Use::InPerson, None).unwrap().token;
    accounts.enrol(&enrolment(token, 1), "a").unwrap();
    let device = DeviceId([1; 16]);
    let facts = Connected { carrier: "quic".into(), app: "0.1".into(), pending: 2, ..Connected::default() };
    let connection = accounts.connected(device, &facts).unwrap();
    let records = [farley_core::record::RecordId([7; 16]), farley_core::record::RecordId([8; 16])];
    accounts.brought(connection, 3, &records).unwrap();
    accounts.disconnected(device, connection).unwrap();
    let quick = accounts.connected(device, &facts).unwrap();
    accounts.brought(quick, 1, &records[..1]).unwrap();
    let arrivals = accounts.arrivals(10).unwrap();
    assert_eq!(arrivals.len(), 1, "back within a second is no absence");
    assert_eq!((arrivals[0].changes, arrivals[0].records.as_slice()), (3, records.as_slice()));
    assert_eq!(accounts.device(device).unwrap().pending, Some(2));
}
