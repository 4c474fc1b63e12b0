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

/// Runs the end-to-end scripts against a freshly built `farley`.
///
/// # Errors
/// If a script fails, or Chromium is missing.
pub fn end_to_end(args: &[&str]) -> Result<()> {
    let chromium = chromium()?;
    run::check(&mut run::cargo(&["build", "--quiet", "-p", "farley-cli"]))?;
    let mut node = run::command("node", &["e2e/run.ts"]);
    node.args(args)
        .current_dir(web())
        .env("CHROMIUM", chromium)
        .env("FARLEY", run::target().join("debug/farley"));
    run::check(&mut node)
}

/// Every screen, both languages and themes, desktop and phone width, into target/screenshots.
///
/// # Errors
/// As [`end_to_end`].
pub fn screenshots() -> Result<()> {
    end_to_end(&["--screenshots", &run::target().join("screenshots").to_string_lossy()])
}
