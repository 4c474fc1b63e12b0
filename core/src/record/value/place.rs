//! Postal addresses and positions.

use serde_json::json;

use super::{Address, ValueError, expected, one_line};
use crate::record::ValueType;

/// Countries by the names people write; everything else is a two-letter code.
const COUNTRIES: [(&str, &str); 40] = [
    ("a", "AT"),
    ("austria", "AT"),
    ("österreich", "AT"),
    ("belgien", "BE"),
    ("belgium", "BE"),
    ("schweiz", "CH"),
    ("suisse", "CH"),
    ("switzerland", "CH"),
    ("svizzera", "CH"),
    ("czech republic", "CZ"),
    ("czechia", "CZ"),
    ("tschechien", "CZ"),
    ("bundesrepublik deutschland", "DE"),
    ("d", "DE"),
    ("deutschland", "DE"),
    ("germany", "DE"),
    ("denmark", "DK"),
    ("dänemark", "DK"),
    ("spain", "ES"),
    ("spanien", "ES"),
    ("france", "FR"),
    ("frankreich", "FR"),
    ("f", "FR"),
    ("großbritannien", "GB"),
    ("united kingdom", "GB"),
    ("italien", "IT"),
    ("italy", "IT"),
    ("italia", "IT"),
    ("fl", "LI"),
    ("liechtenstein", "LI"),
    ("luxembourg", "LU"),
    ("luxemburg", "LU"),
    ("netherlands", "NL"),
    ("niederlande", "NL"),
    ("poland", "PL"),
    ("polen", "PL"),
    ("sweden", "SE"),
    ("schweden", "SE"),
    ("united states", "US"),
    ("usa", "US"),
];

impl Address {
    /// Part name and text, in the order they are stored and shown; empty ones too.
    pub fn parts(&self) -> [(&'static str, &str); 6] {
        [
            ("street", &self.street),
            ("street2", &self.street2),
            ("postal_code", &self.postal_code),
            ("city", &self.city),
            ("region", &self.region),
            ("country", &self.country),
        ]
    }

    fn canonical(mut self) -> Result<Self, ValueError> {
        for part in [
            &mut self.street,
            &mut self.street2,
            &mut self.postal_code,
            &mut self.city,
            &mut self.region,
            &mut self.country,
        ] {
            *part = one_line(part);
        }
        if !self.country.is_empty() {
            self.country =
                country(&self.country).ok_or_else(|| ValueError::new("a country of two letters, like DE"))?;
        }
        if self == Self::default() {
            return Err(ValueError::new(expected(ValueType::Address)));
        }
        Ok(self)
    }
}

pub fn address_from_json(json: &serde_json::Value) -> Result<Address, ValueError> {
    let wrong = "an object of street, street2, postal_code, city, region and country";
    let parts: std::collections::BTreeMap<String, Option<String>> =
        serde_json::from_value(json.clone()).map_err(|_| ValueError::new(wrong))?;
    let kept = parts.into_iter().filter_map(|(name, part)| part.map(|part| (name, part.into())));
    let object = serde_json::Value::Object(kept.collect());
    serde_json::from_value::<Address>(object).map_err(|_| ValueError::new(wrong))?.canonical()
}

pub fn address_from_stored(stored: &str) -> Result<Address, ValueError> {
    let wrong = |_| ValueError::new(expected(ValueType::Address));
    serde_json::from_str::<Address>(stored).map_err(wrong)?.canonical()
}

/// JSON of the parts that are not empty: the address is one scalar, so that a street of one person
/// never meets the city of another.
pub fn address_stored(address: &Address) -> String {
    // Written by hand to keep the order of the parts: it is the one spelling.
    let mut stored = String::from("{");
    for (name, part) in address.parts() {
        if !part.is_empty() {
            let comma = if stored.len() > 1 { "," } else { "" };
            stored.push_str(&format!("{comma}\"{name}\":{}", json!(part)));
        }
    }
    stored + "}"
}

pub fn address_json(address: &Address) -> serde_json::Value {
    let parts = address.parts().into_iter().filter(|(_, part)| !part.is_empty());
    serde_json::Value::Object(parts.map(|(name, part)| (name.to_owned(), json!(part))).collect())
}

/// A pasted block: lines or parts between commas; the part that starts with a postal code holds the city.
pub fn address_as_typed(typed: &str) -> Result<Address, ValueError> {
    let mut address = Address::default();
    let lines = typed.split(['\n', ',']).map(one_line).filter(|line| !line.is_empty());
    for line in lines {
        if let Some((before, code, city)) = split_city(&line).filter(|_| address.city.is_empty()) {
            (address.postal_code, address.city) = (code, city);
            address.country = country(&before).unwrap_or_default();
            continue;
        }
        match country(&line) {
            // A country stands last, after the city; "A" alone in front of it is a staircase.
            Some(code) if !address.city.is_empty() => address.country = code,
            _ if address.street.is_empty() => address.street = line,
            _ if address.street2.is_empty() => address.street2 = line,
            _ if address.region.is_empty() => address.region = line,
            _ => {
                address.street2.push_str(", ");
                address.street2.push_str(&line);
            }
        }
    }
    address.canonical()
}

/// `D-20095 Hamburg` as country, code and city.
fn split_city(line: &str) -> Option<(String, String, String)> {
    let (code, city) = line.split_once(' ')?;
    let (country, digits) = code.split_once('-').unwrap_or(("", code));
    let is_code = (4..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| (country.to_owned(), digits.to_owned(), city.trim().to_owned()))
}

/// ISO 3166-1 alpha-2 of a code or a name in German or English.
fn country(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    if let Some((_, code)) = COUNTRIES.iter().find(|(known, _)| *known == lower) {
        return Some((*code).to_owned());
    }
    (name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then(|| name.to_ascii_uppercase())
}

/// Canonical `53.55034,9.99215`: at most five decimals, which is a metre.
pub fn geo(line: &str) -> Option<String> {
    let (latitude, longitude) = line.split_once(',')?;
    let read = |text: &str, most: i64| {
        let number = rust_decimal::Decimal::from_str_exact(text.trim()).ok()?.round_dp(5).normalize();
        let zero = number.is_zero();
        let inside = number.abs() <= rust_decimal::Decimal::from(most);
        inside.then(|| if zero { "0".to_owned() } else { number.to_string() })
    };
    Some(format!("{},{}", read(latitude, 90)?, read(longitude, 180)?))
}
