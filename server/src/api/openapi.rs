//! The API's description, built from one table of operations and the built-in schema. OpenAPI 3.1.

use farley_core::schema::Schema;
use serde_json::{Map, Value, json};

use super::lists::{MOST, SEARCH};
use super::records::KEY;

/// Method, path, operation id, summary, query parameters, body schema, status and schema of the answer.
type Operation = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
    u16,
    &'static str,
);

const LIST: &[&str] = &["filter", "sort", "search", "limit", "cursor", "removed"];

const OPERATIONS: &[Operation] = &[
    ("get", "/session", "showSession", "Who is signed in; answers everybody", &[], "", 200, "Session"),
    ("post", "/session", "signIn", "Sign in with name and password", &[], "SignIn", 200, "Session"),
    ("delete", "/session", "signOut", "Sign out", &[], "", 204, ""),
    ("post", "/session/link", "signInWithLink", "Sign in with a one-time link", &[], "Link", 200, "Session"),
    ("post", "/setup", "setUp", "Make the first administrator", &[], "SetUp", 200, "Session"),
    ("get", "/schema", "showSchema", "Kinds, fields and lists", &[], "", 200, "Any"),
    ("get", "/authors", "listAuthors", "Person and device behind each device id", &[], "", 200, "Any"),
    (
        "get",
        "/conflicts",
        "listConflicts",
        "Records with two versions of something",
        &[],
        "",
        200,
        "Conflicts",
    ),
    (
        "get",
        "/search",
        "search",
        "Records of all kinds, newest first",
        &["q!", "limit", "kind"],
        "",
        200,
        "Rows",
    ),
    ("get", "/today", "showToday", "Tasks, visits and arrivals of a day", &["day"], "", 200, "Any"),
    ("get", "/status", "showStatus", "How this replica is connected", &[], "", 200, "Status"),
    (
        "post",
        "/airplane",
        "setAirplane",
        "Take a pretend phone off the network",
        &[],
        "Airplane",
        200,
        "Status",
    ),
    ("post", "/sync", "syncNow", "Connect now", &[], "", 200, "Status"),
    ("post", "/undo", "undo", "Take back my last edit", &[], "Undo", 200, "Edited"),
    ("get", "/devices", "listDevices", "Every device", &[], "", 200, "Devices"),
    ("post", "/devices/{device}/revoke", "revokeDevice", "Shut a device out", &[], "", 200, "Any"),
    ("post", "/invitations", "invite", "A link to enrol a device with", &[], "Invite", 201, "Any"),
    ("get", "/people", "listPeople", "Everybody with an account", &[], "", 200, "People"),
    ("post", "/people", "addPerson", "One more person", &[], "NewPerson", 201, "Any"),
    ("get", "/arrivals", "listArrivals", "What devices brought after being away", &[], "", 200, "Arrivals"),
    ("post", "/imports", "startImport", "Read a vCard or CSV file", &["name", "kind"], "File", 201, "Import"),
    ("get", "/imports/{import}", "showImport", "How far an import is", &[], "", 200, "Import"),
    ("delete", "/imports/{import}", "cancelImport", "End an import", &[], "", 200, "Import"),
    ("put", "/imports/{import}/mapping", "mapImport", "Where columns go", &[], "Mapping", 200, "Import"),
    ("post", "/imports/{import}/run", "runImport", "Write the records", &[], "", 200, "Import"),
    ("post", "/imports/{import}/undo", "undoImport", "Take an import back", &[], "", 200, "Import"),
    (
        "get",
        "/exports/{file}",
        "exportRecords",
        "All records as contacts.csv or contacts.vcf",
        &["filter", "search", "dialect"],
        "",
        200,
        "Export",
    ),
    ("get", "/events", "listen", "Server-sent events", &["last"], "", 200, "Events"),
    ("get", "/openapi.json", "showSpec", "This description", &[], "", 200, "Any"),
    ("get", "/{plural}", "listRecords", "One page of a list", LIST, "", 200, "Rows"),
    ("post", "/{plural}", "createRecord", "A new record", &[], "Fields", 201, "Edited"),
    ("get", "/{plural}/count", "countRecords", "Exact count", LIST, "", 200, "Count"),
    ("get", "/{plural}/index", "indexRecords", "All row numbers, u32 little endian", LIST, "", 200, "Bytes"),
    ("get", "/{plural}/rows", "rowsOfRecords", "Rows by number or id", &["ids", "records"], "", 200, "Rows"),
    (
        "get",
        "/{plural}/groups",
        "groupRecords",
        "Values of a field with counts",
        &["field!", "filter"],
        "",
        200,
        "Groups",
    ),
    (
        "post",
        "/{plural}/batch",
        "editRecords",
        "Up to 200 edits, each answered by itself",
        &[],
        "Batch",
        200,
        "Results",
    ),
    ("get", "/{plural}/{id}", "showRecord", "One record", &[], "", 200, "RecordPage"),
    ("put", "/{plural}/{id}", "putRecord", "A new record with the client's id", &[], "Fields", 201, "Edited"),
    (
        "patch",
        "/{plural}/{id}",
        "editRecord",
        "Change fields; a stale edit merges",
        &[],
        "Fields",
        200,
        "Edited",
    ),
    ("delete", "/{plural}/{id}", "removeRecord", "Into the trash", &[], "", 200, "Edited"),
    ("post", "/{plural}/{id}/restore", "restoreRecord", "Out of the trash", &[], "", 200, "Edited"),
    (
        "get",
        "/{plural}/{id}/history",
        "listHistory",
        "Every change, oldest first",
        &["field"],
        "",
        200,
        "History",
    ),
    ("get", "/{plural}/{id}/at", "showRecordAt", "The record at earlier heads", &["heads!"], "", 200, "Any"),
    (
        "get",
        "/{plural}/{id}/related",
        "listRelated",
        "Records that link here",
        &["limit"],
        "",
        200,
        "Related",
    ),
    ("post", "/{plural}/{id}/settle", "settle", "Take one of two versions", &[], "Settle", 200, "Edited"),
];

