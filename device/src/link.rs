//! The enrolment link: where the relay is, who it is, and a token to spend once.
//!
//! QR text and links carry the same bytes in base64url:
//!
//! ```text
//! version 1 · flags · relay key 32 · [next key 32] · workspace 16 · token 16
//! · count, then per QUIC address: length, "host:port" · page: length, URL (0 = none)
//! · [certificate hash 32] · first 4 bytes of the SHA-256 of everything before
//! ```
//!
//! flags: 1 = next key, 2 = certificate hash. An unknown flag needs a newer Farley, as an unknown version does.
//! The token opens one enrolment: it is in the fragment, so that no log or proxy sees it, and never shown.

use std::fmt;

use farley_core::record::WorkspaceId;
use qrcode::render::{svg, unicode};
use qrcode::{EcLevel, QrCode};

use crate::encoding::{base64url, from_base64url};
use crate::keys::{PublicKey, sha256};

/// What an enrolment link says.
#[derive(Clone, Eq, PartialEq)]
pub struct EnrolLink {
    /// The relay's identity, to be pinned.
    pub relay: PublicKey,
    /// The identity it will switch to (transport-security.md 3.8).
    pub next: Option<PublicKey>,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Spent by the enrolment.
    pub token: [u8; 16],
    /// `host:port` for QUIC, in order of preference; at most 8 of 255 bytes.
    pub quic: Vec<String>,
    /// URL of the office page, `https://host[:port][/mount]`, without trailing slash; at most 255 bytes.
    pub page: Option<String>,
    /// SHA-256 of the page's certificate, where no public authority stands behind it.
    pub certificate: Option<[u8; 32]>,
}

/// Why a text is not a link that can be used. Says what to do; never repeats the text: it holds a token.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LinkError {
    #[error("this is not an enrolment link; it starts with farley://enrol#, https://…/enrol# or farley:1/")]
    NotALink,
    #[error("this link was made by a newer Farley (version {0}); update Farley on this device")]
    UnknownVersion(u8),
    #[error(
        "this link asks for something a newer Farley knows (flags {0:#04x}); update Farley on this device"
    )]
    UnknownFlags(u8),
    #[error("the link is cut off after {0} characters; copy it whole, or scan the code again")]
    Truncated(usize),
    #[error("character {0} of the link's code cannot be part of it; copy it again, without line breaks")]
    WrongCharacter(usize),
    #[error("something stands behind the end of the link; copy the link alone")]
    TrailingJunk,
    #[error("the link is damaged (its check digits do not fit); copy it again, or ask for a new one")]
    Damaged,
    #[error("the link names no relay address; ask the office for a new one")]
    NoAddress,
    #[error("the link's {0} is not valid; ask the office for a new one")]
    Invalid(&'static str),
}

