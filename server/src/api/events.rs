//! Server-sent events: what changed, without values. The id is the seq.
//!
//! One observer of the workspace feeds every stream through a bounded queue: a slow reader is told to `resync` and
//! costs nothing more. The last thousand entries are kept, so that a reader that comes back within them misses none.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use farley_core::workspace::Changed;
use futures_util::Stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::extract::{Query, Signed, header};
use super::{Api, HostEvent, overview};
use crate::problem::Problem;

/// Events a reader may be behind.
const QUEUE: usize = 256;
/// Entries kept for readers that come back.
const KEPT: usize = 1_000;
/// Streams of one browser session; the oldest is closed.
const STREAMS: usize = 8;
/// Records of one commit told one by one; more are a `resync`.
const SINGLE: usize = 200;
/// Changes within this time make one `status` event.
const CALM: Duration = Duration::from_millis(200);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The same as the header, for readers that cannot set it.
    last: Option<u64>,
}

#[derive(Clone)]
enum News {
    Change { seq: Option<u64>, data: Arc<Value> },
    Resync,
}

/// Distributes commits to streams.
pub struct Hub {
    news: broadcast::Sender<News>,
    kept: Mutex<Kept>,
    streams: Mutex<HashMap<String, VecDeque<CancellationToken>>>,
}

struct Kept {
    /// Everything with a greater seq is in `changes`.
    floor: u64,
    changes: VecDeque<(u64, Arc<Value>)>,
}

impl Hub {
    /// A hub whose memory starts behind `position`.
    pub fn new(position: u64) -> Self {
        Self {
            news: broadcast::Sender::new(QUEUE),
            kept: Mutex::new(Kept { floor: position, changes: VecDeque::new() }),
            streams: Mutex::default(),
        }
    }

    /// Tells every stream. Called on the committing thread: no blocking here.
    pub fn publish(&self, changed: &Changed) {
        let mut kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if changed.records.len() > SINGLE || changed.entries.len() > SINGLE {
            kept.changes.clear();
            kept.floor = kept.floor.max(changed.seq);
            let _ = self.news.send(News::Resync);
            return;
        }
        let mut told = std::collections::BTreeSet::new();
        for entry in &changed.entries {
            told.insert(entry.record);
            let data = Arc::new(json!({
                "seq": entry.seq, "kind": entry.kind, "id": entry.record, "fields": entry.fields,
                "device": entry.device, "conflict": entry.conflict, "local": entry.seq.is_none(),
            }));
            if let Some(seq) = entry.seq {
                kept.changes.push_back((seq, data.clone()));
                if kept.changes.len() > KEPT {
                    kept.floor = kept.changes.pop_front().map_or(kept.floor, |(seq, _)| seq);
                }
            }
            let _ = self.news.send(News::Change { seq: entry.seq, data });
        }
        // Rows that changed without a new entry: an own edit got its seq, a record was forgotten.
        for (record, kind) in changed.records.iter().filter(|(record, _)| !told.contains(record)) {
            let data = Arc::new(json!({
                "seq": null, "kind": kind, "id": record, "fields": [], "device": null, "conflict": false, "local": false,
            }));
            let _ = self.news.send(News::Change { seq: None, data });
        }
    }

    /// What a reader that has seen `last` missed; none if that is no longer known.
    fn since(&self, last: u64, position: u64) -> Option<Vec<(u64, Arc<Value>)>> {
        let kept = self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last < kept.floor || last > position {
            return None;
        }
        Some(kept.changes.iter().filter(|(seq, _)| *seq > last).cloned().collect())
    }

    /// A place among the session's streams. A ninth ends the first.
    fn enter(&self, session: &str, stop: &CancellationToken) -> CancellationToken {
        let mut streams = self.streams.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        streams.retain(|_, tokens| {
            tokens.retain(|token| !token.is_cancelled());
            !tokens.is_empty()
        });
        let tokens = streams.entry(session.to_owned()).or_default();
        while tokens.len() >= STREAMS {
            if let Some(oldest) = tokens.pop_front() {
                oldest.cancel();
            }
        }
        let token = stop.child_token();
        tokens.push_back(token.clone());
        metrics::gauge!("farley_sse_streams").increment(1.0);
        token
    }
}

struct Reader {
    api: Api,
    ready: VecDeque<Event>,
    news: broadcast::Receiver<News>,
    host: broadcast::Receiver<HostEvent>,
    status_at: Option<Instant>,
    /// Ends the stream, and leaves its place when the stream is dropped.
    token: CancellationToken,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.token.cancel();
        metrics::gauge!("farley_sse_streams").decrement(1.0);
    }
}

