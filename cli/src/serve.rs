//! `farley serve`: the relay and the office page until Ctrl+C or SIGTERM.

use farley_server::app::{Config, serve};
use serde_json::json;

use crate::args::Serve;
use crate::output::say;
use crate::{output, runtime};

/// Serves until asked to stop, then within 5 seconds.
///
/// # Errors
/// If it does not start: each reason says what to do.
pub fn run(args: Serve) -> anyhow::Result<()> {
    let config = Config {
        http: args.http,
        quic: args.quic,
        admin: Some(args.admin),
        public: args.public,
        tls: args.cert.zip(args.key),
        insecure_http: args.insecure_http,
        ..Config::local(&args.data)
    };
    runtime::runtime()?.block_on(async {
        // Installed before anybody is told that the server is ready.
        let mut stop = std::pin::pin!(runtime::stop_signal());
        let running = tokio::select! {
            running = serve(config) => running?,
            () = &mut stop => return Ok(()),
        };
        let (http, quic) = (running.page.clone(), running.quic_addr);
        if args.json {
            output::line(&json!({"http": http, "quic": quic.to_string(),
                "admin": format!("http://{}", running.admin_addr), "setup": running.setup_link}))?;
        } else {
            say!("Page     {http}\nDevices  {quic} (UDP) and the page's port\nHealth   http://{}", running.admin_addr);
            if let Some(link) = &running.setup_link {
                say!("\nNobody can sign in yet. Open this link once, within a day, and choose a name and password:\n  {link}");
            }
            say!("\nCtrl+C stops the server.");
        }
        stop.await;
        tracing::info!("stopping");
        running.shutdown().await;
        Ok(())
    })
}
