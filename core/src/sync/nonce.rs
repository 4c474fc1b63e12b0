//! Which device is the original: the nonce that rolls with every session that writes.
//!
//! Pure decisions; the relay stores the values (transport-security.md 3.7). Offered nonces are derived, so
//! that two carriers of one wake-up, on whatever node, are offered the same with nothing stored.

use sha2::{Digest, Sha256};

use crate::record::{DeviceId, Nonce};

/// What the registry holds of one device.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct NonceState {
    /// Given last, and used.
    pub nonce: Option<Nonce>,
    /// The one before: a crash may have lost the newest on the device.
    pub nonce_before: Option<Nonce>,
    /// Wake-ups that wrote last.
    pub attempt: Option<[u8; 16]>,
    /// See `attempt`.
    pub attempt_before: Option<[u8; 16]>,
}

/// What a `Hello` means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judgement {
    /// The original. Effective with the session's first durable transaction.
    Go {
        /// For `Welcome.nonce`.
        offered: Nonce,
    },
    /// Late bytes of an older race: close without a verdict.
    Late,
    /// Two copies live: `Bye{Cloned}`.
    Cloned,
}

/// Judges what a device presents. `older_epoch`: its `Hello` named another epoch than the relay's, so the
/// registry may be older than the device. A device the registry knows no nonce of passes.
pub fn judge(
    registry_key: &[u8],
    device: DeviceId,
    state: &NonceState,
    presented: Option<Nonce>,
    attempt: [u8; 16],
    older_epoch: bool,
) -> Judgement {
    let known = presented.is_some() && (presented == state.nonce || presented == state.nonce_before);
    let go = Judgement::Go { offered: offer(registry_key, device, presented, attempt) };
    if known || older_epoch || state.nonce.is_none() {
        go
    } else if [state.attempt, state.attempt_before].contains(&Some(attempt)) {
        Judgement::Late
    } else {
        Judgement::Cloned
    }
}

/// The registry's values after the session's first durable transaction.
pub fn used(state: &NonceState, presented: Option<Nonce>, offered: Nonce, attempt: [u8; 16]) -> NonceState {
    let attempt_before = if state.attempt == Some(attempt) { state.attempt_before } else { state.attempt };
    NonceState { nonce: Some(offered), nonce_before: presented, attempt: Some(attempt), attempt_before }
}

/// First 16 bytes of HMAC-SHA256(registry key, device ‖ nonce presented ‖ attempt).
fn offer(registry_key: &[u8], device: DeviceId, presented: Option<Nonce>, attempt: [u8; 16]) -> Nonce {
    let presented = presented.map_or([0; 16], |nonce| nonce.0);
    let mac = hmac_sha256(registry_key, &[&device.0, &presented, &attempt]);
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&mac[..16]);
    Nonce(nonce)
}

/// HMAC-SHA256 (RFC 2104) of `parts` one behind the other.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let mut inner = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x36));
    parts.iter().for_each(|part| inner.update(part));
    let mut outer = Sha256::new_with_prefix(block.map(|byte| byte ^ 0x5c));
    outer.update(inner.finalize());
    outer.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn hmac_gives_the_vectors_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 5] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The \
                  key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, data, expected) in cases {
            assert_eq!(hex(&hmac_sha256(key, &[data])), expected);
            let (front, back) = data.split_at(data.len() / 2);
            assert_eq!(hex(&hmac_sha256(key, &[front, back])), expected, "parts are one text");
        }
    }

    const KEY: &[u8] = b"registry";
    const DEVICE: DeviceId = DeviceId([7; 16]);

    fn offered(judgement: Judgement) -> Nonce {
        match judgement {
            Judgement::Go { offered } => offered,
            other => panic!("{other:?}"),
        }
    }

    /// A registry row after one session that wrote, and what the device held before and after it.
    fn after_one() -> (NonceState, Nonce, Nonce) {
        let first = Nonce([1; 16]);
        let state = NonceState { nonce: Some(first), ..NonceState::default() };
        let second = offered(judge(KEY, DEVICE, &state, Some(first), [1; 16], false));
        (used(&state, Some(first), second, [1; 16]), first, second)
    }

    #[test]
    fn both_carriers_of_one_wake_up_are_offered_the_same() {
        let first = Nonce([1; 16]);
        let before = NonceState { nonce: Some(first), ..NonceState::default() };
        let (after, _, second) = after_one();
        assert_eq!(
            judge(KEY, DEVICE, &before, Some(first), [1; 16], false),
            Judgement::Go { offered: second }
        );
        assert_eq!(
            judge(KEY, DEVICE, &after, Some(first), [1; 16], false),
            Judgement::Go { offered: second }
        );
        assert_eq!(used(&after, Some(first), second, [1; 16]), after, "the slower carrier changes nothing");
    }

    #[test]
    fn a_crash_that_lost_the_newest_nonce_is_no_copy() {
        let (state, first, second) = after_one();
        offered(judge(KEY, DEVICE, &state, Some(first), [2; 16], false));
        offered(judge(KEY, DEVICE, &state, Some(second), [2; 16], false));
    }

    #[test]
    fn a_copy_is_seen_when_the_original_has_gone_on() {
        let (state, first, second) = after_one();
        let third = offered(judge(KEY, DEVICE, &state, Some(second), [2; 16], false));
        let state = used(&state, Some(second), third, [2; 16]);
        assert_eq!(judge(KEY, DEVICE, &state, Some(first), [3; 16], false), Judgement::Cloned);
        assert_eq!(judge(KEY, DEVICE, &state, None, [3; 16], false), Judgement::Cloned);
        assert_eq!(judge(KEY, DEVICE, &state, Some(first), [1; 16], false), Judgement::Late);
        offered(judge(KEY, DEVICE, &state, Some(first), [3; 16], true));
    }

    #[test]
    fn other_devices_and_other_keys_are_offered_other_nonces() {
        let state = NonceState::default();
        let one = offered(judge(KEY, DEVICE, &state, None, [1; 16], false));
        assert_ne!(one, offered(judge(b"other", DEVICE, &state, None, [1; 16], false)));
        assert_ne!(one, offered(judge(KEY, DeviceId([8; 16]), &state, None, [1; 16], false)));
        assert_ne!(one, offered(judge(KEY, DEVICE, &state, None, [2; 16], false)));
    }
}
