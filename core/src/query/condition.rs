//! Filters as conditions on one row `r`.

use serde_json::Value;

use super::compile::{Compiled, Context, Param, check_name, check_text};
use super::{Filter, Op, QueryError};
use crate::record::RecordId;

/// Deepest filter.
const MAX_DEPTH: usize = 8;
/// Most terms; each value of an array counts.
const MAX_TERMS: usize = 64;

/// The condition of a filter.
pub(super) fn filter(
    wanted: &Filter,
    context: &Context<'_>,
    out: &mut Compiled,
) -> Result<String, QueryError> {
    let mut terms = 0;
    Walk { context, out, terms: &mut terms }.node(wanted, 1)
}

struct Walk<'a, 'c> {
    context: &'a Context<'c>,
    out: &'a mut Compiled,
    terms: &'a mut usize,
}

/// Half-open range of numbers that a typed value means: a date is its day, anything else itself.
struct Span {
    from: i64,
    until: i64,
}

impl Walk<'_, '_> {
    fn node(&mut self, node: &Filter, depth: usize) -> Result<String, QueryError> {
        *self.terms += 1;
        if depth > MAX_DEPTH || *self.terms > MAX_TERMS {
            return Err(QueryError::TooComplex);
        }
        match node {
            Filter::All(parts) => self.join(parts, depth, " AND ", "1"),
            Filter::Any(parts) => self.join(parts, depth, " OR ", "0"),
            Filter::Not(part) => Ok(format!("NOT {}", self.node(part, depth + 1)?)),
            Filter::Field { field, op, value } => self.field(field, *op, value),
        }
    }