pub async fn listen(
    State(api): State<Api>,
    Signed(caller): Signed,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let last = header(&headers, "last-event-id").and_then(|text| text.parse().ok()).or(params.last);
    // Subscribe before looking at what was missed: a commit between the two comes twice, which is harmless.
    let news = api.0.hub.news.subscribe();
    let host = api.host().events();
    let mut ready = VecDeque::new();
    if let Some(last) = last {
        let position = api.run(|api| Ok(super::position(api.workspace()))).await?;
        match api.0.hub.since(last, position) {
            Some(missed) => ready.extend(missed.into_iter().map(|(seq, data)| change(Some(seq), &data))),
            None => ready.push_back(Event::default().event("resync").data("{}")),
        }
    }
    let token = api.0.hub.enter(&caller.session, &api.0.stop);
    let state = Reader { api, ready, news, host, status_at: Some(Instant::now()), token };
    let stream = futures_util::stream::unfold(state, |mut state| async move {
        let event = state.next().await?;
        Some((Ok(event), state))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

impl Reader {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.token.is_cancelled() {
                return None;
            }
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let due = self.status_at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3_600));
            tokio::select! {
                () = self.token.cancelled() => return None,
                news = self.news.recv() => match news {
                    Ok(News::Change { seq, data }) => {
                        self.status_at.get_or_insert_with(|| Instant::now() + CALM);
                        self.ready.push_back(change(seq, &data));
                    }
                    Ok(News::Resync) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        self.status_at.get_or_insert_with(|| Instant::now() + CALM);
                        self.ready.push_back(Event::default().event("resync").data("{}"));
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                event = self.host.recv() => match event {
                    Ok(HostEvent::Device { id, connected }) => {
                        self.status_at.get_or_insert_with(|| Instant::now() + CALM);
                        let data = json!({"id": id, "connected": connected});
                        self.ready.push_back(Event::default().event("device").data(data.to_string()));
                    }
                    Ok(HostEvent::Status) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        self.status_at.get_or_insert_with(|| Instant::now() + CALM);
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
                () = tokio::time::sleep_until(due), if self.status_at.is_some() => {
                    self.status_at = None;
                    if let Ok(status) = self.api.run(overview::status_json).await {
                        self.ready.push_back(Event::default().event("status").data(status.to_string()));
                    }
                }
            }
        }
    }
}

fn change(seq: Option<u64>, data: &Value) -> Event {
    let event = Event::default().event("change").data(data.to_string());
    match seq {
        Some(seq) => event.id(seq.to_string()),
        None => event,
    }
}

#[cfg(test)]
mod tests {
    use farley_core::record::{ChangeHash, RecordId, Timestamp};
    use farley_core::workspace::ChangedEntry;

    use super::*;

    fn commit(seq: u64) -> Changed {
        let entry = ChangedEntry {
            record: RecordId([1; 16]),
            kind: "contact".into(),
            hash: ChangeHash([seq as u8; 32]),
            device: None,
            seq: Some(seq),
            typed_at: Timestamp::from_millis(0),
            fields: vec!["family_name".into()],
            conflict: false,
        };
        Changed {
            records: vec![(RecordId([1; 16]), "contact".into())],
            seq,
            entries: vec![entry],
            outbox: false,
        }
    }

    #[test]
    fn a_reader_that_comes_back_gets_what_it_missed_or_is_told_that_it_cannot() {
        let hub = Hub::new(5);
        for seq in 6..=8 {
            hub.publish(&commit(seq));
        }
        let missed = hub.since(6, 8).unwrap();
        assert_eq!(missed.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [7, 8]);
        assert!(hub.since(4, 8).is_none(), "from before this process");
        assert!(hub.since(9, 8).is_none(), "from another epoch");
        for seq in 9..=8 + KEPT as u64 {
            hub.publish(&commit(seq));
        }
        assert!(hub.since(7, 2_000).is_none());
        assert_eq!(hub.since(8, 2_000).unwrap().len(), KEPT);
    }

    #[test]
    fn the_ninth_stream_of_a_session_ends_the_first() {
        let hub = Hub::new(0);
        let stop = CancellationToken::new();
        let tokens: Vec<_> = (0..9).map(|_| hub.enter("one", &stop)).collect();
        assert!(tokens[0].is_cancelled());
        assert!(!tokens[1].is_cancelled());
        assert!(!hub.enter("two", &stop).is_cancelled());
        stop.cancel();
        assert!(tokens[8].is_cancelled());
    }
}
