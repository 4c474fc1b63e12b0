//! `cargo xtask`: everything a developer or CI runs, one command each.

mod bindings;
mod browser;
mod layering;
mod licences;
mod phones;
mod run;
mod test;
mod words;

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
    /// Generate the Kotlin and Swift side of farley-mobile; with --check only compare.
    Bindings {
        /// Fail if what is committed differs.
        #[arg(long)]
        check: bool,
    },
    /// Plant faults into the apps, one by one, and demand that a test turns red.
    Controls {
        /// `android` or `ios`.
        app: phones::App,
    },
    /// Take pictures of every screen: the page into target/screenshots, Android into target/android/screenshots, iOS as
    /// trees of text into target/ios/screens.
    Screenshots,
    /// Write the apps' texts from mobile-bindings/words.toml, or compare them with what is committed.
    Words {
        /// Compare only.
        #[arg(long)]
        check: bool,
    },
}

fn main() {
    let result = match Cli::parse().command {
        Command::Test { list: true, .. } => {
            test::list();
            Ok(())
        }
        Command::Test { parts, .. } => test::run(&parts),
        Command::Sim { args } => run::release_binary("sim", &["planted"], &args),
        Command::Bench { args } if args.first().is_some_and(|name| name == "phone") => {
            phones::bench(args.iter().any(|argument| argument == "--json"))
        }
        Command::Bench { args } => run::bench(&args),
        Command::Bindings { check } => bindings::run(check),
        Command::Controls { app } => phones::controls(app),
        Command::Screenshots => browser::screenshots().and_then(|()| phones::screenshots()),
        Command::Words { check } => words::run(check),
    };
    if let Err(error) = result {
        eprintln!("xtask: {error:#}");
        std::process::exit(1);
    }
}
