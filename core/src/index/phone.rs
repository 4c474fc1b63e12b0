//! Phone numbers in any spelling, through the `phonenumber` crate (numbering plans of all countries).

use phonenumber::country::Id;

/// The region of a number without a country code.
const DEFAULT_REGION: Id = Id::DE;

/// Longest number looked at, in bytes: longer ones are no phone numbers, and parsing costs by length.
const MAX_NUMBER: usize = 64;

/// Digits of a phone number in any spelling, national form, for search: "+49 171 5551234" -> "01715551234".
/// Numbers of other countries than Germany, Austria and Switzerland keep their country code in front of
/// the national digits. What is no number gives its digits.
pub fn phone_digits(typed: &str) -> String {
    match parse(typed) {
        // Their trunk prefix is 0; Liechtenstein, Italy and others dial the number as it is.
        Some((49 | 43 | 41, national)) => format!("0{national}"),
        Some((code, national)) => format!("{code}{national}"),
        None => digits(typed),
    }
}

/// E.164 digits without the plus: "0171 5551234" -> "491715551234". What is no number gives its digits.
pub fn e164_digits(typed: &str) -> String {
    parse(typed).map_or_else(|| digits(typed), |(code, national)| format!("{code}{national}"))
}

/// Search form and E.164 of one number, read once.
pub(super) fn both(typed: &str) -> (String, String) {
    match parse(typed) {
        Some((code @ (49 | 43 | 41), national)) => (format!("0{national}"), format!("{code}{national}")),
        Some((code, national)) => (format!("{code}{national}"), format!("{code}{national}")),
        None => (digits(typed), digits(typed)),
    }
}

/// Country code and national significant number.
fn parse(typed: &str) -> Option<(u16, String)> {
    if typed.len() > MAX_NUMBER {
        return None;
    }
    // The crate is not ours; a number that makes it panic is kept as digits.
    let number = std::panic::catch_unwind(|| phonenumber::parse(Some(DEFAULT_REGION), typed)).ok()?.ok()?;
    let national = number.national();
    let zeros = "0".repeat(usize::from(national.zeros()).min(4));
    Some((number.country().code(), format!("{zeros}{}", national.value())))
}

fn digits(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_gives_the_same_digits() {
        for typed in
            ["+49 171 5551234", "0171 555 12 34", "0049 171/5551234", "+49 (0)171-5551234", "(0171) 5551234"]
        {
            assert_eq!(phone_digits(typed), "01715551234", "{typed}");
            assert_eq!(e164_digits(typed), "491715551234", "{typed}");
        }
        assert_eq!(phone_digits("+43 1 5861234"), "015861234");
        assert_eq!(phone_digits("+41 44 668 18 00"), "0446681800");
        assert_eq!(e164_digits("+1 650-253-0000"), "16502530000");
    }

    #[test]
    fn what_is_no_number_gives_its_digits_and_never_panics() {
        assert_eq!(phone_digits("Zentrale"), "");
        assert_eq!(phone_digits("Durchwahl 7"), "7");
        for odd in ["", "+", "++49", "00", "٠١٧١", "☎️ 1", "tel:", ";ext=", "0".repeat(5000).as_str()]
        {
            let _ = phone_digits(odd);
        }
    }
}
