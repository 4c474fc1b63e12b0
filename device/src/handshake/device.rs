//! The device's end: prove who we are, or enrol.

use farley_core::record::{DeviceId, Timestamp, WorkspaceId};
use farley_core::sync::{ByeReason, Challenge, Enrol, Enrolled, Message, PROTOCOL, Proof};

use super::{EnrolError, NOT_BOUND, enrol_text, next_text, proof_text, relay_text};
use crate::carrier::{Carrier, CarrierKind, PATIENCE, close_code};
use crate::connect::ConnectError;
use crate::keys::{DeviceKey, PublicKey};
use crate::link::EnrolLink;
use crate::status::Trouble;
use crate::wire::{Channel, ChannelError};

/// Why a device did not get through.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HandshakeError {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Channel(ChannelError),
    /// The relay said goodbye.
    #[error("{}", crate::connect::meaning(*.reason as u16))]
    Bye { reason: ByeReason, after_ms: Option<u64> },
    #[error("{0}")]
    Enrol(EnrolError),
    /// Neither certificate nor exporter value shows that nobody stands between: TLS ends before the relay.
    #[error(
        "nothing proves that this connection ends at your company's relay; ask for a link that holds the certificate"
    )]
    UnprovenHost,
    #[error("the relay speaks other protocol versions; update Farley")]
    Unsupported,
    /// This device's own storage failed; a sentence.
    #[error("{0}")]
    Local(String),
    #[error("the relay said {0} where it could not")]
    Unexpected(&'static str),
}

impl HandshakeError {
    /// What a program does about it.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Connect(ConnectError::WrongRelay | ConnectError::WrongCertificate)
            | Self::UnprovenHost
            | Self::Unexpected(_) => Trouble::WrongServer,
            Self::Connect(ConnectError::NotFarley(..)) => Trouble::WrongServer,
            Self::Unsupported => Trouble::NewerServer,
            Self::Local(_) => Trouble::Storage,
            Self::Bye { .. } => Trouble::Busy,
            Self::Connect(_) | Self::Channel(_) | Self::Enrol(_) => Trouble::Unreachable,
        }
    }
}

/// A channel to the relay, which knows who we are: say `Hello`.
#[derive(Debug)]
pub struct Proved {
    /// To the relay.
    pub channel: Channel,
    /// Which of the pinned keys it has.
    pub relay: PublicKey,
    /// The relay's clock.
    pub relay_now: Timestamp,
    /// The key it will switch to, vouched for by the present one: pin it beside.
    pub next: Option<PublicKey>,
}

/// Waits for the relay's challenge on `carrier`, checks the relay, and proves to be `device`. The proof is on its way
/// when this returns; a refusal comes as the answer to the next message.
///
/// # Errors
/// `WrongRelay` inside `Connect` if none of `pinned` answers; see the variants.
pub async fn prove(
    carrier: Carrier,
    pinned: &[PublicKey],
    workspace: WorkspaceId,
    device: DeviceId,
    key: &DeviceKey,
    attempt: [u8; 16],
) -> Result<Proved, HandshakeError> {
    within(async {
        let mut opening = Opening::read(carrier, pinned).await?;
        let text = proof_text(
            &opening.relay,
            workspace,
            device,
            &opening.challenge.challenge,
            &attempt,
            &opening.binding.unwrap_or(NOT_BOUND),
        );
        let bound = opening.binding.is_some();
        let proof = Proof { device, signature: key.sign(&text), bound, attempt };
        opening.channel.send(&Message::Proof(proof)).await?;
        let next = opening.next();
        Ok(Proved { channel: opening.channel, relay: opening.relay, relay_now: opening.challenge.now, next })
    })
    .await
}

