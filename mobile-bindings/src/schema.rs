//! Kinds, fields and lists as data: what the office adds to them appears on a phone without an update.

use farley_core::record::ValueType;
use farley_core::schema::{Choice, Field, Kind, Label, Schema};

/// A word in both languages.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct LabelData {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

/// What a field holds: decides its control in a form.
#[derive(Clone, Copy, Debug, Eq, PartialEq, uniffi::Enum)]
pub enum FieldType {
    /// Postal address.
    Address,
    /// A file's hash.
    Blob,
    /// Yes, no, or unknown.
    Boolean,
    /// One of a list.
    Choice,
    /// A day, with or without year.
    Date,
    /// Decimal number.
    Decimal,
    /// Minutes.
    Duration,
    /// E-mail address.
    Email,
    /// Several of a small form.
    Entries,
    /// What happened: added, never changed.
    Events,
    /// A place on the map.
    Geo,
    /// A moment.
    Instant,
    /// Whole number.
    Integer,
    /// Another record.
    Link,
    /// Other records.
    Links,
    /// Amount and currency.
    Money,
    /// Several of a list.
    MultiChoice,
    /// From, to, zone.
    Period,
    /// Phone number.
    Phone,
    /// Recurrence.
    Rule,
    /// One line.
    Line,
    /// Tags.
    Tags,
    /// Co-edited text.
    LongText,
    /// Web address.
    Url,
}

/// One field of a kind.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct FieldInfo {
    /// Name in edits and queries.
    pub name: String,
    /// As forms show it.
    pub label: LabelData,
    /// What it holds.
    pub field_type: FieldType,
    /// List of its choices; of a line: its suggestions.
    pub list: Option<String>,
    /// Kinds a link may lead to; empty = any.
    pub to: Vec<String>,
    /// Fields of one entry or event.
    pub sub: Vec<FieldInfo>,
    /// Worth a hint when missing; never required.
    pub hint: bool,
    /// Only shown.
    pub read_only: bool,
    /// Made by the office.
    pub custom: bool,
    /// Section of the form; the list `section` names it.
    pub section: String,
}

/// One kind of record.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct KindInfo {
    /// Name, as records carry it.
    pub name: String,
    /// Plural in addresses.
    pub plural: String,
    /// One of them.
    pub label: LabelData,
    /// Several of them.
    pub labels: LabelData,
    /// Fields whose values make the title; the first group that is not empty wins.
    pub title: Vec<Vec<String>>,
    /// Default columns of its list.
    pub columns: Vec<String>,
    /// In the order of forms.
    pub fields: Vec<FieldInfo>,
}

/// One entry of a list.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ChoiceInfo {
    /// What records hold.
    pub key: String,
    /// What people see.
    pub label: LabelData,
    /// Offered no longer, still shown where it is used.
    pub inactive: bool,
}

/// A list of choices.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ChoiceList {
    /// As fields name it.
    pub name: String,
    /// In the order offered.
    pub choices: Vec<ChoiceInfo>,
}

/// All kinds and lists at this moment.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SchemaData {
    /// Version that new records carry.
    pub version: u32,
    /// By name.
    pub kinds: Vec<KindInfo>,
    /// By name.
    pub lists: Vec<ChoiceList>,
}

pub(crate) fn schema(of: &Schema) -> SchemaData {
    let choice = |choice: &Choice| ChoiceInfo {
        key: choice.key.clone(),
        label: label(&choice.label),
        inactive: choice.inactive,
    };
    SchemaData {
        version: of.version,
        kinds: of.kinds.values().map(kind).collect(),
        lists: of
            .lists
            .iter()
            .map(|(name, choices)| ChoiceList {
                name: name.clone(),
                choices: choices.iter().map(choice).collect(),
            })
            .collect(),
    }
}

fn kind(kind: &Kind) -> KindInfo {
    KindInfo {
        name: kind.name.clone(),
        plural: kind.plural.clone(),
        label: label(&kind.label),
        labels: label(&kind.labels),
        title: kind.title.clone(),
        columns: kind.columns.clone(),
        fields: kind.fields.iter().map(field).collect(),
    }
}

fn field(field: &Field) -> FieldInfo {
    FieldInfo {
        name: field.name.clone(),
        label: label(&field.label),
        field_type: field_type(field.ty),
        list: field.list.clone(),
        to: field.to.clone(),
        sub: field.sub.iter().map(self::field).collect(),
        hint: field.hint,
        read_only: field.computed || field.relay_only,
        custom: field.custom.is_some(),
        section: field.section.clone(),
    }
}

fn label(label: &Label) -> LabelData {
    LabelData { de: label.de.clone(), en: label.en.clone() }
}

macro_rules! types {
    ($($ours:ident $theirs:ident),*) => {
        pub(crate) fn field_type(ty: ValueType) -> FieldType {
            match ty { $(ValueType::$theirs => FieldType::$ours),* }
        }

        pub(crate) fn value_type(ty: FieldType) -> ValueType {
            match ty { $(FieldType::$ours => ValueType::$theirs),* }
        }
    };
}

types!(
    Address Address, Blob Blob, Boolean Boolean, Choice Choice, Date Date, Decimal Decimal, Duration Duration,
    Email Email, Entries Entries, Events Events, Geo Geo, Instant Instant, Integer Integer, Link Link, Links Links,
    Money Money, MultiChoice MultiChoice, Period Period, Phone Phone, Rule Rule, Line String, Tags Tags,
    LongText Text, Url Url
);
