//! Bytes as text: base64url for links and headers, hex for key files. Both without padding or variants.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// `bytes` in base64url (RFC 4648 section 5) without padding.
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = [0; 3];
        bits[..group.len()].copy_from_slice(group);
        let word = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        for at in 0..=group.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

/// The bytes behind base64url `text`. The error is the position of the first character that cannot
/// stand there; a text cut inside a byte is `text.len()`.
pub fn from_base64url(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut word, mut bits) = (0u32, 0);
    for (at, character) in text.bytes().enumerate() {
        let six = ALPHABET.iter().position(|&letter| letter == character).ok_or(at)?;
        word = (word << 6 | six as u32) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
        }
    }
    // Left-over bits must be zero, or two texts would mean the same bytes.
    if bits >= 6 || word & ((1 << bits) - 1) != 0 {
        return Err(text.len());
    }
    Ok(bytes)
}

/// `bytes` in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exactly `N` bytes from hex, or none.
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; N];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_reads_back_every_length() {
        for length in 0..70 {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 37 + 251) as u8).collect();
            assert_eq!(from_base64url(&base64url(&bytes)), Ok(bytes));
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn base64url_names_the_wrong_character() {
        assert_eq!(from_base64url("AA+A"), Err(2));
        assert_eq!(from_base64url("AAAAA"), Err(5), "cut inside a byte");
        assert_eq!(from_base64url("-_9"), Err(3), "bits behind the last byte");
    }

    #[test]
    fn hex_needs_exactly_its_length() {
        assert_eq!(from_hex::<2>(&hex(&[7, 255])), Some([7, 255]));
        assert_eq!(from_hex::<2>("07f"), None);
        assert_eq!(from_hex::<2>("07fg"), None);
        assert_eq!(from_hex::<2>("é7f"), None);
    }
}
