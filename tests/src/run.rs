//! One run: on a stack of its own size, panics caught, a failure written down before anything else.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use farley_core::planted;

use crate::check;
use crate::model::Failure;
use crate::plan::Plan;
use crate::shrink::shrink;
use crate::stats::Stats;
use crate::world::World;

/// As in products: a document nested deep overflows the usual 2 MiB.
const STACK_BYTES: usize = 16 * 1024 * 1024;

/// Lets a plan happen on this thread (see [`on_own_stack`]) and checks what must hold at its end.
///
/// # Errors
/// The first invariant that broke; 0 is an error or a panic nothing in the plan asked for.
pub fn replay(plan: &Plan) -> Result<Stats, Failure> {
    let run = || {
        let mut world = World::new(plan.header)?;
        for op in &plan.ops {
            world.execute(op)?;
        }
        world.heal()?;
        check::at_rest(&world, plan.header.full)?;
        let mut stats = world.stats;
        for node in &mut world.nodes {
            if node.workspace.is_some() {
                node.power_off();
            }
            stats.trace = stats.trace.rotate_left(11) ^ node.trace;
        }
        Ok(stats)
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
        Err(Failure { invariant: 0, detail: format!("panic: {text}") })
    })
}

/// Runs `work` on a thread with room enough, with the calling thread's planted bug.
///
/// # Panics
/// If `work` does.
pub fn on_own_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let here = planted::here();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, move || {
            planted::set(here);
            work()
        });
        match thread.expect("a thread").join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Writes the failing plan, shrinks it, writes the short one. Returns it with its file and the number of
/// replays.
pub fn keep(plan: &Plan, failure: &Failure, folder: &Path) -> std::io::Result<(Plan, PathBuf, u32)> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join(format!("seed-{}-invariant-{}.plan", plan.header.seed, failure.invariant));
    let text = |plan: &Plan| format!("# {failure}\n{plan}");
    std::fs::write(&file, text(plan))?;
    let full = Plan { header: crate::plan::Header { full: true, ..plan.header }, ..plan.clone() };
    let fails = |plan: &Plan| replay(plan).is_err_and(|found| same(&found, failure));
    let start = if fails(&full) { full } else { plan.clone() };
    let (short, replays) = shrink(&start, fails);
    std::fs::write(&file, text(&short))?;
    Ok((short, file, replays))
}

/// The same invariant, and the same words about it: ids and numbers may differ.
fn same(one: &Failure, other: &Failure) -> bool {
    let words = |failure: &Failure| {
        let text = failure.detail.chars().filter(|c| c.is_alphabetic() && !c.is_ascii_hexdigit());
        text.take(24).collect::<String>()
    };
    one.invariant == other.invariant && words(one) == words(other)
}
