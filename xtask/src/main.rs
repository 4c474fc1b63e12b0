//! `cargo xtask`: everything a developer or CI runs, one command each.

mod browser;
mod layering;
mod licences;
mod run;
mod test;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, tests and measures Farley")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything, or the named parts. `cargo xtask test --list` names them.
    Test {
        /// Parts to run; none = all.
        parts: Vec<String>,
        /// Print the parts and what each needs.
        #[arg(long)]
        list: bool,
    },
    /// Run the simulation: seeded devices, relay, faults, planted bugs.
    Sim {
        /// Passed on to the simulation; `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Measure; `cargo xtask bench [NAME] [--json]`.
    Bench {
        /// Passed on to the benches.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Take screenshots of the office page into target/screenshots.
    Screenshots,
}

fn main() {
    let result = match Cli::parse().command {
        Command::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Command::Test { parts, .. } => test::run(&parts),
        Command::Sim { args } => run::release_binary("sim", &["planted"], &args),
        Command::Bench { args } => run::bench(&args),
        Command::Screenshots => browser::screenshots(),
    };
    if let Err(error) = result {
        eprintln!("xtask: {error:#}");
        std::process::exit(1);
    }
}
