//! Builds the office page (`web/`) and writes `page_files.rs`, the table of its files, into OUT_DIR.
//!
//! `OFFICE_WEB=auto` (default): without npm, or when the build fails, a warning, and a page that says how to build it.
//! `skip`: never runs npm. `require`: fails instead of warning. `OFFICE_WEB_DIST=dir`: takes a ready page.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=OFFICE_WEB");
    println!("cargo:rerun-if-env-changed=OFFICE_WEB_DIST");
    let out = PathBuf::from(env("OUT_DIR"));
    let web = Path::new(&env("CARGO_MANIFEST_DIR")).join("web");
    let mode = std::env::var("OFFICE_WEB").unwrap_or_else(|_| "auto".into());
    let built = match std::env::var("OFFICE_WEB_DIST") {
        Ok(ready) => {
            println!("cargo:rerun-if-changed={ready}");
            Some(PathBuf::from(ready))
                .filter(|ready| ready.join("index.html").is_file())
                .ok_or_else(|| "OFFICE_WEB_DIST names no folder with an index.html".to_owned())
        }
        Err(_) if mode == "skip" => Err("OFFICE_WEB=skip".to_owned()),
        Err(_) => build(&web, &out),
    };
    let page = match built {
        Ok(page) => Some(page),
        Err(_) if mode == "skip" && std::env::var("OFFICE_WEB_DIST").is_err() => None,
        Err(reason) if mode == "require" => panic!("the office page was not built: {reason}"),
        Err(reason) => {
            println!(
                "cargo:warning=the office page was not built ({reason}); a page that says how is embedded instead"
            );
            None
        }
    };
    let mut table = String::from("pub static FILES: &[(&str, &[u8])] = &[\n");
    if let Some(page) = page {
        let mut files = Vec::new();
        list(&page, &mut files);
        files.sort();
        for file in files {
            let name =
                file.strip_prefix(&page).expect("it was found there").to_string_lossy().replace('\\', "/");
            writeln!(table, "    ({name:?}, include_bytes!({:?})),", file.display().to_string())
                .expect("memory");
        }
    }
    table.push_str("];\n");
    fs::write(out.join("page_files.rs"), table).expect("OUT_DIR can be written");
}

fn build(web: &Path, out: &Path) -> Result<PathBuf, String> {
    if !web.join("package.json").is_file() {
        // The folder may come later: watching it would rebuild every time while it is missing.
        return Err("server/web is not here".into());
    }
    // Only paths that exist: one missing path rebuilds the page every time.
    for name in [
        "src",
        "public",
        "index.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "tsconfig.json",
    ] {
        if web.join(name).exists() {
            println!("cargo:rerun-if-changed={}", web.join(name).display());
        }
    }
    // clippy, tests and the editor build at once; npm must not run twice in one folder.
    let lock =
        File::create(out.join("../../office-page.lock")).map_err(|error| format!("lock file: {error}"))?;
    lock.lock().map_err(|error| format!("lock: {error}"))?;
    let modified =
        |path: PathBuf| fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    if modified(web.join("package-lock.json")) > modified(web.join("node_modules/.package-lock.json")) {
        run(Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--prefer-offline"])
            .current_dir(web))?;
    }
    let dist = out.join("web");
    let _ = fs::remove_dir_all(&dist);
    let vite = web.join("node_modules/vite/bin/vite.js");
    run(Command::new("node")
        .arg(vite)
        .arg("build")
        .arg("--outDir")
        .arg(&dist)
        .arg("--emptyOutDir")
        .current_dir(web))?;
    Ok(dist)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let last: Vec<_> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(12).collect();
    Err(format!("{name} failed: {}", last.into_iter().rev().collect::<Vec<_>>().join(" | ")))
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}
