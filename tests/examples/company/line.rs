//! A line between phones and relay that can be cut: UDP, one socket towards the relay for each phone.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::net::UdpSocket;

/// Forwards datagrams both ways until it is cut; then they vanish, as in a tunnel.
#[derive(Clone)]
pub struct Line {
    /// Where phones find the relay.
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
    carried: Arc<AtomicU64>,
}

impl Line {
    /// A line to `relay` on a free port of loopback.
    pub async fn to(relay: SocketAddr) -> anyhow::Result<Self> {
        let door = Arc::new(UdpSocket::bind("127.0.0.1:0").await?);
        let line = Self { address: door.local_addr()?, cut: Arc::default(), carried: Arc::default() };
        tokio::spawn(line.clone().carry(door, relay));
        Ok(line)
    }

    /// Cuts the line, or joins it again.
    pub fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }

    /// Datagrams that went through so far.
    pub fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    async fn carry(self, door: Arc<UdpSocket>, relay: SocketAddr) {
        let mut phones: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
        let mut datagram = vec![0; 1 << 16];
        while let Ok((length, phone)) = door.recv_from(&mut datagram).await {
            let towards = match phones.get(&phone) {
                Some(towards) => towards.clone(),
                None => {
                    let Ok(towards) = UdpSocket::bind("127.0.0.1:0").await else { continue };
                    let towards = Arc::new(towards);
                    phones.insert(phone, towards.clone());
                    tokio::spawn(self.clone().answer(towards.clone(), door.clone(), phone));
                    towards
                }
            };
            if self.lets_through() {
                let _ = towards.send_to(&datagram[..length], relay).await;
            }
        }
    }

    async fn answer(self, relay: Arc<UdpSocket>, door: Arc<UdpSocket>, phone: SocketAddr) {
        let mut datagram = vec![0; 1 << 16];
        while let Ok((length, _)) = relay.recv_from(&mut datagram).await {
            if self.lets_through() {
                let _ = door.send_to(&datagram[..length], phone).await;
            }
        }
    }

    fn lets_through(&self) -> bool {
        let through = !self.cut.load(Ordering::Relaxed);
        if through {
            self.carried.fetch_add(1, Ordering::Relaxed);
        }
        through
    }
}
