//! Records as CSV, for Excel or for programs; what is written is read back without loss.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::Value as Json;

use crate::record::ValueType;
use crate::schema::{Field, Kind, RecordView, Schema};

use super::headers::ADDRESS_PARTS;

/// For whom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// UTF-8 with byte order mark, `;`, German headers, dates and numbers.
    Excel,
    /// RFC 4180, English headers, ISO dates, decimal points.
    Programs,
}

/// Writes a header and one row a record, in the order given.
///
/// Entries become columns by label and number (`Telefon [mobil] 2`), as many as the fullest record needs.
/// Text that a spreadsheet would compute gets a leading `'`, which our reader removes; phone numbers are exempt.
///
/// # Errors
/// What `out` says.
pub fn write_csv(
    out: &mut dyn Write,
    schema: &Schema,
    kind: &Kind,
    records: &[RecordView],
    dialect: Dialect,
) -> io::Result<()> {
    let columns = columns(schema, kind, records, dialect);
    if dialect == Dialect::Excel {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let delimiter = if dialect == Dialect::Excel { b';' } else { b',' };
    let terminator = csv::Terminator::CRLF;
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(out);
    writer.write_record(columns.iter().map(|column| column.header.as_str()))?;
    for record in records {
        writer.write_record(
            columns.iter().map(|column| guard(&column.cell(schema, record, dialect), column.phone)),
        )?;
    }
    writer.flush()
}

struct Column<'a> {
    header: String,
    phone: bool,
    of: Of<'a>,
}

enum Of<'a> {
    Id,
    Extra(String),
    Field(&'a Field),
    /// Entries: field, label, number from 1, sub-field, part of an address.
    Part(&'a Field, String, usize, &'a Field, Option<&'static str>),
}

fn columns<'a>(schema: &Schema, kind: &'a Kind, records: &[RecordView], dialect: Dialect) -> Vec<Column<'a>> {
    let german = dialect == Dialect::Excel;
    let word = |label: &crate::schema::Label| if german { label.de.clone() } else { label.en.clone() };
    let mut columns = vec![Column { header: "Farley-ID".into(), phone: false, of: Of::Id }];
    for field in &kind.fields {
        if field.computed || matches!(field.ty, ValueType::Events | ValueType::Blob) {
            continue;
        }
        let values: Vec<&Json> = records.iter().filter_map(|record| record.values.get(&field.name)).collect();
        if values.is_empty() {
            continue;
        }
        if field.ty != ValueType::Entries {
            columns.push(Column {
                header: word(&field.label),
                phone: field.ty == ValueType::Phone,
                of: Of::Field(field),
            });
            continue;
        }
        // The most entries of one label that a record has, per label.
        let mut most = BTreeMap::<String, usize>::new();
        for value in &values {
            let mut counts = BTreeMap::<String, usize>::new();
            for entry in value.as_array().into_iter().flatten() {
                *counts.entry(label_of(entry)).or_default() += 1;
            }
            for (label, count) in counts {
                let most = most.entry(label).or_default();
                *most = count.max(*most);
            }
        }
        for (label, count) in most {
            for number in 1..=count {
                let mut base = word(&field.label);
                if !label.is_empty() {
                    base = format!("{base} [{label}]");
                }
                if number > 1 || label.is_empty() {
                    base = format!("{base} {number}");
                }
                for sub in field.sub.iter().filter(|sub| sub.name != "label") {
                    let used = values
                        .iter()
                        .flat_map(|value| value.as_array().into_iter().flatten())
                        .any(|entry| !entry[&sub.name].is_null());
                    if !used {
                        continue;
                    }
                    if sub.ty == ValueType::Address {
                        for (part, de, en) in ADDRESS_PARTS {
                            let header = format!("{base} {}", if german { de } else { en });
                            columns.push(Column {
                                header,
                                phone: false,
                                of: Of::Part(field, label.clone(), number, sub, Some(part)),
                            });
                        }
                    } else {
                        let header = format!("{base} {}", word(&sub.label));
                        columns.push(Column {
                            header,
                            phone: sub.ty == ValueType::Phone,
                            of: Of::Part(field, label.clone(), number, sub, None),
                        });
                    }
                }
            }
        }
    }
    let mut extra: Vec<&String> = records
        .iter()
        .flat_map(|record| record.extra.keys())
        .filter(|key| key.starts_with("extra/"))
        .collect();
    extra.sort();
    extra.dedup();
    columns.extend(extra.into_iter().map(|key| Column {
        header: key.clone(),
        phone: false,
        of: Of::Extra(key.clone()),
    }));
    debug_assert!(!schema.kinds.is_empty());
    columns
}

