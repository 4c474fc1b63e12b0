//! `bench [NAME] [--json]`: the figures of docs/benchmarks.md, each with its baseline in the same run.
//!
//! Real files, real fsync, release build. Filled databases are kept in `target/bench-data` for the next run;
//! every figure works on a copy. `noop` and `merge` run the product's server and devices in this process, over QUIC
//! on loopback ([`office`]); beside them stand the sessions alone, every message through the real frame codec and
//! no line between ([`pair`]).

use std::path::Path;
use std::time::Instant;

use farley_tests::run::on_own_stack;

use measure::Figure;

mod filled;
mod measure;
mod meeting;
mod office;
mod pair;

const HELP: &str = "bench [edit | open | search | noop | merge] [--json]";

fn main() -> anyhow::Result<()> {
    let (mut json, mut name) = (false, None);
    // `cargo bench` adds `--bench`.
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            "--bench" => {}
            "--help" | "-h" => {
                println!("{HELP}");
                return Ok(());
            }
            known if measure::FIGURES.iter().any(|(figure, _)| *figure == known) => {
                name = Some(known.to_owned());
            }
            other => {
                eprintln!("{other} is not a figure\n{HELP}");
                std::process::exit(2);
            }
        }
    }
    if cfg!(debug_assertions) {
        eprintln!("warning: not a release build, the numbers mean nothing");
    }
    // Cargo starts benches in their package's folder.
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench-data"));
    for (figure, measure) in measure::FIGURES {
        if name.as_ref().is_some_and(|name| name != figure) {
            continue;
        }
        let start = Instant::now();
        let figures: Vec<Figure> = on_own_stack(|| measure(folder))?;
        for figure in figures {
            if json {
                println!("{}", serde_json::to_string(&figure)?);
            } else {
                println!("{figure}");
            }
        }
        eprintln!("  ({figure} took {:.0} s, filling included)", start.elapsed().as_secs_f32());
    }
    Ok(())
}
