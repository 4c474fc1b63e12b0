//! One session of a device: from two sockets to the last effect.
//!
//! Effects are carried out strictly in the order the session hands them out, each finished before the next
//! is asked for (sync.md section 15); everything durable runs on the device's own thread.

use std::time::{Duration, Instant};

use farley_core::record::Timestamp;
use farley_core::sync::{ByeReason, DeviceEffect, DeviceSession, Message};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::carrier::{Carrier, CarrierKind, PATIENCE};
use crate::connect::{ConnectError, meaning};
use crate::engine::{Control, Engine, Goal, wall};
use crate::handshake::{HandshakeError, prove};
use crate::keys::PublicKey;
use crate::status::{SyncReport, Trouble};
use crate::wire::{Channel, ChannelError, SILENCE, Traffic};

/// How a session ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum End {
    /// The person, or the app, wanted it: look at the control again.
    Left,
    /// `Goal::Once`: nothing is left to do.
    Settled,
    /// The relay's word.
    Bye { reason: ByeReason, after_ms: Option<u64> },
    /// The line, or the other end, failed.
    Lost(String, Trouble),
    /// Nothing could be stored. What is here stays readable.
    Storage(String),
}

/// A session whose `Welcome` has come and was not yet handled: nothing durable has happened.
pub(crate) struct Welcomed {
    channel: Channel,
    session: DeviceSession,
    welcome: Message,
    clock: Clock,
    /// The key that answered, and the one it will switch to.
    pub(crate) next: Option<(PublicKey, PublicKey)>,
}

/// Wall clock at its start plus monotonic time since: never backwards inside a session.
#[derive(Clone, Copy)]
struct Clock {
    start: Timestamp,
    since: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { start: wall(), since: Instant::now() }
    }

    fn now(&self) -> Timestamp {
        self.start.plus_millis(i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    fn until(&self, deadline: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(deadline.since(self.now())).unwrap_or(0))
    }
}

impl Engine {
    /// Goes from a carrier to `Welcome`: proof, `Hello`, the first push. Only reads the workspace, so that two of
    /// these may race.
    pub(crate) async fn reach(
        &self,
        connect: impl Future<Output = Result<Carrier, ConnectError>>,
        attempt: [u8; 16],
    ) -> Result<Box<Welcomed>, HandshakeError> {
        let file = self.file();
        let proved =
            prove(connect.await?, &file.pinned(), file.workspace, file.device, self.key(), attempt).await?;
        let mut channel = proved.channel;
        let clock = Clock::start();
        let facts = self.work(|workspace| workspace.device_facts()).await.map_err(HandshakeError::Local)?;
        let mut session = DeviceSession::new(facts, &self.app, SCHEMA, clock.now());
        while let Some(effect) = session.poll_effect() {
            match effect {
                DeviceEffect::Send(message) => channel.send(&message).await?,
                DeviceEffect::LoadOutbox { entries, bytes } => {
                    let outbox = self.work(move |workspace| workspace.outbox(entries, bytes)).await;
                    session.handle_outbox(outbox.map_err(HandshakeError::Local)?, clock.now());
                }
                DeviceEffect::Report(_) => {}
                _ => return Err(HandshakeError::Local("the session stored something before Welcome".into())),
            }
        }
        match timeout(PATIENCE, channel.receive()).await {
            Ok(Ok(welcome @ Message::Welcome(_))) => {
                let next = proved.next.map(|next| (proved.relay, next));
                Ok(Box::new(Welcomed { channel, session, welcome, clock, next }))
            }
            Ok(Ok(Message::Bye(bye))) => {
                Err(HandshakeError::Bye { reason: bye.reason, after_ms: bye.after_ms })
            }
            Ok(Ok(Message::Restarting(restart))) => {
                Err(HandshakeError::Bye { reason: ByeReason::Leaving, after_ms: Some(restart.after_ms) })
            }
            Ok(Ok(other)) => Err(HandshakeError::Unexpected(other.name())),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(ConnectError::Timeout.into()),
        }
    }

