//! vCard and German Excel in, out and in again, on a device and at the office.
mod common;

use std::path::PathBuf;

use common::{Office, feed, json, ok, refused, settle};
use serde_json::{Value as Json, json};

/// As Excel in Hamburg writes it: semicolons, Windows-1252, two numbers a person, decimal comma, a date that is none.
const EXCEL: &str = "Anrede;Vorname;Nachname;Firma;Telefon geschäftlich;Mobiltelefon;E-Mail-Adresse;PLZ;Ort;Geburtstag;Status;Kd-Art;Umsatz\r\n\
Frau;Käthe;Größler;Bäckerei Öhlers GmbH;040 66969 112;0171 39200 12;kaethe@oehlers.example;22767;Hamburg;04.05.1980;Kunde;B2B;1.234,50\r\n\
Herr;Jörg;Weiß;Bäckerei Öhlers GmbH;040 66969 113;0176 040690 07;joerg@post.example;1067;Dresden;31.02.1980;Kunde;;\r\n";

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:test:1\r\nFN:Zoë Łukasiewicz\r\nN:Łukasiewicz;Zoë;;;\r\n\
TEL;TYPE=cell:0171 39200 41\r\nTEL;TYPE=work:040 66969 141\r\nEMAIL;TYPE=home:zoe@post.example\r\n\
BDAY:19790318\r\nNOTE:Ruft gern abends an\\, nie vor 18 Uhr.\r\nEND:VCARD\r\n";

fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).expect("a letter of Windows-1252")).collect()
}

fn file(office: &Office, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = office.folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    common::path(&path)
}

fn records(dump: &[String], kind: &str) -> Vec<Json> {
    let all = dump.iter().map(|line| serde_json::from_str::<Json>(line).expect("a line"));
    all.filter(|record| record["kind"] == kind).collect()
}

fn person<'a>(contacts: &'a [Json], family: &str) -> &'a Json {
    let found = contacts.iter().find(|contact| contact["values"]["family_name"] == family);
    &found.unwrap_or_else(|| panic!("nobody called {family}"))["values"]
}

#[test]
fn a_device_imports_excel_and_vcard_names_the_broken_row_and_makes_no_doubles() {
    let office = Office::open();
    let maren = office.device("Maren", "pixel");
    let (excel, cards) =
        (file(&office, "kunden.csv", &windows_1252(EXCEL)), file(&office, "karten.vcf", CARDS.as_bytes()));

    let preview = maren.json(&["import", &excel, "--dry-run", "--json"]).remove(0);
    assert_eq!((&preview["new"], &preview["failed"]), (&json!(2), &json!(0)), "{preview}");
    assert!(maren.dump().is_empty(), "a dry run writes nothing");
    let said = maren.ok(&["import", &excel]);
    assert!(said.contains("Row 3, Geburtstag \"31.02.1980\""), "{said}");
    assert!(said.contains("2 rows: 2 are new"), "{said}");
    assert!(maren.ok(&["import", &cards]).contains("1 rows: 1 are new"));

    let dump = maren.dump();
    let contacts = records(&dump, "contact");
    assert_eq!((contacts.len(), records(&dump, "company").len()), (3, 1));
    let kaethe = person(&contacts, "Größler");
    assert_eq!(
        (&kaethe["given_name"], &kaethe["birthday"], &kaethe["state"]),
        (&json!("Käthe"), &json!("1980-05-04"), &json!("customer"))
    );
    assert_eq!(kaethe["phones"].as_array().map(Vec::len), Some(2));
    assert_eq!(kaethe["extra/Umsatz"], "1.234,50", "a column without a field is kept");
    assert_eq!(
        person(&contacts, "Weiß")["extra/Geburtstag"],
        "31.02.1980",
        "what did not fit is kept as typed"
    );
    let zoe = person(&contacts, "Łukasiewicz");
    assert_eq!((&zoe["given_name"], &zoe["birthday"]), (&json!("Zoë"), &json!("1979-03-18")));

    for path in [&excel, &cards] {
        let again = maren.json(&["import", path, "--json"]).remove(0);
        assert_eq!((&again["new"], &again["updated"]), (&json!(0), &json!(0)), "{again}");
    }
    assert_eq!(maren.dump(), dump, "a second import changes nothing");
    settle(&office, &[&maren]);
    let said = refused(&maren.args(&["import", &excel, "--map", "Kd-Art=spaceship"]));
    assert!(said.contains("no field spaceship"), "{said}");
    let said = refused(&maren.args(&["import", &excel, "--map", "Nichts=nickname"]));
    assert!(said.contains("no column") && said.contains("Kd-Art"), "{said}");
    let noise = file(&office, "noise.bin", &[0, 159, 146, 150, 0, 1]);
    assert!(refused(&maren.args(&["import", &noise])).contains("neither a vCard nor a CSV"));
    assert!(refused(&maren.args(&["import", "/nowhere/at-all.csv"])).contains("/nowhere/at-all.csv"));
}

#[test]
fn export_and_import_into_another_company_keep_every_field() {
    let mut office = Office::open();
    let maren = office.device("Maren", "pixel");
    let excel = file(&office, "kunden.csv", &windows_1252(EXCEL));
    let cards = file(&office, "karten.vcf", CARDS.as_bytes());
    // Beside the running server, as Heike.
    let report =
        json(&["admin", "import", &excel, "--data", &office.data(), "--user", "Heike", "--json"]).remove(0);
    assert_eq!((&report["new"], &report["errors"][0]["row"]), (&json!(2), &json!(3)), "{report}");
    office.admin(&["import", &cards]);
    settle(&office, &[&maren]);
    let contacts = records(&maren.dump(), "contact");
    assert_eq!(contacts.len(), 3, "what the office imports is on the phone");

    for (form, name) in [("csv", "alle.csv"), ("csv-plain", "plain.csv"), ("vcard", "alle.vcf")] {
        let exported = ok(&["admin", "export", "--data", &office.data(), "--form", form]);
        let companies =
            ok(&["admin", "export", "--data", &office.data(), "--kind", "company", "--form", form]);
        let mut other = Office::open();
        other.stop();
        let (first, second) =
            (file(&other, "firmen", companies.as_bytes()), file(&other, name, exported.as_bytes()));
        other.admin(&["import", &first, "--kind", "company"]);
        other.admin(&["import", &second]);
        let there = records(&other.dump(), "contact");
        assert_eq!(there.len(), 3, "{form}");
        for contact in &contacts {
            let family = contact["values"]["family_name"].as_str().expect("a name");
            let (mine, theirs) = (&contact["values"], person(&there, family));
            for (field, value) in mine.as_object().expect("values") {
                if ["phones", "emails", "addresses", "employments"].contains(&field.as_str()) {
                    let count = |values: &Json| values[field].as_array().map_or(0, Vec::len);
                    assert_eq!(count(mine), count(theirs), "{form}: {field} of {family}");
                } else if field != "extra/uid" {
                    assert_eq!(&theirs[field], value, "{form}: {field} of {family}");
                }
            }
        }
    }
    // And into itself: nothing changes.
    let exported = ok(&["admin", "export", "--data", &office.data()]);
    let again = file(&office, "again.csv", exported.as_bytes());
    let before = office.dump();
    office.admin(&["import", &again]);
    assert_eq!(office.dump(), before);
    office.stop();
    let said = refused(&["admin", "export", "--data", &office.data(), "--kind", "note", "--form", "vcard"]);
    assert!(said.contains("contacts and companies only"), "{said}");
    let output = feed(&["admin", "export", "--data", &office.data(), "--kind", "nothing"], b"");
    assert_eq!(output.status.code(), Some(1));
}
