//! Generates the Kotlin and Swift side of farley-mobile, or compares it with what is committed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::run::{self, root, target};

/// Generated below the target folder, and where it is committed.
const FILES: [(&str, &str); 3] = [
    ("org/farley/core/farley_mobile.kt", "android/core/src/main/kotlin/org/farley/core/farley_mobile.kt"),
    ("FarleyBindings.swift", "ios/FarleyKit/Sources/FarleyBindings/FarleyBindings.swift"),
    ("FarleyFFI.h", "ios/FarleyKit/Sources/FarleyFFI/FarleyFFI.h"),
];

/// Builds library and generator, then writes the three files, or with `check` fails on the first that differs.
pub fn run(check: bool) -> anyhow::Result<()> {
    run::check(&mut run::cargo(&["build", "--quiet", "-p", "farley-mobile", "-p", "farley-bindgen"]))?;
    let (built, out) = (target().join("debug"), target().join("bindings"));
    let library = built.join("libfarley_mobile.so");
    if !library.exists() {
        bail!("{} was not built; bindings are generated on Linux", library.display());
    }
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    run::check(
        Command::new(built.join("uniffi-bindgen"))
            .args(["generate", "--language", "kotlin", "--no-format", "--out-dir"])
            .arg(&out)
            .arg(&library),
    )?;
    run::check(
        Command::new(built.join("uniffi-bindgen-swift"))
            .args(["--swift-sources", "--headers"])
            .arg(&library)
            .arg(&out),
    )?;
    for (made, committed) in FILES {
        place(&out.join(made), committed, check)?;
    }
    Ok(())
}

fn place(made: &Path, committed: &str, check: bool) -> anyhow::Result<()> {
    let fresh = std::fs::read(made).with_context(|| format!("{} was not generated", made.display()))?;
    let path = root().join(committed);
    let stands = std::fs::read(&path).unwrap_or_default();
    if stands == fresh {
        return Ok(());
    }
    if check {
        bail!("{committed} is not what farley-mobile generates; run `cargo xtask bindings` and commit it");
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, fresh).with_context(|| format!("cannot write {committed}"))?;
    println!("written: {committed}");
    Ok(())
}
