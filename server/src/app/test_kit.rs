//! A server, a browser and phones for tests.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use farley_device::device::Device;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Config, Running, serve};
use crate::accounts::Role;

pub const PASSWORD: &str = "Heizung und Sanitär";

/// One answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn read(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} {}", self.head, String::from_utf8_lossy(&self.body)))
    }
    pub fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim())
    }
}

/// A browser of one origin.
#[derive(Clone)]
pub struct Browser {
    pub address: SocketAddr,
    pub cookie: String,
}

impl Browser {
    pub async fn send(&self, method: &str, path: &str, more: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let kind = if body.is_empty() { "" } else { "content-type: application/json\r\n" };
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\nsec-fetch-site: same-origin\r\n\
             {kind}{more}content-length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        );
        raw(self.address, &text).await
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", &format!("/api/v1{path}"), "", None).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", &format!("/api/v1{path}"), "", Some(body)).await
    }
}

pub async fn raw(address: SocketAddr, text: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    Answer::read(&bytes)
}

pub async fn office() -> (tempfile::TempDir, Running, Browser) {
    let folder = tempfile::tempdir().unwrap();
    let running = serve(Config::local(&folder.path().join("data"))).await.unwrap();
    let mut browser = Browser { address: running.http_addr, cookie: String::new() };
    let token = running.setup_link.as_ref().unwrap().split('#').nth(1).unwrap().to_owned();
    let answer =
        browser.post("/setup", json!({"token": token, "name": "Chefin", "password": PASSWORD})).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let set = answer.header("set-cookie").unwrap();
    assert!(set.starts_with("__Host-farley=") && set.contains("Secure") && set.contains("HttpOnly"), "{set}");
    browser.cookie = set.split(';').next().unwrap().to_owned();
    (folder, running, browser)
}

pub async fn phone(running: &Running, folder: &std::path::Path, name: &str) -> Device {
    let person = running.accounts().add_person(name, Role::Field, None, None).unwrap();
    let link = running.invite(person.id).unwrap();
    Device::enrol(&folder.join(name), &link, "Pixel 9", "android", "farley 0.1").await.unwrap()
}

pub async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "it did not happen within 20 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn run<F: Future<Output = ()>>(test: F) {
    super::runtime().unwrap().block_on(test);
}
