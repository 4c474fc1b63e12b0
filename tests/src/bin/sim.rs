//! `sim`: the simulation as a program. Prints what was simulated and what was found; exits 1 on any failure.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use farley_core::planted;
use farley_tests::hunt::{self, Ground};
use farley_tests::model;
use farley_tests::plan::{Plan, Tier};
use farley_tests::run;
use farley_tests::stats::Stats;

const HELP: &str = "\
sim [--ci] [--seed N] [--tier a|b|c] [--edits N] [--hours H] [--seconds S] [--plan FILE] [--planted N]

  --ci          tier A with 500,000 edits, tiers B and C with 100,000, then the planted bugs
  --seed N      first seed; without --edits or --hours this one run only
  --tier T      a: protocol, b: full stack, c: full stack with full text and frames (default b)
  --edits N     as many edits as this
  --hours H     as long as this
  --seconds S   with --ci: the most time for tiers B and C (default 240); less edits then is a warning
  --plan FILE   this plan
  --planted N   with this bug planted (build with --features planted)

A failing plan of tier B or C is written to target/sim, made short and printed.";

/// Runs of tier B are short: documents and checks grow with them.
const EDITS_PER_RUN: u32 = 150;
/// One run in this many is one of tier C.
const ONE_IN: u64 = 40;

#[derive(Default)]
struct Options {
    ci: bool,
    seed: Option<u64>,
    tier: Option<char>,
    edits: Option<u64>,
    seconds: Option<u64>,
    plan: Option<String>,
    planted: Option<u32>,
}

fn main() {
    let options = match read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => return println!("{HELP}"),
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            std::process::exit(2);
        }
    };
    // A panic inside a run is a failure like any other and is printed as one.
    std::panic::set_hook(Box::new(|_| {}));
    planted::set(options.planted);
    let good = match (&options.plan, options.ci) {
        (Some(file), _) => replay_file(file),
        (None, true) => ci(&options),
        (None, false) => one_tier(&options),
    };
    std::process::exit(i32::from(!good));
}

fn read(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    while let Some(name) = arguments.next() {
        if name == "--ci" {
            options.ci = true;
            continue;
        }
        if matches!(name.as_str(), "--help" | "-h") {
            return Ok(None);
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name}: {value} is not a number"));
        match name.as_str() {
            "--edits" => options.edits = Some(number()?),
            "--hours" => options.seconds = Some(number()? * 3_600),
            "--plan" => options.plan = Some(value),
            "--planted" => options.planted = Some(number()? as u32),
            "--seconds" => options.seconds = Some(number()?),
            "--seed" => options.seed = Some(number()?),
            "--tier" => match value.as_str() {
                "a" | "b" | "c" => options.tier = value.chars().next(),
                _ => return Err(format!("--tier: {value} is not a, b or c")),
            },
            _ => return Err(format!("{name} is not an option")),
        }
    }
    Ok(Some(options))
}

fn replay_file(file: &str) -> bool {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return fail(&format!("{file}: {error}")),
    };
    match Plan::parse(&text).map(|plan| run::on_own_stack(|| run::replay(&plan))) {
        Err(error) => fail(&format!("{file}: {error}")),
        Ok(Err(failure)) => fail(&format!("{file}: {failure}")),
        Ok(Ok(stats)) => {
            println!("{file}: green; {}", counted(&stats));
            true
        }
    }
}

fn one_tier(options: &Options) -> bool {
    let first = options.seed.unwrap_or(0);
    let limit = Limit {
        edits: options.edits.unwrap_or(if options.seconds.is_some() { u64::MAX } else { 1 }),
        time: Duration::from_secs(options.seconds.unwrap_or(u64::MAX >> 1)),
    };
    match options.tier.unwrap_or('b') {
        'a' => protocol(first, &limit).0,
        'c' => full_stack(first, &limit, 1).0,
        _ => full_stack(first, &limit, u64::MAX).0,
    }
}

fn ci(options: &Options) -> bool {
    let first = options.seed.unwrap_or(0);
    let limit = Limit { edits: options.edits.unwrap_or(500_000), time: Duration::from_secs(120) };
    let (mut good, edits) = protocol(first, &limit);
    good &= quota("protocol", edits, limit.edits);
    let limit = Limit {
        edits: options.edits.map_or(100_000, |edits| edits / 5),
        time: Duration::from_secs(options.seconds.unwrap_or(240)),
    };
    let (green, stats) = full_stack(first, &limit, ONE_IN);
    good &= green & quota("full-stack", stats.edits, limit.edits);
    good & plants(first)
}

/// A slow machine is no failure.
fn quota(name: &str, edits: u64, wanted: u64) -> bool {
    if edits < wanted {
        println!("warning: {edits} {name} edits instead of {wanted}: the time was up");
    }
    true
}

struct Limit {
    edits: u64,
    time: Duration,
}

