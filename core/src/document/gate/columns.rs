//! Numbers and columns as automerge spells them. Runs are counted without being expanded.
//!
//! A column is a list of values, some of them null: positive count, value (a run of equal ones); negative count,
//! values (a literal run); zero, count (a run of nulls). Booleans are counts that alternate, false first. Counters
//! are stored as differences.

/// What is wrong with some bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// They end too early, or a count is out of range.
    Short,
    /// A number or a run that has a shorter spelling, or overflows.
    Spelling,
    /// More values than allowed.
    TooMany,
    /// A string that is not UTF-8.
    Utf8,
}

/// Reads numbers and slices from the front.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(Fault::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    /// Bytes behind their number.
    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.unsigned()?;
        self.take(usize::try_from(length).map_err(|_| Fault::Short)?)
    }

    /// An unsigned LEB128 number of at most 64 bits in its shortest form.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Fault> {
        let mut number = 0_u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Fault::Spelling);
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(Fault::Spelling) } else { Ok(number) };
            }
        }
        Err(Fault::Spelling)
    }

    /// A signed LEB128 number of at most 64 bits in its shortest form.
    pub(crate) fn signed(&mut self) -> Result<i64, Fault> {
        let mut number = 0_i64;
        let mut before = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte != 0 && byte != 0x7f {
                return Err(Fault::Spelling);
            }
            number |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let negative = byte & 0x40 != 0;
                // A last byte that only repeats the sign bit of the one before says nothing.
                let empty = if before & 0x40 != 0 { byte == 0x7f } else { byte == 0 };
                if shift > 0 && empty {
                    return Err(Fault::Spelling);
                }
                return Ok(if negative && shift < 57 { number | (-1 << (shift + 7)) } else { number });
            }
            before = byte;
        }
        Err(Fault::Spelling)
    }

    fn byte(&mut self) -> Result<u8, Fault> {
        self.take(1).map(|bytes| bytes[0])
    }
}

/// A value of a column.
pub(crate) trait Cell<'a>: Copy + PartialEq {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault>;
}

impl<'a> Cell<'a> for u64 {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        reader.unsigned()
    }
}

impl<'a> Cell<'a> for i64 {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        reader.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Fault> {
        std::str::from_utf8(reader.prefixed()?).map_err(|_| Fault::Utf8)
    }
}

/// How many values a column of runs holds, at most `max`.
///
/// `strict` also demands the one shortest spelling that automerge writes in changes: otherwise the change, saved
/// and loaded, would come back with other bytes and another hash.
pub(crate) fn count<'a, V: Cell<'a>>(column: &'a [u8], max: u64, strict: bool) -> Result<u64, Fault> {
    let mut reader = Reader::new(column);
    let mut total = 0_u64;
    let mut last: Option<V> = None;
    let (mut after_literal, mut after_null) = (false, false);
    while !reader.is_empty() {
        let run = reader.signed()?;
        let length = match run {
            0 => reader.unsigned()?,
            run => run.unsigned_abs(),
        };
        total = total.checked_add(length).filter(|total| *total <= max).ok_or(Fault::TooMany)?;
        let odd = match run {
            0 => {
                last = None;
                length == 0 || std::mem::replace(&mut after_null, true)
            }
            1.. => {
                let value = V::read(&mut reader)?;
                let repeats = last == Some(value);
                last = Some(value);
                length == 1 || repeats
            }
            _ => {
                let mut odd = after_literal;
                for _ in 0..length {
                    let value = V::read(&mut reader)?;
                    odd |= last == Some(value);
                    last = Some(value);
                }
                odd
            }
        };
        if strict && odd {
            return Err(Fault::Spelling);
        }
        after_literal = run < 0;
        after_null = run == 0;
    }
    Ok(total)
}

/// How many values a column of booleans holds, at most `max`.
pub(crate) fn count_booleans(column: &[u8], max: u64) -> Result<u64, Fault> {
    let mut reader = Reader::new(column);
    let mut total = 0_u64;
    let mut first = true;
    while !reader.is_empty() {
        let length = reader.unsigned()?;
        if length == 0 && !first {
            return Err(Fault::Spelling);
        }
        first = false;
        total = total.checked_add(length).filter(|total| *total <= max).ok_or(Fault::TooMany)?;
    }
    Ok(total)
}

/// The values of a column, one after the other; an absent column is all null. Count it first.
pub(crate) struct Values<'a, V> {
    reader: Reader<'a>,
    left: u64,
    run: Run<V>,
}

enum Run<V> {
    Literal,
    Same(Option<V>),
}

impl<'a, V: Cell<'a>> Values<'a, V> {
    pub(crate) fn new(column: Option<&'a [u8]>) -> Self {
        let left = if column.is_none() { u64::MAX } else { 0 };
        Self { reader: Reader::new(column.unwrap_or_default()), left, run: Run::Same(None) }
    }

    /// The next value, null or not. Behind the end: `Short`.
    pub(crate) fn next(&mut self) -> Result<Option<V>, Fault> {
        while self.left == 0 {
            (self.left, self.run) = match self.reader.signed()? {
                0 => (self.reader.unsigned()?, Run::Same(None)),
                run @ 1.. => (run.unsigned_abs(), Run::Same(Some(V::read(&mut self.reader)?))),
                run => (run.unsigned_abs(), Run::Literal),
            };
        }
        self.left -= 1;
        match self.run {
            Run::Same(value) => Ok(value),
            Run::Literal => V::read(&mut self.reader).map(Some),
        }
    }

    /// The next value, which must not be null.
    pub(crate) fn some(&mut self) -> Result<V, Fault> {
        self.next()?.ok_or(Fault::Short)
    }
}

/// The values of a column of differences.
pub(crate) struct Deltas<'a> {
    differences: Values<'a, i64>,
    at: i64,
}

impl<'a> Deltas<'a> {
    pub(crate) fn new(column: Option<&'a [u8]>) -> Self {
        Self { differences: Values::new(column), at: 0 }
    }

    /// The next counter; it must not be negative.
    pub(crate) fn next(&mut self) -> Result<Option<u64>, Fault> {
        let Some(difference) = self.differences.next()? else { return Ok(None) };
        self.at = self.at.checked_add(difference).ok_or(Fault::Short)?;
        u64::try_from(self.at).map(Some).map_err(|_| Fault::Short)
    }
}

/// The values of a column of booleans; an absent one is all false.
pub(crate) struct Booleans<'a> {
    reader: Reader<'a>,
    left: u64,
    value: bool,
}

impl<'a> Booleans<'a> {
    pub(crate) fn new(column: Option<&'a [u8]>) -> Self {
        let (left, value) = if column.is_none() { (u64::MAX, false) } else { (0, true) };
        Self { reader: Reader::new(column.unwrap_or_default()), left, value }
    }

    pub(crate) fn next(&mut self) -> Result<bool, Fault> {
        while self.left == 0 {
            self.left = self.reader.unsigned()?;
            self.value = !self.value;
        }
        self.left -= 1;
        Ok(self.value)
    }
}
