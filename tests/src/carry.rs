//! What the world does for a session: one effect at a time, so that a crash can lie inside any of them.

use farley_core::sync::{ByeReason, DeviceEffect, Message, RelayEffect, Verdict};
use farley_core::workspace::WorkspaceError;

use crate::model::Failure;
use crate::plan::Tier;
use crate::world::{Link, World, unexpected};

impl World {
    pub(crate) fn device_effect(&mut self, number: usize, effect: DeviceEffect) -> Result<(), Failure> {
        let now = self.now;
        let kind = match &effect {
            DeviceEffect::MarkAccepted { .. } | DeviceEffect::MarkRejected { .. } => "mark",
            DeviceEffect::Apply { .. } | DeviceEffect::Fill { .. } | DeviceEffect::Enter { .. } => "apply",
            _ => "",
        };
        let node = &mut self.nodes[number];
        if !kind.is_empty() {
            node.begin(kind);
        }
        let (Some(link), Some(workspace)) = (self.links.get_mut(&number), &node.workspace) else {
            return Ok(());
        };
        let at = now.plus_millis(node.clock_off);
        let id = match &effect {
            DeviceEffect::Enter { effect, .. }
            | DeviceEffect::MarkAccepted { effect, .. }
            | DeviceEffect::MarkRejected { effect, .. }
            | DeviceEffect::Apply { effect, .. }
            | DeviceEffect::Fill { effect, .. }
            | DeviceEffect::Forget { effect, .. } => Some(*effect),
            _ => None,
        };
        let nothing = |()| Vec::new();
        let done = match effect {
            DeviceEffect::Send(message) => return self.send(number, message, true),
            DeviceEffect::Close { reason, .. } => {
                self.cut(number);
                return self.closed(number, reason);
            }
            DeviceEffect::Report(_) => return Ok(()),
            DeviceEffect::LoadOutbox { entries, bytes } => {
                match workspace.outbox(entries, bytes) {
                    Ok(entries) => link.device.handle_outbox(entries, now),
                    Err(error) if !node.excused => return Err(unexpected(number, &error)),
                    Err(_) => self.cut(number),
                }
                return Ok(());
            }
            DeviceEffect::Enter { epoch, lineage, cut, first, .. } => {
                workspace.enter(epoch, &lineage, cut, first, at).map(nothing)
            }
            DeviceEffect::MarkAccepted { accepted, nonce, .. } => {
                self.relayed.extend(accepted.iter().map(|(hash, _)| *hash));
                workspace.mark_accepted(&accepted, nonce, at).map(nothing)
            }
            DeviceEffect::MarkRejected { refused, nonce, .. } => {
                // Honest devices write nothing the relay must refuse; a restored one may lack what comes before.
                let honest = |verdict: &Verdict| {
                    matches!(verdict, Verdict::Refused { reason: 5, .. }) && self.stats.restores > 0
                };
                if let Some((hash, verdict)) = refused.iter().find(|(_, verdict)| !honest(verdict)) {
                    let detail = format!("the relay refused of device {number} {verdict:?}: {hash}");
                    return Err(Failure { invariant: 9, detail });
                }
                workspace.mark_rejected(&refused, nonce, at).map(|applied| applied.want)
            }
            DeviceEffect::Apply { page, nonce, .. } => {
                workspace.apply(&page, nonce, at).map(|applied| applied.want)
            }
            DeviceEffect::Fill { page, nonce, .. } => {
                workspace.fill(&page, nonce, at).map(|applied| applied.want)
            }
            DeviceEffect::Forget { .. } => {
                return Err(Failure { invariant: 2, detail: "Forget without a loss of sight".to_owned() });
            }
        };
        if node.end() {
            return self.reboot(number);
        }
        let (Some(link), Some(id)) = (self.links.get_mut(&number), id) else { return Ok(()) };
        match done {
            // The relay never sends a change whose dependencies the device cannot have.
            Ok(want) if !want.is_empty() => {
                let detail = format!("{} records miss a dependency on device {number}", want.len());
                return Err(Failure { invariant: 2, detail });
            }
            Ok(want) => link.device.handle_applied(id, want, now),
            Err(WorkspaceError::Store(_)) if self.nodes[number].excused => {
                self.stats.disk_faults += 1;
                link.device.handle_failed(id);
            }
            Err(error) => return Err(unexpected(number, &error)),
        }
        Ok(())
    }

