//! `cargo xtask words`: the apps' texts, from one file into the form each platform wants.
//!
//! `mobile-bindings/words.toml` holds every text in German and English. From it come Kotlin objects for Android, a
//! string catalog for iOS and the Swift names of its keys. All are committed; `--check` compares.
//!
//! A text that is missing in one language, or whose parameters differ between languages, is an error that names
//! the key: half a translation never reaches a screen.

mod apple;
mod kotlin;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::run;

const SOURCE: &str = "mobile-bindings/words.toml";

/// Languages in the order of the outputs; the first one's word order gives the order of parameters.
const LANGUAGES: [&str; 2] = ["en", "de"];

/// Reserved in Kotlin or Swift, hence no name of a parameter.
const RESERVED: &[&str] =
    &["as", "case", "default", "for", "fun", "in", "is", "let", "object", "val", "var", "when"];

/// Writes the generated files, or with `check` compares them with what is committed.
///
/// # Errors
/// A key that lacks a language or whose parameters differ; with `check`, each file that is not what it should be.
pub fn run(check: bool) -> Result<()> {
    let root = run::root();
    let source = fs::read_to_string(root.join(SOURCE)).with_context(|| format!("cannot read {SOURCE}"))?;
    let words = parse(&source).with_context(|| format!("{SOURCE} needs a correction"))?;
    let mut files = kotlin::files(&words);
    files.extend(apple::files(&words));
    if check {
        let stale = stale(&root, &files);
        if !stale.is_empty() {
            bail!("not what {SOURCE} says; run `cargo xtask words`:\n  {}", stale.join("\n  "));
        }
    } else {
        for (path, text) in &files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("every output lies in a folder"))?;
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    println!("{} texts in {} languages, {} files", words.len(), LANGUAGES.len(), files.len());
    Ok(())
}

fn stale<'a>(root: &Path, files: &'a [(String, String)]) -> Vec<&'a str> {
    let committed = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    files.iter().filter(|(path, text)| committed(path) != *text).map(|(path, _)| path.as_str()).collect()
}

/// One text in every language.
#[derive(Debug, PartialEq)]
struct Word {
    /// `sync.waiting`.
    key: String,
    /// In the order in which English names them.
    parameters: Vec<String>,
    /// By language, in the order of `LANGUAGES`.
    texts: Vec<Text>,
}

/// What one language says.
#[derive(Debug, PartialEq)]
enum Text {
    Always(String),
    Plural { one: String, other: String },
}

/// A stretch of a text.
enum Piece<'a> {
    Plain(&'a str),
    Parameter(&'a str),
}

impl Word {
    /// `syncWaiting`.
    fn name(&self) -> String {
        let mut name = String::new();
        let mut upper = false;
        for letter in self.key.chars() {
            if matches!(letter, '.' | '_') {
                upper = true;
            } else if upper {
                name.extend(letter.to_uppercase());
                upper = false;
            } else {
                name.push(letter);
            }
        }
        name
    }
}

/// `{n}` and `{m}` count; every other parameter is text.
fn is_number(parameter: &str) -> bool {
    matches!(parameter, "n" | "m")
}

/// All words, sorted by key.
fn parse(source: &str) -> Result<Vec<Word>> {
    let screens: Table = source.parse()?;
    let mut words = Vec::new();
    for (screen, texts) in &screens {
        let texts = texts.as_table().with_context(|| format!("{screen} is not a table of texts"))?;
        for (name, languages) in texts {
            let key = format!("{screen}.{name}");
            words.push(word(&key, languages).with_context(|| format!("key {key}"))?);
        }
    }
    let mut names: Vec<String> = words.iter().map(Word::name).collect();
    names.sort();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        bail!("two keys would both be called {}", pair[0]);
    }
    Ok(words)
}

fn word(key: &str, languages: &Value) -> Result<Word> {
    if !key
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._".contains(letter))
    {
        bail!("small letters, digits and _ only");
    }
    let languages = languages.as_table().context("needs { de = …, en = … }")?;
    if let Some(other) = languages.keys().find(|name| !LANGUAGES.contains(&name.as_str())) {
        bail!("{other} is not a language of the apps");
    }
    let mut texts = Vec::new();
    for language in LANGUAGES {
        let value = languages.get(language).with_context(|| format!("language {language} is missing"))?;
        texts.push(text(value).with_context(|| format!("language {language}"))?);
    }
    let parameters = names(texts[0].forms()[0])?;
    for (language, text) in LANGUAGES.iter().zip(&texts) {
        for form in text.forms() {
            let mut here = names(form)?;
            let mut wanted = parameters.clone();
            here.sort();
            wanted.sort();
            if here != wanted {
                bail!("language {language}: parameters {here:?} differ from {wanted:?}");
            }
        }
        if matches!(text, Text::Plural { .. }) && !parameters.iter().any(|name| name == "n") {
            bail!("language {language}: one and other need a number {{n}}");
        }
    }
    if texts.iter().any(|text| matches!(text, Text::Plural { .. }) != matches!(texts[0], Text::Plural { .. }))
    {
        bail!("one and other in one language only");
    }
    Ok(Word { key: key.into(), parameters, texts })
}

fn text(value: &Value) -> Result<Text> {
    let form = |value: &Value| -> Result<String> {
        let text = value.as_str().context("is not a text")?;
        if text.trim() != text || text.is_empty() {
            bail!("is empty or has blanks around it");
        }
        if text.contains(['%', '\n']) {
            bail!("holds a % or a line break, which the catalog would read as something else");
        }
        Ok(text.into())
    };
    let Value::Table(forms) = value else { return Ok(Text::Always(form(value)?)) };
    match (forms.get("one"), forms.get("other"), forms.len()) {
        (Some(one), Some(other), 2) => Ok(Text::Plural { one: form(one)?, other: form(other)? }),
        _ => bail!("needs exactly the forms one and other"),
    }
}

impl Text {
    /// The general form first.
    fn forms(&self) -> Vec<&str> {
        match self {
            Self::Always(text) => vec![text],
            Self::Plural { one, other } => vec![other, one],
        }
    }
}

/// Parameters of a text in order of appearance, each once.
fn names(text: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for piece in pieces(text)? {
        let Piece::Parameter(name) = piece else { continue };
        if name.is_empty()
            || !name.chars().all(|letter| letter.is_ascii_lowercase())
            || RESERVED.contains(&name)
        {
            bail!("{{{name}}} cannot be the name of a parameter");
        }
        if names.iter().any(|known| known == name) {
            bail!("{{{name}}} stands twice");
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').context("a { without }")? + open;
        pieces.push(Piece::Plain(&rest[..open]));
        pieces.push(Piece::Parameter(&rest[open + 1..close]));
        rest = &rest[close + 1..];
    }
    if rest.contains('}') {
        bail!("a }} without {{");
    }
    pieces.push(Piece::Plain(rest));
    Ok(pieces)
}