impl EnrolLink {
    /// Reads `farley://enrol#…`, `https://<page>/enrol#…` (also `http://`) or `farley:1/…`.
    /// Blanks around it are ignored.
    ///
    /// # Errors
    /// Each `LinkError` has its own cause and advice.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let code = if let Some(code) = text.strip_prefix("farley://enrol#") {
            code
        } else if let Some(rest) = text.strip_prefix("farley:") {
            let (version, code) = rest.split_once('/').ok_or(LinkError::NotALink)?;
            match version.parse::<u8>() {
                Ok(VERSION) => code,
                Ok(other) => return Err(LinkError::UnknownVersion(other)),
                Err(_) => return Err(LinkError::NotALink),
            }
        } else if text.starts_with("https://") || text.starts_with("http://") {
            let (address, code) = text.split_once('#').ok_or(LinkError::NotALink)?;
            if !address.trim_end_matches('/').ends_with("/enrol") {
                return Err(LinkError::NotALink);
            }
            code
        } else {
            return Err(LinkError::NotALink);
        };
        match from_base64url(code) {
            Ok(bytes) => Self::decode(&bytes, code.len()),
            Err(at) if at < code.len() => Err(Self::what_stands_at(code, at)),
            Err(_) => Err(LinkError::Truncated(code.len())),
        }
    }

    /// `farley://enrol#…`: what `farley admin invite` prints.
    pub fn link(&self) -> String {
        format!("farley://enrol#{}", self.code())
    }

    /// `https://<page>/enrol#…`, if there is a page.
    pub fn page_link(&self) -> Option<String> {
        self.page.as_ref().map(|page| format!("{page}/enrol#{}", self.code()))
    }

    /// `farley:1/…`: what the QR code holds.
    pub fn qr_text(&self) -> String {
        format!("farley:{VERSION}/{}", self.code())
    }

    /// The QR code as an SVG picture with a quiet zone, at least 240 pixels wide.
    ///
    /// # Errors
    /// `Invalid` if the addresses are too long for a code.
    pub fn qr_svg(&self) -> Result<String, LinkError> {
        Ok(self
            .qr()?
            .render::<svg::Color<'_>>()
            .min_dimensions(240, 240)
            .dark_color(svg::Color("#000000"))
            .light_color(svg::Color("#ffffff"))
            .build())
    }

    /// The QR code as half-block characters for a terminal, light on dark, with a quiet zone.
    ///
    /// # Errors
    /// As `qr_svg`.
    pub fn qr_blocks(&self) -> Result<String, LinkError> {
        Ok(self
            .qr()?
            .render::<unicode::Dense1x2>()
            .dark_color(unicode::Dense1x2::Dark)
            .light_color(unicode::Dense1x2::Light)
            .build())
    }

    /// What both screens show when an invitation was sent, such as `4F-29` (transport-security.md 3.3).
    pub fn confirmation_code(&self, device: &PublicKey) -> String {
        confirmation_code(device, &self.token)
    }

    fn qr(&self) -> Result<QrCode, LinkError> {
        QrCode::with_error_correction_level(self.qr_text(), EcLevel::L)
            .map_err(|_| LinkError::Invalid("addresses"))
    }

    fn code(&self) -> String {
        base64url(&self.encode())
    }

    fn encode(&self) -> Vec<u8> {
        let flag = |set, flag| if set { flag } else { 0 };
        let flags = flag(self.next.is_some(), NEXT) | flag(self.certificate.is_some(), CERTIFICATE);
        let mut bytes = vec![VERSION, flags];
        bytes.extend_from_slice(&self.relay.0);
        bytes.extend(self.next.iter().flat_map(|key| key.0));
        bytes.extend_from_slice(&self.workspace.0);
        bytes.extend_from_slice(&self.token);
        let quic = &self.quic[..self.quic.len().min(ADDRESSES)];
        bytes.push(quic.len() as u8);
        quic.iter().for_each(|address| put_text(&mut bytes, address));
        put_text(&mut bytes, self.page.as_deref().unwrap_or_default());
        bytes.extend(self.certificate.iter().flatten());
        let check = sha256(&[&bytes]);
        bytes.extend_from_slice(&check[..CHECK]);
        bytes
    }

    fn decode(bytes: &[u8], characters: usize) -> Result<Self, LinkError> {
        let mut rest = bytes;
        let cut = || LinkError::Truncated(characters);
        let [version, flags] = take::<2>(&mut rest).ok_or_else(cut)?;
        if version != VERSION {
            return Err(LinkError::UnknownVersion(version));
        }
        if flags & !(NEXT | CERTIFICATE) != 0 {
            return Err(LinkError::UnknownFlags(flags));
        }
        let relay = PublicKey(take(&mut rest).ok_or_else(cut)?);
        let next = match flags & NEXT {
            0 => None,
            _ => Some(PublicKey(take(&mut rest).ok_or_else(cut)?)),
        };
        let workspace = WorkspaceId(take(&mut rest).ok_or_else(cut)?);
        let token = take(&mut rest).ok_or_else(cut)?;
        let [count] = take::<1>(&mut rest).ok_or_else(cut)?;
        if usize::from(count) > ADDRESSES {
            return Err(LinkError::Damaged);
        }
        let mut quic = Vec::new();
        for _ in 0..count {
            quic.push(take_text(&mut rest).ok_or_else(cut)?);
        }
        let page = take_text(&mut rest).ok_or_else(cut)?;
        let certificate = match flags & CERTIFICATE {
            0 => None,
            _ => Some(take(&mut rest).ok_or_else(cut)?),
        };
        let length = bytes.len() - rest.len();
        let check = take::<CHECK>(&mut rest).ok_or_else(cut)?;
        if check != sha256(&[&bytes[..length]])[..CHECK] {
            return Err(LinkError::Damaged);
        }
        if !rest.is_empty() {
            return Err(LinkError::TrailingJunk);
        }
        let text = |bytes: &[u8], what| {
            std::str::from_utf8(bytes)
                .ok()
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
                .map(str::to_owned)
                .ok_or(LinkError::Invalid(what))
        };
        let quic =
            quic.into_iter().map(|bytes| text(bytes, "relay address")).collect::<Result<Vec<_>, _>>()?;
        quic.iter().try_for_each(|address| host_and_port(address).map(|_| ()))?;
        let page = match text(page, "page address")? {
            page if page.is_empty() => None,
            page if page.starts_with("https://") || page.starts_with("http://") => Some(page),
            _ => return Err(LinkError::Invalid("page address")),
        };
        if quic.is_empty() && page.is_none() {
            return Err(LinkError::NoAddress);
        }
        Ok(Self { relay, next, workspace, token, quic, page, certificate })
    }

    /// A foreign character at `at`: if what stands before it is a whole link, it is something behind the link.
    fn what_stands_at(code: &str, at: usize) -> LinkError {
        let whole = from_base64url(&code[..at]).is_ok_and(|bytes| Self::decode(&bytes, at).is_ok());
        if whole { LinkError::TrailingJunk } else { LinkError::WrongCharacter(at + 1) }
    }
}

