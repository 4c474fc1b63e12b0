//! One value as it is filtered and sorted.

use super::{ValueRow, collation_key, e164_digits};
use crate::record::{Scalar, Value, ValueType};
use crate::schema::{Field, fold};

/// The row of `value` under the name `name`; a filter that is turned into a row of the same field finds it.
pub fn value_row(name: &str, field: &Field, value: &Value) -> ValueRow {
    let row = |sort: Vec<u8>, text: String, number: Option<i64>| ValueRow {
        field: name.to_owned(),
        sort,
        text,
        number,
    };
    match value {
        Value::Address(address) => {
            let parts = address.parts().into_iter().map(|(_, part)| part).filter(|part| !part.is_empty());
            let text = fold(&parts.collect::<Vec<_>>().join(" "));
            // Lists by address are lists by town.
            let by_town = format!("{} {} {}", address.city, address.postal_code, address.street);
            row(collation_key(by_town.trim()), text, None)
        }
        Value::Boolean(yes) => row(vec![u8::from(*yes)], yes.to_string(), Some(i64::from(*yes))),
        Value::Date(date) => row(date.as_bytes().to_vec(), date.clone(), None),
        Value::Decimal(decimal) => row(decimal_sort(decimal), decimal.clone(), None),
        Value::Instant(instant) => {
            let millis = instant.at.millis();
            row(number_sort(millis), instant.at.rfc3339(), Some(millis))
        }
        Value::Integer(number) => row(number_sort(*number), number.to_string(), Some(*number)),
        Value::Link(id) => row(id.as_bytes().to_vec(), id.to_string(), None),
        Value::Money(money) => {
            let mut sort = number_sort(money.amount);
            sort.extend(money.currency.bytes());
            row(sort, canonical(value), Some(money.amount))
        }
        Value::Period(period) => {
            let start = period.start_utc().map(|start| start.millis());
            row(period.start.as_bytes().to_vec(), canonical(value), start)
        }
        Value::Text(text) => match field.ty {
            ValueType::Phone => {
                let digits = e164_digits(text);
                row(digits.as_bytes().to_vec(), digits, None)
            }
            ValueType::Email => {
                let lower = text.to_lowercase();
                row(lower.as_bytes().to_vec(), lower, None)
            }
            ValueType::Blob
            | ValueType::Choice
            | ValueType::Geo
            | ValueType::MultiChoice
            | ValueType::Rule => row(text.as_bytes().to_vec(), text.clone(), None),
            // A string that has a list holds a key of it or a word of somebody's own.
            _ => row(collation_key(text), fold(text), None),
        },
    }
}

fn canonical(value: &Value) -> String {
    match value.to_scalar() {
        Scalar::Str(text) => text,
        _ => String::new(),
    }
}

/// Big-endian with the sign flipped: negative numbers sort in front.
fn number_sort(number: i64) -> Vec<u8> {
    ((number as u64) ^ (1 << 63)).to_be_bytes().to_vec()
}

/// Billionths as a big-endian number with the sign flipped; beyond that the ends.
fn decimal_sort(decimal: &str) -> Vec<u8> {
    let (sign, digits) = decimal.strip_prefix('-').map_or((1, decimal), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<9}");
    let billionths = format!("{whole}{}", &fraction.get(..9).unwrap_or("0"));
    let number = sign * billionths.parse::<i128>().unwrap_or(i128::MAX);
    ((number as u128) ^ (1 << 127)).to_be_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_size_and_not_by_digits() {
        let numbers = [i64::MIN, -10, -9, 0, 9, 10, i64::MAX];
        assert!(numbers.is_sorted_by_key(|number| number_sort(*number)));
        let decimals = ["-79228162514264337593543950335", "-10.5", "-10.25", "0", "0.5", "9", "10", "100.1"];
        assert!(decimals.is_sorted_by_key(|decimal| decimal_sort(decimal)));
    }
}