/// Tier A on every core. One run in ten sends every message through the frame codec.
fn protocol(first: u64, limit: &Limit) -> (bool, u64) {
    let (edits, sessions, failures) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(Vec::new()));
    on_every_core(first, limit, &edits, |seed| {
        let options = model::Options { codec: seed.is_multiple_of(10), ..model::Options::default() };
        match model::run(seed, &options) {
            Ok(stats) => {
                edits.fetch_add(stats.edits, Ordering::Relaxed);
                sessions.fetch_add(stats.sessions, Ordering::Relaxed);
                true
            }
            Err(failure) => {
                let plan = model::shrink(model::draw(seed, &options), &options, failure.invariant);
                let text = format!("tier a, seed {seed}: {failure}\n{plan:#?}");
                failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text);
                false
            }
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    failures.iter().for_each(|failure| println!("{failure}"));
    let (edits, sessions) = (edits.into_inner(), sessions.into_inner());
    println!("edits simulated: {edits} protocol-level (tier A), sessions {sessions}");
    (failures.is_empty(), edits)
}

/// Tier B on every core, one run in `one_in` as tier C.
fn full_stack(first: u64, limit: &Limit, one_in: u64) -> (bool, Stats) {
    let (edits, sum, failures) = (AtomicU64::new(0), Mutex::new(Stats::default()), Mutex::new(Vec::new()));
    on_every_core(first, limit, &edits, |seed| {
        let tier = if seed % one_in == one_in - 1 || one_in == 1 { Tier::C } else { Tier::B };
        // A long run now and then: what grows shows there.
        let length = if seed % 200 == 199 { 2_000 } else { EDITS_PER_RUN };
        let plan = Plan::draw(seed, tier, length, true);
        match run::replay(&plan) {
            Ok(stats) => {
                edits.fetch_add(stats.edits, Ordering::Relaxed);
                sum.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(&stats);
                true
            }
            Err(failure) => {
                let kept = match run::keep(&plan, &failure, Path::new("target/sim")) {
                    Ok((short, file, replays)) => format!("{} ({replays} replays)\n{short}", file.display()),
                    Err(error) => format!("the plan could not be kept: {error}\n{plan}"),
                };
                let text = format!("tier {tier:?}, seed {seed}: {failure}\n{kept}");
                println!("{text}");
                failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text);
                false
            }
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    let stats = sum.into_inner().unwrap_or_default();
    println!("edits simulated: {}", counted(&stats));
    (failures.is_empty(), stats)
}

fn counted(stats: &Stats) -> String {
    format!(
        "{} full-stack (tiers B and C), crashes {}, disk faults {}, restores {}, messages {}",
        stats.edits, stats.crashes, stats.disk_faults, stats.restores, stats.messages
    )
}

/// Seeds by residue, until there are edits enough, the time is up or `run` says that one run failed.
fn on_every_core(first: u64, limit: &Limit, edits: &AtomicU64, run: impl Fn(u64) -> bool + Sync) {
    let start = Instant::now();
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u64);
    let (run, stop) = (&run, &AtomicU64::new(0));
    let here = planted::here();
    std::thread::scope(|scope| {
        for core in 0..cores {
            scope.spawn(move || {
                planted::set(here);
                run::on_own_stack(|| {
                    let mut seed = first + core;
                    while edits.load(Ordering::Relaxed) < limit.edits
                        && start.elapsed() < limit.time
                        && stop.load(Ordering::Relaxed) < 3
                    {
                        if !run(seed) {
                            stop.fetch_add(1, Ordering::Relaxed);
                        }
                        seed += cores;
                    }
                });
            });
        }
    });
}

/// Every planted bug, two at a time.
fn plants(first: u64) -> bool {
    if cfg!(not(feature = "planted")) {
        println!("plants: not compiled in; build with --features planted");
        return true;
    }
    let (next, found, good) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(1));
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                run::on_own_stack(|| {
                    while let Some(row) = hunt::ROWS.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                        let start = Instant::now();
                        let hunted = hunt::hunt(row, first);
                        let place = match row.ground {
                            Ground::Protocol => "tier A, random",
                            Ground::FullStack => "tier B, random",
                            Ground::Scenario(_) => "tier B, scenario",
                        };
                        let what = match (hunted.at, &hunted.fault) {
                            (Some((seed, invariant)), None) => {
                                found.fetch_add(1, Ordering::Relaxed);
                                format!("found at seed {seed} by invariant 18.{invariant}")
                            }
                            (_, Some(fault)) => format!("NOT CLEAN: {fault}"),
                            (None, None) => format!("NOT FOUND in {} seeds", row.budget),
                        };
                        if hunted.at.is_none() || hunted.fault.is_some() {
                            good.store(0, Ordering::Relaxed);
                        }
                        let seconds = start.elapsed().as_secs_f32();
                        println!("plant {:>3} ({place}): {}: {what}, {seconds:.1} s", row.number, row.what);
                    }
                });
            });
        }
    });
    println!("plants found: {} of {}", found.into_inner(), hunt::ROWS.len());
    good.into_inner() == 1
}

fn fail(text: &str) -> bool {
    println!("{text}");
    false
}
