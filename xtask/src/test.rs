//! `cargo xtask test`: every check there is, each with a name, each passed, failed or skipped by name.

use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{browser, layering, licences, phones, run};

/// What a part of the tests found: what it had to leave out, by name.
type Skipped = Vec<String>;

struct Part {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<Skipped>,
}

/// Cheap checks first, so that a slip shows within seconds.
const PARTS: &[Part] = &[
    Part { name: "format", about: "rustfmt", run: format },
    Part { name: "layering", about: "import directions of design.md section 2", run: layers },
    Part {
        name: "licences",
        about: "deny.toml; advisories where cargo-deny is installed",
        run: licences::check,
    },
    Part {
        name: "page",
        about: "tsc, oxlint, vitest and the build of the office page (Node, npm)",
        run: page,
    },
    Part { name: "generated", about: "bindings and words are what is generated", run: phones::generated },
    Part { name: "lint", about: "clippy, warnings are errors", run: lint },
    Part { name: "rust", about: "unit, property, conformance, CLI and end-to-end tests", run: rust },
    Part { name: "demo", about: "farley demo --check, also with a planted lossy merge", run: demo },
    Part { name: "simulation", about: "quotas and planted bugs, release build", run: simulation },
    Part { name: "rest", about: "schemathesis against the OpenAPI document (Python 3)", run: rest },
    Part { name: "browser", about: "the page in a real Chromium, with axe", run: in_browser },
    Part {
        name: "android",
        about: "bindings, models, screens and shell from Maven Central (JDK 17, Maven)",
        run: phones::android,
    },
    Part { name: "ios", about: "bindings, models and views with Swift 6 on Linux", run: phones::ios },
    Part { name: "company", about: "the Android and iOS models with one relay", run: one_company },
    Part {
        name: "encrypted",
        about: "the phones' surface over SQLCipher (OpenSSL from source: perl, make, a C compiler)",
        run: phones::encrypted,
    },
    Part { name: "targets", about: "Rust type-checked for Android and iOS", run: phones::targets },
];

/// Prints the parts.
pub fn list() {
    for part in PARTS {
        println!("{:<12} {}", part.name, part.about);
    }
}

/// Runs the named parts, or all; prints a table and a closing line.
///
/// # Errors
/// If a part failed, or a name is not one of a part.
pub fn run(names: &[String]) -> Result<()> {
    for name in names {
        if !PARTS.iter().any(|part| part.name == name) {
            bail!("there is no part {name}; `cargo xtask test --list` names them");
        }
    }
    enough_room()?;
    // One page build for everything that embeds it; a missing npm must not go unseen here.
    let mut lines = Vec::new();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for part in PARTS.iter().filter(|part| names.is_empty() || names.iter().any(|name| name == part.name)) {
        println!("\n== {} · {}", part.name, part.about);
        let start = Instant::now();
        let result = (part.run)();
        let seconds = start.elapsed().as_secs();
        match result {
            Ok(left_out) => {
                passed += 1;
                lines.push(format!("passed   {:<12} {seconds:>5} s", part.name));
                for reason in left_out {
                    skipped += 1;
                    lines.push(format!("skipped  {reason}"));
                }
            }
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error:#}", part.name);
                lines.push(format!("FAILED   {:<12} {seconds:>5} s  {error:#}", part.name));
            }
        }
    }
    println!("\n{}\n", lines.join("\n"));
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        bail!("{failed} of {} parts failed", passed + failed);
    }
    Ok(())
}

/// Below 5 % free the relay reads only (transport-security.md 9): every test that syncs would fail, and not say why.
fn enough_room() -> Result<()> {
    let Ok(text) = run::output(&mut run::command("df", &["-Pk", "."])) else { return Ok(()) };
    let fields: Vec<u64> = text
        .lines()
        .nth(1)
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    if let [total, _, free, ..] = fields[..]
        && free * 100 < total * 6
    {
        bail!(
            "{} MB are free, less than 6 % of the disk: the relay under test would only read; make room first",
            free >> 10
        );
    }
    Ok(())
}

fn format() -> Result<Skipped> {
    run::check(&mut run::cargo(&["fmt", "--all", "--check"]))?;
    Ok(Vec::new())
}

fn layers() -> Result<Skipped> {
    layering::check()?;
    Ok(Vec::new())
}

fn lint() -> Result<Skipped> {
    run::check(&mut run::cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Vec::new())
}

fn page() -> Result<Skipped> {
    let npm = |args: &[&str]| run::check(Command::new("npm").args(args).current_dir(browser::web()));
    if !browser::web().join("node_modules/.package-lock.json").exists() {
        npm(&["ci", "--no-audit", "--no-fund"])?;
    }
    for script in ["typecheck", "lint", "test"] {
        npm(&["run", "--silent", script])?;
    }
    Ok(Vec::new())
}

fn rust() -> Result<Skipped> {
    run::check(run::cargo(&["test", "--workspace", "--quiet"]).env("OFFICE_WEB", "require"))?;
    Ok(Vec::new())
}

/// The demo must pass, and must fail when merging loses something: otherwise its check checks nothing.
fn demo() -> Result<Skipped> {
    let built = run::target().join("debug/farley");
    let planted = run::target().join("farley-planted");
    run::check(
        run::cargo(&["build", "--quiet", "-p", "farley-cli", "--features", "planted"])
            .env("OFFICE_WEB", "require"),
    )?;
    fs::copy(&built, &planted).context("cannot keep the planted build")?;
    run::check(run::cargo(&["build", "--quiet", "-p", "farley-cli"]).env("OFFICE_WEB", "require"))?;

    run::check(Command::new(&built).args(["demo", "--check"]))?;
    let status = Command::new(&planted).args(["demo", "--check"]).env("FARLEY_PLANTED", "100").status()?;
    if status.code() != Some(1) {
        bail!("with a planted lossy merge, `farley demo --check` ended with {status} instead of exit code 1");
    }
    println!("with a planted lossy merge it exits 1, as it must");
    Ok(Vec::new())
}

fn simulation() -> Result<Skipped> {
    run::release_binary("sim", &["planted"], &["--ci".to_owned()])?;
    Ok(Vec::new())
}

/// schemathesis from PyPI, in an environment of its own below `target/`.
fn rest() -> Result<Skipped> {
    let venv = run::target().join("schemathesis");
    let program = venv.join("bin/schemathesis");
    if !program.exists() {
        if !run::exists("python3") {
            return Ok(vec!["rest: python3 is not installed".into()]);
        }
        run::check(run::command("python3", &["-m", "venv"]).arg(&venv))?;
        run::check(Command::new(venv.join("bin/pip")).args(["install", "--quiet", "schemathesis==4.32.5"]))?;
    }
    run::check(&mut run::cargo(&["build", "--quiet", "-p", "farley-cli"]))?;
    run::check(
        Command::new("node")
            .arg("e2e/rest.mjs")
            .current_dir(browser::web())
            .env("FARLEY", run::target().join("debug/farley"))
            .env("SCHEMATHESIS", program),
    )?;
    Ok(Vec::new())
}

/// Ten quiet rounds and ten with the line cut.
fn one_company() -> Result<Skipped> {
    phones::company(20)
}

fn in_browser() -> Result<Skipped> {
    browser::end_to_end()?;
    Ok(Vec::new())
}
