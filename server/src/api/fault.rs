//! What the workspace refuses, as problems.

use farley_core::query::QueryError;
use farley_core::record::EditError;
use farley_core::store::StoreError;
use farley_core::workspace::WorkspaceError;

use crate::problem::Problem;

impl From<WorkspaceError> for Problem {
    fn from(error: WorkspaceError) -> Self {
        let text = error.to_string();
        match error {
            WorkspaceError::Edit(error) => edit(&error),
            WorkspaceError::Store(error) => store(&error),
            WorkspaceError::NotFound(_) => Self::not_found("record_not_found", text),
            WorkspaceError::UnknownHeads(_) => Self::new(409, "unknown_heads", text),
            WorkspaceError::NothingToUndo => Self::new(409, "nothing_to_undo", text),
            WorkspaceError::NoConflict => Self::new(409, "no_conflict", text),
            WorkspaceError::Document { record, detail } => {
                tracing::error!(%record, detail, "document failed");
                Self::new(500, "record_damaged", "The record's history cannot be read. Lists still show it.")
            }
        }
    }
}

fn edit(error: &EditError) -> Problem {
    let json = serde_json::to_value(error).unwrap_or_default();
    let code = json["code"].as_str().unwrap_or("bad_edit").to_owned();
    let status = match error {
        EditError::UnknownRecord { .. } => 404,
        EditError::Exists { .. } => 409,
        EditError::TooLarge { .. } => 413,
        EditError::ReadOnly { .. } => 403,
        _ => 400,
    };
    let mut problem = Problem::new(status, &code, error.to_string());
    if let Some(field) = json["field"].as_str() {
        problem = problem.at(format!("/set/{field}"), &code, error.to_string()).with("field", field);
    }
    problem
}

fn store(error: &StoreError) -> Problem {
    let text = error.to_string();
    match error {
        StoreError::Full => {
            Problem::new(507, "disk_full", text + "; nothing was saved. Free some space on the server.")
        }
        StoreError::ReadOnly(_) => Problem::new(503, "read_only", text),
        StoreError::Interrupted => Problem::new(503, "query_too_slow", text + "; narrow it.").after(5),
        StoreError::Query(error) => {
            let code = match error {
                QueryError::TooComplex => "query_too_complex",
                QueryError::UnknownField(_) => "unknown_field",
                QueryError::BadValue(..) => "bad_value",
                QueryError::BadCursor => "bad_cursor",
            };
            Problem::bad(code, error.to_string())
        }
        _ => Problem::internal(text),
    }
}
