//! A relay for tests: the product's carriers, handshake, session and workspace; a registry in memory.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farley_core::document::gate::ThreadTrial;
use farley_core::record::{DeviceId, Edit, Nonce, PersonId, RecordId, WorkspaceId};
use farley_core::sync::{
    ByeReason, Enrolled, Message, NonceState, RelayEffect, RelayOptions, RelaySession, Seq,
};
use farley_core::workspace::{Role, Subscription, Workspace, WorkspaceOptions};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use crate::carrier::{Carrier, EXPORTER_LABEL};
use crate::device::{Device, workspace_options};
use crate::encoding::from_base64url;
use crate::engine::wall;
use crate::handshake::{
    Authenticated, EnrolError, EnrolRequest, Greeted, Registry, RegistryRow, Revocation, greet,
};
use crate::keys::RelayKeys;
use crate::link::EnrolLink;
use crate::wire::ChannelError;
use crate::ws_bytes::WsFacts;
use crate::{quic, ws};

/// A self-signed certificate and its key, good for nothing but these tests.
pub const PAGE_CERTIFICATE: &[u8] = include_bytes!("page.certificate.der");
const PAGE_KEY: &[u8] = include_bytes!("page.key.der");

/// What the office does to running sessions.
#[derive(Clone, Debug)]
pub enum Order {
    Revoke(DeviceId),
    Restart,
    /// Closes every session of this device without a word.
    Drop,
}

pub struct Relay {
    pub keys: Arc<RelayKeys>,
    pub workspace: Arc<Workspace>,
    pub registry: Arc<Devices>,
    quic: Option<quinn::Endpoint>,
    quic_address: String,
    page: String,
    pub orders: broadcast::Sender<Order>,
    head: watch::Receiver<Seq>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    _subscription: Subscription,
    _folder: tempfile::TempDir,
}

/// The registry: rows, and one token per invitation.
#[derive(Default)]
pub struct Devices {
    workspace: Option<WorkspaceId>,
    pub rows: Mutex<BTreeMap<DeviceId, RegistryRow>>,
    pub tokens: Mutex<BTreeMap<[u8; 16], Option<DeviceId>>>,
}

impl Registry for Devices {
    fn workspace(&self) -> WorkspaceId {
        self.workspace.unwrap()
    }

    fn device(&self, id: DeviceId) -> Option<RegistryRow> {
        self.rows.lock().unwrap().get(&id).cloned()
    }

    fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, EnrolError> {
        let mut tokens = self.tokens.lock().unwrap();
        let spent = tokens.get_mut(&request.token).ok_or(EnrolError::Unknown)?;
        if spent.is_some_and(|device| device != request.device) {
            return Err(EnrolError::Used);
        }
        *spent = Some(request.device);
        let person = PersonId([2; 16]);
        let nonce = Nonce([3; 16]);
        let nonces = NonceState { nonce: Some(nonce), ..NonceState::default() };
        let row = RegistryRow { person, public_key: request.public_key, revoked: None, nonces };
        self.rows.lock().unwrap().insert(request.device, row);
        Ok(Enrolled { person, workspace_name: "Brandt Heizungsbau".into(), nonce })
    }
}

impl Relay {
    /// `udp`: whether anybody answers on the QUIC address.
    pub async fn start(udp: bool) -> Arc<Self> {
        Self::start_with(udp, None).await
    }

