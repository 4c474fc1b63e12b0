//! Planted bugs: each must turn a run red, by an invariant of its own, within its budget of seeds; the same
//! seeds without it must stay green, and what only a crash can show must not show without faults.
//!
//! Needs the feature `planted`; without it nothing is found.

use farley_core::planted;

use crate::model;
use crate::plan::{Plan, Tier};
use crate::run;

/// Where a bug is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ground {
    /// Random runs of tier A.
    Protocol,
    /// Random runs of tier B.
    FullStack,
    /// A plan with hand-written lines: tier B.
    Scenario(&'static str),
}

/// One planted bug.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its number in sync.md section 20; 100 is the lossy merge.
    pub number: u32,
    /// What is broken.
    pub what: &'static str,
    /// Where it is looked for.
    pub ground: Ground,
    /// Invariants of sync.md section 18 that may turn red by it.
    pub invariants: &'static [u8],
    /// Seeds until it must be found.
    pub budget: u64,
    /// Only a crash shows it: runs without faults stay green.
    pub by_crash: bool,
}

/// The list. Runs of tier B have 120 edits.
pub const ROWS: [Row; 16] = [
    row(1, "marked sent when sent", Ground::Protocol, &[1, 2, 6, 9], 200, false),
    row(1, "marked sent when sent", Ground::FullStack, &[1, 2, 3, 6, 9], 100, false),
    row(2, "cursor committed apart from its entries", Ground::FullStack, &[2, 6, 9], 200, true),
    row(3, "accepted before the fsync", Ground::FullStack, &[2, 3, 6, 9], 200, true),
    row(4, "no new epoch after a restore", Ground::Protocol, &[1, 2, 3, 6, 9], 200, false),
    row(5, "a new epoch offers own entries only", Ground::Protocol, &[2, 6, 9], 200, false),
    row(6, "a new epoch forgets what is in snapshots", Ground::FullStack, &[2, 3, 6, 9], 200, false),
    row(8, "fill by the current last seq", Ground::Protocol, &[2], 200, false),
    row(9, "a change where the whole record is due", Ground::Protocol, &[2], 200, false),
    row(10, "cursor is the last entry sent", Ground::Protocol, &[1, 9], 200, false),
    row(15, "a batch refused for one bad entry", Ground::Protocol, &[2, 6, 9], 200, false),
    row(16, "a quarantined entry stops the cursor", Ground::Protocol, &[1, 9], 200, false),
    row(19, "a snapshot replaces its log rows", Ground::FullStack, &[2, 3, 6, 4, 9], 100, false),
    row(20, "a late text made on current heads", Ground::FullStack, &[2, 4, 6, 9, 11], 200, false),
    row(24, "index row outside the transaction", Ground::FullStack, &[2, 4], 200, true),
    row(100, "concurrent values are hidden", Ground::Scenario(TWO_VALUES), &[5], 1, false),
];

/// Two people write one field at once: both must see both.
const TWO_VALUES: &str = include_str!("../plans/two-values.plan");

const fn row(
    number: u32,
    what: &'static str,
    ground: Ground,
    invariants: &'static [u8],
    budget: u64,
    by_crash: bool,
) -> Row {
    Row { number, what, ground, invariants, budget, by_crash }
}

/// What came of a hunt.
#[derive(Clone, Debug)]
pub struct Found {
    /// Seed and invariant; `None`: it stayed green.
    pub at: Option<(u64, u8)>,
    /// What went wrong with the hunt itself: a control was red, or another invariant broke.
    pub fault: Option<String>,
}

/// Edits of a run of tier B here.
const EDITS: u32 = 120;
/// Seeds whose control runs are replayed without the bug.
const CONTROLS: u64 = 12;

/// Looks for one bug on this thread, from seed `first` on; then runs the controls.
pub fn hunt(row: &Row, first: u64) -> Found {
    let outcome = |seed: u64, faults: bool| match row.ground {
        Ground::Protocol => {
            let options = model::Options { faults, ..model::Options::default() };
            model::run(seed, &options).err()
        }
        Ground::FullStack => run::replay(&Plan::draw(seed, Tier::B, EDITS, faults)).err(),
        Ground::Scenario(text) => match Plan::parse(text) {
            Ok(plan) => run::replay(&plan).err(),
            Err(error) => Some(model::Failure { invariant: 0, detail: error }),
        },
    };
    planted::set(Some(row.number));
    let seeds = first..first + row.budget;
    let red = seeds.clone().find_map(|seed| outcome(seed, true).map(|failure| (seed, failure)));
    let calm = match row.by_crash {
        true => (first..first + CONTROLS)
            .find_map(|seed| outcome(seed, false).map(|failure| (seed, failure)))
            .map(|(seed, failure)| format!("seed {seed} without faults shows it, too: {failure}")),
        false => None,
    };
    planted::set(None);
    let Some((seed, failure)) = red else { return Found { at: None, fault: None } };
    let odd = (!row.invariants.contains(&failure.invariant))
        .then(|| format!("seed {seed} broke another invariant: {failure}"));
    let controls = (first..=seed).rev().take(CONTROLS as usize);
    let control = controls
        .filter_map(|seed| outcome(seed, true).map(|failure| (seed, failure)))
        .map(|(seed, failure)| format!("seed {seed} is red without the bug: {failure}"))
        .next();
    Found { at: Some((seed, failure.invariant)), fault: odd.or(calm).or(control) }
}
