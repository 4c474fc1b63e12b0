//! The WebSocket carrier: `GET /sync/v1`. No cookie is looked at, and a web page of another origin is refused.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use farley_device::ws::{NONCE_HEADER, PATH};
use farley_device::ws_bytes::{WsFacts, WsMessage, ws_carrier};
use futures_util::{SinkExt, StreamExt};

use super::Relay;
use crate::problem::Problem;

/// Largest message and frame; tungstenite writes one message as one frame.
const MESSAGE: usize = 256 << 10;
/// What a device that does not read may hold here.
const WRITE_BUFFER: usize = 512 << 10;

/// The TLS exporter value of a request's connection, where TLS ends in this process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tls {
    /// Under farley-device's label, 32 bytes.
    pub exporter: Option<[u8; 32]>,
}

/// The route of the carrier. Needs `ConnectInfo<SocketAddr>`, and [`Tls`] as an extension if TLS ends here.
pub fn route(relay: Arc<Relay>) -> Router {
    Router::new().route(PATH, get(upgrade)).with_state(relay)
}

async fn upgrade(
    State(relay): State<Arc<Relay>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    tls: Option<Extension<Tls>>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    if !own_origin(&headers) {
        return Problem::new(403, "foreign_origin", "This address is for devices, not for web pages.")
            .into_response();
    }
    let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
    if let Some(peer) = peer
        && !relay.doors.knock(peer.ip())
    {
        metrics::counter!("farley_handshakes_refused_total").increment(1);
        return Problem::new(429, "too_many_connections", "Too many connections from this network.")
            .after(60)
            .into_response();
    }
    let facts = WsFacts {
        peer,
        exporter: tls.and_then(|Extension(tls)| tls.exporter),
        device_nonce: headers.get(NONCE_HEADER).and_then(|value| nonce(value.to_str().ok()?)),
        host_is_known: false,
    };
    let pending = relay.doors.enter();
    let tasks = relay.tasks.clone();
    let socket = socket.max_message_size(MESSAGE).max_frame_size(MESSAGE).max_write_buffer_size(WRITE_BUFFER);
    socket.on_upgrade(move |socket| async move {
        let socket = socket
            .sink_map_err(std::io::Error::other)
            .with(|message| std::future::ready(Ok::<_, std::io::Error>(to_axum(message))))
            .map(|message| message.map(from_axum).map_err(std::io::Error::other));
        tasks.track_future(relay.serve(ws_carrier(socket, facts), pending)).await;
    })
}

fn own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), headers.get(HOST).map(|host| host.to_str())) else {
        return false;
    };
    origin.split_once("://").is_some_and(|(_, rest)| rest == host)
}

/// 32 bytes in base64url.
fn nonce(text: &str) -> Option<[u8; 32]> {
    farley_device::encoding::from_base64url(text).ok()?.try_into().ok()
}

fn to_axum(message: WsMessage) -> Message {
    match message {
        WsMessage::Data(bytes) => Message::Binary(bytes),
        WsMessage::Ping => Message::Ping(Default::default()),
        WsMessage::Alive => Message::Pong(Default::default()),
        WsMessage::Close(code) => Message::Close(Some(CloseFrame { code, reason: Default::default() })),
        WsMessage::Text => Message::Text(Default::default()),
    }
}

fn from_axum(message: Message) -> WsMessage {
    match message {
        Message::Binary(bytes) => WsMessage::Data(bytes),
        Message::Ping(_) | Message::Pong(_) => WsMessage::Alive,
        Message::Close(frame) => WsMessage::Close(frame.map_or(1_005, |frame| frame.code)),
        Message::Text(_) => WsMessage::Text,
    }
}
