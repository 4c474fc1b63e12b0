//! Starting programs: where from, with what, and what their failure means.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

/// The one target directory.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).unwrap_or_else(|| root().join("target"))
}

/// A command that starts in the repository's root.
pub fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// `cargo` as it was called, so that toolchain overrides hold.
pub fn cargo(args: &[&str]) -> Command {
    command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), args)
}

/// Runs to the end, output passed through.
///
/// # Errors
/// If the program cannot be started or exits with anything but 0.
pub fn check(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}").replace('"', "");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} ended with {status}");
    }
    Ok(())
}

/// Standard output of a program that must succeed.
///
/// # Errors
/// As [`check`].
pub fn output(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}").replace('"', "");
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("{shown} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program can be started at all.
pub fn exists(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Whether packages may be installed without asking.
pub fn is_root() -> bool {
    output(&mut command("id", &["-u"])).is_ok_and(|id| id.trim() == "0")
}

/// Builds a binary of `farley-tests` in release and runs it.
///
/// # Errors
/// If it does not build, or exits with anything but 0.
pub fn release_binary(name: &str, features: &[&str], args: &[String]) -> Result<()> {
    let features = features.join(",");
    check(&mut cargo(&[
        "build",
        "--quiet",
        "--release",
        "-p",
        "farley-tests",
        "--bin",
        name,
        "--features",
        &features,
    ]))?;
    check(Command::new(target().join("release").join(name)).args(args).current_dir(root()))
}

/// Builds the benches of `farley-tests`, server and devices included, and runs them.
///
/// # Errors
/// If they do not build, or exit with anything but 0.
pub fn bench(args: &[String]) -> Result<()> {
    let mut cargo = cargo(&["bench", "--quiet", "-p", "farley-tests", "--bench", "bench", "--"]);
    check(cargo.args(args))
}
