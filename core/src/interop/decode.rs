//! Bytes to text: byte order marks, UTF-16, UTF-8, and what old Excel wrote.

use serde::Serialize;

/// How bytes were read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-16, either order.
    #[serde(rename = "UTF-16")]
    Utf16,
    /// What German Excel writes.
    #[serde(rename = "Windows-1252")]
    Windows1252,
    /// Another 8-bit encoding that the text looks like.
    #[serde(rename = "other")]
    Other,
}

/// The text in `bytes`, without a byte order mark. Never fails: what fits no encoding is replaced.
///
/// UTF-8 wins whenever the bytes are valid UTF-8; otherwise the first 64 KiB are looked at, and
/// Windows-1252 is taken for every Western encoding, which it contains.
pub fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let name = if encoding == encoding_rs::UTF_8 { Encoding::Utf8 } else { Encoding::Utf16 };
        return (encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(), name);
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return (encoding.decode_without_bom_handling(bytes).0.into_owned(), Encoding::Utf16);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), Encoding::Utf8);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(64 << 10)], true);
    let guessed = detector.guess(Some(b"de"), chardetng::Utf8Detection::Deny);
    let western = [encoding_rs::WINDOWS_1252, encoding_rs::ISO_8859_15, encoding_rs::WINDOWS_1254];
    let (encoding, name) = match western.contains(&guessed) {
        true => (encoding_rs::WINDOWS_1252, Encoding::Windows1252),
        false => (guessed, Encoding::Other),
    };
    (encoding.decode_without_bom_handling(bytes).0.into_owned(), name)
}

/// UTF-16 shows by its zero bytes: nearly every second one in European text.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &bytes[..bytes.len().min(1 << 10) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    match (zeros(0) * 10 > pairs * 7, zeros(1) * 10 > pairs * 7) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_survive_every_encoding() {
        let text = "Straße;Müller;Łukasz\r\nOsterstraße 3;Öztürk;x\r\n";
        let western = "Straße;Müller;Größe\r\nOsterstraße 3;Öhlers;x\r\n";
        let utf16 = |le: bool| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| if le { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect()
        };
        let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        assert_eq!(decode(text.as_bytes()), (text.to_owned(), Encoding::Utf8));
        assert_eq!(decode(&marked(b"\xef\xbb\xbf", text.into())), (text.to_owned(), Encoding::Utf8));
        assert_eq!(decode(&marked(b"\xff\xfe", utf16(true))), (text.to_owned(), Encoding::Utf16));
        assert_eq!(decode(&utf16(true)), (text.to_owned(), Encoding::Utf16));
        assert_eq!(decode(&utf16(false)), (text.to_owned(), Encoding::Utf16));
        let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(western);
        assert!(!lossy);
        assert_eq!(decode(&bytes), (western.to_owned(), Encoding::Windows1252));
    }

    #[test]
    fn bytes_of_no_encoding_still_become_text() {
        let (text, _) = decode(&[0xff, 0x00, 0x81, 0xfe, 0xc3]);
        assert!(!text.is_empty());
        assert_eq!(decode(&[]).0, "");
    }
}
