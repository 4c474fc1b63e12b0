//! Words for Android: an interface and one object a language, plain Kotlin with the library of Java 8.

use std::fmt::Write;

use super::{Piece, Text, Word, is_number, pieces};

const FOLDER: &str = "android/model/src/main/kotlin/org/farley/model";
const HEAD: &str = "// Generated from mobile-bindings/words.toml by `cargo xtask words`. Do not edit.\n\npackage org.farley.model\n\n";

/// Columns that `.editorconfig` allows.
const WIDTH: usize = 140;

/// Path from the root and text of each file.
pub fn files(words: &[Word]) -> Vec<(String, String)> {
    vec![
        (format!("{FOLDER}/Words.kt"), interface(words)),
        (format!("{FOLDER}/WordsDe.kt"), object(words, 1, "WordsDe", "GERMANY")),
        (format!("{FOLDER}/WordsEn.kt"), object(words, 0, "WordsEn", "UK")),
    ]
}

fn interface(words: &[Word]) -> String {
    let mut out = format!(
        "{HEAD}/** Every text of the app; `wordsOf` gives those of a language. */\ninterface Words {{\n"
    );
    for word in words {
        let _ = match word.parameters.as_slice() {
            [] => writeln!(out, "    val {}: String", word.name()),
            _ => writeln!(out, "\n    fun {}{}: String", word.name(), parameters(word)),
        };
    }
    out += "}\n\n/** German for `de`, `de-CH` and so on, else English. */\n";
    out += "fun wordsOf(language: String): Words = if (language.startsWith(\"de\")) WordsDe else WordsEn\n";
    spaced(&out)
}

fn object(words: &[Word], language: usize, name: &str, locale: &str) -> String {
    let mut out = HEAD.to_owned();
    out += "import java.text.NumberFormat\nimport java.util.Locale\n\n";
    let _ = writeln!(out, "internal object {name} : Words {{");
    for word in words {
        match word.parameters.as_slice() {
            [] => property(&mut out, word, &word.texts[language]),
            _ => function(&mut out, word, &word.texts[language]),
        }
    }
    let _ = writeln!(
        out,
        "\n    private fun grouped(n: Long): String = NumberFormat.getIntegerInstance(Locale.{locale}).format(n)\n}}"
    );
    spaced(&out)
}

fn property(out: &mut String, word: &Word, text: &Text) {
    let lines = literal(text.forms()[0], 8);
    let head = format!("    override val {}: String =", word.name());
    if lines.len() == 1 && head.chars().count() + 1 + lines[0].trim_start().chars().count() <= WIDTH {
        let _ = writeln!(out, "{head} {}", lines[0].trim_start());
    } else {
        let _ = writeln!(out, "{head}\n{}", lines.join("\n"));
    }
}

fn function(out: &mut String, word: &Word, text: &Text) {
    let head = format!("    override fun {}{}: String =", word.name(), parameters(word));
    let body = match text {
        Text::Always(text) => literal(text, 8),
        Text::Plural { one, other } => match (literal(one, 0).as_slice(), literal(other, 0).as_slice()) {
            ([one], [other]) if one.chars().count() + other.chars().count() + 30 < WIDTH => {
                vec![format!("        if (n == 1L) {one} else {other}")]
            }
            _ => {
                let (one, other) = (literal(one, 12).join("\n"), literal(other, 12).join("\n"));
                vec![format!("        if (n == 1L) {{\n{one}\n        }} else {{\n{other}\n        }}")]
            }
        },
    };
    let body = body.join("\n");
    let last = head.lines().last().map_or(0, |line| line.chars().count());
    let fits = !body.contains('\n') && last + 1 + body.trim_start().chars().count() <= WIDTH;
    let _ = if fits {
        writeln!(out, "\n{head} {}", body.trim_start())
    } else {
        writeln!(out, "\n{head}\n{body}")
    };
}

/// ktlint wants two parameters and more on lines of their own.
fn parameters(word: &Word) -> String {
    let one = |name: &String| format!("{name}: {}", if is_number(name) { "Long" } else { "String" });
    match word.parameters.as_slice() {
        [only] => format!("({})", one(only)),
        several => {
            let lines: String = several.iter().map(|name| format!("        {},\n", one(name))).collect();
            format!("(\n{lines}    )")
        }
    }
}

/// A string literal, broken at blanks into lines that fit, joined by `+`.
fn literal(text: &str, indent: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    for piece in pieces(text).expect("parsed before").iter() {
        match piece {
            Piece::Parameter(name) => {
                let last = parts.len() - 1;
                parts[last] +=
                    &if is_number(name) { format!("${{grouped({name})}}") } else { format!("${{{name}}}") };
            }
            Piece::Plain(plain) => {
                for word in plain.split_inclusive(' ') {
                    let last = parts.len() - 1;
                    if parts[last].chars().count() + word.chars().count() + indent + 10 > WIDTH {
                        parts.push(String::new());
                    }
                    let last = parts.len() - 1;
                    parts[last] += &word.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
                }
            }
        }
    }
    let (blank, count) = (" ".repeat(indent), parts.len());
    let line = |(at, part): (usize, &String)| {
        let deeper = if at == 0 { "" } else { "    " };
        format!("{blank}{deeper}\"{}\"{}", simple(part), if at + 1 < count { " +" } else { "" })
    };
    parts.iter().enumerate().map(line).collect()
}

/// `${name}` where no letter follows is written `$name`, as ktlint wants it.
fn simple(part: &str) -> String {
    let mut out = String::new();
    let mut rest = part;
    while let Some(open) = rest.find("${") {
        let close = rest[open..].find('}').map_or(rest.len(), |at| at + open);
        let (name, after) = (&rest[open + 2..close], rest[close + 1..].chars().next());
        out += &rest[..open];
        let plain = name.chars().all(char::is_alphanumeric);
        if plain && !after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            out += &format!("${name}");
        } else {
            out += &format!("${{{name}}}");
        }
        rest = &rest[close + 1..];
    }
    out + rest
}

/// A blank line between a function and what follows it, none after an opening brace.
fn spaced(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut in_function = false;
    for line in text.lines() {
        let starts = line.starts_with("    val ") || line.starts_with("    override val ");
        if in_function && starts {
            out.push("");
            in_function = false;
        }
        if line.is_empty() && out.last().is_some_and(|last| last.ends_with('{') || last.is_empty()) {
            continue;
        }
        in_function |= line.starts_with("    fun ") || line.starts_with("    override fun ");
        out.push(line);
    }
    out.join("\n") + "\n"
}
