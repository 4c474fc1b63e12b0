//! Orders: what an admin command leaves for the server that has the workspace open, and its answer.

use rusqlite::{OptionalExtension, params};

use super::{Accounts, Result};

/// Work to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Order {
    /// Its number.
    pub id: i64,
    /// JSON; whoever carries it out knows the form.
    pub what: String,
    /// A file, perhaps.
    pub body: Vec<u8>,
}

impl Accounts {
    /// Leaves an order; its number.
    pub fn place_order(&self, what: &str, body: &[u8]) -> Result<i64> {
        self.write(|tx| {
            tx.execute("INSERT INTO account_order (what, body) VALUES (?1, ?2)", params![what, body])?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// The oldest order nobody has taken; it is taken now, and never handed out again.
    pub fn take_order(&self) -> Result<Option<Order>> {
        const NEXT: &str = "SELECT id, what, body FROM account_order WHERE taken = 0 ORDER BY id LIMIT 1";
        // Asked several times a second: no write lock while there is nothing to do.
        let waiting = self.db().query_row(NEXT, [], |_| Ok(())).optional()?;
        if waiting.is_none() {
            return Ok(None);
        }
        self.write(|tx| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Order {
                    id: row.get(0)?,
                    what: row.get(1)?,
                    body: row.get::<_, Option<_>>(2)?.unwrap_or_default(),
                })
            };
            let order = tx.query_row(NEXT, [], read).optional()?;
            if let Some(order) = &order {
                tx.execute("UPDATE account_order SET taken = 1, body = NULL WHERE id = ?1", [order.id])?;
            }
            Ok(order)
        })
    }

    /// Answers an order.
    pub fn answer_order(&self, id: i64, answer: &std::result::Result<String, String>) -> Result<()> {
        let (text, failed) = match answer {
            Ok(text) => (text, false),
            Err(text) => (text, true),
        };
        self.write(|tx| {
            tx.execute(
                "UPDATE account_order SET answer = ?2, failed = ?3 WHERE id = ?1",
                params![id, text, failed],
            )?;
            Ok(())
        })
    }

    /// The answer to an order, which is forgotten with it; none: not yet.
    pub fn collect_order(&self, id: i64) -> Result<Option<std::result::Result<String, String>>> {
        let sql = "SELECT answer, failed FROM account_order WHERE id = ?1 AND answer IS NOT NULL";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?));
        let Some((text, failed)) = self.db().query_row(sql, [id], read).optional()? else { return Ok(None) };
        self.write(|tx| {
            tx.execute("DELETE FROM account_order WHERE id = ?1", [id])?;
            Ok(())
        })?;
        Ok(Some(if failed { Err(text) } else { Ok(text) }))
    }

    /// Takes an order back. Whether nobody had taken it.
    pub fn withdraw_order(&self, id: i64) -> Result<bool> {
        self.write(|tx| Ok(tx.execute("DELETE FROM account_order WHERE id = ?1 AND taken = 0", [id])? > 0))
    }

    /// Orders taken by a server that ended before it answered: nobody will.
    pub fn abandon_orders(&self) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE account_order SET answer = 'the server ended before it was done; try again', failed = 1
                 WHERE taken = 1 AND answer IS NULL",
                [],
            )?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_taken_once_answered_once_and_forgotten_with_its_answer() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Accounts::open(&folder.path().join("a.db"), &folder.path().join("ledger")).unwrap();
        let (admin, server) = (open(), open());
        let id = admin.place_order("{}", b"file").unwrap();
        assert_eq!(admin.collect_order(id).unwrap(), None);
        let order = server.take_order().unwrap().unwrap();
        assert_eq!((order.id, order.body.as_slice()), (id, b"file".as_slice()));
        assert_eq!(server.take_order().unwrap(), None);
        assert!(!admin.withdraw_order(id).unwrap());
        server.answer_order(id, &Ok("done".into())).unwrap();
        assert_eq!(admin.collect_order(id).unwrap(), Some(Ok("done".into())));
        assert_eq!(admin.collect_order(id).unwrap(), None);
        let lost = admin.place_order("{}", b"").unwrap();
        server.take_order().unwrap();
        open().abandon_orders().unwrap();
        assert!(admin.collect_order(lost).unwrap().unwrap().is_err());
        let unwanted = admin.place_order("{}", b"").unwrap();
        assert!(admin.withdraw_order(unwanted).unwrap());
    }
}
