//! The one page of the demo that is not the office page: it leads to office and phones and tells the story.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use farley_server::app::Doors;
use farley_server::clock::{hex, random};
use serde::Deserialize;
use tokio::sync::Notify;

use super::company;
use super::phone::PHONES;
use super::story::{Progress, STEPS};

struct Landing {
    doors: Doors,
    progress: Progress,
    /// Somebody looks.
    opened: Arc<Notify>,
    base: String,
}

/// The page at `base`; `base/story`, which asks again by itself while the story plays; `base/open/office` and
/// `base/open/<phone>`, which lead on with a fresh one-time link.
pub fn router(base: &str, doors: Doors, progress: Progress, opened: Arc<Notify>) -> Router {
    let landing = Arc::new(Landing { doors, progress, opened, base: base.to_owned() });
    Router::new()
        .route(base, get(show))
        .route(&format!("{base}/story"), get(story))
        .route(&format!("{base}/open/{{what}}"), get(open))
        .with_state(landing)
}

/// `?lang=en`, for who wants another language than the browser's.
#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

async fn show(
    State(landing): State<Arc<Landing>>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Response {
    landing.opened.notify_one();
    html(|nonce| page(&landing.base, is_german(&chosen, &headers), nonce))
}

async fn story(
    State(landing): State<Arc<Landing>>,
    Query(chosen): Query<Chosen>,
    headers: HeaderMap,
) -> Response {
    html(|nonce| told(landing.progress.done(), is_german(&chosen, &headers), nonce))
}

fn is_german(chosen: &Chosen, headers: &HeaderMap) -> bool {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let lang = chosen.lang.as_deref().unwrap_or(wanted);
    !lang.trim_start().to_lowercase().starts_with("en")
}

fn html(page: impl FnOnce(&str) -> String) -> Response {
    let nonce = hex(&random::<16>());
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, page(&nonce)).into_response()
}

async fn open(State(landing): State<Arc<Landing>>, Path(what): Path<String>) -> Response {
    let link = if what == "office" {
        let doors = landing.doors.clone();
        let made = tokio::task::spawn_blocking(move || doors.office(company::OFFICE)).await;
        made.ok().and_then(Result::ok)
    } else {
        landing.doors.phone(&what)
    };
    match link {
        Some(link) => (StatusCode::SEE_OTHER, [(LOCATION, link)]).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The words of the landing page: name of the place, German, English.
const WORDS: [(&str, &str, &str); 8] = [
    ("title", "Farley: die Vorführung", "Farley: the demo"),
    (
        "intro",
        "Deichwärme Haustechnik GmbH, Hamburg. Büro und drei Telefone laufen auf diesem Rechner; alle Personen und \
         Nummern sind erfunden.",
        "Deichwärme Haustechnik GmbH, Hamburg. Office and three phones run on this computer; all people and numbers \
         are invented.",
    ),
    ("story", "Was gerade geschieht", "What is happening"),
    ("turn", "Danach sind Sie dran", "Then it is your turn"),
    ("open_office", "Büro öffnen", "Open the office"),
    ("window", "in eigenem Fenster", "in its own window"),
    ("german", "aria-current=\"page\"", ""),
    ("english", "", "aria-current=\"page\""),
];

/// What a visitor can try.
const TURN: [(&str, &str); 4] = [
    (
        "Öffnen Sie das Büro und klären Sie die eine Frage, die von der Geschichte bleibt.",
        "Open the office and settle the one question that the story leaves.",
    ),
    (
        "Schalten Sie auf einem Telefon den Flugmodus ein und ändern Sie eine Kundin.",
        "Switch a phone to airplane mode and change a customer on it.",
    ),
    ("Ändern Sie dieselbe Kundin im Büro.", "Change the same customer in the office."),
    (
        "Schalten Sie den Flugmodus aus und sehen Sie zu: Nichts geht verloren.",
        "Switch airplane mode off and watch: nothing is lost.",
    ),
];

fn page(base: &str, german: bool, nonce: &str) -> String {
    let word = |(de, en): &(&'static str, &'static str)| if german { *de } else { *en };
    let steps: String = TURN.iter().map(|step| format!("<li>{}</li>", word(step))).collect();
    let phones: String = PHONES
        .iter()
        .map(|(name, person, title, _)| {
            format!(
                "<section class=\"phone\"><p><strong>{title} · {person}</strong><a class=\"meta\" \
                 href=\"{base}/open/{name}\" target=\"_blank\" rel=\"noopener\">{{window}}</a></p>\
                 <iframe src=\"{base}/open/{name}\" title=\"{title} · {person}\" loading=\"lazy\"></iframe></section>"
            )
        })
        .collect();
    let html = include_str!("landing.html").replace("{steps}", &steps).replace("{phones}", &phones);
    fill(html, german, &[("base", base), ("nonce", nonce), ("office", company::OFFICE)])
}

/// The story as far as it was played. No script: it asks again by itself while it plays.
fn told(done: usize, german: bool, nonce: &str) -> String {
    let steps = STEPS.iter().enumerate().map(|(at, (de, en))| {
        let (class, mark) = match at {
            at if at < done => ("done", "✓"),
            at if at == done => ("now", "▸"),
            _ => ("", "·"),
        };
        let text = if german { de } else { en };
        format!("<li class=\"{class}\"><span aria-hidden=\"true\">{mark}</span>{text}</li>")
    });
    let html = include_str!("story.html").replace("{steps}", &steps.collect::<String>());
    let refresh = if done < STEPS.len() { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    let (done, all) = (done.to_string(), STEPS.len().to_string());
    let count = if german { format!("{done} von {all}") } else { format!("{done} of {all}") };
    fill(
        html,
        german,
        &[("refresh", refresh), ("done", &done), ("all", &all), ("count", &count), ("nonce", nonce)],
    )
}

/// `html` with its places filled: words in one language, `parts`, style last, because it has braces of its own.
fn fill(html: String, german: bool, parts: &[(&str, &str)]) -> String {
    let words = WORDS.iter().map(|(name, de, en)| (*name, if german { *de } else { *en }));
    let lang = ("lang", if german { "de" } else { "en" });
    let style = ("style", include_str!("landing.css"));
    let all = words.chain(parts.iter().copied()).chain([lang, style]);
    all.fold(html, |html, (name, text)| html.replace(&format!("{{{name}}}"), text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_leads_to_office_and_phones_in_both_languages() {
        for (german, words) in [(true, "Büro öffnen"), (false, "Open the office")] {
            let html = page("/demo/x", german, "n");
            assert!(html.contains(words) && html.contains("Maren Brandt"), "{html}");
            assert!(
                html.contains("href=\"/demo/x/open/office\"") && html.contains("src=\"/demo/x/open/brandt\"")
            );
            assert!(html.contains("prefers-color-scheme: dark"));
            let body = html.split("</style>").last().unwrap();
            assert!(!body.contains('{'), "every place is filled: {body}");
        }
    }

    #[test]
    fn the_story_marks_what_was_played_and_asks_again_until_all_is() {
        let playing = told(3, true, "n");
        assert_eq!(
            (playing.matches("class=\"done\"").count(), playing.matches("class=\"now\"").count()),
            (3, 1)
        );
        assert!(playing.contains("http-equiv=\"refresh\"") && playing.contains("3 von 8"));
        let over = told(STEPS.len(), false, "n");
        assert!(!over.contains("http-equiv=\"refresh\"") && over.contains("lang=\"en\""));
        assert!(!over.split("</style>").last().unwrap().contains('{'));
    }
}
