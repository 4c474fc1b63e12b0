use proptest::prelude::*;
use serde_json::json;

use super::*;

fn typed(ty: ValueType, text: &str) -> Scalar {
    Value::from_json(ty, &json!(text)).unwrap_or_else(|error| panic!("{text}: {error}")).to_scalar()
}

#[test]
fn numbers_are_read_as_germans_swiss_and_programs_write_them() {
    for (text, canonical) in [
        ("12,5", "12.5"),
        ("1.234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1’234", "1234"),
        ("12.50", "12.5"),
        ("-0,0", "0"),
        (",5", "0.5"),
        ("1,234,567.8", "1234567.8"),
        ("−3", "-3"),
    ] {
        assert_eq!(typed(ValueType::Decimal, text), canonical.into(), "{text}");
    }
    assert_eq!(typed(ValueType::Integer, "1.234"), Scalar::Int(1234));
    for wrong in ["", "abc", "1.2.3", "12,34,5", "1,2,3.4", "1e5", "--3"] {
        assert!(Value::from_json(ValueType::Decimal, &json!(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn money_is_minor_units_and_a_code_whatever_was_typed() {
    for (text, canonical) in [
        ("1.234,50 €", "123450 EUR"),
        ("1234,5", "123450 EUR"),
        ("CHF 1'234.50", "123450 CHF"),
        ("1.234 €", "123400 EUR"),
        ("€ 5", "500 EUR"),
        ("1000 JPY", "1000 JPY"),
        ("-12,30 eur", "-1230 EUR"),
        ("99,- €", "9900 EUR"),
    ] {
        assert_eq!(typed(ValueType::Money, text), canonical.into(), "{text}");
    }
    assert!(Value::from_json(ValueType::Money, &json!("1,2345 €")).is_err());
    assert!(Value::from_json(ValueType::Money, &json!({"amount": 1, "currency": "EURO"})).is_err());
    assert_eq!(
        Value::from_json(ValueType::Money, &json!(1234.5)).unwrap(),
        Value::Money(Money { amount: 123_450, currency: "EUR".into() })
    );
}

#[test]
fn dates_have_one_spelling_and_may_lack_a_year() {
    for (text, canonical) in [
        ("31.12.2026", "2026-12-31"),
        ("31.12.26", "2026-12-31"),
        ("4.5.80", "1980-05-04"),
        ("31.12.", "--12-31"),
        ("29.2.", "--02-29"),
        ("--0504", "--05-04"),
        ("19800504", "1980-05-04"),
        ("2026-1-2", "2026-01-02"),
    ] {
        assert_eq!(typed(ValueType::Date, text), canonical.into(), "{text}");
    }
    for wrong in ["31.2.2026", "heute", "2026-13-01", "0000-01-01", "1.1.1.1", "é.1.", "--éé"] {
        assert!(Value::from_json(ValueType::Date, &json!(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn moments_carry_their_zone() {
    assert_eq!(typed(ValueType::Instant, "14.9.2026 8:10"), "1789366200000 Europe/Berlin".into());
    assert_eq!(typed(ValueType::Instant, "2026-09-14T06:10:00Z"), "1789366200000 UTC".into());
    assert_eq!(
        typed(ValueType::Period, "14.9.2026 8–10"),
        "2026-09-14T08:00 2026-09-14T10:00 Europe/Berlin".into()
    );
    assert_eq!(typed(ValueType::Period, "14.9.2026 ganztägig"), "2026-09-14 2026-09-15 Europe/Berlin".into());
    assert_eq!(
        typed(ValueType::Period, "2026-09-14T08:00/2026-09-14T10:00 Europe/Zurich"),
        "2026-09-14T08:00 2026-09-14T10:00 Europe/Zurich".into()
    );
    assert!(
        Value::from_json(ValueType::Period, &json!({"start": "2026-09-14", "end": "2026-09-13"})).is_err()
    );
    assert!(Value::from_json(ValueType::Instant, &json!({"at": 0, "zone": "Moon/Crater"})).is_err());
}

#[test]
fn the_hour_that_comes_twice_is_the_earlier_one_and_the_skipped_one_moves_on() {
    assert_eq!(typed(ValueType::Instant, "25.10.2026 2:30"), "1792888200000 Europe/Berlin".into());
    assert_eq!(typed(ValueType::Instant, "29.3.2026 2:30"), "1774747800000 Europe/Berlin".into());
}

#[test]
fn durations_are_minutes() {
    for (text, minutes) in
        [("90", 90), ("90 min", 90), ("1:30", 90), ("1,5 h", 90), ("1 h 30 min", 90), ("2 Std.", 120)]
    {
        assert_eq!(typed(ValueType::Duration, text), Scalar::Int(minutes), "{text}");
    }
}

#[test]
fn a_pasted_address_is_split_at_its_postal_code() {
    let address =
        Value::from_json(ValueType::Address, &json!("Lange Str. 5\nHinterhaus\nCH-8001 Zürich")).unwrap();
    let expected = Address {
        street: "Lange Str. 5".into(),
        street2: "Hinterhaus".into(),
        postal_code: "8001".into(),
        city: "Zürich".into(),
        country: "CH".into(),
        ..Address::default()
    };
    assert_eq!(address, Value::Address(expected));
    let from_object = json!({"city": " Zürich ", "country": "Schweiz", "region": null});
    let scalar = Value::from_json(ValueType::Address, &from_object).unwrap().to_scalar();
    assert_eq!(scalar, r#"{"city":"Zürich","country":"CH"}"#.into());
    assert!(Value::from_json(ValueType::Address, &json!({"town": "x"})).is_err());
    assert!(Value::from_json(ValueType::Address, &json!({})).is_err());
}

#[test]
fn strings_are_one_line_in_nfc_without_blanks_around() {
    assert_eq!(typed(ValueType::String, "  Mu\u{308}ller\r\n\tGmbH "), "Müller GmbH".into());
    assert_eq!(typed(ValueType::Email, " Anna@Example.ORG "), "Anna@example.org".into());
    assert_eq!(
        typed(ValueType::Url, "HTTPS://Www.Example.org/Über?A=B"),
        "https://www.example.org/Über?A=B".into()
    );
    assert_eq!(typed(ValueType::Geo, "53.550341, 9.9921500"), "53.55034,9.99215".into());
    for wrong in ["anna", "@x", "a b@c.de"] {
        assert!(Value::from_json(ValueType::Email, &json!(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn a_scalar_of_64_kib_fits_and_one_byte_more_does_not() {
    let fits = "a".repeat(MAX_SCALAR_BYTES);
    assert!(Value::from_json(ValueType::String, &json!(fits)).is_ok());
    assert!(Value::from_json(ValueType::String, &json!(format!("{fits}a"))).is_err());
    assert!(Value::from_json(ValueType::Text, &json!(format!("{fits}a"))).is_ok());
}

#[test]
fn an_ill_typed_scalar_is_an_error_and_never_a_panic() {
    let scalars = [
        Scalar::Null,
        Scalar::Bool(true),
        Scalar::Int(i64::MIN),
        Scalar::Str("é".repeat(9)),
        Scalar::Str(String::new()),
        Scalar::Bytes(vec![0, 255]),
    ];
    for ty in ALL {
        for scalar in &scalars {
            if let Ok(value) = Value::from_scalar(ty, scalar) {
                assert_eq!(Value::from_scalar(ty, &value.to_scalar()), Ok(value), "{ty:?}");
            }
        }
    }
}

const ALL: [ValueType; 24] = [
    ValueType::Address,
    ValueType::Blob,
    ValueType::Boolean,
    ValueType::Choice,
    ValueType::Date,
    ValueType::Decimal,
    ValueType::Duration,
    ValueType::Email,
    ValueType::Entries,
    ValueType::Events,
    ValueType::Geo,
    ValueType::Instant,
    ValueType::Integer,
    ValueType::Link,
    ValueType::Links,
    ValueType::Money,
    ValueType::MultiChoice,
    ValueType::Period,
    ValueType::Phone,
    ValueType::Rule,
    ValueType::String,
    ValueType::Tags,
    ValueType::Text,
    ValueType::Url,
];

/// JSON that a person or program could send for each type.
fn sent() -> impl Strategy<Value = (ValueType, serde_json::Value)> {
    let line = "[ \\PC]{0,12}";
    prop_oneof![
        line.prop_map(|text| (ValueType::String, json!(text))),
        line.prop_map(|text| (ValueType::Phone, json!(text))),
        line.prop_map(|text| (ValueType::Tags, json!(text))),
        line.prop_map(|text| (ValueType::Choice, json!(text))),
        "\\PC{0,30}".prop_map(|text| (ValueType::Text, json!(text))),
        "[a-zÜ.]{1,5}@[A-ZÄ.]{1,6}".prop_map(|text| (ValueType::Email, json!(text))),
        "(HTTPS://)?[A-Zä]{1,5}\\.[a-z]{2,3}(/\\PC{0,5})?".prop_map(|text| (ValueType::Url, json!(text))),
        any::<i64>().prop_map(|number| (ValueType::Integer, json!(number))),
        "-?[0-9]{1,9}([.,][0-9]{1,9})?".prop_map(|text| (ValueType::Decimal, json!(text))),
        "-?[0-9]{1,9}(,[0-9]{1,2})?( €| CHF| KWD)?".prop_map(|text| (ValueType::Money, json!(text))),
        (any::<i64>(), "[A-Z]{3}")
            .prop_map(|(amount, currency)| (ValueType::Money, json!({"amount": amount, "currency": currency}))),
        (1u32..32, 1u32..13, 1i32..10000)
            .prop_map(|(day, month, year)| (ValueType::Date, json!(format!("{day}.{month}.{year:04}")))),
        any::<bool>().prop_map(|yes| (ValueType::Boolean, json!(yes))),
        any::<[u8; 16]>().prop_map(|id| (ValueType::Link, json!(RecordId(id)))),
        (any::<i64>(), prop_oneof!["Europe/Zurich", "America/Lima", "UTC"])
            .prop_map(|(at, zone)| (ValueType::Instant, json!({"at": at, "zone": zone}))),
        (0u32..24, 0u32..24, 1u32..29).prop_map(|(from, to, day)| {
            (ValueType::Period, json!({"start": format!("2026-02-{day:02}T{from:02}:00"), "end": format!("2026-02-{day:02}T{to:02}:05")}))
        }),
        (line, line, "[A-Z]{2}")
            .prop_map(|(street, city, country)| (ValueType::Address, json!({"street": street, "city": city, "country": country}))),
        ("-?[0-8][0-9]\\.[0-9]{0,7}", "-?1[0-7][0-9](\\.[0-9]{1,7})?")
            .prop_map(|(lat, long)| (ValueType::Geo, json!(format!("{lat},{long}")))),
        "[0-9a-fA-F]{64}".prop_map(|hex| (ValueType::Blob, json!(hex))),
        (0i64..100, 0i64..60).prop_map(|(h, m)| (ValueType::Duration, json!(format!("{h}:{m:02}")))),
        "FREQ=[A-Z]{1,5}".prop_map(|rule| (ValueType::Rule, json!(rule))),
    ]
}

proptest! {
    #[test]
    fn every_value_reads_back_from_its_scalar_and_its_json((ty, json) in sent()) {
        if let Ok(value) = Value::from_json(ty, &json) {
            let scalar = value.to_scalar();
            let stored = Value::from_scalar(ty, &scalar);
            prop_assert_eq!(stored, Ok(value.clone()));
            let again = Value::from_json(ty, &value.to_json()).unwrap();
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(again.to_scalar(), scalar);
        }
    }

    #[test]
    fn no_typed_text_makes_a_reader_panic(text in "\\PC{0,20}", digits in "[-0-9.,:' –/hT]{0,14}") {
        for ty in ALL {
            let _ = Value::from_json(ty, &json!(text));
            let _ = Value::from_json(ty, &json!(digits));
            let _ = Value::from_scalar(ty, &Scalar::Str(digits.clone()));
        }
    }
}
