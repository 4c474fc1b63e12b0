use super::{apple, kotlin, parse};

const SOURCE: &str = r#"
[sync]
title = { de = "Übertragung", en = "Transfer" }
waiting = { de = { one = "{n} Eingabe wartet", other = "{n} Eingaben warten" }, en = { one = "{n} entry waits", other = "{n} entries wait" } }

[record]
by = { de = "{who} änderte es {time}", en = "changed {time} by {who}" }
"#;

fn file(name: &str, source: &str) -> String {
    let words = parse(source).expect("the source is right");
    let files: Vec<_> = kotlin::files(&words).into_iter().chain(apple::files(&words)).collect();
    files.into_iter().find(|(path, _)| path.ends_with(name)).expect("one of the outputs").1
}

fn refused(source: &str) -> String {
    format!("{:#}", parse(source).expect_err("the source is wrong"))
}

#[test]
fn both_languages_say_every_key_in_kotlin() {
    let interface = file("Words.kt", SOURCE);
    assert!(interface.contains("    val syncTitle: String\n"), "{interface}");
    assert!(interface.contains("    fun syncWaiting(n: Long): String\n"), "{interface}");
    assert!(
        interface.contains("    fun recordBy(\n        time: String,\n        who: String,\n    ): String\n")
    );
    let german = file("WordsDe.kt", SOURCE);
    assert!(german.contains("    override val syncTitle: String = \"Übertragung\"\n"), "{german}");
    assert!(german.contains(
        "(n: Long): String = if (n == 1L) \"${grouped(n)} Eingabe wartet\" else \"${grouped(n)} Eingaben"
    ));
    assert!(german.contains("    ): String = \"$who änderte es $time\"\n"), "{german}");
}

#[test]
fn catalog_numbers_the_parameters_where_a_language_has_its_own_order() {
    let catalog = file("Localizable.xcstrings", SOURCE);
    let json: serde_json::Value = serde_json::from_str(&catalog).expect("the catalog is JSON");
    let by = &json["strings"]["record.by %@ %@"]["localizations"];
    assert_eq!(by["de"]["stringUnit"]["value"], "%2$@ änderte es %1$@");
    assert_eq!(by["en"]["stringUnit"]["value"], "changed %@ by %@");
    let waiting = &json["strings"]["sync.waiting %lld"];
    assert_eq!(waiting["extractionState"], "manual");
    let plural = &waiting["localizations"]["de"]["variations"]["plural"];
    assert_eq!(plural["one"]["stringUnit"]["value"], "%lld Eingabe wartet");
    assert_eq!(plural["other"]["stringUnit"]["state"], "translated");
}

#[test]
fn swift_names_take_numbers_as_int_and_everything_else_as_text() {
    let phrases = file("Phrases.swift", SOURCE);
    assert!(phrases.contains("  public static let syncTitle = Phrase(\"sync.title\")\n"), "{phrases}");
    assert!(
        phrases
            .contains("func syncWaiting(_ n: Int) -> Phrase {\n    Phrase(\"sync.waiting\", .number(n))\n")
    );
    assert!(phrases.contains("func recordBy(time: String, who: String) -> Phrase {\n"), "{phrases}");
}

#[test]
fn a_long_kotlin_text_is_broken_and_keeps_every_word() {
    let words = "Sehr viele Wörter stehen hier. ".repeat(12);
    let german = file("WordsDe.kt", &format!("[a]\nb = {{ de = \"{}\", en = \"x\" }}", words.trim()));
    assert!(german.lines().all(|line| line.chars().count() <= 140), "{german}");
    let joined = german.replace("\" +\n            \"", "");
    assert!(joined.contains(words.trim()), "{joined}");
}

#[test]
fn dollars_quotes_and_backslashes_stay_what_they_are() {
    let german = file("WordsDe.kt", "[a]\nb = { de = '{n} \"$\\', en = '{n}' }");
    assert!(german.contains(r#""${grouped(n)} \"\$\\""#), "{german}");
}

#[test]
fn every_mistake_names_its_key() {
    for (source, said) in [
        ("[a]\nb = { de = \"x\" }", "key a.b: language en is missing"),
        (
            "[a]\nb = { de = \"x {n}\", en = \"x\" }",
            "key a.b: language de: parameters [\"n\"] differ from []",
        ),
        ("[a]\nb = { de = \"\", en = \"x\" }", "key a.b: language de: is empty"),
        ("[a]\nb = { de = \"x\", en = \"x\", fr = \"x\" }", "key a.b: fr is not a language"),
        ("[a]\nb = { de = \"{when}\", en = \"{when}\" }", "key a.b: {when} cannot be the name"),
        ("[a]\nb = { de = \"12 %\", en = \"x\" }", "key a.b: language de: holds a %"),
        ("[a]\nb = { de = \"{n\", en = \"x\" }", "key a.b: a { without }"),
        ("[a]\nb = { de = { one = \"x\" }, en = \"x\" }", "key a.b: language de: needs exactly"),
        (
            "[a]\nb = { de = { one = \"x\", other = \"y\" }, en = { one = \"x\", other = \"y\" } }",
            "need a number {n}",
        ),
        ("[a]\nb = { de = { one = \"{n}\", other = \"{n}\" }, en = \"{n}\" }", "one language only"),
        ("[a]\nb_c = { de = \"x\", en = \"x\" }\nb = \"x\"", "key a.b: needs { de"),
        (
            "[a]\nb_c = { de = \"x\", en = \"x\" }\n[a_b]\nc = { de = \"x\", en = \"x\" }",
            "would both be called aBC",
        ),
    ] {
        let message = refused(source);
        assert!(message.contains(said), "{message} lacks {said}");
    }
}

#[test]
fn the_words_of_the_apps_are_right() {
    let source =
        std::fs::read_to_string(crate::run::root().join(super::SOURCE)).expect("the file is committed");
    assert!(parse(&source).expect("every key is right").len() > 300);
}