fn label_of(entry: &Json) -> String {
    entry["label"].as_str().unwrap_or_default().to_owned()
}

impl Column<'_> {
    fn cell(&self, schema: &Schema, record: &RecordView, dialect: Dialect) -> String {
        match &self.of {
            Of::Id => record.id.to_string(),
            Of::Extra(key) => record.extra.get(key).map(plain).unwrap_or_default(),
            Of::Field(field) => record
                .values
                .get(&field.name)
                .map(|value| shown(schema, field, value, dialect))
                .unwrap_or_default(),
            Of::Part(field, label, number, sub, part) => {
                let entries = record.values.get(&field.name).and_then(Json::as_array);
                let entry =
                    entries.into_iter().flatten().filter(|entry| label_of(entry) == *label).nth(number - 1);
                match (entry.map(|entry| &entry[&sub.name]), part) {
                    (None | Some(Json::Null), _) => String::new(),
                    (Some(address), Some(part)) => plain(&address[*part]),
                    (Some(value), None) => shown(schema, sub, value, dialect),
                }
            }
        }
    }
}

/// A value as the reader takes it back, in the dialect's spelling.
fn shown(schema: &Schema, field: &Field, value: &Json, dialect: Dialect) -> String {
    let german = dialect == Dialect::Excel;
    let label = |key: &str| {
        let choices = field.list.as_ref().and_then(|list| schema.lists.get(list));
        let choice = choices.and_then(|choices| choices.iter().find(|choice| choice.key == key));
        choice.map_or_else(
            || key.to_owned(),
            |choice| if german { choice.label.de.clone() } else { choice.label.en.clone() },
        )
    };
    match (field.ty, value) {
        (ValueType::Choice, Json::String(key)) => label(key),
        (ValueType::MultiChoice, Json::Array(keys)) => {
            keys.iter().filter_map(Json::as_str).map(label).collect::<Vec<_>>().join("; ")
        }
        (ValueType::Tags | ValueType::Links, Json::Array(tags)) => {
            tags.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("; ")
        }
        (ValueType::Money, Json::Object(money)) => {
            let amount = money.get("amount").and_then(Json::as_i64).unwrap_or_default();
            let currency = money.get("currency").and_then(Json::as_str).unwrap_or_default();
            let sign = if amount < 0 { "-" } else { "" };
            let comma = if german { "," } else { "." };
            format!(
                "{sign}{}{comma}{:02} {currency}",
                amount.unsigned_abs() / 100,
                amount.unsigned_abs() % 100
            )
        }
        (ValueType::Decimal, Json::String(number)) if german => number.replace('.', ","),
        (ValueType::Date, Json::String(date)) if german => german_date(date),
        (ValueType::Boolean, Json::Bool(yes)) if german => if *yes { "ja" } else { "nein" }.to_owned(),
        _ => plain(value),
    }
}

fn german_date(date: &str) -> String {
    let parts: Vec<&str> = date.trim_start_matches('-').split('-').collect();
    match parts[..] {
        [year, month, day] => format!("{day}.{month}.{year}"),
        [month, day] => format!("{day}.{month}."),
        _ => date.to_owned(),
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn guard(cell: &str, phone: bool) -> String {
    let computes = cell.starts_with(['=', '+', '-', '@', '\t']);
    // A phone number starts with a plus and is no formula; a date without year starts with two dashes.
    let harmless = phone && cell.chars().all(|c| c.is_ascii_digit() || "+ ()-/.".contains(c));
    if computes && !harmless { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_phone_numbers_left_alone() {
        assert_eq!(guard("=HYPERLINK(\"x\")", false), "'=HYPERLINK(\"x\")");
        assert_eq!(guard("+49 171 5551234", true), "+49 171 5551234");
        assert_eq!(guard("+cmd|' /C calc'!A0", true), "'+cmd|' /C calc'!A0");
        assert_eq!(guard("Müller", false), "Müller");
    }

    #[test]
    fn dates_are_german_for_excel() {
        assert_eq!(german_date("1980-05-04"), "04.05.1980");
        assert_eq!(german_date("--05-04"), "04.05.");
    }
}