    /// The same with the page behind TLS that ends in the relay.
    pub async fn start_with_tls(udp: bool) -> Arc<Self> {
        let key = PrivateKeyDer::Pkcs8(PAGE_KEY.to_vec().into());
        let config = rustls::ServerConfig::builder_with_provider(crate::tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![PAGE_CERTIFICATE.into()], key)
            .unwrap();
        Self::start_with(udp, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn start_with(udp: bool, tls: Option<TlsAcceptor>) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let id = WorkspaceId([5; 16]);
        let path = folder.path().join("relay.db");
        let workspace =
            Workspace::create(&path, id, DeviceId([7; 16]), Role::Relay, options(), wall()).unwrap();
        let workspace = Arc::new(workspace);
        let (sender, head) = watch::channel(workspace.head().unwrap());
        let subscription = workspace.subscribe(Box::new(move |changed| {
            sender.send_replace(changed.seq);
        }));
        let keys = Arc::new(RelayKeys::generate().unwrap());
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let quic_address = socket.local_addr().unwrap().to_string();
        // Without an answer the socket stays open and swallows: a firewall that drops.
        let (quic, hole) = if udp {
            (Some(quic::relay_endpoint(&keys, socket).unwrap()), None)
        } else {
            (None, Some(socket))
        };
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let page = format!("{scheme}://{}", tcp.local_addr().unwrap());
        let registry = Arc::new(Devices { workspace: Some(id), ..Devices::default() });
        let relay = Arc::new(Self {
            keys,
            workspace,
            registry,
            quic,
            quic_address,
            page,
            orders: broadcast::Sender::new(8),
            head,
            tasks: Mutex::default(),
            _subscription: subscription,
            _folder: folder,
        });
        let mut tasks = Vec::new();
        if let Some(endpoint) = relay.quic.clone() {
            let relay = Arc::downgrade(&relay);
            tasks.push(tokio::spawn(async move {
                while let Some(incoming) = endpoint.accept().await {
                    let Some(relay) = relay.upgrade() else { return };
                    tokio::spawn(async move {
                        if let Ok(carrier) = quic::accept(incoming).await {
                            relay.welcome(carrier).await;
                        }
                    });
                }
            }));
        }
        let weak = Arc::downgrade(&relay);
        tasks.push(tokio::spawn(async move {
            let _hole = hole;
            while let Ok((stream, peer)) = tcp.accept().await {
                let Some(relay) = weak.upgrade() else { return };
                let tls = tls.clone();
                tokio::spawn(async move {
                    let mut facts = WsFacts { peer: Some(peer), ..WsFacts::default() };
                    let Some(tls) = tls else { return relay.upgrade(stream, facts).await };
                    let Ok(stream) = tls.accept(stream).await else { return };
                    let exporter =
                        stream.get_ref().1.export_keying_material([0; 32], EXPORTER_LABEL, Some(b""));
                    facts.exporter = Some(exporter.unwrap());
                    relay.upgrade(stream, facts).await;
                });
            }
        }));
        *relay.tasks.lock().unwrap() = tasks;
        relay
    }

    /// A new invitation.
    pub fn link(&self) -> EnrolLink {
        let token: [u8; 16] = crate::keys::random_bytes().unwrap();
        self.registry.tokens.lock().unwrap().insert(token, None);
        EnrolLink {
            relay: self.keys.public(),
            next: None,
            workspace: self.workspace.id(),
            token,
            quic: vec![self.quic_address.clone()],
            page: Some(self.page.clone()),
            certificate: None,
        }
    }

    pub async fn enrol(&self, folder: &Path) -> Device {
        Device::enrol(folder, &self.link().link(), "Pixel 9", "android", "test 1").await.unwrap()
    }

    /// The office creates a contact.
    pub fn create(&self, family_name: &str) -> RecordId {
        contact(&self.workspace, family_name)
    }

    /// Revokes, and closes what is open.
    pub fn revoke(&self, device: DeviceId, reason: ByeReason) {
        let revocation = Revocation { reason, order: None };
        self.registry.rows.lock().unwrap().get_mut(&device).unwrap().revoked = Some(revocation);
        let _ = self.orders.send(Order::Revoke(device));
    }

    async fn upgrade<T>(self: Arc<Self>, stream: T, mut facts: WsFacts)
    where
        T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        #[expect(clippy::result_large_err, reason = "the library's type")]
        let note = |request: &Request, response: Response| {
            let text = request.headers().get(ws::NONCE_HEADER).unwrap().to_str().unwrap();
            facts.device_nonce = from_base64url(text).unwrap().try_into().ok();
            Ok(response)
        };
        if let Ok(socket) = accept_hdr_async_with_config(stream, note, Some(ws::settings())).await {
            self.welcome(ws::tungstenite_carrier(socket, facts)).await;
        }
    }

    async fn welcome(self: Arc<Self>, carrier: Carrier) {
        let registry: Arc<dyn Registry> = self.registry.clone();
        if let Greeted::Device(device) = greet(carrier, &self.keys, &registry, true, wall()).await {
            self.serve(*device).await;
        }
    }

