//! `farley`: the relay and office page, the office on a laptop, a device on the command line, the demo.
//!
//! Exit codes: 0 done; 1 it could not be done (the reason is on standard error); 2 the command line is wrong.

mod admin;
mod args;
mod clock;
mod demo;
mod desk;
mod device;
mod export;
mod import;
mod output;
mod runtime;
mod serve;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::start_log(cli.verbose, matches!(cli.command, Command::Serve(_)));
    #[cfg(feature = "planted")]
    plant();
    let result = match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Admin(args) => admin::run(args),
        Command::Device(args) => device::run(args),
        Command::Desk(args) => desk::run(args),
        Command::Demo(args) => demo::run(args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("farley: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Switches on the breakage named in `FARLEY_PLANTED`, to show that the checks find it.
#[cfg(feature = "planted")]
fn plant() {
    if let Some(number) = std::env::var("FARLEY_PLANTED").ok().and_then(|number| number.parse().ok()) {
        farley_core::planted::set_everywhere(Some(number));
    }
}
