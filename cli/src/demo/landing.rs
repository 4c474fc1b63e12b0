//! The one page of the demo that is not the office page: it leads to office and phones and tells the story.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use farley_server::app::Doors;
use farley_server::clock::{hex, random};
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

/// The page at `base`, with `base/open/office` and `base/open/<phone>`, which lead on with a fresh one-time link.
pub fn router(base: &str, doors: Doors, progress: Progress, opened: Arc<Notify>) -> Router {
    let landing = Arc::new(Landing { doors, progress, opened, base: base.to_owned() });
    Router::new()
        .route(base, get(show))
        .route(&format!("{base}/open/{{what}}"), get(open))
        .with_state(landing)
}

async fn show(State(landing): State<Arc<Landing>>, headers: HeaderMap) -> Response {
    landing.opened.notify_one();
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let german = !wanted.trim_start().to_lowercase().starts_with("en");
    let nonce = hex(&random::<16>());
    let html = page(&landing.base, landing.progress.done(), german, &nonce);
    let policy =
        format!("default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; frame-ancestors 'none'");
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, html).into_response()
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

fn page(base: &str, done: usize, german: bool, nonce: &str) -> String {
    let word = |de: &'static str, en: &'static str| if german { de } else { en };
    let lang = word("de", "en");
    let steps: String = STEPS
        .iter()
        .enumerate()
        .map(|(at, (de, en))| {
            let (class, mark) = if at < done { ("done", "✓") } else { ("", "·") };
            format!("<li class=\"{class}\"><span aria-hidden=\"true\">{mark}</span> {}</li>", word(de, en))
        })
        .collect();
    let phones: String = PHONES
        .iter()
        .map(|(name, person, title, _)| {
            format!(
                "<a href=\"{base}/open/{name}\" target=\"_blank\" rel=\"noopener\"><b>{title}</b>{person}</a>"
            )
        })
        .collect();
    // No script: the page asks again by itself while the story plays.
    let refresh = if done < STEPS.len() { "<meta http-equiv=\"refresh\" content=\"2\">" } else { "" };
    let (title, office, story) = (
        word("Farley: die Vorführung", "Farley: the demo"),
        word("Büro", "Office"),
        word("Was gerade geschieht", "What is happening"),
    );
    let intro = word(
        "Deichwärme Haustechnik GmbH, Hamburg. Büro und drei Telefone laufen auf diesem Rechner; alle Personen und \
         Nummern sind erfunden.",
        "Deichwärme Haustechnik GmbH, Hamburg. Office and three phones run on this computer; all people and numbers \
         are invented.",
    );
    let then = word(
        "Danach sind Sie dran: Telefon öffnen, Flugmodus einschalten, etwas ändern, Flugmodus ausschalten, und im Büro \
         zusehen.",
        "Then it is your turn: open a phone, switch to airplane mode, change something, switch it back, and watch the \
         office.",
    );
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">{refresh}\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style nonce=\"{nonce}\">\
         :root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;\
         padding:0 1rem}}nav{{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem}}\
         nav a{{border:1px solid currentColor;border-radius:.5rem;padding:.75rem;text-decoration:none;color:inherit}}\
         nav a:hover,nav a:focus-visible{{outline:2px solid Highlight}}nav b{{display:block}}ol{{list-style:none;\
         padding:0}}li{{opacity:.55}}li.done{{opacity:1}}</style></head><body><main><h1>{title}</h1><p>{intro}</p><nav>\
         <a href=\"{base}/open/office\" target=\"_blank\" rel=\"noopener\"><b>{office}</b>{}</a>{phones}</nav>\
         <h2>{story}</h2><ol>{steps}</ol><p>{then}</p></main></body></html>",
        company::OFFICE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_marks_what_was_played_and_asks_again_until_all_is() {
        let playing = page("/demo/x", 3, true, "n");
        assert_eq!(playing.matches("class=\"done\"").count(), 3);
        assert!(playing.contains("http-equiv=\"refresh\"") && playing.contains("Maren Brandt"));
        let over = page("/demo/x", STEPS.len(), false, "n");
        assert!(!over.contains("http-equiv=\"refresh\"") && over.contains("lang=\"en\""));
        assert!(over.contains("/demo/x/open/brandt") && over.contains("/demo/x/open/office"));
    }
}
