//! The office page in a real Chromium, driven by the scripts of `server/web/e2e`.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::run;

/// Where the page lives.
pub fn web() -> PathBuf {
    run::root().join("server/web")
}

/// A Chromium on this machine; tries Debian's package if we may install it.
///
/// # Errors
/// Names the one command to run.
pub fn chromium() -> Result<PathBuf> {
    let path = PathBuf::from("/usr/bin/chromium");
    if !path.exists() && run::exists("apt-get") {
        let _ = run::check(&mut run::command("apt-get", &["update", "-qq"]));
        let _ = run::check(&mut run::command("apt-get", &["install", "-y", "-qq", "chromium"]));
    }
    path.exists().then_some(path).context("no Chromium: run `sudo apt-get install chromium`")
}

/// Runs the browser stories against a freshly built `farley`.
///
/// # Errors
/// If a story fails, or Chromium is missing.
pub fn end_to_end() -> Result<()> {
    node("e2e/office.mjs", &[])
}

/// Every screen of the demo, both languages and themes, desktop and phone width, into target/screenshots.
///
/// # Errors
/// As [`end_to_end`].
pub fn screenshots() -> Result<()> {
    node("e2e/screenshots.mjs", &[&run::target().join("screenshots").to_string_lossy()])
}

fn node(script: &str, args: &[&str]) -> Result<()> {
    let chromium = chromium()?;
    run::check(&mut run::cargo(&["build", "--quiet", "-p", "farley-cli"]))?;
    let mut node = run::command("node", &[script]);
    node.args(args)
        .current_dir(web())
        .env("CHROMIUM", chromium)
        .env("FARLEY", run::target().join("debug/farley"));
    run::check(&mut node)
}