/// Spends `link`'s token for `device`. Asking again with the same id and key is safe for 10 minutes.
///
/// # Errors
/// `Enrol` with the relay's reason; see the other variants.
pub async fn enrol(
    carrier: Carrier,
    link: &EnrolLink,
    device: DeviceId,
    key: &DeviceKey,
    name: &str,
    platform: &str,
) -> Result<Enrolled, HandshakeError> {
    within(async {
        let pinned: Vec<PublicKey> = [Some(link.relay), link.next].into_iter().flatten().collect();
        let opening = Opening::read(carrier, &pinned).await?;
        let public = key.public();
        let text = enrol_text(
            &opening.relay,
            link.workspace,
            device,
            &public,
            &opening.challenge.challenge,
            &opening.binding.unwrap_or(NOT_BOUND),
        );
        let enrol = Enrol {
            token: link.token,
            device,
            public_key: public.0,
            name: name.chars().take(64).collect(),
            platform: platform.chars().take(32).collect(),
            signature: key.sign(&text),
        };
        let mut channel = opening.channel;
        channel.send(&Message::Enrol(enrol)).await?;
        match channel.receive().await {
            Ok(Message::Enrolled(enrolled)) => {
                channel.end(None, close_code::DONE).await;
                Ok(enrolled)
            }
            Ok(Message::Bye(bye)) => Err(HandshakeError::Bye { reason: bye.reason, after_ms: bye.after_ms }),
            Ok(other) => Err(HandshakeError::Unexpected(other.name())),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

async fn within<T>(work: impl Future<Output = Result<T, HandshakeError>>) -> Result<T, HandshakeError> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(ConnectError::Timeout.into()))
}

/// The relay's first word, checked.
struct Opening {
    channel: Channel,
    challenge: Challenge,
    relay: PublicKey,
    /// The exporter value, if both ends see it.
    binding: Option<[u8; 32]>,
}

impl Opening {
    async fn read(carrier: Carrier, pinned: &[PublicKey]) -> Result<Self, HandshakeError> {
        let mut channel = Channel::new(carrier);
        let challenge = match channel.receive().await {
            Ok(Message::Challenge(challenge)) => challenge,
            Ok(Message::Bye(bye)) => {
                return Err(HandshakeError::Bye { reason: bye.reason, after_ms: bye.after_ms });
            }
            Ok(other) => return Err(HandshakeError::Unexpected(other.name())),
            Err(error) => return Err(error.into()),
        };
        let (relay, binding) = who_answers(&channel, &challenge, pinned)?;
        if !challenge.protocols.contains(&PROTOCOL) {
            return Err(HandshakeError::Unsupported);
        }
        Ok(Self { channel, challenge, relay, binding })
    }

    fn next(&self) -> Option<PublicKey> {
        let (key, signature) = self.challenge.next.as_ref()?.split_at_checked(32)?;
        let next = PublicKey(key.try_into().ok()?);
        self.relay.verifies(&next_text(&next), signature).then_some(next)
    }
}

/// Which pinned key is at the other end, and what to bind our proof to.
fn who_answers(
    channel: &Channel,
    challenge: &Challenge,
    pinned: &[PublicKey],
) -> Result<(PublicKey, Option<[u8; 32]>), HandshakeError> {
    let line = channel.line();
    let exporter = line.exporter();
    if line.kind() == CarrierKind::Quic {
        // TLS has proved the key; here we only learn which one it was.
        let relay = line.relay_key().filter(|key| pinned.contains(key)).ok_or(ConnectError::WrongRelay)?;
        return exporter.map(|value| (relay, Some(value))).ok_or(HandshakeError::UnprovenHost);
    }
    let signature = challenge.proof.as_ref().ok_or(ConnectError::WrongRelay)?;
    let signed = |binding: &[u8; 32]| {
        pinned.iter().find(|key| key.verifies(&relay_text(key, binding, &challenge.challenge), signature))
    };
    if let Some(value) = exporter
        && let Some(relay) = signed(&value)
    {
        return Ok((*relay, Some(value)));
    }
    // TLS ends before the relay, or there is none. Its proof could be passed on by whoever stands between,
    // so the host itself must be known.
    match line.device_nonce().and_then(|nonce| signed(&nonce)) {
        Some(relay) if line.host_is_known() => Ok((*relay, None)),
        Some(_) => Err(HandshakeError::UnprovenHost),
        None => Err(ConnectError::WrongRelay.into()),
    }
}

impl From<ChannelError> for HandshakeError {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Closed(Some(code)) => match EnrolError::from_code(code) {
                Some(error) if error != EnrolError::Internal => HandshakeError::Enrol(error),
                // A bare 2 is also what a relay says whose 8 s are over: no verdict without its message.
                _ if (1..=12).contains(&code) && code != ByeReason::NotEnrolled as u16 => {
                    HandshakeError::Bye { reason: ByeReason::from_number(code), after_ms: None }
                }
                _ => HandshakeError::Channel(ChannelError::Closed(Some(code))),
            },
            other => HandshakeError::Channel(other),
        }
    }
}
