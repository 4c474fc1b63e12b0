//! What accounts refuse, as problems of the API and of enrolment.

use farley_device::handshake::EnrolError;

use crate::accounts::AccountError;
use crate::problem::Problem;

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let text = error.to_string();
        match error {
            AccountError::BadCredentials => Self::new(401, "bad_credentials", text),
            AccountError::Busy(seconds) => Self::new(503, "busy", text).after(seconds),
            AccountError::TooMany(seconds) => Self::new(429, "too_many_tries", text).after(seconds),
            AccountError::Password(_) => {
                Self::bad("bad_password", text.clone()).at("/password", "bad_password", text)
            }
            AccountError::NameTaken => {
                Self::new(409, "name_taken", text.clone()).at("/name", "name_taken", text)
            }
            AccountError::BadName => Self::bad("bad_name", text.clone()).at("/name", "bad_name", text),
            AccountError::UnknownPerson => Self::not_found("person_not_found", text),
            AccountError::UnknownDevice => Self::not_found("device_not_found", text),
            AccountError::UnknownLink => Self::new(401, "link_unknown", text),
            AccountError::ExpiredLink => Self::new(401, "link_expired", text),
            AccountError::UsedLink => Self::new(401, "link_used", text),
            AccountError::WithdrawnLink => Self::new(401, "link_withdrawn", text),
            AccountError::TriedLink => Self::new(401, "link_void", text),
            AccountError::AlreadySetUp => Self::new(409, "already_set_up", text),
            AccountError::TooManyDevices => Self::new(409, "too_many_devices", text),
            AccountError::DeviceTaken => Self::new(409, "device_taken", text),
            AccountError::Full => Self::new(507, "disk_full", text),
            AccountError::ReadOnly => Self::new(503, "read_only", text),
            AccountError::Storage(_) => Self::internal(text),
        }
    }
}

/// The close code's error.
pub fn enrol(error: &AccountError) -> EnrolError {
    match error {
        AccountError::UnknownLink | AccountError::UnknownPerson => EnrolError::Unknown,
        AccountError::ExpiredLink => EnrolError::Expired,
        AccountError::UsedLink => EnrolError::Used,
        AccountError::WithdrawnLink => EnrolError::Withdrawn,
        AccountError::TriedLink => EnrolError::TooManyTries,
        AccountError::TooManyDevices => EnrolError::TooManyDevices,
        AccountError::TooMany(_) | AccountError::Busy(_) => EnrolError::TooManyEnrolments,
        AccountError::DeviceTaken => EnrolError::DeviceExists,
        _ => EnrolError::Internal,
    }
}