    async fn serve(&self, authenticated: Authenticated) {
        let Authenticated { mut channel, device, attempt, .. } = authenticated;
        let options = RelayOptions {
            device,
            workspace: self.workspace.id(),
            attempt,
            registry_key: *self.keys.nonce_key(),
            ticket: [1; 32],
        };
        let mut session = RelaySession::new(options, wall());
        let mut orders = self.orders.subscribe();
        let mut head = self.head.clone();
        loop {
            while let Some(effect) = session.poll_effect() {
                match effect {
                    RelayEffect::Send(message @ Message::Bye(_)) => {
                        let Message::Bye(bye) = &message else { unreachable!("just matched") };
                        return channel.end(Some(&message), bye.reason as u16).await;
                    }
                    RelayEffect::Send(message) => {
                        if channel.send(&message).await.is_err() {
                            return;
                        }
                    }
                    RelayEffect::Close { reason, .. } => return channel.end(None, reason as u16).await,
                    effect => self.carry_out(&mut session, effect, device).await,
                }
            }
            tokio::select! {
                message = channel.receive() => match message {
                    Ok(message) => session.handle_message(message, wall()),
                    Err(ChannelError::Wire(error)) => session.handle_wire_error(&error),
                    Err(_) => return,
                },
                changed = head.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let head = *head.borrow_and_update();
                    session.handle_head(head);
                }
                order = orders.recv() => match order {
                    Ok(Order::Revoke(who)) if who == device => {
                        session.handle_revoked(ByeReason::Revoked, None);
                    }
                    Ok(Order::Restart) => session.handle_shutdown(100),
                    Ok(Order::Drop) => return channel.cut(ByeReason::Internal as u16),
                    Ok(Order::Revoke(_)) => {}
                    Err(_) => return,
                },
            }
        }
    }

    async fn carry_out(&self, session: &mut RelaySession, effect: RelayEffect, device: DeviceId) {
        let workspace = &self.workspace;
        match effect {
            RelayEffect::LoadFacts { cursor } => {
                let nonces = self.registry.device(device).unwrap().nonces;
                session.handle_facts(workspace.relay_facts(cursor).unwrap(), nonces, wall());
            }
            RelayEffect::Ingest { batch, entries } => {
                let workspace = workspace.clone();
                let verdicts =
                    tokio::task::spawn_blocking(move || workspace.ingest(device, None, &entries, wall()));
                session.handle_ingested(batch, &verdicts.await.unwrap().unwrap(), wall());
            }
            RelayEffect::LoadAfter { cursor, low, entries, bytes } => {
                session.handle_page(workspace.page_after(device, cursor, low, entries, bytes).unwrap());
            }
            RelayEffect::LoadFill { low, cursor, entries, bytes } => {
                session.handle_fill(workspace.page_fill(device, low, cursor, entries, bytes).unwrap());
            }
            RelayEffect::LoadRecords { records, form } => {
                session.handle_records(workspace.load_records(device, &records, form).unwrap());
            }
            RelayEffect::NonceUsed(nonces) => {
                self.registry.rows.lock().unwrap().get_mut(&device).unwrap().nonces = nonces;
            }
            RelayEffect::Seen { .. } | RelayEffect::Send(_) | RelayEffect::Close { .. } => {}
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.tasks.lock().unwrap().iter().for_each(JoinHandle::abort);
    }
}

/// Creates a contact on any replica.
pub fn contact(workspace: &Workspace, family_name: &str) -> RecordId {
    let edit = Edit::create("contact").with("family_name", family_name);
    workspace.edit(workspace.device(), &edit, wall()).unwrap().id
}

/// Creates many contacts in one transaction.
pub fn contacts(workspace: &Workspace, count: usize) {
    let edits: Vec<Edit> =
        (0..count).map(|at| Edit::create("contact").with("family_name", format!("Brandt {at}"))).collect();
    let edited = workspace.edit_many(workspace.device(), &edits, wall()).unwrap();
    assert!(edited.iter().all(Result::is_ok));
}

/// The family name a replica shows.
pub fn family_name(workspace: &Workspace, id: RecordId) -> Option<String> {
    let page = workspace.record(id).ok()?;
    Some(page.view.values.get("family_name")?.as_str()?.to_owned())
}

/// Every record of a replica, line by line.
pub fn dump(workspace: &Workspace) -> String {
    let mut text = String::new();
    workspace
        .dump(&mut |line| {
            text.push_str(line);
            text.push('\n');
            Ok(())
        })
        .unwrap();
    text
}

/// Waits until `done`, or fails after `limit`.
pub async fn until(limit: Duration, what: &str, mut done: impl FnMut() -> bool) -> Duration {
    let start = std::time::Instant::now();
    while !done() {
        assert!(start.elapsed() < limit, "{what} did not happen within {limit:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    start.elapsed()
}

fn options() -> WorkspaceOptions {
    WorkspaceOptions { trial: Arc::new(ThreadTrial), ..workspace_options(true) }
}
