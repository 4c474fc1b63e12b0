//! Who may import whom (design.md section 2), read from the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};

use crate::run;

/// Modules of the core, and what of the core each may name.
const CORE: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("schema", &["record"]),
    ("document", &["record", "schema"]),
    ("index", &["record", "schema"]),
    ("query", &["record", "schema", "index"]),
    ("interop", &["record", "schema", "index"]),
    ("store", &["record", "index", "query"]),
    ("sync", &["record"]),
];

/// Folders of the server that lie side by side; only `app` joins them.
const SERVER: &[&str] = &["relay", "api", "accounts", "jobs", "page"];

/// Crates that only one place may name.
const OWNED: &[(&str, &[&str])] = &[
    ("automerge", &["core/src/document"]),
    ("rusqlite", &["core/src/store", "server/src/accounts", "tests/", "cli/tests/"]),
    ("tokio", &["device/", "mobile-bindings/", "server/", "cli/", "tests/"]),
    ("quinn", &["device/", "server/src/relay", "tests/"]),
    ("minicbor", &["core/src/sync", "device/"]),
    // Several crates that export make several Kotlin files and colliding headers.
    ("uniffi", &["mobile-bindings/"]),
    ("farley_server", &["server/", "cli/", "tests/", "mobile-bindings/tests/"]),
];

/// The map, whose walks name files by their path from the root.
const MAP: &str = "ARCHITECTURE.md";

/// Reads every source file and names each import that goes the wrong way; then each file of the map that is gone.
///
/// # Errors
/// The list, one a line: file, line, what it names.
pub fn check() -> Result<()> {
    let mut wrong = Vec::new();
    let mut files = 0;
    for package in ["core", "device", "mobile-bindings", "server", "cli", "tests"] {
        visit(&run::root().join(package), &mut |path, text| {
            files += 1;
            let shown = path.strip_prefix(run::root()).unwrap_or(path).to_string_lossy().replace('\\', "/");
            wrong.extend(wrong_in(&shown, text));
        })?;
    }
    if !wrong.is_empty() {
        bail!("imports that go the wrong way:\n{}", wrong.join("\n"));
    }
    println!("{files} files import the allowed way");
    let gone =
        not_there(&fs::read_to_string(run::root().join(MAP))?, |path| run::root().join(path).is_file());
    if !gone.is_empty() {
        bail!("{MAP} names files that do not exist:\n  {}", gone.join("\n  "));
    }
    println!("{MAP} names only files that exist");
    Ok(())
}

fn wrong_in(path: &str, text: &str) -> Vec<String> {
    if is_test(path) {
        return Vec::new();
    }
    let allowed: BTreeMap<&str, &[&str]> = CORE.iter().copied().collect();
    let module =
        path.strip_prefix("core/src/").and_then(|rest| rest.split(['/', '.']).next()).unwrap_or_default();
    let room =
        path.strip_prefix("server/src/").and_then(|rest| rest.split(['/', '.']).next()).unwrap_or_default();
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        let code = line.split("//").next().unwrap_or_default();
        let mut say = |what: &str| wrong.push(format!("  {path}:{}: {what}", number + 1));
        if let Some(may) = allowed.get(module) {
            for named in named_after(code, "crate::") {
                if named != module
                    && CORE.iter().any(|(name, _)| *name == named)
                    && !may.contains(&named.as_str())
                {
                    say(&format!("{module} may not import {named}"));
                }
                if named == "workspace" {
                    say(&format!("{module} may not import workspace"));
                }
            }
        }
        if SERVER.contains(&room) {
            for named in named_after(code, "crate::") {
                if named != room && (SERVER.contains(&named.as_str()) || named == "app") {
                    say(&format!("server's {room} may not import {named}"));
                }
            }
        }
        for (name, owners) in OWNED {
            let names = ["use ", " ", "("].iter().any(|before| code.contains(&format!("{before}{name}::")));
            if names && !owners.iter().any(|owner| path.starts_with(owner)) {
                say(&format!("{name} belongs to {}", owners.join(", ")));
            }
        }
    }
    wrong
}

