//! The command line, and the help that teaches it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The CRM for people who work where there is no network.
#[derive(Parser)]
#[command(
    name = "farley",
    version,
    arg_required_else_help = true,
    after_help = "\
Start here:
  farley demo                                     everything at once, in your browser
  farley serve --data ./farley                    the relay and the office page
  farley admin invite --data ./farley --user NAME a link that connects a phone, tablet or laptop"
)]
pub struct Cli {
    /// Show what happens, on standard error; twice for details.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Run the relay and the office page.
    Serve(Serve),
    /// Manage a server's people, devices and backups, also while it runs.
    Admin(Admin),
    /// Be a device on the command line: enrol, edit offline, sync.
    Device(Device),
    /// The office page over this laptop's own replica; works without network.
    Desk(Desk),
    /// The demo company with an office and three pretend phones, in your browser.
    Demo(Demo),
}

#[derive(Args)]
#[command(after_help = "\
The first start makes the folder and prints a one-time link that sets the first admin's password.
The page is plain HTTP and therefore listens on loopback only, unless you give certificate files or put a
reverse proxy in front and say so with --insecure-http.

Example:  farley serve --data /var/lib/farley --http 127.0.0.1:8080 --quic [::]:4433 --public crm.example.com")]
pub struct Serve {
    /// Folder that holds everything; made if missing.
    #[arg(long)]
    pub data: PathBuf,
    /// Address of the office page, REST and the WebSocket carrier; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
    /// UDP address of the relay for devices; port 0 picks a free one.
    #[arg(long, default_value = "0.0.0.0:4433")]
    pub quic: SocketAddr,
    /// Host name or address that devices reach this server by; goes into enrolment links.
    #[arg(long)]
    pub public: Option<String>,
    /// Address of /healthz, /readyz and /metrics; loopback.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub admin: SocketAddr,
    /// Certificate chain of the page, PEM.
    #[arg(long, requires = "key")]
    pub cert: Option<PathBuf>,
    /// Private key of the page, PEM.
    #[arg(long, requires = "cert")]
    pub key: Option<PathBuf>,
    /// Serve plain HTTP beyond loopback: only behind a reverse proxy that adds TLS.
    #[arg(long)]
    pub insecure_http: bool,
    /// Print one JSON line {"http":"…","quic":"…"} when ready.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Admin {
    #[command(subcommand)]
    pub command: AdminCommand,
}

