//! Disks that are full, almost full, or read-only: real ones, as small memory disks. Where none can be mounted (not
//! root), each test says that it was skipped.

use std::path::Path;
use std::process::Command;

use farley_core::record::Edit;
use serde_json::json;

use super::test_kit::{Browser, PASSWORD, eventually, phone, run};
use super::{AppError, Config, Running, serve};
use crate::clock;

/// A memory disk, until dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount(test: &str, size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        if mount(&["-t", "tmpfs", "-o", &options, "tmpfs", folder.path().to_str().unwrap()]) {
            return Some(Self(folder));
        }
        eprintln!("skipped: {test} (a memory disk cannot be mounted here)");
        None
    }
    fn path(&self) -> &Path {
        self.0.path()
    }
    fn again(&self, options: &str) {
        assert!(self.try_again(options), "{options}");
    }
    fn try_again(&self, options: &str) -> bool {
        mount(&["-o", &format!("remount,{options}"), self.path().to_str().unwrap()])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn mount(args: &[&str]) -> bool {
    let done = Command::new("mount").args(args).output();
    done.is_ok_and(|done| done.status.success())
}

async fn ready(running: &Running) -> serde_json::Value {
    let admin = Browser { address: running.admin_addr, cookie: String::new() };
    admin.send("GET", "/readyz", "", None).await.json()
}

async fn set_up(running: &Running) -> Browser {
    let mut browser = Browser { address: running.http_addr, cookie: String::new() };
    let token = running.setup_link.as_ref().unwrap().split('#').nth(1).unwrap().to_owned();
    let body = json!({"token": token, "name": "Chefin", "password": PASSWORD});
    let answer = browser.post("/setup", body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    browser.cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    browser
}

#[test]
fn with_too_little_room_the_server_reads_only_and_a_phone_keeps_its_edits() {
    let Some(disk) = Disk::mount("with_too_little_room", "1g") else { return };
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let running = serve(Config::local(&disk.path().join("data"))).await.unwrap();
        let browser = set_up(&running).await;
        let phone = phone(&running, folder.path(), "anna").await;
        disk.again("size=64m");
        let low = ready(&running).await;
        assert_eq!(low["ready"], false);
        assert!(low["checks"]["disk"].as_str().unwrap().contains("at least 500 MB are needed"), "{low}");
        let refused = browser.post("/contacts", json!({"set": {"family_name": "Müller"}})).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (507, Some("disk_low")));
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert_eq!(browser.get("/contacts").await.status, 200, "reading goes on");
        let own = phone.workspace().device();
        phone
            .workspace()
            .edit(own, &Edit::create("contact").with("family_name", "Kühn"), clock::now())
            .unwrap();
        phone.start();
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0);
        assert_eq!(phone.workspace().device_facts().unwrap().outbox, 1, "nothing was acknowledged");

        disk.again("size=1g");
        assert_eq!(ready(&running).await["checks"]["disk"], "ok");
        phone.sync_now();
        eventually(async || (browser.get("/contacts/count").await.json()["count"] == 1).then_some(())).await;
        phone.stop().await;
        running.shutdown().await;
    });
}

#[test]
fn a_full_disk_refuses_an_edit_says_so_and_loses_nothing() {
    let Some(disk) = Disk::mount("a_full_disk", "1g") else { return };
    run(async {
        let running = serve(Config::local(&disk.path().join("data"))).await.unwrap();
        let browser = set_up(&running).await;
        let kept = browser.post("/contacts", json!({"set": {"family_name": "Müller"}})).await;
        assert_eq!(kept.status, 201);
        // As small as it can be: what is written stays, and there is room for nothing more.
        std::fs::write(disk.path().join("filler"), vec![0; 64 << 10]).unwrap();
        let used = rustix::fs::statvfs(disk.path()).unwrap();
        let used = (used.f_blocks - used.f_bfree) * used.f_frsize;
        // The server writes on while this is measured: up to a quarter of a megabyte more.
        let fits = (0..64).any(|pages| disk.try_again(&format!("size={}", used + pages * 4_096)));
        assert!(fits, "{used} bytes");
        let long = "Zeile voller Wörter. ".repeat(4_000);
        let mut refused = None;
        for _ in 0..20 {
            let answer = browser.post("/notes", json!({"text": {"body": [{"at": 0, "insert": long}]}})).await;
            if answer.status != 201 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a full disk takes no megabytes");
        let said = refused.json();
        assert_eq!(refused.status, 507, "{said}");
        assert!(["disk_full", "disk_low"].contains(&said["code"].as_str().unwrap()), "{said}");
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 1);

        disk.again("size=1g");
        assert_eq!(ready(&running).await["checks"]["disk"], "ok");
        let again = browser.post("/contacts", json!({"set": {"family_name": "Kühn"}})).await;
        assert_eq!(again.status, 201, "{}", String::from_utf8_lossy(&again.body));
        running.shutdown().await;
        let running = serve(Config::local(&disk.path().join("data"))).await.unwrap();
        assert_eq!(running.workspace().verify().unwrap(), Vec::<String>::new());
        running.shutdown().await;
    });
}

#[test]
fn a_full_or_read_only_folder_starts_no_server_and_says_what_to_do() {
    let Some(disk) = Disk::mount("a_full_or_read_only_folder", "1m") else { return };
    run(async {
        let filler = disk.path().join("filler");
        let mut room = 1 << 20;
        while room >= 4_096 {
            // Until not even a page fits.
            let file = std::fs::OpenOptions::new().create(true).append(true).open(&filler).unwrap();
            if std::io::Write::write_all(&mut &file, &vec![0; room]).is_err() {
                room /= 2;
            }
        }
        let error = serve(Config::local(&disk.path().join("data"))).await.err().unwrap();
        assert!(matches!(error, AppError::Full(_)), "{error}");
        std::fs::remove_file(&filler).unwrap();
        disk.again("ro");
        let error = serve(Config::local(&disk.path().join("data"))).await.err().unwrap();
        assert!(matches!(error, AppError::ReadOnly(_)), "{error}");
        assert!(error.to_string().contains("read-only"), "{error}");
    });
}
