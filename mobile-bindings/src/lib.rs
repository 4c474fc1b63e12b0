//! What phones and tablets hold of Farley: one workspace, its queries, its edits, its sync.
//!
//! Thin: nothing here decides anything about customers, and no sentence for people is made here. Apps get records of
//! plain data and error cases; words are theirs.
//!
//! - every call answers a `Result`; a panic becomes [`FarleyError::Internal`], never the end of the app;
//! - work runs on this library's own threads, so that a cancelled coroutine or Swift task never leaves half a write:
//!   what was begun becomes durable;
//! - lists are slim rows by page, texts and files beyond a form's size cross as paths;
//! - the core says what changed, at most ten times a second; nothing pushes rows.
//!
//! Names are chosen so that none of them is a type of SwiftUI, Foundation or Kotlin.

mod authors;
mod cancel;
mod drafts;
mod edits;
mod errors;
mod files;
mod lists;
mod observe;
mod records;
mod runtime;
mod schema;
mod secrets;
mod sync;
mod values;
mod workspace;

pub use authors::AuthorName;
pub use cancel::CancelHandle;
pub use drafts::DraftData;
pub use edits::{EditData, EditResult, NamedValue, Removal};
pub use errors::FarleyError;
pub use files::{ImportBatch, ImportPreview, ImportProblem, ImportSummary, ProgressObserver};
pub use lists::{Condition, ConditionOp, RecordRow, RowPage, RowQuery, SortKey, TodayRows, Transfer};
pub use observe::{ChangeNotice, Observer, Subscription};
pub use records::{
    ConflictData, FieldData, FieldStep, HistoryStep, Origin, ProblemData, RecordData, RelatedRow, VersionData,
};
pub use schema::{ChoiceInfo, ChoiceList, FieldInfo, FieldType, KindInfo, LabelData, SchemaData};
pub use secrets::SecretStore;
pub use sync::{CarrierName, StatusData, SyncSummary, TroubleCode};
pub use values::{EntryData, FieldValue, LinkTo};
pub use workspace::{Identity, LinkInfo, Workspace, check_value, read_link};

uniffi::setup_scaffolding!();
