//! `device apply`: edits as JSON lines in, one answer a line out, flushed, only after the edit is durable.

use std::io::{self, BufRead};

use anyhow::bail;
use farley_core::record::{Edit, EditError};
use farley_core::store::StoreError;
use farley_core::workspace::WorkspaceError;
use farley_device::device::Device;
use serde_json::{Value as Json, json};

use crate::{clock, output};

/// Longest line, bytes. What is longer is skipped without being kept in memory.
const MAX_LINE: usize = 1 << 20;
/// After so many lines the WAL is brought into the database; a long input must not grow it without bound.
const TIDY_LINES: u64 = 1_000;

/// Applies every line of standard input.
///
/// # Errors
/// If standard input or output fails, or at the end if the disk refused an edit. A line that is no edit is answered
/// and the next one is read.
pub fn run(device: &Device) -> anyhow::Result<()> {
    let workspace = device.workspace();
    let mut input = io::stdin().lock();
    let mut refused = None;
    let mut number = 0_u64;
    while let Some(line) = next_line(&mut input)? {
        number += 1;
        if number.is_multiple_of(TIDY_LINES) {
            workspace.tidy(u32::MAX >> 8)?;
        }
        let edit = match line {
            Line::Blank => continue,
            Line::TooLong => {
                let limit = MAX_LINE as u64;
                Err(WorkspaceError::Edit(EditError::TooLarge { what: "line".to_owned(), limit }))
            }
            Line::NotText => {
                Err(WorkspaceError::Edit(EditError::BadJson { detail: "the line is not UTF-8".to_owned() }))
            }
            Line::Text(text) => Edit::from_json(&text).map_err(WorkspaceError::Edit),
        };
        match edit.and_then(|edit| workspace.edit(workspace.device(), &edit, clock::now())) {
            Ok(edited) => output::line(&json!({"line": number, "id": edited.id, "hash": edited.hash}))?,
            Err(error) => {
                output::line(&json!({"line": number, "error": error_json(&error)}))?;
                if let WorkspaceError::Store(error) = error {
                    refused = Some(error);
                }
            }
        }
    }
    match refused {
        Some(error) => bail!("not every edit could be stored: {error}"),
        None => Ok(()),
    }
}

/// `code`, the fields of the error, and `detail` in words.
fn error_json(error: &WorkspaceError) -> Json {
    let code = match error {
        WorkspaceError::Edit(edit) => {
            let mut json = serde_json::to_value(edit).unwrap_or_default();
            if let Json::Object(fields) = &mut json {
                fields.entry("detail").or_insert_with(|| edit.to_string().into());
            }
            return json;
        }
        WorkspaceError::Store(StoreError::Full) => "disk_full",
        WorkspaceError::Store(StoreError::ReadOnly(_)) => "read_only",
        WorkspaceError::Store(_) => "storage",
        WorkspaceError::UnknownHeads(_) => "unknown_heads",
        WorkspaceError::NotFound(_) => "unknown_record",
        WorkspaceError::Document { .. } => "document",
        WorkspaceError::NothingToUndo | WorkspaceError::NoConflict => "nothing_to_do",
    };
    json!({"code": code, "detail": error.to_string()})
}

enum Line {
    Blank,
    NotText,
    Text(String),
    TooLong,
}

/// The next line without its end; `None` at the end of the input.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let (mut any, mut long) = (false, false);
    loop {
        let bytes = match input.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if bytes.is_empty() {
            break;
        }
        any = true;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        if line.len() + part.len() > MAX_LINE {
            long = true;
            line = Vec::new();
        } else if !long {
            line.extend_from_slice(part);
        }
        let used = end.map_or(bytes.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    if !any {
        return Ok(None);
    }
    Ok(Some(match String::from_utf8(line) {
        _ if long => Line::TooLong,
        Ok(text) if text.trim().is_empty() => Line::Blank,
        Ok(text) => Line::Text(text),
        Err(_) => Line::NotText,
    }))
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    fn lines(bytes: Vec<u8>) -> Vec<String> {
        let mut input = BufReader::with_capacity(1_000, Cursor::new(bytes));
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input).unwrap() {
            lines.push(match line {
                Line::Blank => "blank".to_owned(),
                Line::NotText => "not text".to_owned(),
                Line::Text(text) => format!("{} bytes", text.len()),
                Line::TooLong => "too long".to_owned(),
            });
        }
        lines
    }

    #[test]
    fn a_line_at_the_limit_is_read_and_one_above_is_skipped_with_the_next_one_intact() {
        let mut bytes = vec![b'a'; MAX_LINE];
        bytes.push(b'\n');
        bytes.extend(vec![b'b'; MAX_LINE + 1]);
        bytes.extend(b"\n{}\n\n\xff\xfe\nlast");
        let limit = format!("{MAX_LINE} bytes");
        assert_eq!(lines(bytes), [limit.as_str(), "too long", "2 bytes", "blank", "not text", "4 bytes"]);
        assert!(lines(Vec::new()).is_empty());
    }

    #[test]
    fn an_error_names_its_field_and_says_it_in_words() {
        let error = EditError::UnknownField { field: "no_such_field".to_owned(), kind: "contact".to_owned() };
        let json = error_json(&WorkspaceError::Edit(error));
        assert_eq!((&json["code"], &json["field"]), (&json!("unknown_field"), &json!("no_such_field")));
        assert!(json["detail"].as_str().unwrap().contains("no_such_field"));
    }
}