/// The description as JSON text, the same for every server of this version.
pub fn openapi() -> String {
    let mut paths = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.1.to_owned()).or_insert_with(|| json!({}));
        path[operation.0] = describe(operation);
    }
    let spec = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Farley record API",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"session": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-farley"}},
            "schemas": schemas(),
            "responses": {"Problem": {
                "description": "What went wrong (RFC 9457)",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }},
        },
    });
    let spec: utoipa::openapi::OpenApi = match serde_json::from_value(spec.clone()) {
        Ok(spec) => spec,
        // utoipa reads everything we write; its own form is preferred, ours is as good.
        Err(_) => return spec.to_string(),
    };
    spec.to_pretty_json().unwrap_or_default()
}

fn describe(&(method, path, id, summary, query, body, status, answer): &Operation) -> Value {
    let mut parameters = Vec::new();
    for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema = match name {
            "plural" => json!({"$ref": "#/components/schemas/Plural"}),
            "import" | "file" => json!({"type": "string"}),
            _ => json!({"type": "string", "format": "uuid"}),
        };
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
    }
    for name in query {
        let required = name.ends_with('!');
        let name = name.trim_end_matches('!');
        parameters
            .push(json!({"name": name, "in": "query", "required": required, "schema": parameter(name)}));
    }
    if id == "createRecord" {
        let schema = json!({"type": "string", "minLength": 1, "maxLength": KEY});
        parameters
            .push(json!({"name": "Idempotency-Key", "in": "header", "required": false, "schema": schema}));
    }
    if id == "editRecord" {
        for name in ["Base-Heads", "If-Match"] {
            parameters
                .push(json!({"name": name, "in": "header", "required": false, "schema": {"type": "string"}}));
        }
    }
    let mut responses = Map::new();
    let content = match answer {
        "" => Value::Null,
        "Events" => json!({"text/event-stream": {"schema": {"type": "string"}}}),
        "Bytes" => json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}),
        "Export" => {
            let text = json!({"schema": {"type": "string"}});
            json!({"text/csv": text, "text/vcard": text})
        }
        name => json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}),
    };
    let mut good = json!({"description": summary});
    if !content.is_null() {
        good["content"] = content;
    }
    responses.insert(status.to_string(), good.clone());
    if id == "putRecord" {
        responses.insert("200".into(), good);
    }
    if ["showSchema", "indexRecords", "showRecord"].contains(&id) {
        responses.insert("304".into(), json!({"description": "What the client holds still stands"}));
    }
    for status in
        ["400", "401", "403", "404", "405", "408", "409", "412", "413", "415", "429", "500", "503", "507"]
    {
        responses.insert(status.into(), json!({"$ref": "#/components/responses/Problem"}));
    }
    let mut operation = json!({
        "operationId": id, "summary": summary, "parameters": parameters, "responses": responses,
        "tags": [if path.starts_with("/{plural}") { "records" } else { "workspace" }],
    });
    if body == "File" {
        let file = json!({"schema": {"type": "string", "format": "binary"}});
        operation["requestBody"] = json!({"required": true, "content": {"application/octet-stream": file}});
    } else if !body.is_empty() {
        let schema = json!({"$ref": format!("#/components/schemas/{body}")});
        operation["requestBody"] =
            json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    if path.starts_with("/session") && method != "delete" || path == "/setup" || path == "/openapi.json" {
        operation["security"] = json!([]);
    }
    operation
}

