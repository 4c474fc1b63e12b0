//! `farley demo`.
use crate::args::Demo;
pub fn run(_args: Demo) -> anyhow::Result<()> {
    anyhow::bail!("later")
}
