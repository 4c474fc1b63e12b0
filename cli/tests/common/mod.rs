//! Real processes of the real binary: a server, devices in folders, and what they print.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tempfile::TempDir;

/// The binary with these arguments.
pub fn farley(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farley"));
    command.args(args).env_remove("FARLEY_PLANTED").env_remove("FARLEY_LOG");
    command
}

/// Runs to the end; everything it printed.
pub fn run(args: &[&str]) -> Output {
    farley(args).stdin(Stdio::null()).output().expect("farley runs")
}

/// Runs to the end and must succeed; its standard output.
pub fn ok(args: &[&str]) -> String {
    let output = run(args);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "farley {args:?}: {:?}\n{out}\n{err}", output.status);
    out
}

/// Runs to the end and must fail with exit code 1 and one sentence; that sentence.
pub fn refused(args: &[&str]) -> String {
    let output = run(args);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "farley {args:?}: {}\n{err}", text(&output.stdout));
    assert!(!err.contains("panicked"), "{err}");
    let said = err.strip_prefix("farley: ").unwrap_or_else(|| panic!("not one sentence: {err}"));
    said.trim_end().to_owned()
}

/// As `ok`, read as JSON lines.
pub fn json(args: &[&str]) -> Vec<Json> {
    ok(args).lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs with `input` on standard input.
pub fn feed(args: &[&str], input: &[u8]) -> Output {
    let mut child = farley(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("farley starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("farley ends");
    writer.join().expect("the writer ends");
    output
}

/// A process that says when it is ready; killed when dropped.
pub struct Running {
    pub child: Child,
    /// Its first line.
    pub ready: Json,
    lines: std::sync::mpsc::Receiver<String>,
}

impl Running {
    /// Starts it and waits for its first JSON line.
    pub fn start(args: &[&str]) -> Self {
        let mut child = farley(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("farley starts");
        let (send, lines) = std::sync::mpsc::channel();
        let out = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let Ok(line) = lines.recv_timeout(Duration::from_secs(30)) else {
            let _ = child.kill();
            let mut err = String::new();
            child.stderr.take().expect("piped").read_to_string(&mut err).ok();
            panic!("farley {args:?} printed nothing: {err}");
        };
        let ready = serde_json::from_str(&line).expect("a JSON line");
        Self { child, ready, lines }
    }

    /// The next JSON line for which `wanted` holds.
    pub fn wait_for(&self, patience: Duration, wanted: impl Fn(&Json) -> bool) -> Json {
        let until = Instant::now() + patience;
        let mut last = self.ready.clone();
        if wanted(&last) {
            return last;
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("not within {patience:?}; last: {last}")
            };
            last = serde_json::from_str(&line).expect("a JSON line");
            if wanted(&last) {
                return last;
            }
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; its exit code, and how long it took.
    pub fn terminate(mut self) -> (Option<i32>, Duration) {
        let asked = Instant::now();
        let sent = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
        let status = self.child.wait().expect("it ends");
        (status.code(), asked.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A company: a data folder and, most of the time, a server on it.
pub struct Office {
    pub folder: TempDir,
    pub server: Option<Running>,
    http: SocketAddr,
    quic: SocketAddr,
}

impl Office {
    /// With Maren and Jonas in the field, Heike in the office.
    pub fn open() -> Self {
        let any: SocketAddr = "127.0.0.1:0".parse().expect("an address");
        let mut office =
            Self { folder: tempfile::tempdir().expect("a folder"), server: None, http: any, quic: any };
        office.start();
        for (name, role) in [("Maren", "field"), ("Jonas", "field"), ("Heike", "office")] {
            ok(&["admin", "user", "add", name, "--role", role, "--data", &office.data()]);
        }
        office
    }

    pub fn data(&self) -> String {
        path(&self.folder.path().join("data"))
    }

    /// Starts the server, at the addresses of the time before.
    pub fn start(&mut self) {
        let (data, http, quic) = (self.data(), self.http.to_string(), self.quic.to_string());
        let server = Running::start(&["serve", "--data", &data, "--http", &http, "--quic", &quic, "--json"]);
        self.http = server.ready["http"]
            .as_str()
            .expect("a page")
            .trim_start_matches("http://")
            .parse()
            .expect("an address");
        self.quic = server.ready["quic"].as_str().expect("an address").parse().expect("an address");
        self.server = Some(server);
    }

    pub fn http(&self) -> SocketAddr {
        self.http
    }

    pub fn quic(&self) -> SocketAddr {
        self.quic
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    /// SIGTERM.
    pub fn stop(&mut self) -> (Option<i32>, Duration) {
        self.server.take().expect("a running server").terminate()
    }

    pub fn invite(&self, person: &str) -> String {
        let answer = json(&["admin", "invite", "--data", &self.data(), "--user", person, "--json"]);
        answer[0]["link"].as_str().expect("a link").to_owned()
    }

    /// A new device of `person`, in a folder called `name` beside the data.
    pub fn device(&self, person: &str, name: &str) -> Phone {
        let dir = self.folder.path().join(name);
        ok(&["device", "enrol", "--dir", &path(&dir), "--name", name, &self.invite(person)]);
        Phone { dir }
    }

    pub fn dump(&self) -> Vec<String> {
        lines(&ok(&["admin", "dump", "--data", &self.data()]))
    }

    pub fn admin(&self, args: &[&str]) -> String {
        let data = self.data();
        let mut all = vec!["admin"];
        all.extend_from_slice(args);
        all.extend_from_slice(&["--data", &data]);
        ok(&all)
    }
}

/// A device's folder.
pub struct Phone {
    pub dir: PathBuf,
}

impl Phone {
    pub fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["device", args[0], "--dir", self.dir.to_str().expect("a path in UTF-8")];
        all.extend_from_slice(&args[1..]);
        all
    }

    pub fn ok(&self, args: &[&str]) -> String {
        ok(&self.args(args))
    }

    pub fn json(&self, args: &[&str]) -> Vec<Json> {
        json(&self.args(args))
    }

    /// Applies JSON lines; the answers.
    pub fn apply(&self, edits: &[Json]) -> Vec<Json> {
        let input: String = edits.iter().map(|edit| format!("{edit}\n")).collect();
        let output = feed(&self.args(&["apply"]), input.as_bytes());
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("an answer")).collect()
    }

    /// The id of the record one edit made or changed.
    pub fn edit(&self, edit: Json) -> String {
        let answers = self.apply(&[edit]);
        answers[0]["id"].as_str().unwrap_or_else(|| panic!("refused: {answers:?}")).to_owned()
    }

    pub fn sync(&self) -> Json {
        self.json(&["sync", "--json"]).remove(0)
    }

    pub fn dump(&self) -> Vec<String> {
        lines(&self.ok(&["dump"]))
    }

    pub fn status(&self) -> Json {
        self.json(&["status", "--json"]).remove(0)
    }

    pub fn show(&self, id: &str) -> Json {
        self.json(&["show", id, "--json"]).remove(0)
    }
}

/// Syncs everybody until their dumps are the office's.
pub fn settle(office: &Office, phones: &[&Phone]) {
    for _ in 0..5 {
        phones.iter().for_each(|phone| drop(phone.sync()));
        let dump = office.dump();
        if phones.iter().all(|phone| phone.dump() == dump) {
            return;
        }
    }
    let dump = office.dump();
    for phone in phones {
        let mine = phone.dump();
        let differing = mine.iter().zip(&dump).find(|(mine, theirs)| mine != theirs);
        assert!(
            mine == dump,
            "{}: {} against {} lines, {differing:#?}",
            phone.dir.display(),
            mine.len(),
            dump.len()
        );
    }
}

pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

pub fn path(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// One HTTP/1.1 request: status, headers as text, body.
pub fn http(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, String) {
    let mut stream = std::net::TcpStream::connect(address).expect("the page listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
    let extra: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n{kind}{extra}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = text(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.to_owned()
    };
    (status, head.to_owned(), body)
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

/// Numbers that differ from run to run; printed, so that a failing run can be understood.
pub struct Dice(u64);

impl Dice {
    pub fn new(name: &str) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
        let seed = now.as_nanos() as u64 | 1;
        println!("{name}: seed {seed}");
        Self(seed)
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
