//! A phone in a process of its own: the app's models behind a line protocol.
//!
//! One request a line, its words separated by tabs; one answer a line, `ok` or `error` and its words. The programs are
//! `android/model/src/test/kotlin/org/farley/model/Company.kt` and `ios/FarleyKit/Verify/Company/main.swift`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, bail};

pub struct Phone {
    pub name: &'static str,
    program: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Phone {
    /// Starts `command` (through the shell) and waits until it is ready.
    pub fn start(name: &'static str, command: &str) -> anyhow::Result<Self> {
        let mut program = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}: {command}"))?;
        let requests = program.stdin.take().context("a pipe")?;
        let answers = BufReader::new(program.stdout.take().context("a pipe")?);
        let mut phone = Self { name, program, requests, answers };
        phone.ask(&["hello"])?;
        Ok(phone)
    }

    /// Sends a request without waiting for its answer.
    pub fn send(&mut self, request: &[&str]) -> anyhow::Result<()> {
        writeln!(self.requests, "{}", request.join("\t"))
            .with_context(|| format!("{} has ended", self.name))?;
        self.requests.flush().with_context(|| format!("{} has ended", self.name))
    }

    /// The answer to the oldest request that has none.
    pub fn answer(&mut self) -> anyhow::Result<Vec<String>> {
        let mut line = String::new();
        // What a build tool or the JVM prints before is not an answer.
        loop {
            line.clear();
            if self.answers.read_line(&mut line)? == 0 {
                bail!("{} has ended", self.name);
            }
            let mut words = line.trim_end_matches('\n').split('\t').map(str::to_owned);
            match words.next().as_deref() {
                Some("ok") => return Ok(words.collect()),
                Some("error") => bail!("{} answers: {}", self.name, words.collect::<Vec<_>>().join(" ")),
                _ => eprintln!("{}: {}", self.name, line.trim_end()),
            }
        }
    }

    /// A request and its answer.
    pub fn ask(&mut self, request: &[&str]) -> anyhow::Result<Vec<String>> {
        self.send(request)?;
        self.answer().with_context(|| format!("asked to {}", request.first().unwrap_or(&"")))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.send(&["quit"]);
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
