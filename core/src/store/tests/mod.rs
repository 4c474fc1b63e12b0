//! The store on real files.

mod erasure;
mod index;
mod log;
mod opening;
mod plans;
mod queries;
mod search;

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::index::{ConflictRow, IndexRow, LinkRow, ValueRow};
use crate::record::{ChangeHash, DeviceId, RecordId, Stamp, Timestamp};

fn options() -> StoreOptions {
    StoreOptions { vfs: None, files: Arc::new(SystemFiles), create: true, fts: true, readers: 2, key: None }
}

fn store(folder: &Path) -> Store {
    Store::open(&folder.join("farley.db"), options()).unwrap()
}

fn record(number: u8) -> RecordId {
    RecordId([number; 16])
}

fn change(record: RecordId, number: u8) -> LogRow {
    LogRow {
        n: 0,
        record,
        hash: ChangeHash([number; 32]),
        actor: vec![1; 16],
        actor_seq: number.into(),
        start_op: 1,
        ops: 3,
        deps: vec![ChangeHash([9; 32]), ChangeHash([8; 32])],
        typed_at: Timestamp::from_millis(-5),
        bytes: vec![number; 300],
        seq: None,
        stamp: None,
        received_at: None,
        brought_by: Some(DeviceId([3; 16])),
    }
}

fn row(record: RecordId, kind: &str, title: &str) -> IndexRow {
    IndexRow {
        record,
        kind: kind.to_owned(),
        title: title.to_owned(),
        sort_key: title.to_lowercase().into_bytes(),
        removed: false,
        created_at: Timestamp::from_millis(1),
        changed_at: Timestamp::from_millis(2),
        changed_by: Some(DeviceId([4; 16])),
        cells: r#"{"city":"Köln"}"#.to_owned(),
        values: Vec::new(),
        links: Vec::new(),
        conflicts: Vec::new(),
        search: title.to_lowercase(),
    }
}

fn value(field: &str, text: &str, number: Option<i64>) -> ValueRow {
    let sort = number.map_or(text.as_bytes().to_vec(), |n| ((n as u64) ^ (1 << 63)).to_be_bytes().to_vec());
    ValueRow { field: field.to_owned(), sort, text: text.to_owned(), number }
}

fn put(store: &Store, rows: &[IndexRow]) {
    store.write(|tx| rows.iter().try_for_each(|row| tx.put_row(row))).unwrap();
}

fn read<T>(store: &Store, f: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> T {
    store.read(f).unwrap()
}

fn write<T>(store: &Store, f: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
    store.write(f).unwrap()
}
