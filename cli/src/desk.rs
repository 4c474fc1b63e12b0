//! `farley desk`: the page over this laptop's own replica.

use farley_server::app::{DeskConfig, desk};
use serde_json::json;

use crate::args::Desk;
use crate::output::say;
use crate::{output, runtime};

/// Serves the page on loopback until asked to stop, and syncs whenever there is a network.
///
/// # Errors
/// If it does not start: each reason says what to do.
pub fn run(args: Desk) -> anyhow::Result<()> {
    let config = DeskConfig { folder: args.dir.dir, http: args.http };
    runtime::runtime()?.block_on(async {
        let mut stop = std::pin::pin!(runtime::stop_signal());
        let desk = tokio::select! {
            desk = desk(config) => desk?,
            () = &mut stop => return Ok(()),
        };
        if args.json {
            output::line(&json!({"http": format!("http://{}", desk.http_addr), "link": desk.link}))?;
        } else {
            say!("Open this link once; it signs this browser in:\n  {}\n\nCtrl+C stops.", desk.link);
        }
        stop.await;
        desk.shutdown().await;
        Ok(())
    })
}
