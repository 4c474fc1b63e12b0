//! `import`, the same for a device and the office: read, map, look, write, and say what happened.

use anyhow::{Context, bail};
use farley_core::interop::{self, Source};
use farley_core::record::DeviceId;
use farley_core::workspace::Workspace;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value as Json;

use crate::args::ImportArgs;
use crate::output::say;
use crate::{clock, output};

/// Imports the file of `args` into `workspace` as `author`, and prints the report.
///
/// # Errors
/// If the file cannot be read at all, a column of `--map` does not exist, or nothing can be stored.
pub fn run(workspace: &Workspace, author: DeviceId, args: &ImportArgs) -> anyhow::Result<()> {
    let source = source(workspace, args, &bytes(args)?)?;
    let template = "{bar:40} {pos}/{len}";
    let bar = ProgressBar::new(source.len() as u64)
        .with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let report = workspace.import(author, &source, &args.kind, clock::now(), &mut |done, _| {
        bar.set_position(done as u64);
        true
    });
    bar.finish_and_clear();
    show(&serde_json::to_value(report?)?, args)
}

/// Prints what importing the file of `args` would do.
///
/// # Errors
/// As [`run`].
pub fn preview(workspace: &Workspace, args: &ImportArgs) -> anyhow::Result<()> {
    let source = source(workspace, args, &bytes(args)?)?;
    let report = workspace.preview_import(&source, &args.kind, clock::now(), &mut |_, _| true)?;
    show(&serde_json::to_value(report)?, args)
}

/// The file's bytes.
///
/// # Errors
/// If it cannot be read or is larger than 100 MiB.
pub fn bytes(args: &ImportArgs) -> anyhow::Result<Vec<u8>> {
    let file = args.file.display();
    let size = std::fs::metadata(&args.file).with_context(|| format!("{file} cannot be read"))?.len();
    if size > interop::MAX_FILE_BYTES as u64 {
        bail!("{file} has more than 100 MiB; split it and import the parts");
    }
    std::fs::read(&args.file).with_context(|| format!("{file} cannot be read"))
}

/// The file, read and mapped.
///
/// # Errors
/// As [`run`].
pub fn source(workspace: &Workspace, args: &ImportArgs, bytes: &[u8]) -> anyhow::Result<Source> {
    let schema = workspace.schema();
    if schema.kind(&args.kind).is_none() {
        let kinds: Vec<&str> = schema.kinds.keys().map(String::as_str).collect();
        bail!("there is no kind {:?}; kinds are {}", args.kind, kinds.join(", "));
    }
    let mut source =
        interop::read(bytes, &schema, &args.kind).with_context(|| args.file.display().to_string())?;
    source.map_columns(&args.map, &schema, &args.kind).map_err(anyhow::Error::msg)?;
    Ok(source)
}

/// Prints an `ImportReport` as JSON or in words.
///
/// # Errors
/// If nobody reads.
pub fn show(report: &Json, args: &ImportArgs) -> anyhow::Result<()> {
    if args.json {
        return output::line(report);
    }
    for error in report["errors"].as_array().into_iter().flatten() {
        let word = |field: &str| error[field].as_str().unwrap_or_default();
        let value = if word("value").is_empty() { String::new() } else { format!(" {:?}", word("value")) };
        say!("Row {}, {}{value}: {}", error["row"], word("column"), word("reason"));
    }
    let verb = if args.dry_run { "would be" } else { "are" };
    say!(
        "{} rows: {} {verb} new, {} {verb} changed, {} say nothing new, {} were skipped.",
        report["rows"],
        report["new"],
        report["updated"],
        report["same"],
        report["failed"]
    );
    if report["duplicates"].as_u64().is_some_and(|count| count > 0) {
        say!("{} of the new ones look like somebody who is here already.", report["duplicates"]);
    }
    Ok(())
}