/// Source files between backticks in `text` that are not there.
fn not_there(text: &str, is_there: impl Fn(&str) -> bool) -> Vec<String> {
    let source = |word: &&str| {
        !word.contains(' ') && [".rs", ".ts", ".tsx", ".toml", ".sql"].iter().any(|end| word.ends_with(end))
    };
    let named = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).filter(source);
    let gone: std::collections::BTreeSet<&str> = named.filter(|path| !is_there(path)).collect();
    gone.into_iter().map(str::to_owned).collect()
}

/// Unit tests may join what the product may not: `tests.rs`, and what lies in a folder `tests` below the sources.
fn is_test(path: &str) -> bool {
    ["core/src/", "server/src/"].iter().any(|product| path.starts_with(product))
        && (path.ends_with("/tests.rs") || path.contains("/tests/"))
}

/// The words that follow `prefix` in a line, also inside `{a, b}`.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.match_indices(prefix)
        .flat_map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(list) => list
                    .split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(|part| word(part.trim()))
                    .collect(),
                None => vec![word(rest)],
            }
        })
        .collect()
}

fn visit(folder: &Path, see: &mut impl FnMut(&Path, &str)) -> Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(|entry| entry.path());
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "node_modules" && name != "web" {
            visit(&path, see)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            see(&path, &fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_in_the_wrong_direction_is_named_with_its_line() {
        let wrong = wrong_in("core/src/sync/device.rs", "//! Header\nuse crate::store::Store;\n");
        assert_eq!(wrong, ["  core/src/sync/device.rs:2: sync may not import store"]);
        assert_eq!(wrong_in("core/src/record/value.rs", "use crate::{schema, record};\n").len(), 1);
        assert_eq!(wrong_in("server/src/api/mod.rs", "use crate::relay::Session;\n").len(), 1);
        assert_eq!(wrong_in("core/src/store/log.rs", "use automerge::Change;\n").len(), 1);
    }

    #[test]
    fn a_file_on_the_map_that_is_gone_is_named_once() {
        let text =
            "`a/here.rs` calls `a/gone.rs`, a/free.rs too\n`a/gone.rs`, `Want`, `cargo run`, `b/x.tsx`\n";
        assert_eq!(not_there(text, |path| path == "a/here.rs"), ["a/gone.rs", "b/x.tsx"]);
    }

    #[test]
    fn every_file_that_the_map_names_exists() {
        let map = fs::read_to_string(run::root().join(MAP)).unwrap();
        let gone = not_there(&map, |path| run::root().join(path).is_file());
        assert_eq!(gone, Vec::<String>::new());
        assert!(not_there(&map, |_| false).len() > 60, "the walks name the files they pass");
    }

    #[test]
    fn unit_tests_may_join_what_the_product_may_not() {
        let text = "use crate::store::Store;\n";
        assert_eq!(wrong_in("core/src/schema/plan/tests.rs", text), Vec::<String>::new());
        assert_eq!(wrong_in("core/src/document/tests/trap.rs", text), Vec::<String>::new());
        assert_eq!(wrong_in("core/src/schema/plan.rs", text).len(), 1);
        assert_eq!(wrong_in("cli/tests/offline.rs", "use quinn::Endpoint;\n").len(), 1);
    }

    #[test]
    fn the_allowed_directions_pass() {
        assert!(
            wrong_in(
                "core/src/workspace/mod.rs",
                "use crate::document::Document;\nuse crate::store::Store;\n"
            )
            .is_empty()
        );
        assert!(
            wrong_in("core/src/document/mod.rs", "use automerge::Automerge;\nuse crate::record::Record;\n")
                .is_empty()
        );
        assert!(
            wrong_in("server/src/app/mod.rs", "use crate::relay::Relay;\nuse crate::api::Api;\n").is_empty()
        );
        assert!(wrong_in("core/src/sync/mod.rs", "// use crate::store::Store\n").is_empty());
    }
}