    /// Drives a session to its end. Returns that and whether work got through.
    pub(crate) async fn drive(
        &self,
        welcomed: Box<Welcomed>,
        goal: Goal,
        control: &mut watch::Receiver<Control>,
        network: u64,
        started: Instant,
    ) -> (End, bool) {
        let Welcomed { channel, mut session, welcome, clock, .. } = *welcomed;
        let kind = channel.line().kind();
        session.handle_message(welcome, clock.now());
        let mut turn = Turn {
            engine: self,
            clock,
            kind,
            started,
            network,
            left: None,
            storage: None,
            heard: 0,
            worked: false,
        };
        let (channel, end) = turn.run(&mut session, channel, goal, control).await;
        if let Some(channel) = channel {
            let report = SyncReport::of(&session.progress(), channel.traffic(), kind, turn.elapsed());
            self.note(&session.progress(), report);
            channel.end(None, turn.close_code(&end)).await;
        }
        (end, turn.worked)
    }
}

/// The state of one drive.
struct Turn<'a> {
    engine: &'a Engine,
    clock: Clock,
    kind: CarrierKind,
    started: Instant,
    /// Number of the network it began on.
    network: u64,
    /// We ended it, and why.
    left: Option<End>,
    /// What the store said when it failed.
    storage: Option<String>,
    /// Bytes received when the watchdog last looked.
    heard: u64,
    /// Something was acknowledged, or there was nothing to do: what resets the backoff.
    worked: bool,
}

