//! What a person looks at first: today's work, and who is behind each device.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use crate::query::{Filter, Op, Query, Sort};
use crate::record::DeviceId;
use crate::store::ListRow;

use super::{Workspace, WorkspaceError};

/// Rows read at once.
const PAGE: usize = 200;

/// Work of one day.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Today {
    /// Open tasks that were due before, the oldest first.
    pub overdue: Vec<ListRow>,
    /// Open tasks that are due on this day.
    pub due: Vec<ListRow>,
    /// Visits planned for this day, in the order of the clock.
    pub visits: Vec<ListRow>,
}

/// Who is behind a device.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Author {
    /// Name of the device.
    pub device: Option<String>,
    /// Name of its person.
    pub person: Option<String>,
    /// Id of its person, as the office gave it.
    pub person_id: Option<String>,
    /// What the device is: `android`, `ios`, …
    pub platform: Option<String>,
}

impl Workspace {
    /// Tasks by `due`, visits by `planned`, at most 200 of each. `day` is the person's own day, `YYYY-MM-DD`.
    /// A workspace whose schema has no such kind has no such work.
    pub fn today(&self, day: &str) -> Result<Today, WorkspaceError> {
        let open = || ["done", "cancelled"].map(|status| term("status", Op::IsNot, status));
        let tasks = |op: Op| {
            let mut all = Vec::from(open());
            all.push(term("due", op, day));
            self.work("task", Filter::All(all), "due")
        };
        Ok(Today {
            overdue: tasks(Op::Before)?,
            due: tasks(Op::StartsWith)?,
            visits: self.work("visit", term("planned", Op::StartsWith, day), "planned")?,
        })
    }

    /// Name and person of every device the office has told of, from the records of kind `setting`: it works
    /// without network.
    pub fn authors(&self) -> Result<BTreeMap<DeviceId, Author>, WorkspaceError> {
        let query = Query { kind: Some("setting".to_owned()), ..Query::default() };
        let mut people = BTreeMap::new();
        let mut devices = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.page(&query, after.as_deref(), PAGE)?;
            for row in page.rows {
                let view = self.record(row.id)?.view;
                let text = |field: &str| {
                    let value = view.values.get(field).or_else(|| view.extra.get(field))?;
                    value.as_str().map(str::to_owned)
                };
                match text("type").as_deref() {
                    Some("person") => {
                        people.insert(row.id.to_string(), text("label_de").unwrap_or_default());
                    }
                    Some("device") => {
                        let author = Author {
                            device: text("label_de"),
                            person: None,
                            person_id: text("p/person"),
                            platform: text("p/platform"),
                        };
                        devices.insert(DeviceId(row.id.0), author);
                    }
                    _ => {}
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for author in devices.values_mut() {
            author.person = author.person_id.as_ref().and_then(|person| people.get(person)).cloned();
        }
        Ok(devices)
    }

    fn work(&self, kind: &str, filter: Filter, sort: &str) -> Result<Vec<ListRow>, WorkspaceError> {
        if self.schema().kind(kind).is_none_or(|kind| kind.field(sort).is_none()) {
            return Ok(Vec::new());
        }
        let sort = vec![Sort { field: sort.to_owned(), descending: false }];
        let query = Query { kind: Some(kind.to_owned()), filter: Some(filter), sort, ..Query::default() };
        Ok(self.page(&query, None, PAGE)?.rows)
    }
}

fn term(field: &str, op: Op, value: &str) -> Filter {
    Filter::Field { field: field.to_owned(), op, value: json!(value) }
}
