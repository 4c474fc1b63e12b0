//! Telling the app what changed: merged here, at most ten times a second, never values.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use farley_core::workspace::Changed;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::sync::status;
use crate::workspace::Open;
use crate::{FarleyError, StatusData, Workspace};

/// Between two notices.
const PAUSE: Duration = Duration::from_millis(100);
/// Beyond that many records a notice says "much".
const MANY: usize = 100;

/// What changed since the last notice.
#[derive(Clone, Debug, Default, Eq, PartialEq, uniffi::Record)]
pub struct ChangeNotice {
    /// Kinds of the records that changed, sorted.
    pub kinds: Vec<String>,
    /// The records, sorted; empty if it was much.
    pub ids: Vec<String>,
    /// More than a hundred: query what is shown again.
    pub much: bool,
}

/// Told on a thread of this library; must be quick and must not call back. At most ten notices a second each.
#[uniffi::export(with_foreign)]
pub trait Observer: Send + Sync {
    /// Records changed, here or elsewhere.
    fn changed(&self, notice: ChangeNotice);
    /// Sync stands differently.
    fn status(&self, status: StatusData);
}

/// Ends when closed or dropped.
#[derive(uniffi::Object)]
pub struct Subscription {
    ended: watch::Sender<bool>,
    _core: Mutex<Option<farley_core::workspace::Subscription>>,
}

#[uniffi::export]
impl Subscription {
    /// Nothing is told any more.
    pub fn close(&self) {
        self.ended.send_replace(true);
        self._core.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.close();
    }
}

#[uniffi::export]
impl Workspace {
    /// Tells `observer` from now on, and the status at once.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Arc<Subscription>, FarleyError> {
        let open = self.open_now()?;
        let waiting = Arc::new(Waiting::default());
        let core = {
            let waiting = waiting.clone();
            open.workspace().subscribe(Box::new(move |changed| waiting.note(changed)))
        };
        let ended = watch::Sender::new(false);
        let runtime = crate::runtime::runtime()?;
        runtime.spawn(tell_changes(waiting, observer.clone(), ended.subscribe()));
        runtime.spawn(tell_status(&open, observer, ended.subscribe()));
        Ok(Arc::new(Subscription { ended, _core: Mutex::new(Some(core)) }))
    }
}

/// What was not told yet.
#[derive(Default)]
struct Waiting {
    noted: Mutex<Noted>,
    bell: Notify,
}

#[derive(Default)]
struct Noted {
    kinds: BTreeSet<String>,
    ids: BTreeSet<String>,
    much: bool,
}

impl Waiting {
    fn note(&self, changed: &Changed) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, kind) in &changed.records {
            noted.kinds.insert(kind.clone());
            if noted.ids.len() < MANY {
                noted.ids.insert(id.to_string());
            } else {
                noted.much = true;
            }
        }
        drop(noted);
        self.bell.notify_one();
    }

    fn take(&self) -> Option<ChangeNotice> {
        let noted = std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner));
        let ids = if noted.much { Vec::new() } else { noted.ids.into_iter().collect() };
        let notice = ChangeNotice { kinds: noted.kinds.into_iter().collect(), ids, much: noted.much };
        (!notice.kinds.is_empty()).then_some(notice)
    }
}

async fn tell_changes(waiting: Arc<Waiting>, observer: Arc<dyn Observer>, mut ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = waiting.bell.notified() => {}
            _ = ended.wait_for(|ended| *ended) => return,
        }
        if let Some(notice) = waiting.take() {
            observer.changed(notice);
        }
        sleep(PAUSE).await;
    }
}

fn tell_status(
    open: &Open,
    observer: Arc<dyn Observer>,
    mut ended: watch::Receiver<bool>,
) -> impl Future<Output = ()> + use<> {
    let mut watch = open.device().watch();
    watch.mark_changed();
    async move {
        loop {
            tokio::select! {
                changed = watch.changed() => if changed.is_err() { return },
                _ = ended.wait_for(|ended| *ended) => return,
            }
            let now = status(&watch.borrow_and_update());
            observer.status(now);
            sleep(PAUSE).await;
        }
    }
}
