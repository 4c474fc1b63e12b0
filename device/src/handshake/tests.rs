//! Real carriers on loopback.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::sync::{Arc, Mutex};

use farley_core::record::{DeviceId, Nonce, PersonId, Timestamp, WorkspaceId};
use farley_core::sync::{ByeReason, Enrolled, Message, NonceState, Proof, Pulled};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};

use super::*;
use crate::carrier::Carrier;
use crate::connect::ConnectError;
use crate::encoding::from_base64url;
use crate::keys::{DeviceKey, RelayKeys};
use crate::link::EnrolLink;
use crate::wire::Channel;
use crate::ws_bytes::WsFacts;
use crate::{quic, ws};

const WORKSPACE: WorkspaceId = WorkspaceId([5; 16]);
const TOKEN: [u8; 16] = [6; 16];
const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// A registry in memory with one invitation.
#[derive(Default)]
struct Devices {
    rows: Mutex<BTreeMap<DeviceId, RegistryRow>>,
    spent: Mutex<Option<DeviceId>>,
    failures: Mutex<u32>,
}

impl Devices {
    fn with(device: DeviceId, key: &DeviceKey) -> Arc<Self> {
        let devices = Self::default();
        let row = RegistryRow {
            person: PersonId([1; 16]),
            public_key: key.public(),
            revoked: None,
            nonces: NonceState::default(),
        };
        devices.rows.lock().unwrap().insert(device, row);
        Arc::new(devices)
    }

    fn failures(&self) -> u32 {
        *self.failures.lock().unwrap()
    }
}

impl Registry for Devices {
    fn workspace(&self) -> WorkspaceId {
        WORKSPACE
    }

    fn device(&self, id: DeviceId) -> Option<RegistryRow> {
        self.rows.lock().unwrap().get(&id).cloned()
    }

    fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, EnrolError> {
        if request.token != TOKEN {
            return Err(EnrolError::Unknown);
        }
        let mut spent = self.spent.lock().unwrap();
        if spent.is_some_and(|device| device != request.device) {
            return Err(EnrolError::Used);
        }
        *spent = Some(request.device);
        let row = RegistryRow {
            person: PersonId([2; 16]),
            public_key: request.public_key,
            revoked: None,
            nonces: NonceState::default(),
        };
        self.rows.lock().unwrap().insert(request.device, row);
        Ok(Enrolled { person: PersonId([2; 16]), workspace_name: "Brandt".into(), nonce: Nonce([3; 16]) })
    }

    fn proof_failed(&self, _peer: Option<std::net::SocketAddr>) {
        *self.failures.lock().unwrap() += 1;
    }
}

/// A relay on both carriers.
struct Relay {
    keys: RelayKeys,
    quic: quinn::Endpoint,
    tcp: TcpListener,
}

