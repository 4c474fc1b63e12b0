//! `farley demo`: a whole company on this computer, and a story that plays by itself.
//!
//! 1. A server on loopback, with the demo company imported into it.
//! 2. Three devices, enrolled over QUIC, each with the office page over its own replica.
//! 3. The story: two days without network, and coming back.
//! 4. `--check`: every value verified on every replica; otherwise the visitor plays.

mod check;
mod company;
mod landing;
mod phone;
mod story;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use farley_server::app::{Config, serve};
use farley_server::clock::{hex, random};
use tokio::sync::Notify;

use crate::args::Demo;
use crate::output::say;
use crate::{clock, runtime};
use phone::Phones;
use story::Progress;

/// Between two steps of the story, for somebody who watches.
const PACE: Duration = Duration::from_millis(2_500);

/// Runs the demo until Ctrl+C, or checks it.
///
/// # Errors
/// If it does not start, or a value is not what it must be.
pub fn run(args: Demo) -> anyhow::Result<()> {
    // Removed when it goes out of scope, also after an error.
    let temporary = match &args.data {
        Some(_) => None,
        None => {
            Some(tempfile::Builder::new().prefix("farley-demo-").tempdir().context("no temporary folder")?)
        }
    };
    let folder = args.data.clone().or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()));
    let folder = folder.context("no folder")?;
    runtime::runtime()?.block_on(async {
        tokio::select! {
            done = demo(&args, &folder) => done,
            () = runtime::stop_signal(), if args.check => anyhow::bail!("stopped"),
        }
    })
}

async fn demo(args: &Demo, folder: &Path) -> anyhow::Result<()> {
    let data = folder.join("office");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = Config {
        http: if args.check { any } else { args.http },
        quic: address_before(&data).unwrap_or(any),
        name: company::NAME.to_owned(),
        demo: true,
        ..Config::local(&data)
    };
    let office = serve(config).await?;
    let now = clock::now();
    let stands = company::stands(office.workspace())?;
    let scene = match stands {
        true => company::scene(office.workspace())?,
        false => company::found(office.workspace(), office.accounts(), now)?,
    };
    let phones = Phones::connect(&folder.join("phones"), &office).await?;
    let progress = Progress::default();
    if args.check {
        story::rest(office.workspace(), &phones.all()).await?;
        let visit = story::play(office.workspace(), &phones, &scene, now, Duration::ZERO, &progress).await?;
        // Names of new devices are published beside the story; at rest nobody lacks them.
        story::rest(office.workspace(), &phones.all()).await?;
        let checked = check::check(&office, &phones, &scene, visit);
        close(office, &phones).await;
        checked?;
        say!("The demo is as it must be.");
        return Ok(());
    }

    let opened = Arc::new(Notify::new());
    let base = format!("/demo/{}", hex(&random::<8>()));
    office.mount_router(&base, landing::router(&base, office.doors(), progress.clone(), opened.clone()));
    say!("Open this link; the story begins then:\n\n  {}{base}\n\nCtrl+C ends the demo.", office.page);
    if args.data.is_none() {
        say!("Nothing of it is kept; --data FOLDER keeps it.");
    }
    let tell = async {
        if stands {
            progress.finish();
        } else {
            opened.notified().await;
            tokio::time::sleep(PACE).await;
            story::play(office.workspace(), &phones, &scene, clock::now(), PACE, &progress).await?;
        }
        std::future::pending::<()>().await;
        anyhow::Ok(())
    };
    let end = tokio::select! {
        told = tell => told,
        () = runtime::stop_signal() => Ok(()),
    };
    close(office, &phones).await;
    end
}

async fn close(office: farley_server::app::Running, phones: &Phones) {
    for phone in phones.all() {
        phone.stop().await;
    }
    office.shutdown().await;
}

/// Where the relay of a kept demo listened: its phones look for it there.
fn address_before(data: &Path) -> Option<SocketAddr> {
    let serving: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("serving.json")).ok()?).ok()?;
    serving["quic_addr"].as_str()?.parse().ok()
}
