//! What a record is called: "Anna Müller" above its page, "Müller, Anna" in sorted lists.

use super::{Field, Kind, Label, Schema, ShownField};
use crate::record::{Record, Value, ValueType};

/// Longest title in characters; the first line of a note may be a whole paragraph.
const MAX_TITLE: usize = 120;

impl Schema {
    /// The record's title: the first group of its kind's title fields in which something stands, joined by
    /// blanks. Empty if there is none, or if the kind is not known here.
    pub fn title(&self, record: &Record) -> String {
        self.kind(record.kind()).map_or_else(String::new, |kind| self.titles(kind, record).0)
    }

    /// The title as lists sort it: the family name first, with a comma.
    pub fn sort_title(&self, record: &Record) -> String {
        self.kind(record.kind()).map_or_else(String::new, |kind| self.titles(kind, record).1)
    }

    /// Title and sort title.
    pub fn titles(&self, kind: &Kind, record: &Record) -> (String, String) {
        for group in &kind.title {
            let mut words: Vec<(bool, String)> = Vec::new();
            for field in group.iter().filter_map(|name| kind.field(name)) {
                let word = field.shown(record).and_then(|shown| self.words(field, shown));
                words.extend(word.map(|word| (field.name == "family_name", word)));
            }
            if words.is_empty() {
                continue;
            }
            let join = |words: &[(bool, String)]| {
                let words: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
                cut(&words.join(" "))
            };
            let title = join(&words);
            let sort = match words.iter().position(|(is_family, _)| *is_family) {
                Some(at) if words.len() > 1 => {
                    let (_, family) = words.remove(at);
                    cut(&format!("{family}, {}", join(&words)))
                }
                _ => title.clone(),
            };
            return (title, sort);
        }
        Default::default()
    }

    /// Words for a title: choices by their German label, the workspace's first language; links have none.
    fn words(&self, field: &Field, shown: ShownField<'_>) -> Option<String> {
        let words = match shown {
            ShownField::Entries(entries) => {
                let main = field.main_sub()?;
                let value = entries.iter().find_map(|entry| entry.value(&main.name))?;
                self.value_words(main, value)?
            }
            ShownField::Set(members) => self.value_words(field, members.first()?)?,
            ShownField::Text(text) => text.lines().map(str::trim).find(|line| !line.is_empty())?.to_owned(),
            ShownField::Value(value) => self.value_words(field, &value)?,
            ShownField::Events(_) | ShownField::IllTyped(_) => return None,
        };
        (!words.is_empty()).then_some(words)
    }

    fn value_words(&self, field: &Field, value: &Value) -> Option<String> {
        let words = match (field.ty, value) {
            (ValueType::Choice | ValueType::MultiChoice, Value::Text(key)) => self
                .label_of(field.list.as_deref()?, key)
                .map_or_else(|| key.clone(), |label| label.de.clone()),
            (_, Value::Text(text) | Value::Decimal(text)) => text.clone(),
            (_, Value::Date(date)) => german_date(date),
            (_, Value::Period(period)) => german_date(period.start.split('T').next().unwrap_or_default()),
            (_, Value::Integer(number)) => number.to_string(),
            (_, Value::Address(address)) => {
                let parts = address.parts().into_iter().map(|(_, part)| part);
                parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
            }
            (_, Value::Boolean(_) | Value::Instant(_) | Value::Link(_) | Value::Money(_)) => return None,
        };
        Some(words)
    }

    /// The label of `key` in `list`.
    pub fn label_of(&self, list: &str, key: &str) -> Option<&Label> {
        self.lists.get(list)?.iter().find(|choice| choice.key == key).map(|choice| &choice.label)
    }
}

/// `14.09.2026` of `2026-09-14`.
fn german_date(iso: &str) -> String {
    match iso.split('-').collect::<Vec<_>>()[..] {
        ["", "", month, day] => format!("{day}.{month}."),
        [year, month, day] => format!("{day}.{month}.{year}"),
        _ => iso.to_owned(),
    }
}

fn cut(title: &str) -> String {
    match title.char_indices().nth(MAX_TITLE) {
        Some((at, _)) => format!("{}…", &title[..at]),
        None => title.to_owned(),
    }
}
