//! A device and the relay in one process: real sessions, every message through the real frame codec, no line
//! in between. Counts what would have travelled.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{anyhow, bail};
use farley_core::record::{DeviceId, Timestamp};
use farley_core::sync::{
    DeviceEffect, DeviceSession, Message, NonceState, RelayEffect, RelayOptions, RelaySession, Wire,
};
use farley_core::workspace::Workspace;

use farley_tests::node::COMPANY;

/// The relay's side of many connections.
pub struct Pair<'a> {
    relay: &'a Workspace,
    nonces: BTreeMap<DeviceId, NonceState>,
    now: Timestamp,
    connections: u64,
    /// Bytes of frames, up and down.
    pub bytes: (usize, usize),
}

impl<'a> Pair<'a> {
    /// A relay that knows no nonces: every device's first connection passes.
    pub fn new(relay: &'a Workspace, now: Timestamp) -> Self {
        Self { relay, nonces: BTreeMap::new(), now, connections: 0, bytes: (0, 0) }
    }

    /// One connection until nothing is left to do. Returns how many answers the device waited for.
    ///
    /// # Errors
    /// If a workspace fails, or the session ends without having settled.
    pub fn sync(&mut self, workspace: &Workspace) -> anyhow::Result<u32> {
        self.connections += 1;
        let mut attempt = [0; 16];
        attempt[..8].copy_from_slice(&self.connections.to_be_bytes());
        let facts = workspace.device_facts()?;
        let viewer = facts.device;
        let options = RelayOptions {
            device: viewer,
            workspace: COMPANY,
            attempt,
            registry_key: [7; 32],
            ticket: [8; 32],
        };
        let mut device = DeviceSession::new(facts, "bench", 1, self.now);
        let mut relay = RelaySession::new(options, self.now);
        let (mut up, mut down) = (VecDeque::new(), VecDeque::new());
        let (mut device_wire, mut relay_wire) = (Wire::new(), Wire::new());
        loop {
            if let Some(effect) = device.poll_effect() {
                if let DeviceEffect::Send(message) = effect {
                    self.bytes.0 += carry(&mut device_wire, &mut relay_wire, &message, &mut up)?;
                } else {
                    on_device(&mut device, workspace, effect, self.now)?;
                }
            } else if let Some(effect) = relay.poll_effect() {
                if let RelayEffect::Send(message) = effect {
                    self.bytes.1 += carry(&mut relay_wire, &mut device_wire, &message, &mut down)?;
                } else {
                    self.on_relay(&mut relay, viewer, effect)?;
                }
            } else if let Some(message) = up.pop_front() {
                relay.handle_message(message, self.now);
            } else if let Some(message) = down.pop_front() {
                device.handle_message(message, self.now);
            } else if device.is_settled() && relay.is_settled() {
                return Ok(device.progress().round_trips);
            } else {
                // The relay takes a push a second of one device; this clock need not wait for it.
                match relay.poll_timeout() {
                    Some(at) if at.since(self.now) < 5_000 => {
                        self.now = at;
                        relay.handle_timeout(self.now);
                    }
                    _ => bail!("the session stands still: {:?}", device.progress()),
                }
            }
        }
    }

    fn on_relay(
        &mut self,
        session: &mut RelaySession,
        viewer: DeviceId,
        effect: RelayEffect,
    ) -> anyhow::Result<()> {
        match effect {
            RelayEffect::LoadFacts { cursor } => {
                let nonces = self.nonces.get(&viewer).copied().unwrap_or_default();
                session.handle_facts(self.relay.relay_facts(cursor)?, nonces, self.now);
            }
            RelayEffect::Ingest { batch, entries } => {
                let verdicts = self.relay.ingest(viewer, None, &entries, self.now)?;
                session.handle_ingested(batch, &verdicts, self.now);
                session.handle_head(self.relay.head()?);
            }
            RelayEffect::LoadAfter { cursor, low, entries, bytes } => {
                session.handle_page(self.relay.page_after(viewer, cursor, low, entries, bytes)?);
            }
            RelayEffect::LoadFill { low, cursor, entries, bytes } => {
                session.handle_fill(self.relay.page_fill(viewer, low, cursor, entries, bytes)?);
            }
            RelayEffect::LoadRecords { records, form } => {
                session.handle_records(self.relay.load_records(viewer, &records, form)?);
            }
            RelayEffect::NonceUsed(state) => {
                self.nonces.insert(viewer, state);
            }
            RelayEffect::Close { reason, .. } => bail!("the relay closed: {reason:?}"),
            RelayEffect::Seen { .. } | RelayEffect::Send(_) => {}
        }
        Ok(())
    }
}

fn on_device(
    session: &mut DeviceSession,
    workspace: &Workspace,
    effect: DeviceEffect,
    now: Timestamp,
) -> anyhow::Result<()> {
    match effect {
        DeviceEffect::LoadOutbox { entries, bytes } => {
            session.handle_outbox(workspace.outbox(entries, bytes)?, now);
        }
        DeviceEffect::Enter { effect, epoch, lineage, cut, first } => {
            workspace.enter(epoch, &lineage, cut, first, now)?;
            session.handle_committed(effect, now);
        }
        DeviceEffect::MarkAccepted { effect, accepted, nonce } => {
            workspace.mark_accepted(&accepted, nonce, now)?;
            session.handle_committed(effect, now);
        }
        DeviceEffect::Apply { effect, page, nonce } => {
            let applied = workspace.apply(&page, nonce, now)?;
            session.handle_applied(effect, applied.want, now);
        }
        DeviceEffect::Fill { effect, page, nonce } => {
            let applied = workspace.fill(&page, nonce, now)?;
            session.handle_applied(effect, applied.want, now);
        }
        DeviceEffect::Report(_) | DeviceEffect::Send(_) => {}
        DeviceEffect::MarkRejected { refused, .. } => bail!("the relay refused {} changes", refused.len()),
        DeviceEffect::Close { reason, .. } => bail!("the device closed: {reason:?}"),
        DeviceEffect::Forget { .. } => bail!("nothing here is to be forgotten"),
    }
    Ok(())
}

fn carry(
    from: &mut Wire,
    to: &mut Wire,
    message: &Message,
    line: &mut VecDeque<Message>,
) -> anyhow::Result<usize> {
    let frame = from.encode(message).map_err(|error| anyhow!("{error}"))?;
    let mut messages = Vec::new();
    to.decode(&frame, &mut messages).map_err(|error| anyhow!("{error}"))?;
    line.extend(messages);
    Ok(frame.len())
}
