//! Tier A of the simulation: the real sessions over stores made of maps.
//!
//! [`run`] draws a plan from a seed, lets a company of devices and one relay live through it, heals the
//! network and checks the invariants of sync.md section 18. A plan is a list of [`Op`]s that carry their own
//! numbers, so that [`replay`] of a shortened plan means the same; [`shrink`] shortens a failing one.
//!
//! Knows nothing about: automerge, SQLite, carriers. Changes are opaque bytes with dependencies.

mod check;
mod plan;
mod store;
mod world;

pub use plan::{Op, Options, draw};
pub use world::World;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    /// Edits made by people.
    pub edits: u64,
    /// Messages that arrived.
    pub messages: u64,
    /// Sessions opened.
    pub sessions: u64,
    /// Times the relay came back from a backup.
    pub restores: u64,
}

/// A broken invariant: its number in sync.md section 18, and what was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    pub invariant: u8,
    pub detail: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "invariant 18.{}: {}", self.invariant, self.detail)
    }
}

/// One run from a seed.
///
/// # Errors
/// The first invariant that broke.
pub fn run(seed: u64, options: &Options) -> Result<Stats, Failure> {
    replay(&draw(seed, options), options)
}

/// One run of a plan.
///
/// # Errors
/// The first invariant that broke.
pub fn replay(plan: &[Op], options: &Options) -> Result<Stats, Failure> {
    let mut world = World::new(options);
    for op in plan {
        world.execute(op)?;
    }
    world.heal()?;
    check::at_rest(&world)?;
    Ok(world.stats)
}

/// The shortest plan found that breaks the same invariant: halves, quarters, …, single lines are left out.
pub fn shrink(plan: Vec<Op>, options: &Options, invariant: u8) -> Vec<Op> {
    let fails = |plan: &[Op]| replay(plan, options).is_err_and(|failure| failure.invariant == invariant);
    let mut plan = plan;
    let mut step = plan.len().div_ceil(2);
    while step > 0 {
        let mut from = 0;
        while from < plan.len() {
            let mut shorter = plan.clone();
            shorter.drain(from..(from + step).min(plan.len()));
            if fails(&shorter) {
                plan = shorter;
            } else {
                from += step;
            }
        }
        step /= 2;
    }
    plan
}

#[cfg(test)]
mod tests;