impl Relay {
    async fn start() -> Self {
        let keys = RelayKeys::generate().unwrap();
        let quic = quic::relay_endpoint(&keys, UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
        Self { keys, quic, tcp: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    fn link(&self) -> EnrolLink {
        EnrolLink {
            relay: self.keys.public(),
            next: None,
            workspace: WORKSPACE,
            token: TOKEN,
            quic: vec![self.quic.local_addr().unwrap().to_string()],
            page: Some(format!("http://{}", self.tcp.local_addr().unwrap())),
            certificate: None,
        }
    }

    /// Both ends of a new QUIC connection, at the same time: the device sees the stream with its first byte.
    async fn over_quic<R, D>(
        &self,
        relay: impl AsyncFnOnce(Carrier) -> R,
        device: impl AsyncFnOnce(Carrier) -> D,
    ) -> (R, D) {
        let (link, pinned) = (self.link(), [self.keys.public()]);
        tokio::join!(
            async { relay(quic::accept(self.quic.accept().await.unwrap()).await.unwrap()).await },
            async { device(quic::connect(&link.quic, &pinned, false).await.unwrap()).await }
        )
    }

    async fn over_ws<R, D>(
        &self,
        relay: impl AsyncFnOnce(Carrier) -> R,
        device: impl AsyncFnOnce(Carrier) -> D,
    ) -> (R, D) {
        let page = self.link().page.unwrap();
        tokio::join!(async { relay(self.accept_ws().await).await }, async {
            device(ws::connect(&page, None).await.unwrap()).await
        })
    }

    async fn accept_ws(&self) -> Carrier {
        let (stream, peer) = self.tcp.accept().await.unwrap();
        let mut nonce = None;
        #[expect(clippy::result_large_err, reason = "the library's type")]
        let note = |request: &Request, response: Response| {
            let text = request.headers().get(ws::NONCE_HEADER).unwrap().to_str().unwrap();
            nonce = from_base64url(text).unwrap().try_into().ok();
            Ok(response)
        };
        let socket = accept_hdr_async_with_config(stream, note, Some(ws::settings())).await.unwrap();
        ws::tungstenite_carrier(
            socket,
            WsFacts { peer: Some(peer), device_nonce: nonce, ..WsFacts::default() },
        )
    }
}

/// Greets, and says what the device says next.
async fn greet_and_listen(
    carrier: Carrier,
    keys: &RelayKeys,
    registry: Arc<Devices>,
) -> (Greeted, Option<Message>) {
    let registry: Arc<dyn Registry> = registry;
    match greet(carrier, keys, &registry, true, NOW).await {
        Greeted::Device(mut device) => {
            let next = device.channel.receive().await.ok();
            (Greeted::Device(device), next)
        }
        other => (other, None),
    }
}

fn word() -> Message {
    Message::Pulled(Pulled { cursor: 7, low: 0 })
}

#[tokio::test]
async fn a_known_device_gets_through_on_both_carriers() {
    let relay = Relay::start().await;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry = Devices::with(device, &key);
    let pinned = [PublicKey([0; 32]), relay.keys.public()];
    let speak = async |carrier| {
        let mut proved = prove(carrier, &pinned, WORKSPACE, device, &key, [4; 16]).await.unwrap();
        proved.channel.send(&word()).await.unwrap();
        assert_eq!((proved.relay, proved.relay_now), (relay.keys.public(), NOW));
        proved.channel
    };
    let listen = async |carrier| greet_and_listen(carrier, &relay.keys, registry.clone()).await;
    for greeted in [relay.over_quic(listen, speak).await.0, relay.over_ws(listen, speak).await.0] {
        let (Greeted::Device(met), next) = greeted else { panic!("{greeted:?}") };
        assert_eq!((met.device, met.attempt, next), (device, [4; 16], Some(word())));
    }
    assert_eq!(registry.failures(), 0);
}

#[tokio::test]
async fn strangers_of_every_sort_get_the_same_answer() {
    let relay = Relay::start().await;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry = Devices::with(device, &key);
    let pinned = [relay.keys.public()];
    let other_key = DeviceKey::generate().unwrap();
    for (workspace, id, key) in [
        (WORKSPACE, device, &other_key),
        (WORKSPACE, DeviceId([8; 16]), &key),
        (WorkspaceId([1; 16]), device, &key),
    ] {
        let (greeted, answer) = relay
            .over_quic(
                async |carrier| greet_and_listen(carrier, &relay.keys, registry.clone()).await.0,
                async |carrier| {
                    prove(carrier, &pinned, workspace, id, key, [4; 16])
                        .await
                        .unwrap()
                        .channel
                        .receive()
                        .await
                },
            )
            .await;
        assert!(matches!(greeted, Greeted::Refused { device: None, code: 2 }), "{greeted:?}");
        assert!(
            matches!(&answer, Ok(Message::Bye(bye)) if bye.reason == ByeReason::NotEnrolled),
            "{answer:?}"
        );
    }
    assert_eq!(registry.failures(), 3);
}

/// A hand-made device: sees the challenge, answers what it likes.
async fn answer(
    carrier: Carrier,
    make: impl FnOnce(&Seen, [u8; 32]) -> Proof,
) -> Result<Message, crate::wire::ChannelError> {
    let line = Seen { exporter: carrier.line.exporter().unwrap_or(NOT_BOUND) };
    let mut channel = Channel::new(carrier);
    let Ok(Message::Challenge(challenge)) = channel.receive().await else { panic!("no challenge") };
    let proof = make(&line, challenge.challenge);
    channel.send(&Message::Proof(proof)).await.unwrap();
    channel.receive().await
}

/// What a hand-made device knows of its line.
struct Seen {
    exporter: [u8; 32],
}

#[tokio::test]
async fn a_proof_is_good_for_its_own_connection_only() {
    let relay = Relay::start().await;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry = Devices::with(device, &key);
    let public = relay.keys.public();
    let sign = |challenge: &[u8; 32], exporter: &[u8; 32], bound| Proof {
        device,
        signature: key.sign(&proof_text(&public, WORKSPACE, device, challenge, &[4; 16], exporter)),
        bound,
        attempt: [4; 16],
    };
    let listen = async |carrier| greet_and_listen(carrier, &relay.keys, registry.clone()).await.0;
    let mut first = None;
    let (greeted, _) = relay
        .over_quic(listen, async |carrier| {
            let made = tokio::time::timeout(
                std::time::Duration::from_millis(300),
                answer(carrier, |line, challenge| {
                    let proof = sign(&challenge, &line.exporter, true);
                    first = Some((proof.clone(), line.exporter));
                    proof
                }),
            );
            assert!(made.await.is_err(), "the relay has nothing to say to a good proof");
        })
        .await;
    assert!(matches!(greeted, Greeted::Device(_)), "{greeted:?}");
    let (old_proof, old_exporter) = first.unwrap();

    let replayed =
        relay.over_quic(listen, async |carrier| answer(carrier, |_, _| old_proof.clone()).await).await;
    let passed_on = relay
        .over_quic(listen, async |carrier| {
            answer(carrier, |_, challenge| sign(&challenge, &old_exporter, true)).await
        })
        .await;
    let unbound = relay
        .over_quic(listen, async |carrier| {
            answer(carrier, |_, challenge| sign(&challenge, &NOT_BOUND, false)).await
        })
        .await;
    for (greeted, answer) in [replayed, passed_on, unbound] {
        assert!(matches!(greeted, Greeted::Refused { code: 2, .. }), "{greeted:?}");
        assert!(
            matches!(&answer, Ok(Message::Bye(bye)) if bye.reason == ByeReason::NotEnrolled),
            "{answer:?}"
        );
    }
    assert_eq!(registry.failures(), 3);
}

#[tokio::test]
async fn a_link_enrols_one_device_on_either_carrier() {
    let relay = Relay::start().await;
    let registry = Arc::new(Devices::default());
    let link = relay.link();
    let listen = async |carrier| greet_and_listen(carrier, &relay.keys, registry.clone()).await.0;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let ask = async |carrier, link: &EnrolLink, device| {
        enrol(carrier, link, device, &key, "Pixel\n9", "android").await
    };

    let wrong = EnrolLink { token: [0; 16], ..link.clone() };
    let (_, answer) = relay.over_quic(listen, async |carrier| ask(carrier, &wrong, device).await).await;
    assert_eq!(answer.unwrap_err(), HandshakeError::Enrol(EnrolError::Unknown));
    let (_, answer) = relay.over_ws(listen, async |carrier| ask(carrier, &wrong, device).await).await;
    assert_eq!(answer.unwrap_err(), HandshakeError::Enrol(EnrolError::Unknown));

    let (greeted, answer) = relay.over_quic(listen, async |carrier| ask(carrier, &link, device).await).await;
    assert!(matches!(greeted, Greeted::Enrolled { device: DeviceId([9, ..]) }), "{greeted:?}");
    assert_eq!(answer.unwrap().workspace_name, "Brandt");
    // The answer was lost: asked again by the same device, on the other carrier.
    let (_, answer) = relay.over_ws(listen, async |carrier| ask(carrier, &link, device).await).await;
    assert_eq!(answer.unwrap().nonce, Nonce([3; 16]));
    let (_, answer) =
        relay.over_quic(listen, async |carrier| ask(carrier, &link, DeviceId([8; 16])).await).await;
    let error = answer.unwrap_err();
    assert_eq!(error, HandshakeError::Enrol(EnrolError::Used));
    assert!(error.to_string().contains("already used"), "{error}");
}

#[tokio::test]
async fn a_revoked_device_is_told_and_does_not_count_as_an_attack() {
    let relay = Relay::start().await;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry = Devices::with(device, &key);
    let revocation = Revocation { reason: ByeReason::Wipe, order: Some(vec![1; 64]) };
    registry.rows.lock().unwrap().get_mut(&device).unwrap().revoked = Some(revocation);
    let pinned = [relay.keys.public()];
    let listen = async |carrier| greet_and_listen(carrier, &relay.keys, registry.clone()).await.0;
    let speak = async |carrier| {
        prove(carrier, &pinned, WORKSPACE, device, &key, [4; 16]).await.unwrap().channel.receive().await
    };
    for (greeted, answer) in [relay.over_quic(listen, speak).await, relay.over_ws(listen, speak).await] {
        assert!(matches!(greeted, Greeted::Refused { device: Some(_), code: 4 }), "{greeted:?}");
        let Ok(Message::Bye(bye)) = answer else { panic!("{answer:?}") };
        assert_eq!((bye.reason, bye.order), (ByeReason::Wipe, Some(vec![1; 64])));
    }
    assert_eq!(registry.failures(), 0);
}

#[tokio::test]
async fn an_impostor_on_the_websocket_is_not_your_company_s_relay() {
    let relay = Relay::start().await;
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry = Devices::with(device, &key);
    let impostor = RelayKeys::generate().unwrap();
    let pinned = [relay.keys.public()];
    let (_, answer) = relay
        .over_ws(
            async |carrier| greet_and_listen(carrier, &impostor, registry.clone()).await.0,
            async |carrier| prove(carrier, &pinned, WORKSPACE, device, &key, [4; 16]).await.map(|_| ()),
        )
        .await;
    assert_eq!(answer.unwrap_err(), HandshakeError::Connect(ConnectError::WrongRelay));
}

/// A line whose facts the test chooses; bytes over a pipe.
struct Pipe(WsFacts);

impl Pipe {
    fn pair(relay: WsFacts, device: WsFacts) -> (Carrier, Carrier) {
        let (one, two) = tokio::io::duplex(64 << 10);
        let carrier = |stream, facts| {
            let (incoming, outgoing) = tokio::io::split(stream);
            Carrier {
                incoming: Box::new(incoming),
                outgoing: Box::new(outgoing),
                line: Arc::new(Self(facts)),
            }
        };
        (carrier(one, relay), carrier(two, device))
    }
}

impl crate::carrier::Line for Pipe {
    fn kind(&self) -> crate::carrier::CarrierKind {
        crate::carrier::CarrierKind::WebSocket
    }
    fn peer(&self) -> Option<std::net::SocketAddr> {
        None
    }
    fn exporter(&self) -> Option<[u8; 32]> {
        self.0.exporter
    }
    fn device_nonce(&self) -> Option<[u8; 32]> {
        self.0.device_nonce
    }
    fn host_is_known(&self) -> bool {
        self.0.host_is_known
    }
    fn close(&self, _code: u16) {}
    fn closed_with(&self) -> Option<u16> {
        None
    }
}

#[tokio::test]
async fn who_ends_tls_decides_what_is_signed() {
    let keys = RelayKeys::generate().unwrap();
    let (device, key) = (DeviceId([9; 16]), DeviceKey::generate().unwrap());
    let registry: Arc<dyn Registry> = Devices::with(device, &key);
    let pinned = [keys.public()];
    let nonce = Some([7; 32]);
    let facts =
        |exporter, host_is_known| WsFacts { peer: None, exporter, device_nonce: nonce, host_is_known };
    let meet = async |relay_exporter, unbound, device_exporter, known| {
        let (relay, phone) = Pipe::pair(facts(relay_exporter, false), facts(device_exporter, known));
        let (greeted, proved) = tokio::join!(
            greet(relay, &keys, &registry, unbound, NOW),
            prove(phone, &pinned, WORKSPACE, device, &key, [4; 16])
        );
        (matches!(greeted, Greeted::Device(_)), proved.map(|_| ()))
    };
    let value = Some([1; 32]);
    // TLS ends in the relay: bound, whatever the certificate.
    assert_eq!(meet(value, false, value, false).await, (true, Ok(())));
    // Somebody between ends TLS towards both: the values differ.
    let wrong = Err(HandshakeError::Connect(ConnectError::WrongRelay));
    assert_eq!(meet(Some([2; 32]), false, value, false).await, (false, wrong.clone()));
    assert_eq!(meet(Some([2; 32]), false, value, true).await, (false, wrong));
    // A reverse proxy: only with a certificate that was checked, and only if the relay expects it.
    assert_eq!(meet(None, true, value, true).await, (true, Ok(())));
    assert_eq!(meet(None, true, value, false).await, (false, Err(HandshakeError::UnprovenHost)));
    let refused = meet(None, false, value, true).await;
    assert!(
        matches!(refused, (false, Err(HandshakeError::Bye { reason: ByeReason::NotEnrolled, .. }))),
        "{refused:?}"
    );
    // Plain on loopback.
    assert_eq!(meet(None, true, None, true).await, (true, Ok(())));
}