/// Host (brackets of an IPv6 address removed) and port of `host:port`.
///
/// # Errors
/// `Invalid`.
pub fn host_and_port(address: &str) -> Result<(&str, u16), LinkError> {
    let invalid = LinkError::Invalid("relay address");
    let (host, port) = address.rsplit_once(':').ok_or(invalid.clone())?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match port.parse() {
        Ok(port) if port != 0 && !host.is_empty() => Ok((host, port)),
        _ => Err(invalid),
    }
}

/// Four hex digits from SHA-256(device public key ‖ token), shown as `4F-29`.
pub fn confirmation_code(device: &PublicKey, token: &[u8; 16]) -> String {
    let hash = sha256(&[&device.0, token]);
    format!("{:02X}-{:02X}", hash[0], hash[1])
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    let text = &text.as_bytes()[..text.len().min(255)];
    bytes.push(text.len() as u8);
    bytes.extend_from_slice(text);
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let [length] = take::<1>(rest)?;
    let (head, tail) = rest.split_at_checked(length.into())?;
    *rest = tail;
    Some(head)
}

impl fmt::Debug for EnrolLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolLink")
            .field("relay", &self.relay.fingerprint())
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}

const VERSION: u8 = 1;
const NEXT: u8 = 1;
const CERTIFICATE: u8 = 2;
/// Bytes of check digits: a mistyped link is told from a wrong one.
const CHECK: usize = 4;
/// QUIC addresses in one link: more would make a code too dense for a phone's camera.
const ADDRESSES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> EnrolLink {
        EnrolLink {
            relay: PublicKey([7; 32]),
            next: None,
            workspace: WorkspaceId([3; 16]),
            token: [9; 16],
            quic: vec!["crm.example.org:7843".into(), "[2001:db8::1]:7843".into()],
            page: Some("https://crm.example.org".into()),
            certificate: None,
        }
    }

    #[test]
    fn every_spelling_of_a_link_reads_back() {
        for (next, certificate) in [(None, None), (Some(PublicKey([8; 32])), Some([5; 32]))] {
            let link = EnrolLink { next, certificate, ..example() };
            assert_eq!(EnrolLink::parse(&link.link()), Ok(link.clone()));
            assert_eq!(EnrolLink::parse(&link.page_link().unwrap()), Ok(link.clone()));
            assert_eq!(EnrolLink::parse(&format!("  {}\n", link.qr_text())), Ok(link.clone()));
        }
        let mounted = EnrolLink { page: Some("http://127.0.0.1:8080/crm".into()), ..example() };
        assert_eq!(EnrolLink::parse(&mounted.page_link().unwrap()), Ok(mounted));
        let short = EnrolLink { quic: vec!["crm.example.org:7843".into()], page: None, ..example() };
        assert!(short.qr_text().len() < 170, "{}", short.qr_text().len());
    }

    #[test]
    fn a_link_cut_anywhere_says_it_is_cut() {
        let code = example().code();
        for length in 0..code.len() {
            let error = EnrolLink::parse(&format!("farley://enrol#{}", &code[..length])).unwrap_err();
            assert_eq!(error, LinkError::Truncated(length));
        }
    }

    #[test]
    fn each_damage_has_its_own_error() {
        let link = example().link();
        assert_eq!(EnrolLink::parse(""), Err(LinkError::NotALink));
        assert_eq!(EnrolLink::parse("https://crm.example.org/sign-in#x"), Err(LinkError::NotALink));
        assert_eq!(EnrolLink::parse(&format!("{link}.")), Err(LinkError::TrailingJunk));
        assert_eq!(EnrolLink::parse(&format!("{link} Bitte öffnen")), Err(LinkError::TrailingJunk));
        let mut bytes = example().encode();
        bytes.extend_from_slice(b"xyz");
        assert_eq!(EnrolLink::decode(&bytes, 0), Err(LinkError::TrailingJunk));
        let mut broken = link.clone();
        broken.replace_range(40..41, "ö");
        assert_eq!(EnrolLink::parse(&broken), Err(LinkError::WrongCharacter(26)));
        let mut bytes = example().encode();
        bytes[20] ^= 1;
        assert_eq!(EnrolLink::decode(&bytes, 0), Err(LinkError::Damaged));
        bytes[0] = 2;
        let error = EnrolLink::decode(&bytes, 0).unwrap_err();
        assert_eq!(error, LinkError::UnknownVersion(2));
        assert!(error.to_string().contains("update Farley"));
        assert_eq!(EnrolLink::parse("farley:2/AAAA"), Err(LinkError::UnknownVersion(2)));
        bytes[..2].copy_from_slice(&[1, 4]);
        assert_eq!(EnrolLink::decode(&bytes, 0), Err(LinkError::UnknownFlags(4)));
    }

    #[test]
    fn addresses_that_lead_nowhere_are_refused() {
        let with = |quic: &[&str], page: Option<&str>| {
            let quic = quic.iter().map(|&address| address.to_owned()).collect();
            EnrolLink::parse(&EnrolLink { quic, page: page.map(str::to_owned), ..example() }.link())
        };
        assert_eq!(with(&[], None), Err(LinkError::NoAddress));
        assert_eq!(with(&["host"], None), Err(LinkError::Invalid("relay address")));
        assert_eq!(with(&["host:0"], None), Err(LinkError::Invalid("relay address")));
        assert_eq!(with(&["a b:1"], None), Err(LinkError::Invalid("relay address")));
        assert_eq!(with(&[], Some("ftp://host")), Err(LinkError::Invalid("page address")));
        assert_eq!(host_and_port("[::1]:80"), Ok(("::1", 80)));
    }

    #[test]
    fn codes_are_drawn_for_page_and_terminal() {
        let svg = example().qr_svg().unwrap();
        assert!(svg.contains("<svg") && svg.contains("#000000"));
        let blocks = example().qr_blocks().unwrap();
        assert!(blocks.lines().count() > 20 && blocks.contains('█'));
        assert!(!format!("{:?}", example()).contains("token"));
    }

    #[test]
    fn the_confirmation_code_needs_the_same_key_and_token() {
        let code = example().confirmation_code(&PublicKey([1; 32]));
        assert_eq!(code, confirmation_code(&PublicKey([1; 32]), &[9; 16]));
        assert_ne!(code, confirmation_code(&PublicKey([2; 32]), &[9; 16]));
        assert_eq!((code.len(), &code[2..3]), (5, "-"));
    }
}
