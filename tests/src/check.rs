//! The invariants of sync.md section 18 on the full stack. What holds at rest only is asked at rest only.

use std::collections::BTreeSet;

use farley_core::record::ChangeHash;
use farley_core::workspace::{Workspace, WorkspaceError};

use crate::model::Failure;
use crate::node::Node;
use crate::world::World;

/// Every hash of the node's log.
pub(crate) fn hashes(node: &Node) -> Result<BTreeSet<ChangeHash>, Failure> {
    Ok(log(node)?.into_keys().collect())
}

fn log(node: &Node) -> Result<std::collections::BTreeMap<ChangeHash, Option<u64>>, Failure> {
    node.log().map_err(|error| Failure {
        invariant: 4,
        detail: format!("node {}: its log cannot be read: {error}", node.number),
    })
}

/// Who is not done yet, and with what; empty: nobody.
pub(crate) fn waiting(world: &World) -> Result<String, Failure> {
    let head =
        workspace(&world.nodes[0]).map_or(Ok(0), Workspace::head).map_err(|error| broken(0, &error))?;
    let mut waiting = Vec::new();
    for node in devices(world) {
        let Some(workspace) = workspace(node) else { continue };
        let facts = workspace.device_facts().map_err(|error| broken(node.number, &error))?;
        if facts.outbox > 0 || facts.cursor != head || facts.low > 0 {
            waiting.push(format!(
                "device {} has outbox {}, cursor {} of {head}, low {}",
                node.number, facts.outbox, facts.cursor, facts.low
            ));
        }
    }
    Ok(waiting.join("; "))
}

/// What must hold as soon as a node is up again: the database is whole, and what it acknowledged is there.
pub(crate) fn after_boot(world: &World, number: usize) -> Result<(), Failure> {
    let node = &world.nodes[number];
    let log = hashes(node)?;
    match node.acked.difference(&log).next() {
        Some(hash) => fails(6, format!("node {number} lost change {hash} in a crash")),
        None => Ok(()),
    }
}

/// Everything, after healing. `full`: every document, every index row.
pub(crate) fn at_rest(world: &World, full: bool) -> Result<(), Failure> {
    let waits = waiting(world)?;
    if !waits.is_empty() {
        return fails(1, waits);
    }
    let relay = &world.nodes[0];
    let relay_log = log(relay)?;
    let mut seqs: Vec<u64> = relay_log.values().flatten().copied().collect();
    seqs.sort_unstable();
    if seqs.len() != relay_log.len() || seqs.iter().zip(1..).any(|(seq, expected)| *seq != expected) {
        return fails(3, "the relay's seqs have gaps or stand twice".to_owned());
    }
    let told = world.relayed.iter().chain(&relay.acked);
    if let Some(hash) = told.into_iter().find(|hash| !relay_log.contains_key(hash)) {
        return fails(6, format!("the relay accepted change {hash} and lacks it"));
    }
    for node in devices(world) {
        let held = log(node)?;
        if let Some(hash) = node.acked.iter().find(|hash| !held.contains_key(hash)) {
            return fails(6, format!("device {} lost change {hash} of its person", node.number));
        }
        if let Some(hash) = held.keys().find(|hash| !relay_log.contains_key(hash)) {
            return fails(6, format!("device {} holds change {hash}, the relay does not", node.number));
        }
        if let Some(hash) = relay_log.keys().find(|hash| !held.contains_key(hash)) {
            return fails(2, format!("device {} lacks change {hash}", node.number));
        }
        if held != relay_log {
            return fails(3, format!("device {} has other seqs than the relay", node.number));
        }
    }
    quarantine(world)?;
    digests(world)?;
    if full {
        world.nodes.iter().filter(|node| !node.gone).try_for_each(verified)?;
        dumps(world)?;
    }
    Ok(())
}

/// 18.11: nobody sent poison, so nobody holds any.
fn quarantine(world: &World) -> Result<(), Failure> {
    for node in world.nodes.iter().filter(|node| !node.gone) {
        let Some(workspace) = workspace(node) else { continue };
        let rows = workspace.quarantine(10).map_err(|error| broken(node.number, &error))?;
        if let Some(row) = rows.first() {
            return fails(
                11,
                format!("node {} refused change {} by check {}", node.number, row.hash, row.check),
            );
        }
    }
    Ok(())
}

/// 18.2 and 18.5: rows, values, links and conflicts are equal, each derived in an order of its own.
fn digests(world: &World) -> Result<(), Failure> {
    let digest = |node: &Node| {
        workspace(node).map(|workspace| workspace.digest().map_err(|error| broken(node.number, &error)))
    };
    let Some(relay) = digest(&world.nodes[0]).transpose()? else { return Ok(()) };
    for node in devices(world) {
        let Some(here) = digest(node).transpose()? else { continue };
        if here == relay {
            continue;
        }
        // Who of the two is wrong with itself?
        verified(node)?;
        verified(&world.nodes[0])?;
        return fails(2, format!("rows or values of device {} differ from the relay's", node.number));
    }
    Ok(())
}

/// 18.5: everybody is shown this many records with two versions of something.
pub(crate) fn conflicts(world: &World, expected: u64) -> Result<(), Failure> {
    for node in world.nodes.iter().filter(|node| !node.gone) {
        let Some(workspace) = workspace(node) else { continue };
        let count = workspace.conflict_count().map_err(|error| broken(node.number, &error))?;
        if count != expected {
            return fails(5, format!("node {} shows {count} conflicts, not {expected}", node.number));
        }
    }
    Ok(())
}

/// 18.4: snapshot and tail are what the log says, index rows what the documents say.
fn verified(node: &Node) -> Result<(), Failure> {
    let Some(workspace) = workspace(node) else { return Ok(()) };
    let findings = workspace.verify().map_err(|error| broken(node.number, &error))?;
    match findings.first() {
        Some(finding) => fails(4, format!("node {}: {finding}", node.number)),
        None => Ok(()),
    }
}

/// 18.2 with documents opened: heads, values and conflicts as people see them.
fn dumps(world: &World) -> Result<(), Failure> {
    let dump = |node: &Node| {
        let mut lines = Vec::new();
        if let Some(workspace) = workspace(node) {
            let mut line = |line: &str| {
                lines.push(line.to_owned());
                Ok(())
            };
            workspace.dump(&mut line).map_err(|error| broken(node.number, &error))?;
        }
        Ok::<_, Failure>(lines)
    };
    let relay = dump(&world.nodes[0])?;
    for node in devices(world) {
        if dump(node)? != relay {
            return fails(2, format!("the dump of device {} differs from the relay's", node.number));
        }
    }
    Ok(())
}

fn devices(world: &World) -> impl Iterator<Item = &Node> {
    world.nodes.iter().skip(1).filter(|node| !node.gone)
}

fn workspace(node: &Node) -> Option<&Workspace> {
    node.workspace.as_ref()
}

fn broken(number: u32, error: &WorkspaceError) -> Failure {
    Failure { invariant: 4, detail: format!("node {number}: {error}") }
}

fn fails(invariant: u8, detail: String) -> Result<(), Failure> {
    Err(Failure { invariant, detail })
}
