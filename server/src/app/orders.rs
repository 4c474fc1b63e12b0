//! What `farley admin` has a running server do: the two things that write records.

use std::path::Path;
use std::time::{Duration, Instant};

use farley_core::interop;
use farley_core::record::DeviceId;
use farley_core::workspace::{Workspace, WorkspaceError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{AppError, Folder, admin, options};
use crate::accounts::Accounts;
use crate::clock;

/// How long the server may take to notice an order.
const NOTICE: Duration = Duration::from_secs(5);

/// Work that needs the workspace's writer.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Import a file, which is the order's body. The answer is the report.
    Import {
        /// What a CSV row is.
        kind: String,
        /// `COLUMN=FIELD` each.
        map: Vec<String>,
        /// Whose edits they are; none: the office itself.
        author: Option<DeviceId>,
    },
    /// Try what was refused again. The answer is `{"taken":n,"refused":n}`.
    RetryQuarantine,
}

/// Carries an order out: here, or through the server that runs on the folder.
///
/// # Errors
/// What the order itself ran into; `InUse` if whoever has the folder does not answer.
pub fn carry_out(data: &Path, order: &Order, body: &[u8]) -> Result<Value, AppError> {
    let folder = Folder(data.to_owned());
    if !folder.database().exists() {
        return Err(AppError::Missing(data.to_owned()));
    }
    match Workspace::open(&folder.database(), options(false)).map_err(|error| AppError::store(data, error)) {
        Ok(workspace) => run(&workspace, order, body).map_err(AppError::Other),
        Err(AppError::InUse(_)) => ask(data, order, body),
        Err(error) => Err(error),
    }
}

fn ask(data: &Path, order: &Order, body: &[u8]) -> Result<Value, AppError> {
    let accounts = admin::accounts(data)?;
    let what = serde_json::to_string(order).map_err(|error| AppError::Other(error.to_string()))?;
    let id = accounts.place_order(&what, body)?;
    let asked = Instant::now();
    loop {
        std::thread::sleep(Duration::from_millis(50));
        match accounts.collect_order(id)? {
            Some(Ok(answer)) => {
                return serde_json::from_str(&answer).map_err(|error| AppError::Other(error.to_string()));
            }
            Some(Err(error)) => return Err(AppError::Other(error)),
            // Taken: it works on it, however long that takes. Not taken: it is no server.
            None if asked.elapsed() > NOTICE && accounts.withdraw_order(id)? => {
                return Err(AppError::InUse(data.to_owned()));
            }
            None => {}
        }
    }
}

/// Carries out everything that was ordered meanwhile.
pub(super) fn work(workspace: &Workspace, accounts: &Accounts) -> Result<(), String> {
    while let Some(order) = accounts.take_order().map_err(|error| error.to_string())? {
        let answer = serde_json::from_str::<Order>(&order.what)
            .map_err(|_| "the server is of another version than this command".to_owned())
            .and_then(|what| run(workspace, &what, &order.body))
            .map(|answer| answer.to_string());
        accounts.answer_order(order.id, &answer).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn run(workspace: &Workspace, order: &Order, body: &[u8]) -> Result<Value, String> {
    let failed = |error: WorkspaceError| error.to_string();
    match order {
        Order::Import { kind, map, author } => {
            let schema = workspace.schema();
            let mut source = interop::read(body, &schema, kind).map_err(|error| error.to_string())?;
            source.map_columns(map, &schema, kind)?;
            let author = author.unwrap_or(workspace.device());
            let report =
                workspace.import(author, &source, kind, clock::now(), &mut |_, _| true).map_err(failed)?;
            serde_json::to_value(report).map_err(|error| error.to_string())
        }
        Order::RetryQuarantine => {
            let (taken, refused) = workspace.retry_quarantine(clock::now()).map_err(failed)?;
            Ok(json!({"taken": taken, "refused": refused}))
        }
    }
}
