//! Files in, records, files out: what a customer's Excel and phone write must survive the way there and back.

use std::collections::BTreeMap;

use farley_core::document::Document;
use farley_core::index;
use farley_core::interop::{self, Dialect, Directory, Encoding, Format, ReadError, Resolved, Standing};
use farley_core::record::{DeviceId, Edit, Record, RecordId, Timestamp};
use farley_core::schema::{RecordView, Schema};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value as Json, json};

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// Records in memory, made by the same schema and documents as in a workspace.
struct Office {
    schema: Schema,
    documents: BTreeMap<RecordId, Document>,
    rng: ChaCha8Rng,
}

impl Office {
    /// `seed` differs between offices, or they would draw the same ids.
    fn new(seed: u64) -> Self {
        Self { schema: Schema::builtin(), documents: BTreeMap::new(), rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn write(&mut self, edit: &Edit) {
        let actor = DeviceId([7; 16]);
        let id = edit.id.expect("resolved edits have ids");
        let current = self.documents.get(&id).map(Document::read);
        let kind_name =
            edit.kind.clone().unwrap_or_else(|| current.as_ref().map(|r| r.kind().to_owned()).unwrap());
        let kind = self.schema.kind(&kind_name).unwrap().clone();
        let writes = self.schema.plan(&kind, current.as_ref(), edit, NOW, &mut self.rng).unwrap();
        match self.documents.get_mut(&id) {
            Some(document) => {
                document.edit(&writes, &[], None, actor, NOW).unwrap();
            }
            None => {
                let made = Document::create(id, &kind.name, 1, &kind.texts(), &writes, actor, NOW).unwrap();
                self.documents.insert(id, made.0);
            }
        }
    }

    fn import(&mut self, bytes: &[u8], kind: &str) -> Vec<Resolved> {
        let source = interop::read(bytes, &self.schema.clone(), kind).unwrap();
        let schema = self.schema.clone();
        let mut made = BTreeMap::new();
        let mut all = Vec::new();
        for draft in source.drafts(&schema, kind).collect::<Vec<_>>() {
            let mut rng = self.rng.clone();
            let resolved = interop::resolve(draft, &schema, self, &mut made, NOW, &mut rng);
            self.rng = rng;
            resolved.edits.iter().for_each(|edit| self.write(edit));
            all.push(resolved);
        }
        all
    }

    fn records(&self) -> Vec<Record> {
        self.documents.values().map(Document::read).collect()
    }

    fn views(&self, kind: &str) -> Vec<RecordView> {
        self.records()
            .iter()
            .filter(|record| record.kind() == kind)
            .map(|record| self.schema.view(record))
            .collect()
    }

    fn named(&self, field: &str, value: &str) -> RecordView {
        let found = self
            .records()
            .iter()
            .map(|record| self.schema.view(record))
            .find(|view| view.values.get(field) == Some(&json!(value)));
        found.unwrap_or_else(|| panic!("nobody with {field} = {value}"))
    }

    fn title(&self, id: &str) -> Option<String> {
        Some(self.view(id.parse().ok()?)?.title)
    }
}

impl Directory for Office {
    fn find(&self, kind: &str, field: &str, texts: &[String]) -> Vec<(RecordId, String)> {
        let mut found = Vec::new();
        for record in self.records().iter().filter(|record| record.kind() == kind) {
            for value in index::derive(&self.schema, record).values {
                if value.field == field && texts.contains(&value.text) {
                    found.push((record.id, value.text));
                }
            }
        }
        found
    }

    fn view(&self, id: RecordId) -> Option<RecordView> {
        self.documents.get(&id).map(|document| self.schema.view(&document.read()))
    }
}

/// German Excel: semicolons, Windows-1252, two numbers a person, one row with a date that does not exist.
const EXCEL: &str = "Anrede;Vorname;Nachname;Firma;Telefon geschäftlich;Mobiltelefon;E-Mail-Adresse;Straße geschäftlich;PLZ;Ort;Geburtstag;Status;Kd-Art;Schlagworte\r\n\
Frau;Käthe;Größler;Bäckerei Öhlers GmbH;040 66969 112;0171 39200 12;kaethe@oehlers.example;Große Elbstraße 4;22767;Hamburg;04.05.1980;Kunde;B2B;vip; \r\n\
Herr;Jörg;Müller;;040 66969 113;0176 040690 07;joerg@post.example;Osterstraße 9;1067;Dresden;31.02.1980;Kunde;;\r\n\
Herr;Paul;Weiß;Bäckerei Öhlers;;4,91711E+11;;;;;;Kumpel;;\r\n";

fn windows_1252(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
    assert!(!lossy);
    bytes.into_owned()
}

#[test]
fn german_excel_is_understood_without_being_told() {
    let source = interop::read(&windows_1252(EXCEL), &Schema::builtin(), "contact").unwrap();
    assert_eq!(
        (source.format, source.encoding, source.delimiter),
        (Format::Csv, Encoding::Windows1252, Some(';'))
    );
    let targets: Vec<String> = source
        .columns
        .iter()
        .map(|c| c.field.as_ref().map(ToString::to_string).unwrap_or_default())
        .collect();
    assert_eq!(
        targets[..13],
        [
            "salutation",
            "given_name",
            "family_name",
            "employments.company",
            "phones[work]",
            "phones[mobile]",
            "emails[work]",
            "addresses[work].street",
            "addresses[work].postal_code",
            "addresses[work].city",
            "birthday",
            "state",
            ""
        ]
    );
}

#[test]
fn a_row_keeps_umlauts_two_numbers_address_and_company() {
    let mut office = Office::new(1);
    office.import(&windows_1252(EXCEL), "contact");
    let kaethe = office.named("family_name", "Größler");
    assert_eq!(kaethe.values["given_name"], "Käthe");
    assert_eq!(kaethe.values["state"], "customer");
    assert_eq!(kaethe.values["birthday"], "1980-05-04");
    let numbers: Vec<&Json> =
        kaethe.values["phones"].as_array().unwrap().iter().map(|phone| &phone["number"]).collect();
    assert_eq!(numbers.len(), 2);
    assert!(numbers.contains(&&json!("040 66969 112")) && numbers.contains(&&json!("0171 39200 12")));
    assert_eq!(kaethe.values["addresses"][0]["address"]["city"], "Hamburg");
    assert_eq!(kaethe.extra["extra/Kd-Art"], "B2B", "a column without a field is kept");
    let company = kaethe.values["employments"][0]["company"].as_str().unwrap();
    assert_eq!(office.title(company).as_deref(), Some("Bäckerei Öhlers GmbH"));
    // The other spelling of the company is the same company.
    assert_eq!(office.views("company").len(), 1);
    let joerg = office.named("family_name", "Müller");
    assert_eq!(joerg.values["addresses"][0]["address"]["postal_code"], "01067", "Excel ate the zero");
}

#[test]
fn broken_values_are_named_with_row_and_column_and_kept_as_typed() {
    let schema = Schema::builtin();
    let source = interop::read(&windows_1252(EXCEL), &schema, "contact").unwrap();
    let problems: Vec<_> = source.drafts(&schema, "contact").flat_map(|draft| draft.problems).collect();
    let said: Vec<(usize, &str, &str)> =
        problems.iter().map(|p| (p.row, p.column.as_str(), p.code)).collect();
    assert_eq!(
        said,
        [
            (3, "Geburtstag", "bad_value"),
            (4, "Mobiltelefon", "excel_truncated"),
            (4, "Status", "unknown_choice")
        ]
    );
    let mut office = Office::new(1);
    office.import(&windows_1252(EXCEL), "contact");
    assert_eq!(office.views("contact").len(), 3, "a bad value drops no row");
    assert_eq!(office.named("family_name", "Müller").extra["extra/Geburtstag"], "31.02.1980");
}

#[test]
fn importing_the_same_file_again_changes_nothing() {
    for (bytes, kind) in [(windows_1252(EXCEL), "contact"), (CARDS.as_bytes().to_vec(), "contact")] {
        let mut office = Office::new(1);
        office.import(&bytes, kind);
        let before: Vec<_> = office.records();
        let again = office.import(&bytes, kind);
        assert!(again.iter().all(|row| matches!(row.standing, Standing::Same { .. })), "{again:?}");
        assert_eq!(office.records(), before);
    }
}

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:x:1\r\nN:Yıldız;Emre;;Dr.;\r\nFN:Dr. Emre Yıldız\r\nORG:Hotel Seeblick;Technik\r\nTITLE:Leitung\r\n\
TEL;TYPE=\"work,voice\";PREF=1:+49 40 66969 430\r\nTEL;TYPE=cell:0171 39200 44\r\nEMAIL;TYPE=home:emre@post.example\r\n\
ADR;TYPE=home:;;Moorstraße 1;Wedel;;22880;Deutschland\r\nBDAY:--0504\r\nNOTE:Zeile eins\\nZeile zwei\\, mit Komma\r\nCATEGORIES:VIP,Wärmepumpe\r\nX-ANDROID-CUSTOM:foo\r\nEND:VCARD\r\n\
BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\nTEL;HOME;VOICE:040 66969 500\r\nBDAY:16040703\r\nEND:VCARD\r\n\
BEGIN:VCARD\r\nVERSION:3.0\r\nORG:Pumpen Wendt KG\r\nTEL;TYPE=WORK:040 66969 600\r\nEND:VCARD\r\n";

#[test]
fn cards_of_three_versions_become_people_and_companies() {
    let mut office = Office::new(1);
    let source = interop::read(CARDS.as_bytes(), &office.schema, "contact").unwrap();
    assert_eq!((source.format, source.len()), (Format::Vcard, 3));
    office.import(CARDS.as_bytes(), "contact");
    let emre = office.named("family_name", "Yıldız");
    assert_eq!(emre.values["title"], "Dr.");
    assert_eq!(emre.values["birthday"], "--05-04");
    assert_eq!(emre.values["description"], "Zeile eins\nZeile zwei, mit Komma");
    assert_eq!(emre.values["phones"].as_array().unwrap().len(), 2);
    assert_eq!(emre.values["phones"][0]["label"], "work");
    assert_eq!(emre.values["phones"][0]["preferred"], true);
    assert_eq!(emre.values["phones"][1]["label"], "mobile");
    assert_eq!(emre.values["addresses"][0]["address"]["country"], "DE");
    assert_eq!(emre.values["employments"][0]["position"], "Leitung");
    assert_eq!(emre.values["tags"].as_array().unwrap().len(), 2);
    let joerg = office.named("family_name", "Müller");
    assert_eq!((&joerg.values["given_name"], &joerg.values["birthday"]), (&json!("Jörg"), &json!("--07-03")));
    assert_eq!(office.named("name", "Pumpen Wendt KG").kind, "company");
}

/// Everything a person sees, without ids that are drawn anew.
fn comparable(view: &RecordView, office: &Office) -> Json {
    let mut values = json!(view.values);
    for entries in values.as_object_mut().unwrap().values_mut() {
        if let Some(list) = entries.as_array_mut() {
            for entry in list.iter_mut().filter_map(Json::as_object_mut) {
                entry.remove("id");
                // Where a person sorted it: in employments `position` is the job.
                if entry.remove("order").is_none() && !entry.contains_key("company") {
                    entry.remove("position");
                }
                if let Some(company) =
                    entry.get("company").and_then(Json::as_str).and_then(|id| office.title(id))
                {
                    entry.insert("company".into(), json!(company));
                }
            }
            list.sort_by_key(ToString::to_string);
        }
    }
    let extra: BTreeMap<_, _> = view.extra.iter().filter(|(key, _)| *key != "extra/uid").collect();
    json!({ "kind": view.kind, "title": view.title, "values": values, "extra": extra })
}

fn all_comparable(office: &Office, kind: &str) -> Vec<String> {
    let mut all: Vec<String> =
        office.views(kind).iter().map(|view| comparable(view, office).to_string()).collect();
    all.sort();
    all
}

#[test]
fn export_and_reimport_keep_every_field() {
    let mut office = Office::new(1);
    office.import(&windows_1252(EXCEL), "contact");
    office.import(CARDS.as_bytes(), "contact");
    let views = office.views("contact");

    let mut cards = String::new();
    interop::write_vcard(&mut cards, &office.schema, &office.views("company"), &|id| office.title(id))
        .unwrap();
    interop::write_vcard(&mut cards, &office.schema, &views, &|id| office.title(id)).unwrap();
    let mut by_card = Office::new(2);
    by_card.import(cards.as_bytes(), "contact");
    assert_eq!(all_comparable(&by_card, "contact"), all_comparable(&office, "contact"), "\n{cards}");

    for dialect in [Dialect::Excel, Dialect::Programs] {
        let mut file = Vec::new();
        interop::write_csv(
            &mut file,
            &office.schema,
            office.schema.kind("contact").unwrap(),
            &views,
            dialect,
        )
        .unwrap();
        let mut companies = Vec::new();
        interop::write_csv(
            &mut companies,
            &office.schema,
            office.schema.kind("company").unwrap(),
            &office.views("company"),
            dialect,
        )
        .unwrap();
        let mut by_table = Office::new(3);
        by_table.import(&companies, "company");
        by_table.import(&file, "contact");
        assert_eq!(
            all_comparable(&by_table, "contact"),
            all_comparable(&office, "contact"),
            "{dialect:?}\n{}",
            String::from_utf8_lossy(&file)
        );
        // The export names our own ids: taking it back changes nothing.
        let before = office.records();
        office.import(&file, "contact");
        assert_eq!(office.records(), before, "{dialect:?}");
    }
}

#[test]
fn the_same_person_in_another_spelling_is_a_possible_duplicate() {
    let mut office = Office::new(1);
    office.import(&windows_1252(EXCEL), "contact");
    let other = "Vorname;Nachname;Mobil\r\nKaethe;Groessler;+49 171 3920012\r\n";
    let rows = office.import(other.as_bytes(), "contact");
    assert!(matches!(&rows[0].standing, Standing::Duplicate { of } if of.len() == 1), "{rows:?}");
}

#[test]
fn hostile_files_are_refused_in_words_and_never_panic() {
    let schema = Schema::builtin();
    assert_eq!(interop::read(b"", &schema, "contact"), Err(ReadError::Empty));
    assert_eq!(interop::read(b"  \r\n ", &schema, "contact"), Err(ReadError::Empty));
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10";
    assert_eq!(interop::read(picture, &schema, "contact"), Err(ReadError::Unknown));
    let broken = "BEGIN:VCARD\r\nN:Ohne;Ende\r\nBEGIN:VCARD\r\nN:Mit;Ende\r\nEND:VCARD\r\n";
    let source = interop::read(broken.as_bytes(), &schema, "contact").unwrap();
    assert_eq!((source.len(), source.broken.len()), (1, 1));
    assert_eq!(source.broken[0].row, 1);
    for text in [
        "a;b\r\n\"open;quote\r\n",
        ";;;\r\n",
        "BEGIN:VCARD\r\nEND:VCARD",
        "Vorname;Vorname\r\nA;B;C;D\r\n",
        "sep=,\r\n",
    ] {
        if let Ok(source) = interop::read(text.as_bytes(), &schema, "contact") {
            source.drafts(&schema, "contact").for_each(drop);
        }
    }
    let long = format!("Nachname;Vorname\r\n{};x\r\n", "ä".repeat(40_000));
    let source = interop::read(long.as_bytes(), &schema, "contact").unwrap();
    assert_eq!(source.draft(0, &schema, "contact").unwrap().problems[0].code, "too_long");
}

#[test]
fn random_bytes_never_panic() {
    use rand::Rng;
    let schema = Schema::builtin();
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let seeds: Vec<Vec<u8>> = vec![windows_1252(EXCEL), CARDS.as_bytes().to_vec()];
    for round in 0..400 {
        let mut bytes = seeds[round % 2].clone();
        for _ in 0..rng.random_range(1..30) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..3) {
                0 => bytes[at] = rng.random(),
                1 => drop(bytes.drain(at..(at + 9).min(bytes.len()))),
                _ => bytes.insert(at, b";\"\r\n,:="[rng.random_range(0..7)]),
            }
        }
        if let Ok(source) = interop::read(&bytes, &schema, "contact") {
            source.drafts(&schema, "contact").for_each(drop);
        }
    }
}
