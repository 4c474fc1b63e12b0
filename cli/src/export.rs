//! Records out: dump, CSV and vCard, to standard output.

use std::io::{self, BufWriter, Write};

use anyhow::{Context, bail};
use farley_core::interop::{self, Dialect};
use farley_core::query::Query;
use farley_core::schema::RecordView;
use farley_core::workspace::Workspace;

use crate::args::ExportForm;

/// Every record, sorted by id, one JSON line each.
///
/// # Errors
/// If a record cannot be loaded, or nobody reads any more.
pub fn dump(workspace: &Workspace) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    workspace.dump(&mut |line| writeln!(out, "{line}"))?;
    out.flush()?;
    Ok(())
}

/// All records of `kind` that are not in the trash, by title.
///
/// # Errors
/// If there is no such kind, it has no such form, or a record cannot be loaded.
pub fn export(workspace: &Workspace, kind: &str, form: ExportForm) -> anyhow::Result<()> {
    let schema = workspace.schema();
    let Some(of) = schema.kind(kind) else {
        let known: Vec<&str> = schema.kinds.keys().map(String::as_str).collect();
        bail!("there is no kind {kind:?}; kinds are {}", known.join(", "));
    };
    let records = views(workspace, kind)?;
    let mut out = BufWriter::new(io::stdout().lock());
    match form {
        ExportForm::Csv => interop::write_csv(&mut out, &schema, of, &records, Dialect::Excel)?,
        ExportForm::CsvPlain => interop::write_csv(&mut out, &schema, of, &records, Dialect::Programs)?,
        ExportForm::Vcard if matches!(kind, "contact" | "company") => {
            let title = |id: &str| Some(workspace.record(id.parse().ok()?).ok()?.view.title);
            let mut text = String::new();
            interop::write_vcard(&mut text, &schema, &records, &title).context("the vCards")?;
            out.write_all(text.as_bytes())?;
        }
        ExportForm::Vcard => bail!("vCard knows contacts and companies only; export {kind} as CSV"),
    }
    out.flush()?;
    Ok(())
}

fn views(workspace: &Workspace, kind: &str) -> anyhow::Result<Vec<RecordView>> {
    let query = Query { kind: Some(kind.to_owned()), ..Query::default() };
    let (mut views, mut after) = (Vec::new(), None);
    loop {
        let page = workspace.page(&query, after.as_deref(), 1_000)?;
        for row in page.rows {
            views.push(workspace.record(row.id)?.view);
        }
        after = page.next;
        if after.is_none() {
            return Ok(views);
        }
    }
}
