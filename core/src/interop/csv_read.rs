//! CSV as German Excel, Outlook and Google write it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::record::{Edit, Value, ValueType};
use crate::schema::{Field, Kind, Schema};

use super::headers::{ADDRESS_PARTS, choice, guess};
use super::{
    Column, Draft, Encoding, Format, MAX_CELL_BYTES, MAX_COLUMNS, MAX_ROWS, Problem, RawRow, ReadError,
    Source, Target,
};

/// How many lines are looked at to guess delimiter and header row.
const LOOK_LINES: usize = 20;

pub(super) fn read(text: &str, encoding: Encoding, schema: &Schema, kind: &str) -> Result<Source, ReadError> {
    let text = text.trim_start_matches('\u{feff}');
    let (delimiter, text, skipped) = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    let mut broken = Vec::new();
    let mut lines = Lines::new(text, skipped);
    for record in reader.records() {
        if rows.len() > MAX_ROWS {
            return Err(ReadError::TooLarge { what: "rows", limit: MAX_ROWS });
        }
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, |position| lines.at(position.byte() as usize));
                rows.push((line, record.iter().map(unwrap_excel).collect()));
            }
            Err(error) => broken.push(Problem {
                row: error.position().map_or(0, |position| lines.at(position.byte() as usize)),
                column: String::new(),
                value: String::new(),
                code: "broken_row",
                reason: "the row cannot be read as CSV".to_owned(),
            }),
        }
    }
    // Title lines above the header: the header is the first row with the most cells that are filled.
    let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let most = rows.iter().take(LOOK_LINES).map(|(_, cells)| filled(cells)).max().unwrap_or(0);
    if most == 0 {
        return Err(ReadError::Empty);
    }
    let header = rows
        .iter()
        .take(LOOK_LINES)
        .position(|(_, cells)| {
            filled(cells) * 2 > most && cells.iter().any(|cell| guess(schema, kind, cell).is_some())
        })
        .or_else(|| rows.iter().position(|(_, cells)| filled(cells) == most))
        .unwrap_or(0);
    let headers = rows[header].1.clone();
    if headers.len() > MAX_COLUMNS {
        return Err(ReadError::TooLarge { what: "columns", limit: MAX_COLUMNS });
    }
    let rows: Vec<RawRow> = rows
        .into_iter()
        .skip(header + 1)
        .filter(|(_, cells)| filled(cells) > 0)
        .map(|(line, cells)| RawRow::Cells { line, cells })
        .collect();
    let columns = columns(headers, &rows, schema, kind);
    if columns.len() < 2 && columns.iter().all(|column| column.field.is_none()) {
        return Err(ReadError::Unknown);
    }
    Ok(Source { format: Format::Csv, encoding, delimiter: Some(delimiter), columns, rows, broken })
}

/// Line numbers for rising places in a text. The reader's own count is one short behind a CR LF.
struct Lines<'a> {
    text: &'a [u8],
    seen: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str, skipped: usize) -> Self {
        Self { text: text.as_bytes(), seen: 0, line: 1 + skipped }
    }

    /// The line on which the first row at or behind `byte` begins.
    fn at(&mut self, byte: usize) -> usize {
        let start = byte
            + self.text[byte.min(self.text.len())..]
                .iter()
                .take_while(|b| matches!(b, b'\r' | b'\n'))
                .count();
        let start = start.min(self.text.len()).max(self.seen);
        self.line += self.text[self.seen..start].iter().filter(|b| **b == b'\n').count();
        self.seen = start;
        self.line
    }
}

/// The delimiter, the text behind a `sep=` line, and how many lines that line took.
fn delimiter(text: &str) -> (char, &str, usize) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(found) = rest.chars().next().filter(char::is_ascii)
    {
        let behind = rest.split_once('\n').map_or("", |(_, behind)| behind);
        return (found, behind, 1);
    }
    let lines: Vec<&str> = text.lines().take(LOOK_LINES).collect();
    // The one that splits the most lines into the same number of cells; a semicolon wins a tie.
    let score = |delimiter: char| {
        let counts: Vec<usize> = lines.iter().map(|line| unquoted(line, delimiter)).collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        counts.iter().filter(|count| **count == most && most > 0).count() * 100 + most
    };
    let found =
        [';', ',', '\t', '|'].into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(';');
    (found, text, 0)
}