fn parameter(name: &str) -> Value {
    match name {
        "limit" => {
            json!({"type": "integer", "minimum": 0, "description": format!("1 to {MOST}; others are clamped")})
        }
        "removed" => json!({"type": "boolean"}),
        "last" => json!({"type": "integer", "minimum": 0}),
        "search" | "q" => json!({"type": "string", "maxLength": SEARCH}),
        "day" => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        _ => json!({"type": "string"}),
    }
}

fn schemas() -> Value {
    let plurals: Vec<_> = Schema::builtin().kinds.values().map(|kind| kind.plural.clone()).collect();
    let object = |required: &[&str], properties: Value| json!({"type": "object", "required": required, "properties": properties, "additionalProperties": false});
    let text = json!({"type": "string"});
    let uuid = json!({"type": "string", "format": "uuid"});
    let hash = json!({"type": "string", "pattern": "^[0-9a-f]{64}$"});
    let splice = object(
        &["at"],
        json!({
        "at": {"type": "integer", "minimum": 0}, "delete": {"type": "integer", "minimum": 0}, "insert": text}),
    );
    let fields = json!({
        "set": {"type": "object"},
        "add": {"type": "object", "additionalProperties": {"type": "array"}},
        "remove": {"type": "object", "additionalProperties": {"type": "array", "items": text}},
        "text": {"type": "object", "additionalProperties": {"type": "array", "items": splice}},
    });
    let texts = json!({"type": "array", "items": text});
    let count = json!({"type": "integer", "minimum": 0});
    let maybe = |kind: &str| json!({"type": [kind, "null"]});
    let objects = json!({"type": "array", "items": {"type": "object"}});
    // Answers may grow inside v1: what is named must be there, more is allowed.
    let open = |properties: Value| {
        let required: Vec<_> =
            properties.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
        json!({"type": "object", "required": required, "properties": properties})
    };
    let more = json!({
        "Count": open(json!({"count": count})),
        "Groups": open(json!({"groups": {"type": "array", "items": open(json!({"value": {}, "count": count}))}})),
        "Results": open(json!({"results": objects})),
        "Devices": open(json!({"devices": objects})),
        "People": open(json!({"people": objects})),
        "Status": open(json!({
            "mode": {"type": "string", "enum": ["serve", "desk", "phone"]}, "connected": {"type": "boolean"},
            "carrier": {"enum": ["quic", "websocket", null]}, "reason": maybe("string"), "pending": count,
            "pending_since": maybe("integer"), "last_contact": maybe("integer"), "head": count, "cursor": count,
            "low": count, "records": count, "left_records": count, "airplane": {"type": "boolean"},
            "conflicts": count, "devices_online": maybe("integer"), "restored": maybe("object")})),
        "RecordPage": open(json!({
            "id": uuid, "kind": text, "title": text, "heads": {"type": "array", "items": hash},
            "removed": {"type": "boolean"}, "created_at": {"type": "integer"}, "changed_at": {"type": "integer"},
            "values": {"type": "object"}, "origins": {"type": "object"}, "problems": objects, "extra": {"type": "object"},
            "at_office": {"type": "boolean"}, "arrived": {"type": "object", "additionalProperties": {"type": "integer"}},
            "conflicts": {"type": "array", "items": open(json!({"field": text, "key": text, "versions": objects}))}})),
        "Conflicts": open(json!({
            "count": count, "records": {"type": "array", "items": {"$ref": "#/components/schemas/RecordPage"}}})),
        "History": open(json!({"steps": {"type": "array", "items": open(json!({
            "change": hash, "device": maybe("string"), "typed_at": {"type": "integer"}, "arrived_at": maybe("integer"),
            "seq": maybe("integer"), "brought_by": maybe("string"), "fields": objects}))}})),
        "Related": open(json!({"rows": {"type": "array", "items": open(json!({
            "field": text, "row": {"$ref": "#/components/schemas/Row"}}))}})),
        "Arrivals": open(json!({"arrivals": {"type": "array", "items": open(json!({
            "device": uuid, "from": maybe("integer"), "until": {"type": "integer"}, "changes": count,
            "records": texts, "conflicts": count}))}})),
        "Import": open(json!({
            "id": text, "kind": text, "state": {"enum": ["ready", "running", "done", "cancelled", "undone"]},
            "done": count, "total": count, "rows": count, "columns": objects, "preview": objects, "errors": objects,
            "counts": open(json!({"new": count, "update": count, "skip": count, "duplicate": count, "error": count})),
            "taken_back": maybe("integer"), "left_alone": maybe("integer")})),
    });
    let mut all = json!({
        "Any": {"type": "object"},
        "Plural": {"type": "string", "enum": plurals},
        "Problem": {"type": "object", "required": ["type", "title", "status", "detail", "code", "trace_id"], "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text, "trace_id": text,
            "errors": {"type": "array", "items": {"type": "object", "required": ["pointer", "code", "message"],
                "properties": {"pointer": text, "code": text, "message": text}}}}},
        "Session": {"type": "object", "required": ["mode", "signed_in", "needs_setup", "version"], "properties": {
            "mode": {"type": "string", "enum": ["serve", "desk", "phone"]}, "signed_in": {"type": "boolean"},
            "needs_setup": {"type": "boolean"}, "version": text, "person": {"type": ["object", "null"]},
            "workspace": {"type": ["object", "null"]}, "device": {"type": ["string", "null"]}}},
        "SignIn": object(&["name", "password"], json!({"name": text, "password": text})),
        "Link": object(&["token"], json!({"token": text})),
        "SetUp": object(&["token", "name", "password"], json!({"token": text, "name": text, "password": text})),
        "Airplane": object(&["on"], json!({"on": {"type": "boolean"}})),
        "Undo": object(&[], json!({"id": {"type": ["string", "null"], "format": "uuid"}})),
        "Invite": object(&["person"], json!({"person": uuid})),
        "NewPerson": object(&["name", "role"], json!({
            "name": text, "role": {"type": "string", "enum": ["admin", "office", "field"]},
            "password": {"type": ["string", "null"]}})),
        "Fields": object(&[], fields),
        "Batch": object(&["edits"], json!({"edits": {"type": "array", "maxItems": MOST, "items": {"type": "object"}}})),
        "Mapping": object(&["columns"], json!({"columns": {"type": "array", "items": {"type": ["string", "null"]}}})),
        "Settle": object(&["key", "take"], json!({"key": text, "take": {"oneOf": [
            object(&["version"], json!({"version": hash})), object(&["value"], json!({"value": {}}))]}})),
        "Edited": {"type": "object", "required": ["id", "hash", "heads", "seq", "conflicts", "created"], "properties": {
            "id": uuid, "hash": {"type": ["string", "null"]}, "heads": {"type": "array", "items": hash},
            "seq": {"type": ["integer", "null"]}, "conflicts": {"type": "array", "items": text},
            "created": {"type": "boolean"}}},
        "Row": {"type": "object", "required": ["number", "id", "kind", "title", "changed_at", "removed", "conflicts", "pending", "cells"],
            "properties": {"number": {"type": "integer"}, "id": uuid, "kind": text, "title": text,
                "changed_at": {"type": "integer"}, "removed": {"type": "boolean"}, "conflicts": {"type": "integer"},
                "pending": {"type": "boolean"}, "cells": {"type": "object"}}},
        "Rows": {"type": "object", "required": ["rows"], "properties": {
            "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            "next_cursor": {"type": ["string", "null"]}}},
    });
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves_and_every_operation_has_an_id_and_its_problems() {
        let text = openapi();
        let spec: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(spec["openapi"], "3.1.0");
        let mut ids = std::collections::BTreeSet::new();
        for operations in spec["paths"].as_object().unwrap().values() {
            for operation in
                ["get", "post", "put", "patch", "delete"].iter().filter_map(|name| operations.get(name))
            {
                assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{operation}");
                assert!(
                    operation["responses"]["400"].is_object() && operation["responses"]["500"].is_object()
                );
            }
        }
        assert_eq!(ids.len(), OPERATIONS.len());
        for operation in OPERATIONS {
            let responses = spec["paths"][operation.1][operation.0]["responses"].as_object().unwrap();
            for (status, answer) in responses.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
                assert_eq!(answer["$ref"], "#/components/responses/Problem", "{} {status}", operation.2);
            }
            assert!(
                responses.contains_key("408")
                    && responses.contains_key("429")
                    && responses.contains_key("507")
            );
        }
        for reference in text.split("\"$ref\":").skip(1) {
            let address = reference.split('"').nth(1).unwrap();
            let pointer = address.strip_prefix('#').unwrap();
            assert!(spec.pointer(pointer).is_some(), "{address} leads nowhere");
        }
    }

    #[test]
    fn limits_in_the_description_are_the_numbers_that_are_enforced() {
        let spec: Value = serde_json::from_str(&openapi()).unwrap();
        let edits = &spec["components"]["schemas"]["Batch"]["properties"]["edits"];
        assert_eq!(edits["maxItems"], MOST);
        let parameter = |path: &str, method: &str, name: &str| {
            let parameters = spec["paths"][path][method]["parameters"].as_array().unwrap();
            parameters.iter().find(|one| one["name"] == name).unwrap()["schema"].clone()
        };
        let longest = parameter("/search", "get", "q")["maxLength"].as_u64().unwrap() as usize;
        assert!(super::super::lists::search(&"ü".repeat(longest)).is_ok(), "counted in characters");
        assert!(super::super::lists::search(&"ü".repeat(longest + 1)).is_err());
        assert_eq!(parameter("/{plural}", "get", "search")["maxLength"], longest);
        assert_eq!(parameter("/{plural}", "post", "Idempotency-Key")["maxLength"], KEY);
        assert_eq!(
            (super::super::lists::clamp(Some(MOST + 1)), super::super::lists::clamp(Some(0))),
            (MOST, 1)
        );
    }
}
