//! `import`, the same for a device and the office: read, map, look, write, and say what happened.

use std::path::Path;

use anyhow::{Context, bail};
use farley_core::interop::{self, Source, Target};
use farley_core::record::DeviceId;
use farley_core::schema::Schema;
use farley_core::workspace::{ImportReport, Workspace};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::ImportArgs;
use crate::{clock, output};

/// Imports the file of `args` into `workspace` as `author`, and prints the report.
///
/// # Errors
/// If the file cannot be read at all, a column of `--map` does not exist, or nothing can be stored.
pub fn run(workspace: &Workspace, author: DeviceId, args: &ImportArgs) -> anyhow::Result<ImportReport> {
    let schema = workspace.schema();
    if schema.kind(&args.kind).is_none() {
        bail!("there is no kind {:?}; kinds are {}", args.kind, kinds(&schema));
    }
    let source = read(&args.file, &schema, args)?;
    let bar = ProgressBar::new(source.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").expect("a valid template"));
    let mut progress = |done: usize, _all: usize| {
        bar.set_position(done as u64);
        true
    };
    let report = if args.dry_run {
        workspace.preview_import(&source, &args.kind, clock::now(), &mut progress)?
    } else {
        workspace.import(author, &source, &args.kind, clock::now(), &mut progress)?
    };
    bar.finish_and_clear();
    if args.json {
        output::line(&report)?;
    } else {
        print(&report, args.dry_run);
    }
    Ok(report)
}

fn read(file: &Path, schema: &Schema, args: &ImportArgs) -> anyhow::Result<Source> {
    let size = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
    if size > interop::MAX_FILE_BYTES as u64 {
        bail!("{} has more than 100 MiB; split it and import the parts", file.display());
    }
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut source = interop::read(&bytes, schema, &args.kind).with_context(|| file.display().to_string())?;
    for mapping in &args.map {
        let (header, target) =
            mapping.rsplit_once('=').with_context(|| format!("--map {mapping:?}: write COLUMN=FIELD"))?;
        let target = target.trim();
        let target: Option<Target> = match target {
            "" => None,
            target => Some(
                target.parse().map_err(anyhow::Error::msg).with_context(|| format!("--map {mapping:?}"))?,
            ),
        };
        if let Some(target) = &target
            && !target.field.starts_with("extra/")
            && target.field != "id"
            && schema
                .kind(&args.kind)
                .is_some_and(|kind| kind.fields.iter().all(|field| field.name != target.field))
        {
            bail!("--map {mapping:?}: kind {} has no field {}", args.kind, target.field);
        }
        let headers: Vec<&str> = source.columns.iter().map(|column| column.header.as_str()).collect();
        let at = headers.iter().position(|known| *known == header.trim());
        let at = at.with_context(|| {
            format!(
                "--map {mapping:?}: the file has no column {:?}; it has {}",
                header.trim(),
                headers.join(", ")
            )
        })?;
        source.columns[at].field = target;
    }
    Ok(source)
}

fn kinds(schema: &Schema) -> String {
    schema.kinds.keys().cloned().collect::<Vec<_>>().join(", ")
}

fn print(report: &ImportReport, dry_run: bool) {
    let ImportReport { rows, new, updated, same, duplicates, failed, errors, .. } = report;
    for error in errors {
        let value = if error.value.is_empty() { String::new() } else { format!(" {:?}", error.value) };
        println!("Row {}, {}{value}: {}", error.row, error.column, error.reason);
    }
    let verb = if dry_run { "would be" } else { "are" };
    println!(
        "{rows} rows: {new} {verb} new, {updated} {verb} changed, {same} say nothing new, {failed} were skipped."
    );
    if *duplicates > 0 {
        println!("{duplicates} of the new ones look like somebody who is here already; see the review list.");
    }
}