fn unquoted(line: &str, delimiter: char) -> usize {
    let mut quoted = false;
    line.chars()
        .filter(|c| {
            quoted ^= *c == '"';
            *c == delimiter && !quoted
        })
        .count()
}

/// `="0171"` is text that Excel must not turn into a number; `'=…` is text that it must not compute.
fn unwrap_excel(cell: &str) -> String {
    let cell = cell.trim_matches('\u{a0}');
    if let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner.to_owned();
    }
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t']) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

fn columns(headers: Vec<String>, rows: &[RawRow], schema: &Schema, kind: &str) -> Vec<Column> {
    let mut taken = BTreeMap::<Target, usize>::new();
    let mut seen = BTreeMap::<String, usize>::new();
    let mut columns = Vec::new();
    for (at, header) in headers.into_iter().enumerate() {
        let cell = |row: &RawRow| match row {
            RawRow::Cells { cells, .. } => cells.get(at).cloned(),
            RawRow::Card { .. } => None,
        };
        let sample: Vec<String> =
            rows.iter().filter_map(cell).filter(|cell| !cell.trim().is_empty()).take(3).collect();
        let mut header = header.trim().to_owned();
        if header.is_empty() && sample.is_empty() {
            // Empty columns at the end, as Excel leaves them; keep the place so that indexes hold.
            columns.push(Column { header, field: None, sample });
            continue;
        }
        if header.is_empty() {
            header = format!("Spalte {}", at + 1);
        }
        let count = seen.entry(header.clone()).or_insert(0);
        *count += 1;
        let mut field = guess(schema, kind, &header);
        if *count > 1 {
            header = format!("{header} ({count})");
        }
        if let Some(target) = &mut field {
            let uses = taken.entry(target.clone()).or_insert(0);
            *uses += 1;
            if *uses > 1 {
                // A second "E-Mail" is a second entry; a second plain field would overwrite the first.
                match target.label.is_some() {
                    true => target.number = target.number.max(1) + (*uses as u16 - 1),
                    false => field = None,
                }
            }
        }
        columns.push(Column { header, field, sample });
    }
    columns
}

pub(super) fn draft(
    columns: &[Column],
    line: usize,
    cells: &[String],
    schema: &Schema,
    kind: &str,
) -> Option<Draft> {
    let described = schema.kind(kind)?;
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return None;
    }
    let mut draft = Draft {
        row: line,
        kind: kind.to_owned(),
        edit: Edit::create(kind),
        companies: Vec::new(),
        uid: super::resolve::content_id(
            kind,
            columns.iter().zip(cells).map(|(column, cell)| (column.header.as_str(), cell.trim())),
        ),
        own_id: None,
        problems: Vec::new(),
    };
    // Columns of one entry come together here: (field, label, number) -> parts.
    let mut entries = BTreeMap::<(String, Option<String>, u16), Map<String, Json>>::new();
    for (column, cell) in columns.iter().zip(cells) {
        let cell = cell.trim();
        if cell.is_empty() || cell == "0.0.00" {
            continue;
        }
        let problem = |draft: &mut Draft, code: &'static str, reason: String| {
            let value = cell.chars().take(200).collect();
            draft.problems.push(Problem { row: line, column: column.header.clone(), value, code, reason });
        };
        if cell.len() > MAX_CELL_BYTES {
            problem(
                &mut draft,
                "too_long",
                format!("the cell has more than {MAX_CELL_BYTES} bytes and was left out"),
            );
            continue;
        }
        let Some(target) = &column.field else {
            keep(&mut draft.edit, &column.header, cell);
            continue;
        };
        if target.field == "id" {
            draft.own_id = cell.parse().ok();
            continue;
        }
        if target.field.starts_with("extra/") {
            draft.edit.set.insert(target.field.clone(), json!(cell));
            continue;
        }
        let Some(field) = described.field(&target.field) else {
            keep(&mut draft.edit, &column.header, cell);
            continue;
        };
        if field.ty == ValueType::Entries {
            let entry =
                entries.entry((target.field.clone(), target.label.clone(), target.number)).or_default();
            if let Err((code, reason)) = put_part(entry, field, target, cell, schema) {
                problem(&mut draft, code, reason);
                keep(&mut draft.edit, &column.header, cell);
            } else if excel_truncated(cell) {
                problem(
                    &mut draft,
                    "excel_truncated",
                    "Excel shortened this number; look it up and correct it".to_owned(),
                );
            }
            continue;
        }
        if let Err((code, reason)) = put_field(&mut draft.edit, field, cell, schema) {
            problem(&mut draft, code, reason);
            keep(&mut draft.edit, &column.header, cell);
        }
    }
    for ((name, label, _), entry) in entries {
        push_entry(&mut draft, described, &name, label, entry, schema);
    }
    Some(draft)
}

