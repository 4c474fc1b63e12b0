//! What goes to standard output and standard error.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;
use tracing_subscriber::EnvFilter;

/// Log lines go to standard error: of a server warnings, of other commands errors only (they say in a sentence
/// why they end); more with `-v`.
pub fn start_log(verbose: u8, server: bool) {
    let level = match verbose {
        0 if server => "warn",
        0 => "error",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("FARLEY_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

/// A line to standard output, as `println!`, but without a panic when nobody reads any more (`| head`).
macro_rules! say {
    ($($words:tt)*) => { $crate::output::print(format_args!($($words)*)) };
}
pub(crate) use say;

/// See [`say!`]. Whoever closed the pipe has seen enough: the process ends well.
pub fn print(words: std::fmt::Arguments<'_>) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// One JSON line, flushed, so that a reader of the pipe has it at once.
///
/// # Errors
/// If nobody reads standard output any more.
pub fn line(value: &impl Serialize) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// A table with columns as wide as their widest cell.
pub fn table(header: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let show = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        say!("{}", padded.join("  ").trim_end());
    };
    show(header.to_vec());
    rows.iter().for_each(|row| show(row.iter().map(String::as_str).collect()));
}
