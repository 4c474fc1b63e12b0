//! What proves the phone apps on a machine without Android SDK, Gradle and Xcode.
//!
//! Every part builds the real library once (the workspace's own dev build) and hands it to Maven and Swift. What is missing
//! on a machine is skipped by name; what can never be here is named at the end of every run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{self, root, target};
use crate::{bindings, words};

/// What no machine without Google's and Apple's tools can do; `android/README.md` and `ios/README.md` say how to.
const NEVER_HERE_ANDROID: [&str; 4] = [
    "gradle: needs the Android SDK; see android/README.md",
    "r8: needs the Android SDK; see android/README.md",
    "cargo-ndk: needs the Android NDK; see android/README.md",
    "device (Android): needs a phone; see android/README.md",
];
const NEVER_HERE_IOS: [&str; 2] =
    ["xcodebuild: needs a Mac; see ios/README.md", "device (iOS): needs an iPhone; see ios/README.md"];

/// Files that are generated and committed must be what is generated.
pub fn generated() -> Result<Vec<String>> {
    words::run(true)?;
    bindings::run(true)?;
    Ok(Vec::new())
}

/// The Maven reactor, the next Compose, ktlint, detekt; then the Rust types for both phones.
pub fn android() -> Result<Vec<String>> {
    let mut skipped: Vec<String> = NEVER_HERE_ANDROID.map(str::to_owned).into();
    if let Some(missing) = no_java() {
        skipped.push(format!("android: {missing}"));
        return Ok(skipped);
    }
    build()?;
    let built = target().join("debug");
    run::check(
        Command::new(root().join("android/verify/run.sh"))
            .args([built.clone(), built.join("farley")])
            .current_dir(root()),
    )?;
    Ok(skipped)
}

/// Swift 6, its tests against the real library, format lint, project checks.
pub fn ios() -> Result<Vec<String>> {
    let mut skipped: Vec<String> = NEVER_HERE_IOS.map(str::to_owned).into();
    if let Some(missing) = no_swift() {
        skipped.push(format!("swift: {missing}"));
        return Ok(skipped);
    }
    build()?;
    run::check(
        Command::new(root().join("ios/scripts/run.sh")).arg(target().join("debug")).current_dir(root()),
    )?;
    Ok(skipped)
}

/// The Android models and the iOS models with one relay.
pub fn company(rounds: u32) -> Result<Vec<String>> {
    if let Some(missing) = no_java().or_else(no_swift) {
        return Ok(vec![format!("company: {missing}")]);
    }
    build()?;
    let built = target().join("debug");
    let jvm = jvm(&built, "CompanyKt")?;
    let package = root().join("ios/FarleyKit");
    let swift = |arguments: &[&str]| {
        let mut command = Command::new(root().join("ios/scripts/swift.sh"));
        command.args(arguments).current_dir(&package).env("FARLEY_LIB_DIR", &built);
        command
    };
    run::check(&mut swift(&["swift", "build", "--product", "FarleyCompany"]))?;
    let phone = format!(
        "env -C {} FARLEY_SWIFT_NETWORK=1 FARLEY_LIB_DIR={} {} .build/debug/FarleyCompany",
        package.display(),
        built.display(),
        root().join("ios/scripts/swift.sh").display(),
    );
    run::check(&mut run::cargo(&[
        "run",
        "--quiet",
        "-p",
        "farley-tests",
        "--example",
        "company",
        "--",
        "--jvm",
        &jvm,
        "--swift",
        &phone,
        "--folder",
        &target().join("company").display().to_string(),
        "--rounds",
        &rounds.to_string(),
    ]))?;
    Ok(Vec::new())
}

/// One of the two apps.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum App {
    Android,
    Ios,
}

/// Each planted fault must turn its test red; slow, so not part of `test`.
pub fn controls(app: App) -> Result<()> {
    build()?;
    let built = target().join("debug");
    let mut script = match app {
        App::Android => {
            let mut script = Command::new(root().join("android/verify/controls.sh"));
            script.args([built.clone(), built.join("farley")]);
            script
        }
        App::Ios => {
            let mut script = Command::new(root().join("ios/scripts/controls.sh"));
            script.arg(built);
            script
        }
    };
    run::check(script.current_dir(root()))
}

/// Every screen of both apps: Compose rendered to pictures, SwiftUI walked to trees of text.
pub fn screenshots() -> Result<()> {
    build()?;
    let built = target().join("debug");
    match no_java() {
        Some(missing) => println!("skipped: Android's screens ({missing})"),
        None => run::check(
            Command::new("mvn").args(["-B", "-q", "-f"]).arg(root().join("android/verify")).args([
                "test",
                "-pl",
                "ui",
                "-am",
                "-Dtest=ScreenshotTest",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                &format!("-Dfarley.lib={}", built.display()),
                &format!("-Dfarley.binary={}", built.join("farley").display()),
            ]),
        )?,
    }
    match no_swift() {
        Some(missing) => println!("skipped: iOS's screens ({missing})"),
        None => run::check(
            Command::new(root().join("ios/scripts/run.sh"))
                .arg(&built)
                .args(["--only", "test"])
                .current_dir(root()),
        )?,
    }
    println!("Android: target/android/screenshots; iOS: target/ios/screens");
    Ok(())
}

