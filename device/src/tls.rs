//! TLS 1.3 settings of both carriers. One crypto provider, named explicitly: ring.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, PeerMisbehaved, ServerConfig,
    SignatureScheme,
};

use crate::keys::{PublicKey, RelayKeys, sha256};

/// Application protocol of the QUIC carrier.
pub const ALPN: &[u8] = b"farley/1";

/// The one crypto provider.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The relay's QUIC side: its key is its certificate; no tickets, no early data.
///
/// # Errors
/// Those of rustls, if it refuses the key.
pub fn relay_raw_key(keys: &RelayKeys) -> Result<ServerConfig, Error> {
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(keys.identity().pkcs8().to_vec()));
    let signer = ring::sign::any_eddsa_type(match &private {
        PrivateKeyDer::Pkcs8(key) => key,
        _ => return Err(Error::General("the key is not PKCS#8".into())),
    })?;
    let certified = CertifiedKey::new(vec![CertificateDer::from(keys.public().spki().to_vec())], signer);
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&TLS13])?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(Arc::new(certified))));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// A device's QUIC side: exactly one of `pinned` may answer.
///
/// # Errors
/// Those of rustls.
pub fn device_raw_key(pinned: &[PublicKey]) -> Result<ClientConfig, Error> {
    let mut config = client(Pin::RawKey(pinned.to_vec()))?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// A device's WebSocket side. With a hash, exactly that certificate may answer. Without one any may: then
/// the relay's signature over the exporter value is the only proof, and the handshake insists on it.
///
/// # Errors
/// Those of rustls.
pub fn device_certificate(hash: Option<[u8; 32]>) -> Result<ClientConfig, Error> {
    let mut config = client(Pin::Certificate(hash))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn client(pin: Pin) -> Result<ClientConfig, Error> {
    let provider = provider();
    let verifier = Verifier { pin, algorithms: provider.signature_verification_algorithms };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.enable_early_data = false;
    Ok(config)
}

/// What a relay is recognised by.
#[derive(Debug)]
enum Pin {
    /// One of these keys, as it is.
    RawKey(Vec<PublicKey>),
    /// This certificate; none = any.
    Certificate(Option<[u8; 32]>),
}

#[derive(Debug)]
struct Verifier {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let known = match &self.pin {
            Pin::RawKey(pinned) => PublicKey::from_spki(end_entity).is_some_and(|key| pinned.contains(&key)),
            Pin::Certificate(pinned) => pinned.is_none_or(|hash| hash == sha256(&[end_entity])),
        };
        match known {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)),
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SelectedUnofferedCipherSuite.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.requires_raw_public_keys() {
            let spki = SubjectPublicKeyInfoDer::from(certificate.as_ref());
            verify_tls13_signature_with_raw_key(message, &spki, signature, &self.algorithms)
        } else {
            verify_tls13_signature(message, certificate, signature, &self.algorithms)
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match self.pin {
            Pin::RawKey(_) => vec![SignatureScheme::ED25519],
            Pin::Certificate(_) => self.algorithms.supported_schemes(),
        }
    }

    fn requires_raw_public_keys(&self) -> bool {
        matches!(self.pin, Pin::RawKey(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_and_early_data_are_off_on_both_ends() {
        let keys = RelayKeys::generate().unwrap();
        let relay = relay_raw_key(&keys).unwrap();
        assert_eq!((relay.max_early_data_size, relay.send_tls13_tickets), (0, 0));
        assert_eq!(relay.alpn_protocols, [b"farley/1"]);
        for device in [device_raw_key(&[keys.public()]).unwrap(), device_certificate(None).unwrap()] {
            assert!(!device.enable_early_data);
            // rustls shows the setting only in its debug form.
            assert!(
                format!("{:?}", device.resumption).contains("NoClientSessionStorage"),
                "{:?}",
                device.resumption
            );
        }
    }
}