    fn join(&mut self, parts: &[Filter], depth: usize, by: &str, none: &str) -> Result<String, QueryError> {
        let parts = parts.iter().map(|part| self.node(part, depth + 1)).collect::<Result<Vec<_>, _>>()?;
        Ok(if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(by)) })
    }

    fn field(&mut self, field: &str, op: Op, value: &Value) -> Result<String, QueryError> {
        check_name(field)?;
        if let Value::String(text) = value {
            check_text(text)?;
        }
        if let (Op::Is | Op::IsNot, Value::Array(values)) = (op, value) {
            *self.terms += values.len();
            if *self.terms > MAX_TERMS {
                return Err(QueryError::TooComplex);
            }
            let each =
                values.iter().map(|value| self.one(field, Op::Is, value)).collect::<Result<Vec<_>, _>>()?;
            let any = if each.is_empty() { "0".to_owned() } else { each.join(" OR ") };
            return Ok(if op == Op::Is { format!("({any})") } else { format!("NOT ({any})") });
        }
        if let Value::Array(_) = value {
            return Err(bad(field, "expected one value"));
        }
        self.one(field, op, value)
    }

    fn one(&mut self, field: &str, op: Op, value: &Value) -> Result<String, QueryError> {
        if let Value::String(text) = value {
            check_text(text)?;
        }
        match (op, value) {
            (Op::IsNot, _) => return Ok(format!("NOT {}", self.one(field, Op::Is, value)?)),
            (Op::Is, Value::Null) => return self.one(field, Op::Empty, value),
            (Op::NotEmpty, _) => return Ok(format!("NOT {}", self.one(field, Op::Empty, value)?)),
            _ => {}
        }
        match field {
            "title" => self.title(op, value),
            "kind" => match (op, value) {
                (Op::Is, Value::String(kind)) => Ok(format!("(r.kind = {})", self.text(kind))),
                (Op::Empty, _) => Ok("(0)".to_owned()),
                _ => Err(bad(field, "a kind is compared with is or is_not and a name")),
            },
            "removed" => match (op, value) {
                (Op::Is, Value::Bool(removed)) => Ok(format!("(r.removed = {})", i32::from(*removed))),
                (Op::Empty, _) => Ok("(0)".to_owned()),
                _ => Err(bad(field, "expected is or is_not, and true or false")),
            },
            "changed" => self.number(field, "r.changed_at", op, value),
            "created" => self.number(field, "r.created_at", op, value),
            "conflicts" if op == Op::Empty => Ok("(r.conflicts = 0)".to_owned()),
            "conflicts" => self.number(field, "r.conflicts", op, value),
            _ => self.indexed(field, op, value),
        }
    }

    fn title(&mut self, op: Op, value: &Value) -> Result<String, QueryError> {
        if op == Op::Empty {
            return Ok("(r.folded = '')".to_owned());
        }
        let Value::String(typed) = value else { return Err(bad("title", "expected a text")) };
        let folded = (self.context.folding.fold)(typed);
        self.on_text("title", "r.folded", op, &folded)
    }

    /// A comparison of one folded text column.
    fn on_text(&mut self, field: &str, column: &str, op: Op, folded: &str) -> Result<String, QueryError> {
        if op == Op::StartsWith {
            let (from, until) = (self.text(folded), self.text(&format!("{folded}{}", char::MAX)));
            return Ok(format!("({column} >= {from} AND {column} < {until})"));
        }
        let text = self.text(folded);
        Ok(match op {
            Op::Is => format!("({column} = {text})"),
            Op::Contains => format!("(instr({column}, {text}) > 0)"),
            Op::Before => format!("({column} < {text})"),
            Op::After => format!("({column} > {text})"),
            Op::AtLeast => format!("({column} >= {text})"),
            Op::AtMost => format!("({column} <= {text})"),
            Op::IsNot | Op::StartsWith | Op::Empty | Op::NotEmpty | Op::LinksTo => {
                return Err(bad(field, "cannot be compared like this"));
            }
        })
    }

    fn number(&mut self, field: &str, column: &str, op: Op, value: &Value) -> Result<String, QueryError> {
        if op == Op::Empty {
            return Ok("(0)".to_owned());
        }
        let span = span(value).ok_or_else(|| bad(field, "expected a number, a date or an instant"))?;
        self.on_number(field, column, op, &span)
    }

    fn on_number(&mut self, field: &str, column: &str, op: Op, span: &Span) -> Result<String, QueryError> {
        let (from, until) = (span.from, span.until);
        Ok(match op {
            Op::Is => {
                let (from, until) = (self.int(from), self.int(until));
                format!("({column} >= {from} AND {column} < {until})")
            }
            Op::Before => format!("({column} < {})", self.int(from)),
            Op::After => format!("({column} >= {})", self.int(until)),
            Op::AtLeast => format!("({column} >= {})", self.int(from)),
            Op::AtMost => format!("({column} < {})", self.int(until)),
            Op::IsNot | Op::Contains | Op::StartsWith | Op::Empty | Op::NotEmpty | Op::LinksTo => {
                return Err(bad(field, "a number or time cannot be compared like this"));
            }
        })
    }

    /// A field in the value and link tables. Uses value_by_text, value_by_number, link_by_target, link_by_field.
    fn indexed(&mut self, field: &str, op: Op, value: &Value) -> Result<String, QueryError> {
        let name = self.text(field);
        let values = |condition: &str| format!("SELECT row FROM value WHERE field = {name} AND {condition}");
        let mut parts = Vec::new();
        match (op, value) {
            (Op::Empty, _) => {
                return Ok(format!(
                    "(r.number NOT IN (SELECT row FROM value WHERE field = {name}
                      UNION ALL SELECT row FROM link WHERE field = {name}))"
                ));
            }
            (Op::LinksTo, value) => {
                let id: Option<RecordId> = value.as_str().and_then(|text| text.parse().ok());
                let id = id.ok_or_else(|| bad(field, "expected the id of a record"))?;
                parts.push(self.linking(&name, id));
            }
            (Op::Contains | Op::StartsWith, Value::String(typed)) => {
                let folded = (self.context.folding.fold)(typed);
                let condition = self.on_text(field, "text", op, &folded)?;
                parts.push(values(&condition));
            }
            (Op::Contains | Op::StartsWith, _) => return Err(bad(field, "expected a text")),
            (Op::Is, Value::String(typed)) => {
                // Canonical forms (keys of choices, dates, digits) stand as they are, names folded.
                let (raw, folded) = (self.text(typed), self.text(&(self.context.folding.fold)(typed)));
                parts.push(values(&format!("text IN ({raw}, {folded})")));
                if let Ok(id) = typed.parse() {
                    parts.push(self.linking(&name, id));
                }
            }
            (_, Value::String(typed)) => {
                let folded = (self.context.folding.fold)(typed);
                let condition = self.on_text(field, "text", op, &folded)?;
                parts.push(values(&format!("number IS NULL AND {condition}")));
            }
            _ => {}
        }
        if matches!(op, Op::Is | Op::Before | Op::After | Op::AtLeast | Op::AtMost) {
            match span(value) {
                Some(span) => {
                    let condition = self.on_number(field, "number", op, &span)?;
                    parts.push(values(&format!("number IS NOT NULL AND {condition}")));
                }
                None if parts.is_empty() => {
                    return Err(bad(field, "expected a text, a number or true or false"));
                }
                None => {}
            }
        }
        Ok(format!("(r.number IN ({}))", parts.join(" UNION ALL ")))
    }

    fn linking(&mut self, name: &str, id: RecordId) -> String {
        let target = self.out.bind(Param::Blob(id.0.to_vec()));
        format!("SELECT row FROM link WHERE target = {target} AND field = {name}")
    }

    fn text(&mut self, text: &str) -> String {
        self.out.bind(Param::Text(text.to_owned()))
    }

    fn int(&mut self, number: i64) -> String {
        self.out.bind(Param::Int(number))
    }
}

/// What a value means as a number: an integer, true or false, money by its amount, an instant or a day in ms.
fn span(value: &Value) -> Option<Span> {
    let exactly = |number: i64| Some(Span { from: number, until: number.saturating_add(1) });
    match value {
        Value::Bool(flag) => exactly((*flag).into()),
        Value::Number(number) => exactly(number.as_i64()?),
        Value::Object(money) => exactly(money.get("amount")?.as_i64()?),
        Value::String(text) => {
            if let Ok(day) = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
                let from = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
                return Some(Span { from, until: from.saturating_add(86_400_000) });
            }
            exactly(chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
        }
        Value::Null | Value::Array(_) => None,
    }
}

fn bad(field: &str, expected: &str) -> QueryError {
    QueryError::BadValue(field.to_owned(), expected.to_owned())
}
