//! Export of vCard and CSV: all records of a kind, or those that fit a filter.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use farley_core::interop::{Dialect, write_csv, write_vcard};
use farley_core::query::Query as ListQuery;
use farley_core::schema::RecordView;
use serde::Deserialize;

use super::extract::{Path, Query, Signed};
use super::lists::{self, MOST};
use super::{Api, Mode};
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportParams {
    filter: Option<String>,
    search: Option<String>,
    /// "excel" (default) or "programs".
    dialect: Option<String>,
}

/// `contacts.csv` or `contacts.vcf`, of all records that fit the filter.
pub async fn export(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(file): Path<String>,
    Query(params): Query<ExportParams>,
) -> Result<Response, Problem> {
    api.run(move |api| {
        let (plural, form) = file.rsplit_once('.').unwrap_or((&file, ""));
        let kind = api.kind(plural)?;
        if !["csv", "vcf"].contains(&form) {
            return Err(Problem::not_found("unknown_format", "Exports end in .csv or .vcf."));
        }
        let query = ListQuery {
            kind: Some(kind.name.clone()),
            filter: params
                .filter
                .as_deref()
                .filter(|text| !text.is_empty())
                .map(lists::filter)
                .transpose()?,
            search: params.search.as_deref().map(lists::search).transpose()?.flatten(),
            ..ListQuery::default()
        };
        let full = query.filter.is_none() && query.search.is_none();
        if full && api.host().mode() == Mode::Serve {
            api.0.limits.export(&caller).inspect_err(|_| {
                if let Err(problem) = api.host().audit(&caller, "export_refused", &file) {
                    tracing::error!(code = problem.code, "a refused export was not written down");
                }
            })?;
        }
        // Before the data leaves, not after.
        let scope = if full { "all" } else { "filtered" };
        api.host().audit(&caller, "exported", &format!("{} {form} {scope}", kind.name))?;
        let (workspace, schema) = (api.workspace(), api.workspace().schema());
        let mut records: Vec<RecordView> = Vec::new();
        let mut after = None;
        loop {
            let page = workspace.page(&query, after.as_deref(), MOST)?;
            for row in page.rows {
                records.push(workspace.record(row.id)?.view);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let (bytes, media) = match form {
            "csv" => {
                let dialect = match params.dialect.as_deref() {
                    None | Some("excel") => Dialect::Excel,
                    Some("programs") => Dialect::Programs,
                    Some(_) => return Err(Problem::bad("bad_query", "A dialect is excel or programs.")),
                };
                let mut out = Vec::new();
                write_csv(&mut out, &schema, &kind, &records, dialect).map_err(Problem::internal)?;
                (out, "text/csv; charset=utf-8")
            }
            "vcf" => {
                let title =
                    |id: &str| workspace.rows_of(&[id.parse().ok()?]).ok()?.pop().map(|row| row.title);
                let mut out = String::new();
                write_vcard(&mut out, &schema, &records, &title).map_err(Problem::internal)?;
                (out.into_bytes(), "text/vcard; charset=utf-8")
            }
            _ => return Err(Problem::not_found("unknown_format", "Exports end in .csv or .vcf.")),
        };
        // A plural comes from the schema, which people extend: nothing of it may end the header or the name.
        let safe: String =
            plural.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
        let name = format!("attachment; filename=\"{safe}.{form}\"");
        Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
    })
    .await
}
