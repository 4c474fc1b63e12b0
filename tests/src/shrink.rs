//! A failing plan made short: lines first, then numbers. Only the same invariant counts as the same failure.

use crate::plan::{Arg, Plan};

/// The shortest plan found for which `fails` still answers yes, and how many replays that took.
pub fn shrink(plan: &Plan, mut fails: impl FnMut(&Plan) -> bool) -> (Plan, u32) {
    let mut replays = 0;
    let mut still = |plan: &Plan| {
        replays += 1;
        fails(plan)
    };
    let mut plan = plan.clone();
    let mut step = plan.ops.len().div_ceil(2);
    while step > 0 {
        let mut from = 0;
        while from < plan.ops.len() {
            let mut shorter = plan.clone();
            shorter.ops.drain(from..(from + step).min(plan.ops.len()));
            if still(&shorter) {
                plan = shorter;
            } else {
                from += step;
            }
        }
        step /= 2;
    }
    smaller_numbers(&mut plan, &mut still);
    (plan, replays)
}

fn smaller_numbers(plan: &mut Plan, still: &mut impl FnMut(&Plan) -> bool) {
    let most = plan.ops.iter().flat_map(|op| op.verb.args().iter().zip(op.n));
    let most = most.filter(|(arg, _)| matches!(arg, Arg::Device | Arg::Node)).map(|(_, n)| n).max();
    let fewer = Plan {
        header: crate::plan::Header { devices: most.unwrap_or(1).max(1), ..plan.header },
        ..plan.clone()
    };
    if fewer.header.devices < plan.header.devices && still(&fewer) {
        *plan = fewer;
    }
    for at in 0..plan.ops.len() {
        for (place, arg) in plan.ops[at].verb.args().iter().enumerate() {
            // Tears are ordered by what they are called, not by how bad they are: 2 drops all.
            let targets: &[u32] = match arg {
                Arg::Device => &[1],
                Arg::Node | Arg::On => &[],
                Arg::Pick | Arg::Number => &[0, 1, 2, 8, 100],
                Arg::Tear => &[2],
            };
            for target in targets {
                let now = plan.ops[at].n[place];
                let smaller = *target < now || *arg == Arg::Tear && now != *target;
                let mut tried = plan.clone();
                tried.ops[at].n[place] = *target;
                if smaller && still(&tried) {
                    *plan = tried;
                    break;
                }
            }
        }
    }
}
