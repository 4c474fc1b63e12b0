//! vCard and CSV, in and out.
//!
//! A file becomes [`Draft`]s in three steps, so that a person can look before anything is written:
//!
//! 1. [`read`] decodes the file and finds its columns or cards; nothing is mapped yet.
//! 2. [`Source::drafts`] makes one edit a row by a mapping; what does not fit its field is kept below
//!    `extra/` as typed, and named as a [`Problem`] with row, column and reason.
//! 3. [`resolve`] looks each draft up among the records that are here: new, update, nothing to do, or
//!    possible duplicate.
//!
//! Importing a file twice adds nothing: a row is known again by the UID it brought, by our own id
//! column, or by its content.
//!
//! Knows nothing about: where records are stored (a [`Directory`] is asked), progress, cancel.

mod csv_read;
mod csv_write;
mod decode;
mod headers;
mod resolve;
mod target;
mod vcard_read;
mod vcard_write;

use serde::Serialize;

use crate::record::{Edit, RecordId};
use crate::schema::{RecordView, Schema};

pub use csv_write::{Dialect, write_csv};
pub use decode::{Encoding, decode};
pub use headers::guess;
pub use resolve::{Resolved, Standing, resolve};
pub use target::Target;
pub use vcard_write::write_vcard;

/// Largest file, bytes.
pub const MAX_FILE_BYTES: usize = 100 << 20;
/// Most rows of a file.
pub const MAX_ROWS: usize = 500_000;
/// Most columns of a file.
pub const MAX_COLUMNS: usize = 1_000;
/// Largest cell or property, bytes.
pub const MAX_CELL_BYTES: usize = 64 << 10;
/// Largest card, bytes.
pub const MAX_CARD_BYTES: usize = 10 << 20;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Rows and columns.
    Csv,
    /// Cards.
    Vcard,
}

/// Why a file cannot be read at all.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReadError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither vCard nor CSV.
    #[error("this is neither a vCard nor a CSV file; save it as one of the two and try again")]
    Unknown,
    /// A limit of crm-features.md 8.1.
    #[error("the file has more than {limit} {what}; split it and import the parts")]
    TooLarge {
        /// Bytes, rows or columns.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
}

/// Something in one row that a person should look at. The row is imported all the same.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// Line of the row (CSV) or number of the card, from 1.
    pub row: usize,
    /// Header, or property.
    pub column: String,
    /// As typed, at most 200 characters.
    pub value: String,
    /// Key of the reason: `excel_truncated`, `bad_value`, `unknown_choice`, `too_long`, `broken_row`.
    pub code: &'static str,
    /// In words (English; the page translates `code`).
    pub reason: String,
}

/// One column of a CSV file.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Column {
    /// As in the file; doubles are numbered.
    pub header: String,
    /// Where it goes; none = kept below `extra/`.
    pub field: Option<Target>,
    /// The first few values that are not empty.
    pub sample: Vec<String>,
}

/// A decoded file.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What it is.
    pub format: Format,
    /// How its bytes were read.
    pub encoding: Encoding,
    /// CSV: between cells.
    pub delimiter: Option<char>,
    /// CSV: columns with the guessed mapping. vCard: empty.
    pub columns: Vec<Column>,
    rows: Vec<RawRow>,
    /// Rows that could not be read.
    pub broken: Vec<Problem>,
}

/// One row before mapping.
#[derive(Clone, Debug, PartialEq)]
enum RawRow {
    Cells { line: usize, cells: Vec<String> },
    Card { number: usize, card: Box<calcard::vcard::VCard>, kind: &'static str },
}

/// One row as an edit, before it is known whether its record exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Line or card, from 1.
    pub row: usize,
    /// Kind of the record.
    pub kind: String,
    /// Always a creation; [`resolve`] turns it into an update where it must.
    pub edit: Edit,
    /// Names of companies that `employments` entries should lead to, by entry number in `edit.add`.
    pub companies: Vec<(usize, String)>,
    /// Known by: UID, or hash of the content.
    pub uid: String,
    /// The row named the record's own id.
    pub own_id: Option<RecordId>,
    /// What did not fit.
    pub problems: Vec<Problem>,
}

