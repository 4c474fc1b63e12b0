//! Strings in one spelling: NFC, one line, no blanks around, domains in lower case.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Longest scalar in bytes of UTF-8 (transport-security.md section 9).
pub const MAX_SCALAR_BYTES: usize = 64 * 1024;

/// `text` on one line: NFC, runs of control characters (line breaks, tabs) as one blank, trimmed.
pub fn one_line(text: &str) -> String {
    let plain = if text.chars().any(char::is_control) {
        let parts = text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty());
        Cow::Owned(parts.collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    };
    // Normalise first, then trim: a compatibility blank stays one under NFC.
    nfc(&plain).trim().to_owned()
}

/// NFC of `text`. The quick check spares nearly every text the work.
pub fn nfc(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}

pub fn boolean(line: &str) -> Option<bool> {
    match line.to_lowercase().as_str() {
        "true" | "ja" | "yes" | "1" | "wahr" | "x" | "j" | "y" => Some(true),
        "false" | "nein" | "no" | "0" | "falsch" | "n" => Some(false),
        _ => None,
    }
}

pub fn blob(line: &str) -> Option<String> {
    let hex = line.to_ascii_lowercase();
    (hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hex)
}

/// As typed, the domain in lower case. Not an RFC 5321 parser: what mail servers accept varies, and a
/// number or address that looks odd is still worth keeping.
pub fn email(line: &str) -> Option<String> {
    let (local, domain) = line.rsplit_once('@')?;
    let bad = local.is_empty() || domain.is_empty() || line.contains(char::is_whitespace);
    (!bad).then(|| nfc(&format!("{local}@{}", domain.to_lowercase())))
}

/// As typed, scheme and host in lower case.
pub fn url(line: &str) -> Option<String> {
    if line.is_empty() || line.contains(char::is_whitespace) {
        return None;
    }
    let (scheme, rest) = match line.split_once("://") {
        Some((scheme, rest)) => (format!("{}://", scheme.to_lowercase()), rest),
        None => (String::new(), line),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    if host.is_empty() || (scheme.is_empty() && !host.contains(['.', ':'])) {
        return None;
    }
    // A user name before the host keeps its case.
    let (user, host) = host.rsplit_once('@').map_or(("", host), |(user, host)| (user, host));
    let at = if user.is_empty() { "" } else { "@" };
    Some(nfc(&format!("{scheme}{user}{at}{}{path}", host.to_lowercase())))
}

pub fn rule(line: &str) -> Option<String> {
    let upper = line.to_ascii_uppercase();
    upper.contains("FREQ=").then(|| line.to_owned())
}
