//! Sets: tags, links, multi-choices. One register a member; see the module header of the schema.

use serde_json::Value as Json;

use super::super::read::{is_member, versions};
use super::{Plan, bad};
use crate::record::{EditError, Scalar, Value, ValueType};
use crate::schema::{Field, fold};

impl Plan<'_> {
    /// `tags` = the whole set, `tags/<member>` = one member in or out.
    pub(super) fn set_members(
        &mut self,
        field: &Field,
        path: &str,
        rest: &str,
        json: &Json,
    ) -> Result<(), EditError> {
        if !rest.is_empty() {
            return match json {
                Json::Bool(false) | Json::Null => {
                    self.put_member(field, path, &Json::String(rest.to_owned()), false)
                }
                // The spelling of a tag, as a conflict's version carries it.
                Json::String(_) => self.put_member(field, path, json, true),
                Json::Bool(true) => self.put_member(field, path, &Json::String(rest.to_owned()), true),
                _ => Err(bad(path, "true or false")),
            };
        }
        let members = match json {
            Json::Null => &[][..],
            Json::Array(members) => members,
            Json::String(_) => std::slice::from_ref(json),
            _ => return Err(bad(path, "a list")),
        };
        let mut kept = Vec::new();
        for member in members {
            if let Some((key, _)) = self.member(field, path, member)? {
                kept.push(key);
            }
            self.put_member(field, path, member, true)?;
        }
        let prefix = field.key();
        let Some(record) = self.current else { return Ok(()) };
        for (key, cell) in record.below(&prefix) {
            if !kept.iter().any(|kept| kept == key) && versions(cell).any(|v| is_member(&v.content)) {
                self.put(key.to_owned(), Scalar::Bool(false))?;
            }
        }
        Ok(())
    }

    /// Puts one member in or out, if that is not how it stands.
    pub(super) fn put_member(
        &mut self,
        field: &Field,
        path: &str,
        json: &Json,
        is_in: bool,
    ) -> Result<(), EditError> {
        let Some((key, value)) = self.member(field, path, json)? else { return Ok(()) };
        let cell = self.current.and_then(|record| record.cells.get(&key));
        let was_in = cell.is_some_and(|cell| versions(cell).any(|version| is_member(&version.content)));
        // A member in conflict is written even so: it settles what stands beside it.
        let is_settled = cell.is_none_or(|cell| cell.others.is_empty());
        if was_in == is_in && is_settled && !self.writes.iter().any(|write| write.key() == key) {
            return Ok(());
        }
        self.writes.retain(|write| write.key() != key);
        if was_in != is_in || !is_settled {
            let value = if is_in { value } else { Scalar::Bool(false) };
            if key.len() > super::MAX_KEY {
                return self.put(key, value);
            }
            self.writes.push(crate::record::Write::Put { key, value });
        }
        Ok(())
    }

    /// Key and value of a member; none if blank.
    fn member(&self, field: &Field, path: &str, json: &Json) -> Result<Option<(String, Scalar)>, EditError> {
        if json.as_str().is_some_and(|typed| typed.trim().is_empty()) {
            return Ok(None);
        }
        let value = Value::from_json(field.ty, json).map_err(|error| bad(path, &error.to_string()))?;
        // A member that stands already may be of a list this device does not know whole.
        let (member, scalar) = match (field.ty, &value) {
            (ValueType::Tags, Value::Text(tag)) => (fold(tag).replace('/', "-"), value.to_scalar()),
            (_, Value::Text(key)) if self.shown(&format!("{}/{key}", field.key())).is_some() => {
                (key.clone(), Scalar::Bool(true))
            }
            _ => match self.listed(field, path, value)? {
                Value::Text(key) => (key, Scalar::Bool(true)),
                Value::Link(id) => (id.to_string(), Scalar::Bool(true)),
                _ => return Err(bad(path, "a key")),
            },
        };
        Ok((!member.is_empty()).then(|| (format!("{}/{member}", field.key()), scalar)))
    }
}