/// What has no field, or does not fit it, is kept under its header.
pub(super) fn keep(edit: &mut Edit, header: &str, value: &str) {
    let name: String = header.chars().filter(|c| !c.is_control() && *c != '/').take(80).collect();
    if !name.trim().is_empty() {
        edit.set.insert(format!("extra/{}", name.trim()), json!(value));
    }
}

/// Puts `typed` into a field that is not entries.
pub(super) fn put_field(
    edit: &mut Edit,
    field: &Field,
    typed: &str,
    schema: &Schema,
) -> Result<(), (&'static str, String)> {
    let list = field.list.as_deref().unwrap_or_default();
    let split = || {
        typed
            .split([';', '\n'])
            .flat_map(|part| part.split(" ::: "))
            .map(str::trim)
            .filter(|part| !part.is_empty())
    };
    match field.ty {
        ValueType::Tags => {
            // Google marks its own groups with an asterisk; they say nothing about the person.
            let tags = split()
                .flat_map(|part| part.split(','))
                .map(str::trim)
                .filter(|tag| !tag.is_empty() && !tag.starts_with("* "));
            edit.add.entry(field.name.clone()).or_default().extend(tags.map(|tag| json!(tag)));
        }
        ValueType::MultiChoice => {
            for part in split().flat_map(|part| part.split(',')).map(str::trim) {
                let key = choice(schema, list, part)
                    .ok_or(("unknown_choice", format!("{} has no such entry", field.label.en)))?;
                edit.add.entry(field.name.clone()).or_default().push(json!(key));
            }
        }
        ValueType::Choice => {
            let key = choice(schema, list, typed)
                .ok_or(("unknown_choice", format!("{} has no such entry", field.label.en)))?;
            edit.set.insert(field.name.clone(), json!(key));
        }
        ValueType::Boolean => {
            edit.set.insert(
                field.name.clone(),
                json!(boolean(typed).ok_or(("bad_value", "expected yes or no".to_owned()))?),
            );
        }
        ValueType::Links => {
            for part in split() {
                let id: crate::record::RecordId =
                    part.parse().map_err(|_| ("bad_value", "expected a record id".to_owned()))?;
                edit.add.entry(field.name.clone()).or_default().push(json!(id.to_string()));
            }
        }
        ValueType::Events | ValueType::Blob | ValueType::Entries => {
            return Err(("bad_value", "this field cannot be imported from a column".to_owned()));
        }
        _ if field.computed || field.relay_only => {
            return Err(("bad_value", "this field is filled by Farley".to_owned()));
        }
        ValueType::Text => {
            edit.set.insert(field.name.clone(), json!(typed));
        }
        ty => {
            let typed = excel_day(ty, typed).unwrap_or_else(|| typed.to_owned());
            let value =
                Value::from_json(ty, &json!(typed)).map_err(|error| ("bad_value", error.to_string()))?;
            edit.set.insert(field.name.clone(), value.to_json());
        }
    }
    Ok(())
}

/// Puts `typed` into one part of an entry.
pub(super) fn put_part(
    entry: &mut Map<String, Json>,
    field: &Field,
    target: &Target,
    typed: &str,
    schema: &Schema,
) -> Result<(), (&'static str, String)> {
    let part = target.part.as_deref();
    if let Some(part) = part
        && field.name == "addresses"
        && ADDRESS_PARTS.iter().any(|(key, ..)| *key == part)
    {
        let address = entry.entry("address").or_insert_with(|| json!({}));
        let typed = match part {
            "country" => country(typed),
            // Excel ate the leading zero.
            "postal_code"
                if typed.len() == 4 && typed.bytes().all(|b| b.is_ascii_digit()) && !foreign(address) =>
            {
                format!("0{typed}")
            }
            _ => typed.to_owned(),
        };
        address[part] = json!(typed);
        return Ok(());
    }
    let main = main_part(field);
    let name = part.unwrap_or(&main);
    // A company is named here and looked up later.
    if field.name == "employments" && name == "company" {
        entry.insert("company".into(), json!(typed));
        return Ok(());
    }
    let sub = field
        .sub
        .iter()
        .find(|sub| sub.name == name)
        .ok_or(("bad_value", format!("there is no part {name}")))?;
    let value = match sub.ty {
        ValueType::Choice => {
            let list = sub.list.as_deref().unwrap_or_default();
            json!(
                choice(schema, list, typed)
                    .ok_or(("unknown_choice", format!("{} has no such entry", sub.label.en)))?
            )
        }
        ValueType::Boolean => json!(boolean(typed).ok_or(("bad_value", "expected yes or no".to_owned()))?),
        ty => {
            Value::from_json(ty, &json!(typed)).map_err(|error| ("bad_value", error.to_string()))?.to_json()
        }
    };
    entry.insert(name.to_owned(), value);
    Ok(())
}