    pub(crate) fn relay_effect(&mut self, device: usize, effect: RelayEffect) -> Result<(), Failure> {
        let now = self.now;
        if let RelayEffect::Ingest { .. } = &effect {
            self.nodes[0].begin("ingest");
        }
        let relay = &self.nodes[0];
        let (Some(link), Some(workspace)) = (self.links.get_mut(&device), &relay.workspace) else {
            return Ok(());
        };
        let viewer = link.relay.device();
        let done = match effect {
            RelayEffect::Send(message) => return self.send(device, message, false),
            RelayEffect::Close { .. } => {
                link.hung_up = true;
                return Ok(());
            }
            RelayEffect::LoadFacts { cursor } => {
                let nonces = self.nonces.get(&viewer).copied().unwrap_or_default();
                workspace.relay_facts(cursor).map(|facts| link.relay.handle_facts(facts, nonces, now))
            }
            RelayEffect::Ingest { batch, entries } => {
                let verdicts = workspace.ingest(viewer, Some(&self.known), &entries, now);
                if self.nodes[0].end() {
                    return self.reboot(0);
                }
                match verdicts {
                    Ok(verdicts) => {
                        link.relay.handle_ingested(batch, &verdicts, now);
                        return self.wake();
                    }
                    Err(error) => Err(error),
                }
            }
            RelayEffect::LoadAfter { cursor, low, entries, bytes } => workspace
                .page_after(viewer, cursor, low, entries, bytes)
                .map(|page| link.relay.handle_page(page)),
            RelayEffect::LoadFill { low, cursor, entries, bytes } => workspace
                .page_fill(viewer, low, cursor, entries, bytes)
                .map(|page| link.relay.handle_fill(page)),
            RelayEffect::LoadRecords { records, form } => {
                workspace.load_records(viewer, &records, form).map(|page| link.relay.handle_records(page))
            }
            RelayEffect::Seen { .. } => Ok(()),
            RelayEffect::NonceUsed(state) => {
                self.nonces.insert(viewer, state);
                Ok(())
            }
        };
        match done {
            Ok(()) => Ok(()),
            Err(WorkspaceError::Store(_)) if self.nodes[0].excused => {
                self.stats.disk_faults += 1;
                if let Some(link) = self.links.get_mut(&device) {
                    link.relay.handle_failed();
                }
                Ok(())
            }
            Err(error) => Err(unexpected(0, &error)),
        }
    }

    fn send(&mut self, device: usize, message: Message, up: bool) -> Result<(), Failure> {
        let (codec, now) = (self.header.tier == Tier::C, self.now);
        let Some(link) = self.links.get_mut(&device) else { return Ok(()) };
        let Link { up: line_up, down, wires, delay, .. } = link;
        let (from, to, line) =
            if up { (&mut wires.0, &mut wires.1, line_up) } else { (&mut wires.1, &mut wires.0, down) };
        let at = now.plus_millis(*delay);
        if !codec {
            line.put(at, message);
            return Ok(());
        }
        let broken = |error| Failure { invariant: 9, detail: format!("codec: {error}") };
        let bytes = from.encode(&message).map_err(broken)?;
        let mut messages = Vec::new();
        to.decode(&bytes, &mut messages).map_err(broken)?;
        messages.into_iter().for_each(|message| line.put(at, message));
        Ok(())
    }

    /// Tells every session how far the relay is.
    pub(crate) fn wake(&mut self) -> Result<(), Failure> {
        let Some(workspace) = &self.nodes[0].workspace else { return Ok(()) };
        match workspace.head() {
            Ok(head) => self.links.values_mut().for_each(|link| link.relay.handle_head(head)),
            Err(error) if !self.nodes[0].excused => return Err(unexpected(0, &error)),
            Err(_) => {}
        }
        Ok(())
    }

    /// Honest ends never accuse each other.
    fn closed(&mut self, device: usize, reason: ByeReason) -> Result<(), Failure> {
        match reason {
            ByeReason::Timeline => self.alarm = true,
            ByeReason::Stalled | ByeReason::Leaving | ByeReason::SlowDown | ByeReason::Revoked => {}
            ByeReason::Internal if self.nodes[device].excused || self.nodes[0].excused => {}
            other => {
                let detail = format!("a session of device {device} ended with {other:?}");
                return Err(Failure { invariant: 9, detail });
            }
        }
        Ok(())
    }
}