#[derive(Subcommand)]
pub enum AdminCommand {
    /// People who may sign in.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make a link (and QR code) that connects one device for one person; valid 15 minutes, once.
    Invite {
        #[command(flatten)]
        data: Data,
        /// The person.
        #[arg(long)]
        user: String,
        /// Print {"link":"farley://enrol…","expires":"…"} instead of a QR code.
        #[arg(long)]
        json: bool,
    },
    /// List the devices.
    Devices {
        #[command(flatten)]
        data: Data,
        /// One JSON line a device.
        #[arg(long)]
        json: bool,
    },
    /// Lock a device out, within a second, also if it is connected.
    Revoke {
        #[command(flatten)]
        data: Data,
        /// Its id, or its name if only one device has it.
        device: String,
    },
    /// Import a vCard or CSV file into the office.
    Import(AdminImport),
    /// Export all records of a kind as vCard or CSV.
    Export {
        #[command(flatten)]
        data: Data,
        /// Kind: contact, company, note, visit, task …
        #[arg(long, default_value = "contact")]
        kind: String,
        /// Form.
        #[arg(long, value_enum, default_value_t = ExportForm::Csv)]
        form: ExportForm,
    },
    /// Print every record, sorted by id, one JSON line each.
    Dump {
        #[command(flatten)]
        data: Data,
    },
    /// Write a consistent backup, also while the server runs.
    Backup {
        #[command(flatten)]
        data: Data,
        /// File to write; must not exist.
        file: PathBuf,
    },
    /// Put a backup into an empty or existing folder (no server may run). Devices then offer again what they hold.
    Restore {
        #[command(flatten)]
        data: Data,
        /// The backup.
        file: PathBuf,
        /// The ledger: enrolments and revocations that are newer than the backup.
        #[arg(long)]
        ledger: Option<PathBuf>,
    },
    /// Check a data folder or a backup file: integrity, log, every record, index, audit chain.
    Verify {
        /// Folder or file; default: the data folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// List what the gate refused, and why; --retry tries again after an upgrade.
    Quarantine {
        #[command(flatten)]
        data: Data,
        /// Try everything again.
        #[arg(long)]
        retry: bool,
        /// One JSON line an entry.
        #[arg(long)]
        json: bool,
    },
    /// Print the OpenAPI document of the REST interface.
    Openapi,
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a person.
    Add {
        #[command(flatten)]
        data: Data,
        /// Name, as others see it.
        name: String,
        /// admin: everything · office: the office page · field: devices.
        #[arg(long, value_enum)]
        role: RoleArg,
        /// Read the password from standard input (first line). Without it the person has devices only.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List people.
    List {
        #[command(flatten)]
        data: Data,
        /// One JSON line a person.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleArg {
    Admin,
    Office,
    Field,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ExportForm {
    /// UTF-8 with byte order mark, semicolons, German formats.
    Csv,
    /// RFC 4180, ISO formats.
    CsvPlain,
    /// vCard 4.0.
    Vcard,
}

#[derive(Args)]
pub struct Data {
    /// The server's data folder.
    #[arg(long)]
    pub data: PathBuf,
}

#[derive(Args)]
pub struct AdminImport {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub import: ImportArgs,
    /// Person the edits are made as; default: the office itself.
    #[arg(long)]
    pub user: Option<String>,
}

#[derive(Args, Clone)]
pub struct ImportArgs {
    /// The vCard or CSV file.
    pub file: PathBuf,
    /// What a CSV row is: contact or company.
    #[arg(long, default_value = "contact")]
    pub kind: String,
    /// Where columns go, e.g. "Kd-Art=source,Handy=phones[mobile]"; the rest is guessed.
    #[arg(long, value_delimiter = ',')]
    pub map: Vec<String>,
    /// Only say what would happen.
    #[arg(long)]
    pub dry_run: bool,
    /// Print one JSON object with counts and errors.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Device {
    #[command(subcommand)]
    pub command: DeviceCommand,
}

#[derive(Args)]
pub struct Dir {
    /// The device's folder.
    #[arg(long)]
    pub dir: PathBuf,
}

#[derive(Subcommand)]
pub enum DeviceCommand {
    /// Connect this folder to a company with the link that the office made.
    Enrol {
        #[command(flatten)]
        dir: Dir,
        /// farley://enrol… or https://…/enrol#…
        link: String,
        /// Name the office sees.
        #[arg(long, default_value = "Kommandozeile")]
        name: String,
    },
    /// Read edits from standard input, one JSON object a line, and answer each with one line once it is durable.
    #[command(after_help = APPLY_HELP)]
    Apply {
        #[command(flatten)]
        dir: Dir,
    },
    /// Exchange changes with the office.
    Sync {
        #[command(flatten)]
        dir: Dir,
        /// Stay connected until Ctrl+C.
        #[arg(long)]
        watch: bool,
        /// Print what was moved as JSON.
        #[arg(long)]
        json: bool,
        /// Give up after this many seconds.
        #[arg(long, default_value_t = 60)]
        timeout: u64,
    },
    /// List records of a kind.
    List {
        #[command(flatten)]
        dir: Dir,
        /// Kind: contact, company, note, visit, task …
        #[arg(default_value = "contact")]
        kind: String,
        /// A filter as JSON, e.g. {"field":{"field":"state","op":"is","value":"customer"}}
        #[arg(long)]
        filter: Option<String>,
        /// Most rows.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// One JSON line a row.
        #[arg(long)]
        json: bool,
    },
    /// Show one record with every field.
    Show {
        #[command(flatten)]
        dir: Dir,
        /// Its id.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Find records by any word in them; umlauts, compounds and phone numbers in any spelling.
    Search {
        #[command(flatten)]
        dir: Dir,
        /// What to look for.
        text: String,
        /// One JSON line a row.
        #[arg(long)]
        json: bool,
    },
    /// List fields that have two versions.
    Conflicts {
        #[command(flatten)]
        dir: Dir,
        /// One JSON line a field.
        #[arg(long)]
        json: bool,
    },
    /// Choose between two versions of a field: by the change that wrote it, or with a new value.
    Settle {
        #[command(flatten)]
        dir: Dir,
        /// The record.
        id: String,
        /// The field, or its key as `conflicts` prints it.
        field: String,
        /// Hash of the change whose version is taken.
        #[arg(long, conflicts_with = "value", required_unless_present = "value")]
        take: Option<String>,
        /// A new value, as JSON or plain text.
        #[arg(long)]
        value: Option<String>,
    },
    /// Who changed what, when it was typed and when it arrived.
    History {
        #[command(flatten)]
        dir: Dir,
        /// The record.
        id: String,
        /// Only this field.
        #[arg(long)]
        field: Option<String>,
        /// One JSON line a step.
        #[arg(long)]
        json: bool,
    },
    /// Import a vCard or CSV file, also without network.
    Import {
        #[command(flatten)]
        dir: Dir,
        #[command(flatten)]
        import: ImportArgs,
    },
    /// Print every record, sorted by id, one JSON line each.
    Dump {
        #[command(flatten)]
        dir: Dir,
    },
    /// What waits, since when, and when the office was last reached.
    Status {
        #[command(flatten)]
        dir: Dir,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

const APPLY_HELP: &str = r#"One edit a line. A new record names its kind, a change names the id:

  {"kind":"contact","set":{"family_name":"Müller","given_name":"Anna"},
   "add":{"phones":[{"label":"mobile","number":"+49 171 5551234"}],"tags":["vip"]}}
                                                                  -> {"line":1,"id":"…","hash":"…"}
  {"id":"…","set":{"birthday":"1980-05-04"},"remove":{"tags":["vip"]},
   "text":{"body":[{"at":0,"delete":0,"insert":"Hallo"}]}}        -> {"line":2,"id":"…","hash":"…"}
  {"id":"…","set":{"no_such_field":1}}                            -> {"line":3,"error":{"code":"unknown_field",…}}

(The first two are wrapped here; write each on one line.) "id" may be given on creation. "base" may name the heads
the edit was based on. A bad line is answered and the next one is read."#;

#[derive(Args)]
pub struct Desk {
    #[command(flatten)]
    pub dir: Dir,
    /// Address of the page; loopback only, port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub http: SocketAddr,
    /// Print one JSON line {"http":"…","link":"…"} when ready.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
#[command(after_help = "\
Everything runs on this computer and is gone afterwards, unless --data names a folder to keep it in.
Two reps edit the same customer and the same note while offline, a technician logs a visit; then they come back.
Open the printed link, switch a phone to airplane mode, edit, and switch it back.")]
pub struct Demo {
    /// Run the script without a browser, verify every value on every replica, and exit.
    #[arg(long)]
    pub check: bool,
    /// Keep the demo here; default: a temporary folder.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// Address of the page; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub http: SocketAddr,
}