impl Turn<'_> {
    /// The channel comes back unless it was cut.
    async fn run(
        &mut self,
        session: &mut DeviceSession,
        mut channel: Channel,
        goal: Goal,
        control: &mut watch::Receiver<Control>,
    ) -> (Option<Channel>, End) {
        let mut ping_at = Instant::now() + PING;
        loop {
            while let Some(effect) = session.poll_effect() {
                if let DeviceEffect::Send(message) = &effect {
                    tokio::select! {
                        sent = channel.send(message) => match sent {
                            Ok(()) => {}
                            Err(error) => {
                                session.handle_disconnected();
                                return (Some(channel), self.lost(error));
                            }
                        },
                        // A relay that does not read must not hold up the airplane switch.
                        () = wants_out(control, self.network), if self.left.is_none() => {
                            channel.cut(ByeReason::Leaving as u16);
                            return (None, End::Left);
                        }
                    }
                } else if let Some(end) = self.carry_out(session, effect, channel.traffic()).await {
                    return (Some(channel), end);
                }
            }
            let progress = session.progress();
            self.worked |= progress.settled || progress.entries_up > 0 || progress.entries_down > 0;
            if goal == Goal::Once && progress.settled {
                self.left = Some(End::Settled);
                session.leave();
                continue;
            }
            let deadline = session.poll_timeout().map(|at| self.clock.until(at));
            tokio::select! {
                message = channel.receive() => match message {
                    Ok(message) => session.handle_message(message, self.clock.now()),
                    Err(ChannelError::Wire(error)) => {
                        tracing::warn!(%error, "what the relay sent could not be read");
                        session.handle_wire_error(&error);
                    }
                    Err(error) => {
                        session.handle_disconnected();
                        return (Some(channel), self.lost(error));
                    }
                },
                () = self.engine.local.notified() => {
                    self.engine.refresh_outbox().await;
                    session.handle_local_change(self.clock.now());
                }
                () = wants_out(control, self.network), if self.left.is_none() => {
                    self.left = Some(End::Left);
                    session.leave();
                }
                () = sleep(deadline.unwrap_or(NEVER)), if deadline.is_some() => {
                    let heard = channel.traffic().received;
                    if heard != self.heard {
                        self.heard = heard;
                        session.handle_arriving(self.clock.now());
                    }
                    session.handle_timeout(self.clock.now());
                }
                () = sleep(ping_at.saturating_duration_since(Instant::now())) => {
                    ping_at = Instant::now() + PING;
                    if channel.line().silent_for() > SILENCE {
                        session.handle_disconnected();
                        return (Some(channel), End::Lost("the relay has fallen silent".into(), Trouble::Unreachable));
                    }
                    if let Err(error) = channel.ping().await {
                        session.handle_disconnected();
                        return (Some(channel), self.lost(error));
                    }
                }
            }
        }
    }

    /// Everything but `Send`. `Some`: the session is over.
    async fn carry_out(
        &mut self,
        session: &mut DeviceSession,
        effect: DeviceEffect,
        traffic: Traffic,
    ) -> Option<End> {
        let engine = self.engine;
        let now = self.clock.now();
        match effect {
            DeviceEffect::Send(_) => {}
            DeviceEffect::Close { reason, after_ms } => {
                let storage = self.storage.take().map(End::Storage);
                return Some(storage.or(self.left.take()).unwrap_or(End::Bye { reason, after_ms }));
            }
            DeviceEffect::Report(progress) => {
                engine.note(&progress, SyncReport::of(&progress, traffic, self.kind, self.elapsed()));
            }
            DeviceEffect::LoadOutbox { entries, bytes } => {
                match engine.work(move |workspace| workspace.outbox(entries, bytes)).await {
                    Ok(outbox) => session.handle_outbox(outbox, self.clock.now()),
                    Err(error) => return Some(End::Storage(error)),
                }
            }
            DeviceEffect::Enter { effect, epoch, lineage, cut, first } => {
                let done =
                    engine.work(move |workspace| workspace.enter(epoch, &lineage, cut, first, now)).await;
                self.committed(session, effect, done.map(|()| Vec::new()));
            }
            DeviceEffect::MarkAccepted { effect, accepted, nonce } => {
                let done = engine.work(move |workspace| workspace.mark_accepted(&accepted, nonce, now)).await;
                self.committed(session, effect, done.map(|()| Vec::new()));
                engine.refresh_outbox().await;
            }
            DeviceEffect::MarkRejected { effect, refused, nonce } => {
                let done = engine.work(move |workspace| workspace.mark_rejected(&refused, nonce, now)).await;
                self.committed(session, effect, done.map(|applied| applied.want));
                engine.refresh_outbox().await;
            }
            DeviceEffect::Apply { effect, page, nonce } => {
                let done = engine.work(move |workspace| workspace.apply(&page, nonce, now)).await;
                self.committed(session, effect, done.map(|applied| applied.want));
            }
            DeviceEffect::Fill { effect, page, nonce } => {
                let done = engine.work(move |workspace| workspace.fill(&page, nonce, now)).await;
                self.committed(session, effect, done.map(|applied| applied.want));
            }
            DeviceEffect::Forget { effect, records, cursor, stamp, .. } => {
                let done = engine.work(move |workspace| workspace.forget(&records, cursor, stamp, now)).await;
                self.committed(session, effect, done.map(|()| Vec::new()));
            }
        }
        None
    }

    fn committed(
        &mut self,
        session: &mut DeviceSession,
        effect: farley_core::sync::EffectId,
        done: Result<Vec<(farley_core::record::RecordId, farley_core::sync::Form)>, String>,
    ) {
        match done {
            Ok(want) => session.handle_applied(effect, want, self.clock.now()),
            Err(error) => {
                self.storage = Some(error);
                session.handle_failed(effect);
            }
        }
    }

    fn lost(&mut self, error: ChannelError) -> End {
        if let Some(left) = self.left.take() {
            return left;
        }
        match error {
            ChannelError::Closed(Some(code)) if (3..=12).contains(&code) => {
                End::Bye { reason: ByeReason::from_number(code), after_ms: None }
            }
            ChannelError::Closed(Some(code)) => {
                End::Lost(format!("the relay closed the connection: {}", meaning(code)), Trouble::Busy)
            }
            error => End::Lost(error.to_string(), Trouble::Unreachable),
        }
    }

    /// What the connection is closed with; the session has said its own `Bye` where one was due.
    fn close_code(&self, end: &End) -> u16 {
        match end {
            End::Bye { reason, .. } => *reason as u16,
            End::Storage(_) => ByeReason::Internal as u16,
            End::Left | End::Settled | End::Lost(..) => ByeReason::Leaving as u16,
        }
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Resolves when the person or the app wants the session to end.
async fn wants_out(control: &mut watch::Receiver<Control>, network: u64) {
    if control
        .wait_for(|control| control.stop || control.airplane || control.network != network)
        .await
        .is_err()
    {
        std::future::pending().await
    }
}

/// Version of the schema this build knows, for the relay's statistics.
const SCHEMA: u32 = 1;
/// NAT bindings of TCP live longer than those of UDP; proxies cut at 30 s.
const PING: Duration = Duration::from_secs(25);
const NEVER: Duration = Duration::from_secs(3_600);
