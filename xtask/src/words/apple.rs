//! Words for iOS: a string catalog, and a Swift name for each of its keys.

use std::fmt::Write;

use super::{LANGUAGES, Piece, Text, Word, is_number, pieces};

/// Path from the root and text of each file.
pub fn files(words: &[Word]) -> Vec<(String, String)> {
    vec![
        ("ios/App/Localizable.xcstrings".into(), catalog(words)),
        ("ios/FarleyKit/Sources/FarleyKit/Phrases.swift".into(), phrases(words)),
    ]
}

/// As SwiftUI makes it from an interpolation: `sync.waiting %lld`.
fn key(word: &Word) -> String {
    word.parameters.iter().fold(word.key.clone(), |key, name| key + " " + specifier(name))
}

fn specifier(parameter: &str) -> &'static str {
    if is_number(parameter) { "%lld" } else { "%@" }
}

/// Laid out as Xcode writes it, so that opening it there changes nothing.
fn catalog(words: &[Word]) -> String {
    let mut out = String::from("{\n  \"sourceLanguage\" : \"en\",\n  \"strings\" : {\n");
    for (at, word) in words.iter().enumerate() {
        let _ = write!(out, "    {} : {{\n      \"extractionState\" : \"manual\",\n", quoted(&key(word)));
        out += "      \"localizations\" : {\n";
        let mut languages: Vec<_> = LANGUAGES.iter().zip(&word.texts).collect();
        languages.sort_by_key(|(language, _)| **language);
        for (at, (language, text)) in languages.iter().enumerate() {
            let _ = writeln!(out, "        \"{language}\" : {{");
            match text {
                Text::Always(text) => out += &unit(word, text, 10),
                Text::Plural { one, other } => {
                    out += "          \"variations\" : {\n            \"plural\" : {\n";
                    let _ =
                        write!(out, "              \"one\" : {{\n{}              }},\n", unit(word, one, 16));
                    let _ = write!(
                        out,
                        "              \"other\" : {{\n{}              }}\n",
                        unit(word, other, 16)
                    );
                    out += "            }\n          }\n";
                }
            }
            let _ = writeln!(out, "        }}{}", if at + 1 < languages.len() { "," } else { "" });
        }
        let _ = writeln!(out, "      }}\n    }}{}", if at + 1 < words.len() { "," } else { "" });
    }
    out + "  },\n  \"version\" : \"1.0\"\n}\n"
}

fn unit(word: &Word, text: &str, indent: usize) -> String {
    let blank = " ".repeat(indent);
    let value = quoted(&value(word, text));
    format!(
        "{blank}\"stringUnit\" : {{\n{blank}  \"state\" : \"translated\",\n{blank}  \"value\" : {value}\n{blank}}}\n"
    )
}

/// Specifiers carry their position where a language names the parameters in an order of its own.
fn value(word: &Word, text: &str) -> String {
    let pieces = pieces(text).expect("parsed before");
    let order: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Parameter(name) = piece { Some(*name) } else { None })
        .collect();
    let positions = order != word.parameters;
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Plain(plain) => out += plain,
            Piece::Parameter(name) if positions => {
                let at =
                    word.parameters.iter().position(|known| known == name).expect("checked while parsing")
                        + 1;
                let _ = write!(out, "%{at}${}", &specifier(name)[1..]);
            }
            Piece::Parameter(name) => out += specifier(name),
        }
    }
    out
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is always JSON")
}

fn phrases(words: &[Word]) -> String {
    let mut out =
        String::from("// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.\n\n");
    out += "extension Phrase {\n";
    for word in words {
        if word.parameters.is_empty() {
            let _ = writeln!(out, "  public static let {} = Phrase({})", word.name(), quoted(&word.key));
            continue;
        }
        let typed = |name: &String| format!("{name}: {}", if is_number(name) { "Int" } else { "String" });
        let list = match word.parameters.as_slice() {
            [only] => format!("_ {}", typed(only)),
            several => several.iter().map(typed).collect::<Vec<_>>().join(", "),
        };
        let given = |name: &String| format!("{}({name})", if is_number(name) { ".number" } else { ".text" });
        let values = word.parameters.iter().map(given).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "  public static func {}({list}) -> Phrase {{\n    Phrase({}, {values})\n  }}",
            word.name(),
            quoted(&word.key)
        );
    }
    out + "}\n"
}
