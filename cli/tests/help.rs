//! Every command explains itself.
mod common;

use common::ok;

#[test]
fn every_command_has_help_that_teaches() {
    let commands: &[&[&str]] = &[
        &[],
        &["serve"],
        &["admin"],
        &["admin", "user"],
        &["admin", "user", "add"],
        &["admin", "user", "list"],
        &["admin", "invite"],
        &["admin", "devices"],
        &["admin", "revoke"],
        &["admin", "import"],
        &["admin", "export"],
        &["admin", "dump"],
        &["admin", "backup"],
        &["admin", "restore"],
        &["admin", "verify"],
        &["admin", "quarantine"],
        &["admin", "openapi"],
        &["device"],
        &["device", "enrol"],
        &["device", "apply"],
        &["device", "sync"],
        &["device", "list"],
        &["device", "show"],
        &["device", "search"],
        &["device", "conflicts"],
        &["device", "settle"],
        &["device", "history"],
        &["device", "import"],
        &["device", "dump"],
        &["device", "status"],
        &["desk"],
        &["demo"],
    ];
    for command in commands {
        let mut args = command.to_vec();
        args.push("--help");
        let help = ok(&args);
        let first = help.lines().next().unwrap_or_default();
        assert!(first.len() > 10, "{command:?} begins with {first:?}");
        assert!(help.contains("Usage: farley"), "{command:?}");
        for line in help.lines().filter(|line| line.trim_start().starts_with("--")) {
            let words = line.trim_start().split_once("  ").map(|(_, words)| words).unwrap_or_default();
            let explained = !words.trim().is_empty() || help.contains(&format!("{line}\n          "));
            assert!(explained, "{command:?}: {line:?} is not explained");
        }
    }
    assert!(ok(&["device", "apply", "--help"]).contains(r#"{"kind":"contact""#), "an example");
    assert!(ok(&["serve", "--help"]).contains("Example:"));
    assert!(ok(&["--help"]).contains("farley demo"));
    assert!(ok(&["--version"]).starts_with("farley 0."));
    let spec: serde_json::Value = serde_json::from_str(&ok(&["admin", "openapi"])).expect("JSON");
    assert!(spec["paths"].as_object().is_some_and(|paths| paths.len() > 10));
}
