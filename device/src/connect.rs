//! Why a carrier could not be opened, in words for a person.

use crate::carrier::close_code;

/// Why there is no carrier. Nothing was sent that matters.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConnectError {
    /// The key is not the pinned one: another machine answers on that address, or somebody listens in.
    #[error("this is not your company's relay: its key is not the one from the enrolment link")]
    WrongRelay,
    #[error("no address of the relay is known for this carrier")]
    NoAddress,
    #[error("{0:?} is not an address of the form host:port")]
    BadAddress(String),
    #[error("the name {0} was not found: {1}")]
    Unresolved(String, String),
    #[error("no answer in time")]
    Timeout,
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// The relay ended the connection with this code.
    #[error("the relay closed the connection: {}", meaning(*.0))]
    Closed(u16),
    #[error("the page's certificate is not the one from the enrolment link")]
    WrongCertificate,
    #[error("plain http is only used on this very machine; the relay needs https")]
    PlainHttp,
    #[error("the server answered {0} instead of opening the carrier; is {1} the address of a Farley server?")]
    NotFarley(String, String),
    #[error("TLS failed: {0}")]
    Tls(String),
}

/// What a close code means, for a person.
pub fn meaning(code: u16) -> &'static str {
    match code {
        close_code::DONE => "done",
        1 => "it speaks another version; update Farley",
        2 => "this device is not enrolled there",
        3 => "this device was revoked",
        4 => "this device is to be wiped",
        5 => "this device may no longer receive",
        6 => "another copy of this device is in use",
        7 => "it is busy",
        8 => "it was restored from a backup without a new epoch",
        9 => "it could not read what was sent",
        10 => "a newer session of this device took over",
        11 => "it is going away",
        12 => "it had an internal error",
        close_code::TOKEN_UNKNOWN => "it does not know this invitation; check the link, or ask for a new one",
        close_code::TOKEN_EXPIRED => "this invitation has expired; ask the office for a new one",
        close_code::TOKEN_USED => "this invitation was already used; ask the office for a new one",
        close_code::TOKEN_WITHDRAWN => "this invitation was withdrawn; ask the office for a new one",
        close_code::TOO_MANY_TRIES => "this invitation was tried too often; ask the office for a new one",
        close_code::TOO_MANY_DEVICES => "there are as many devices as allowed; the office can remove one",
        close_code::TOO_MANY_ENROLMENTS => "too many enrolments from here; try again in an hour",
        close_code::DEVICE_EXISTS => "this device's id is taken; start with an empty folder",
        _ => "for a reason a newer Farley knows",
    }
}