/// Adds a finished entry to the draft; an address without content is left out.
pub(super) fn push_entry(
    draft: &mut Draft,
    kind: &Kind,
    name: &str,
    label: Option<String>,
    mut entry: Map<String, Json>,
    schema: &Schema,
) {
    let Some(field) = kind.field(name) else { return };
    if entry.is_empty() {
        return;
    }
    if let Some(label) = label {
        let list = field.sub.iter().find(|sub| sub.name == "label").and_then(|sub| sub.list.as_deref());
        let label = list.and_then(|list| choice(schema, list, &label)).unwrap_or(label);
        if field.sub.iter().any(|sub| sub.name == "label") {
            entry.entry("label").or_insert(json!(label));
        }
    }
    let number = draft.edit.add.get(name).map_or(0, Vec::len);
    if name == "employments"
        && let Some(Json::String(company)) = entry.remove("company")
    {
        match company.parse::<crate::record::RecordId>() {
            Ok(id) => {
                entry.insert("company".into(), json!(id.to_string()));
            }
            Err(_) => draft.companies.push((number, company)),
        }
    }
    draft.edit.add.entry(name.to_owned()).or_default().push(Json::Object(entry));
}

/// The sub-field that a column without a part fills.
pub(super) fn main_part(field: &Field) -> String {
    let skip = ["label", "preferred", "invalid", "geo", "service", "type"];
    field
        .sub
        .iter()
        .find(|sub| !skip.contains(&sub.name.as_str()))
        .map_or_else(String::new, |sub| sub.name.clone())
}

fn boolean(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "wahr" | "ja" | "x" | "true" | "yes" | "1" | "j" | "y" => Some(true),
        "falsch" | "nein" | "false" | "no" | "0" | "n" => Some(false),
        _ => None,
    }
}

/// Days since 30 December 1899, as Excel stores dates.
fn excel_day(ty: ValueType, typed: &str) -> Option<String> {
    let days: i64 =
        (ty == ValueType::Date && (4..=5).contains(&typed.len())).then(|| typed.parse().ok()).flatten()?;
    let day =
        chrono::NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_signed(chrono::Duration::days(days))?;
    Some(day.format("%Y-%m-%d").to_string())
}

/// `4,91711E+11`: the digits are gone.
fn excel_truncated(typed: &str) -> bool {
    typed.split_once(['E', 'e']).is_some_and(|(number, exponent)| {
        exponent.starts_with('+')
            && exponent.len() <= 4
            && number.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
            && number.len() > 2
    })
}

fn foreign(address: &Json) -> bool {
    address["country"].as_str().is_some_and(|country| !country.is_empty() && country != "DE")
}

/// Country names that German files carry, as ISO 3166-1 codes; anything else stays as typed.
pub(super) fn country(typed: &str) -> String {
    const NAMES: &[(&str, &str)] = &[
        ("deutschland", "DE"),
        ("germany", "DE"),
        ("d", "DE"),
        ("osterreich", "AT"),
        ("austria", "AT"),
        ("a", "AT"),
        ("schweiz", "CH"),
        ("switzerland", "CH"),
        ("liechtenstein", "LI"),
        ("niederlande", "NL"),
        ("frankreich", "FR"),
        ("italien", "IT"),
        ("polen", "PL"),
        ("danemark", "DK"),
        ("belgien", "BE"),
        ("luxemburg", "LU"),
        ("tschechien", "CZ"),
    ];
    let folded = crate::index::fold(typed);
    NAMES
        .iter()
        .find(|(name, _)| *name == folded)
        .map_or_else(|| typed.to_owned(), |(_, code)| (*code).to_owned())
}
