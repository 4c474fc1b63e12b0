//! Every dependency's licence is on the list of `deny.toml`; no forbidden crate is in the tree.
//!
//! `cargo deny` is used where it is installed and knows advisories too. This check needs nothing but
//! `cargo metadata`, so it runs on every machine.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use crate::run;

/// Runs both checks; returns what had to be left out.
///
/// # Errors
/// Names every package with a licence that is not allowed, or that is banned.
pub fn check() -> Result<Vec<String>> {
    let config: toml::Table = std::fs::read_to_string(run::root().join("deny.toml"))?.parse()?;
    let allowed = strings(&config, &["licenses", "allow"])?;
    let exceptions =
        config["licenses"].get("exceptions").and_then(|list| list.as_array()).cloned().unwrap_or_default();
    let banned = config["bans"]["deny"].as_array().context("deny.toml: bans.deny is a list")?.clone();
    // All features: what only phones are built with is distributed, too.
    let metadata =
        run::output(&mut run::cargo(&["metadata", "--format-version=1", "--locked", "--all-features"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let mut wrong = Vec::new();
    let packages = metadata["packages"].as_array().context("cargo metadata lists packages")?;
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if let Some(ban) = banned.iter().find(|ban| ban["crate"].as_str() == Some(name)) {
            let id = package["id"].as_str().unwrap_or_default();
            let may: BTreeSet<&str> = wrappers(ban).collect();
            let others = dependents(&metadata, id).into_iter().filter(|other| !may.contains(other.as_str()));
            let others: Vec<String> = others.collect();
            if may.is_empty() || !others.is_empty() {
                wrong.push(format!("{name} is banned in deny.toml {}", others.join(", ")));
            }
        }
        let licence = package["license"].as_str().unwrap_or_default();
        let own: BTreeSet<String> = exceptions
            .iter()
            .filter(|exception| exception["crate"].as_str() == Some(name))
            .flat_map(|exception| exception["allow"].as_array().cloned().unwrap_or_default())
            .filter_map(|licence| licence.as_str().map(str::to_owned))
            .collect();
        let fits = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|requirement| {
                let text = requirement.to_string();
                allowed.contains(&text) || own.contains(&text)
            })
        });
        if !fits {
            wrong.push(format!("{name}: licence {licence:?} is not on the list of deny.toml"));
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    println!("{} packages, every licence allowed, none banned", packages.len());

    let mut skipped = Vec::new();
    if run::exists("cargo-deny") {
        run::check(&mut run::cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]))?;
        if run::check(&mut run::cargo(&["deny", "check", "advisories"])).is_err() {
            skipped
                .push("advisories: the database could not be fetched or names an advisory; see above".into());
        }
    } else {
        skipped.push("advisories: cargo-deny is not installed (cargo install cargo-deny --locked)".into());
    }
    Ok(skipped)
}

/// Crates that alone may use a banned one.
fn wrappers(ban: &toml::Value) -> impl Iterator<Item = &str> {
    ban.get("wrappers")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str())
}

/// Names of the packages that depend on the package `id`.
fn dependents(metadata: &serde_json::Value, id: &str) -> Vec<String> {
    let name = |id: &serde_json::Value| {
        let packages = metadata["packages"].as_array()?;
        let package = packages.iter().find(|package| package["id"] == *id)?;
        package["name"].as_str().map(str::to_owned)
    };
    let nodes = metadata["resolve"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let uses = |node: &&serde_json::Value| {
        node["dependencies"].as_array().is_some_and(|all| all.iter().any(|one| one.as_str() == Some(id)))
    };
    nodes.iter().filter(uses).filter_map(|node| name(&node["id"])).collect()
}

fn strings(config: &toml::Table, path: &[&str]) -> Result<BTreeSet<String>> {
    let mut value = &toml::Value::Table(config.clone());
    for part in path {
        value = value.get(part).with_context(|| format!("deny.toml: {} is missing", path.join(".")))?;
    }
    let list = value.as_array().with_context(|| format!("deny.toml: {} is a list", path.join(".")))?;
    Ok(list.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect())
}