/// What the apps feel: the release library with SQLCipher under a JVM that runs the Android models.
pub fn bench(json: bool) -> Result<()> {
    if let Some(missing) = no_java() {
        bail!("the phone figures need a JVM: {missing}");
    }
    run::check(&mut run::cargo(&[
        "build",
        "--quiet",
        "--release",
        "-p",
        "farley-mobile",
        "-p",
        "farley-tests",
        "--example",
        "phone_bench",
        "--lib",
        "--features",
        "farley-mobile/encrypted",
    ]))?;
    let built = target().join("release");
    let jvm = jvm(&built, "PhoneBenchKt")?;
    let mut bench = Command::new(built.join("examples/phone_bench"));
    bench.args(["--jvm", &jvm, "--folder"]).arg(target().join("bench-data/phone"));
    bench.arg("--library").arg(built.join("libfarley_mobile.so")).current_dir(root());
    if json {
        bench.arg("--json");
    }
    run::check(&mut bench)
}

/// The surface again over SQLCipher, as phones have it.
pub fn encrypted() -> Result<Vec<String>> {
    if !run::exists("perl") || !run::exists("make") {
        return Ok(vec!["encrypted: run `apt-get install perl make`".into()]);
    }
    let features = ["--features", "encrypted"];
    run::check(
        run::cargo(&["test", "--quiet", "-p", "farley-mobile"]).args(features).env("OFFICE_WEB", "auto"),
    )?;
    Ok(Vec::new())
}

/// Rust for phones: types, cfgs and dependencies with C code. Says nothing of that C code, and links nothing.
pub fn targets() -> Result<Vec<String>> {
    const PHONES: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];
    let installed =
        run::output(&mut run::command("rustup", &["target", "list", "--installed"])).unwrap_or_default();
    for phone in PHONES {
        if !installed.lines().any(|line| line == phone) {
            let added = run::check(&mut run::command("rustup", &["target", "add", phone]));
            if added.is_err() {
                return Ok(vec![format!("phone-targets: run `rustup target add {phone}`")]);
            }
        }
    }
    if !run::exists("clang-19") || !run::exists("llvm-ar-19") {
        let install = ["install", "-y", "-qq", "clang-19", "llvm-19"];
        if !run::is_root() || run::check(&mut run::command("apt-get", &install)).is_err() {
            return Ok(vec!["phone-targets: run `apt-get install clang-19 llvm-19`".into()]);
        }
    }
    for phone in PHONES {
        let arguments = [phone, "--quiet", "-p", "farley-mobile", "--features", "encrypted"];
        run::check(
            Command::new(root().join("mobile-bindings/scripts/phone-check.sh"))
                .args(arguments)
                .env("CARGO_TARGET_DIR", target().join("phones"))
                .current_dir(root()),
        )?;
        println!("{phone}: farley-mobile with SQLCipher type-checks");
    }
    Ok(Vec::new())
}

/// The command that runs `class` of the Android models' tests against the library in `built`.
fn jvm(built: &Path, class: &str) -> Result<String> {
    let verify = root().join("android/verify");
    let library = format!("-Dfarley.lib={}", built.display());
    run::check(
        Command::new("mvn")
            .args(["-B", "-q", "-f"])
            .arg(&verify)
            .args(["process-test-classes", "-pl", "model", "-am"])
            .arg(library),
    )?;
    let classes = verify.join("model/target");
    let path = fs::read_to_string(classes.join("classpath.txt")).context("Maven wrote no class path")?;
    Ok(format!(
        "java -Djna.library.path={} -Djna.nosys=true -cp {c}/classes:{c}/test-classes:{} org.farley.model.{class}",
        built.display(),
        path.trim(),
        c = classes.display(),
    ))
}

/// Library, generator's input, and the program tests start as their relay.
fn build() -> Result<()> {
    run::check(
        run::cargo(&["build", "--quiet", "-p", "farley-mobile", "-p", "farley-cli"])
            .env("OFFICE_WEB", "auto"),
    )?;
    let library = target().join("debug/libfarley_mobile.so");
    if !library.exists() {
        bail!("{} was not built; the phone parts run on Linux", library.display());
    }
    Ok(())
}

fn no_java() -> Option<String> {
    let version = Command::new("java").arg("-version").output().ok();
    let text = version.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default();
    let major = text.split('"').nth(1).and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    if major.is_none_or(|major| major < 17) {
        return Some("run `apt-get install openjdk-17-jdk-headless maven`".into());
    }
    (!run::exists("mvn")).then(|| "run `apt-get install maven`".into())
}

fn no_swift() -> Option<String> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        return Some("the Swift parts run on Linux x86-64".into());
    }
    (!run::exists("swift") && !run::exists("apt-get")).then(|| "put a Swift 6 on PATH".into())
}