/// The records a draft is looked up among.
pub trait Directory {
    /// Records of `kind` with any of `texts` as normalised value of `field`: (record, text).
    fn find(&self, kind: &str, field: &str, texts: &[String]) -> Vec<(RecordId, String)>;
    /// The record, if it is here.
    fn view(&self, id: RecordId) -> Option<RecordView>;
}

/// Decodes a file and finds its rows. `kind` is what a CSV row becomes; cards know themselves.
///
/// # Errors
/// `Empty`, `Unknown`, `TooLarge`. A row that cannot be read is named in `broken`, the others are kept.
pub fn read(bytes: &[u8], schema: &Schema, kind: &str) -> Result<Source, ReadError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(ReadError::TooLarge { what: "bytes", limit: MAX_FILE_BYTES });
    }
    let (text, encoding) = decode(bytes);
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    if text.contains('\0') {
        return Err(ReadError::Unknown);
    }
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCARD")) {
        vcard_read::read(&text, encoding)
    } else {
        csv_read::read(&text, encoding, schema, kind)
    }
}

impl Source {
    /// Changes where columns go, each `COLUMN=FIELD` (`Kd-Art=source`, `Handy=phones[mobile]`); nothing behind the
    /// `=` keeps the column below `extra/`.
    ///
    /// # Errors
    /// A sentence: no such column, no such field, or not of this form.
    pub fn map_columns(&mut self, map: &[String], schema: &Schema, kind: &str) -> Result<(), String> {
        for mapping in map {
            let (header, target) =
                mapping.rsplit_once('=').ok_or_else(|| format!("mapping {mapping:?}: write COLUMN=FIELD"))?;
            let target: Option<Target> = match target.trim() {
                "" => None,
                target => Some(target.parse().map_err(|error| format!("mapping {mapping:?}: {error}"))?),
            };
            let known = |field: &str| {
                let fields = schema.kind(kind).map(|kind| kind.fields.as_slice()).unwrap_or_default();
                field == "id" || field.starts_with("extra/") || fields.iter().any(|known| known.name == field)
            };
            if let Some(target) = target.as_ref().filter(|target| !known(&target.field)) {
                return Err(format!("mapping {mapping:?}: kind {kind} has no field {}", target.field));
            }
            let header = header.trim();
            match self.columns.iter_mut().find(|column| column.header == header) {
                Some(column) => column.field = target,
                None => {
                    let headers: Vec<&str> =
                        self.columns.iter().map(|column| column.header.as_str()).collect();
                    return Err(format!(
                        "mapping {mapping:?}: the file has no column {header:?}; it has {}",
                        headers.join(", ")
                    ));
                }
            }
        }
        Ok(())
    }

    /// Number of rows that could be read.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row could be read.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Row `at` as an edit, by the mapping in `columns`. `None` for an empty row or past the end.
    pub fn draft(&self, at: usize, schema: &Schema, kind: &str) -> Option<Draft> {
        match self.rows.get(at)? {
            RawRow::Cells { line, cells } => csv_read::draft(&self.columns, *line, cells, schema, kind),
            RawRow::Card { number, card, kind } => Some(vcard_read::draft(card, *number, schema, kind)),
        }
    }

    /// Every row as an edit.
    pub fn drafts<'a>(&'a self, schema: &'a Schema, kind: &'a str) -> impl Iterator<Item = Draft> + 'a {
        (0..self.rows.len()).filter_map(move |at| self.draft(at, schema, kind))
    }

    /// The cells of row `at` as they stand in the file, for the preview. Cards show their names.
    pub fn raw(&self, at: usize) -> Vec<String> {
        match self.rows.get(at) {
            Some(RawRow::Cells { cells, .. }) => cells.clone(),
            Some(RawRow::Card { card, .. }) => vec![vcard_read::name_of(card)],
            None => Vec::new(),
        }
    }
}
