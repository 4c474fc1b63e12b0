//! Where a column goes: `family_name`, `phones[mobile]`, `addresses[work].city`, `employments.company`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A field, and for entries which entry and which part of it.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Target {
    /// Name of the field, `id` for our own id column, or `extra/<name>`.
    pub field: String,
    /// Label of the entry, e.g. `mobile`; columns with the same label and number fill one entry.
    pub label: Option<String>,
    /// Second, third entry of the same label; 1 is not written.
    pub number: u16,
    /// Sub-field, or part of an address; none = the main one.
    pub part: Option<String>,
}

impl Target {
    /// A plain field.
    pub fn field(name: &str) -> Self {
        Self { field: name.to_owned(), number: 1, ..Self::default() }
    }

    /// The same target for another part.
    pub fn part(mut self, part: &str) -> Self {
        self.part = Some(part.to_owned());
        self
    }

    /// The same target in the entry with this label.
    pub fn labelled(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        match (&self.label, self.number) {
            (None, 0 | 1) => {}
            (None, number) => write!(f, "[#{number}]")?,
            (Some(label), 0 | 1) => write!(f, "[{label}]")?,
            (Some(label), number) => write!(f, "[{label}#{number}]")?,
        }
        self.part.as_ref().map_or(Ok(()), |part| write!(f, ".{part}"))
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!("{:?} is not a target; examples: family_name, phones[mobile], addresses[work].city", text)
        };
        if let Some(name) = text.strip_prefix("extra/") {
            return Ok(Self::field(&format!("extra/{name}")));
        }
        let word =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-/".contains(c));
        let (head, part) = match text.rsplit_once('.') {
            Some((head, part)) => (head, Some(part)),
            None => (text, None),
        };
        let (field, entry) = match head.split_once('[') {
            Some((field, rest)) => (field, Some(rest.strip_suffix(']').ok_or_else(wrong)?)),
            None => (head, None),
        };
        let (label, number) = match entry.map(|entry| entry.split_once('#').unwrap_or((entry, "1"))) {
            Some((label, number)) => (label, number.parse().map_err(|_| wrong())?),
            None => ("", 1),
        };
        if !word(field) || part.is_some_and(|part| !word(part)) {
            return Err(wrong());
        }
        Ok(Self {
            field: field.to_owned(),
            label: (!label.is_empty()).then(|| label.to_owned()),
            number,
            part: part.map(str::to_owned),
        })
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_reads_back_what_it_shows() {
        for text in [
            "family_name",
            "phones[mobile]",
            "phones[#2]",
            "phones[work#3].preferred",
            "addresses[work].city",
            "extra/Kd-Art 1.2",
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        for wrong in ["", "phones[mobile", "a b", "phones[x#y]", ".city"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }
}
