//! Events: what happened, added once and never changed. Two devices that add one each keep both.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Plan, bad, short};
use crate::record::{EditError, Scalar, Value};
use crate::schema::Field;

impl Plan<'_> {
    /// One more event: an object of sub-fields. The same `id` with the same values again changes nothing.
    pub(super) fn add_event(&mut self, field: &Field, path: &str, json: &Json) -> Result<(), EditError> {
        let Json::Object(sent) = json else { return Err(bad(path, "an object of sub-fields")) };
        let mut values = sent.clone();
        let id = match values.remove("id") {
            None | Some(Json::Null) => self.new_id(field),
            Some(Json::String(id)) => {
                super::entries::check_id(path, &id)?;
                id
            }
            Some(_) => return Err(bad(path, "an id of letters and digits")),
        };
        // Sorted by name: one event has one spelling.
        let mut said = BTreeMap::new();
        for (name, json) in &values {
            let full = short(&format!("{path}/{name}"));
            let sub = field.sub_field(name).ok_or_else(|| self.unknown(&full))?;
            let stored = self.value(sub, &full, json)?;
            if let Ok(value) = Value::from_scalar(sub.ty, &stored) {
                said.insert(name, value.to_json());
            }
        }
        if said.is_empty() {
            return Err(bad(path, "an event that says something"));
        }
        let event = Scalar::Str(serde_json::json!(said).to_string());
        let key = format!("{}/{id}", field.key());
        match self.shown(&key).and_then(|content| content.as_scalar()) {
            Some(stands) if *stands == event => Ok(()),
            Some(_) => Err(bad(path, "a new id: an event is never changed")),
            None => self.put(key, event),
        }
    }
}
