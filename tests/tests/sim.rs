//! The full stack in small: what `sim --ci` does for minutes, for some seconds.

use farley_tests::plan::{Plan, Tier};
use farley_tests::run;
use farley_tests::shrink::shrink;
use farley_tests::stats::Stats;

fn replay(plan: &Plan) -> Result<Stats, String> {
    run::on_own_stack(|| run::replay(plan)).map_err(|failure| failure.to_string())
}

#[test]
fn companies_with_every_fault_end_equal_and_lose_nothing() {
    let mut sum = Stats::default();
    for seed in 0..12 {
        let plan = Plan::draw(seed, Tier::B, 60, true);
        match replay(&plan) {
            Ok(stats) => sum.add(&stats),
            Err(failure) => panic!("seed {seed}: {failure}\n{plan}"),
        }
    }
    assert!(sum.edits > 400 && sum.crashes > 4, "too little happened: {sum:?}");
}

#[test]
fn full_text_and_frames_change_nothing() {
    for seed in 100..103 {
        let plan = Plan::draw(seed, Tier::C, 40, true);
        replay(&plan).unwrap_or_else(|failure| panic!("seed {seed}: {failure}\n{plan}"));
    }
}

#[test]
fn every_kept_plan_is_green() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/plans");
    let mut names = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let plan = Plan::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        replay(&plan).unwrap_or_else(|failure| panic!("{}: {failure}", path.display()));
        names += 1;
    }
    assert!(names >= 4, "only {names} plans were found");
}

#[test]
fn the_same_plan_leaves_the_same_trace_on_two_threads() {
    let plan = Plan::draw(4711, Tier::B, 60, true);
    let first = replay(&plan).unwrap();
    assert_eq!(first, replay(&plan).unwrap());
    assert_ne!(first.trace, replay(&Plan::draw(4712, Tier::B, 60, true)).unwrap().trace);
}

/// Prints what a run left behind, for the test below to compare between two processes.
#[test]
fn the_same_plan_leaves_the_same_trace_in_two_processes() {
    const MARK: &str = "FARLEY_TRACE_CHILD";
    let trace = replay(&Plan::draw(4711, Tier::B, 60, true)).unwrap().trace;
    if std::env::var_os(MARK).is_some() {
        println!("trace={trace}=");
        return;
    }
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_same_plan_leaves_the_same_trace_in_two_processes", "--nocapture"])
        .env(MARK, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert_eq!(text.split('=').nth(1), Some(trace.to_string().as_str()), "{text}");
}

#[test]
fn a_failing_plan_is_shrunk_to_the_lines_that_matter() {
    let plan = Plan::draw(3, Tier::B, 120, true);
    let matters = |plan: &Plan| {
        let lines: Vec<String> = plan.ops.iter().map(ToString::to_string).collect();
        lines.iter().filter(|line| line.starts_with("set ")).count() >= 2
    };
    let (short, replays) = shrink(&plan, matters);
    assert_eq!(short.ops.len(), 2, "{short}");
    assert!(replays < 400, "{replays} replays");
}

#[cfg(feature = "planted")]
mod planted_bugs {
    use farley_core::planted;
    use farley_tests::hunt::{ROWS, hunt};

    use super::*;

    #[test]
    fn a_bug_is_found_and_its_plan_shrinks_to_a_few_lines() {
        run::on_own_stack(|| {
            planted::set(Some(1));
            let seeds = 0..50;
            let mut red = seeds.map(|seed| Plan::draw(seed, Tier::B, 60, true)).filter_map(|plan| {
                let failure = run::replay(&plan).err()?;
                Some((plan, failure.invariant))
            });
            let (plan, invariant) = red.next().expect("bug 1 stays green");
            let (short, _) =
                shrink(&plan, |plan| run::replay(plan).is_err_and(|found| found.invariant == invariant));
            planted::set(None);
            assert!(short.ops.len() <= 12, "{short}");
            assert!(run::replay(&short).is_ok(), "red without the bug: {short}");
        });
    }

    #[test]
    fn the_lossy_merge_is_found() {
        let row = ROWS.iter().find(|row| row.number == 100).unwrap();
        let found = run::on_own_stack(|| hunt(row, 0));
        assert_eq!(found.fault, None);
        assert_eq!(found.at, Some((0, 5)));
    }
}
