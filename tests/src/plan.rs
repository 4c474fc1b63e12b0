//! What happens in a full-stack run, one line after the other.
//!
//! ```text
//! # seed 4711 tier b devices 4 cache 32 fold 16 canary 0 full 1
//! create 1 868319015
//! crash 3 mark 25 sector      device 3, inside its next mark, at its 25th I/O, torn by sectors
//! sync 3
//! wait 310
//! ```
//!
//! Every line carries its own numbers and draws from no shared stream, so that leaving one out changes nothing
//! in the others. A record is picked by a number modulo those that exist. Node 0 is the relay.

use std::fmt;

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::disk::Tear;

/// What one number of a line means; decides how it is written and how it is made smaller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Arg {
    /// 1 to the number of devices.
    Device,
    /// A device, or 0 for the relay.
    Node,
    /// Picks a record or a value.
    Pick,
    /// A count, a length of time, a number of bytes.
    Number,
    /// The kind of effect a fault waits for, see [`EFFECTS`].
    On,
    /// How a crash tears, see [`TEARS`].
    Tear,
}

use Arg::{Device, Node, Number, On, Pick, Tear as Torn};

/// What can happen: name and arguments.
macro_rules! verbs {
    ($($(#[$doc:meta])* $verb:ident $name:literal $args:expr;)*) => {
        /// What a line does.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum Verb { $($(#[$doc])* $verb,)* }

        impl Verb {
            /// Name in a plan.
            pub fn name(self) -> &'static str {
                match self { $(Self::$verb => $name,)* }
            }

            /// What its numbers mean.
            pub fn args(self) -> &'static [Arg] {
                match self { $(Self::$verb => &$args,)* }
            }

            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$verb),)* _ => None }
            }
        }
    };
}

verbs! {
    /// The relay's disk is copied.
    Backup "backup" [];
    /// The device's clock is wrong by this many milliseconds; odd numbers: behind.
    Clock "clock" [Device, Number];
    /// The power goes inside the node's next effect of a kind, at its n-th I/O or right behind it.
    Crash "crash" [Node, On, Number, Torn];
    /// A person makes a contact (or, every third, a note).
    Create "create" [Device, Pick];
    /// The device's connection is lost with everything on it.
    Cut "cut" [Device];
    /// Messages of the device's connection take longer by milliseconds.
    Delay "delay" [Device, Number];
    /// A device falls into the river.
    Destroy "destroy" [Device];
    /// The n-th message from now on the device's connection is lost, and with it the connection.
    Drop "drop" [Device, Number];
    /// A person adds, changes or removes a phone number.
    Entry "entry" [Device, Pick, Pick];
    /// Everybody gets to rest and shows this many records with conflicts.
    Expect "expect" [Number];
    /// A sync fails inside the node's next effect of a kind: which one, and how many behind it.
    FailSync "failsync" [Node, On, Number, Number];
    /// The office makes a custom text field of contacts.
    Field "field" [Pick];
    /// The node's disk takes only this many bytes more.
    Full "full" [Node, Number];
    /// A new device, with nothing.
    Join "join" [];
    /// `kill -9` of the node: what was written stays readable, synced or not.
    Kill "kill" [Node];
    /// The office makes or edits a record.
    Office "office" [Pick, Pick];
    /// The device has no network for milliseconds.
    Partition "partition" [Device, Number];
    /// Everybody gets to rest; all invariants must hold.
    Rest "rest" [];
    /// The backup is copied over the relay's file by hand, without a new epoch: what nobody should do.
    PutBack "putback" [];
    /// The relay comes back from the backup, as an operator should, with a new epoch.
    Restore "restore" [];
    /// The device is revoked.
    Revoke "revoke" [Device];
    /// A person sets a field.
    Set "set" [Device, Pick, Pick];
    /// A person settles a conflict.
    Settle "settle" [Device, Pick];
    /// A new connection.
    Sync "sync" [Device];
    /// A person adds or removes a tag.
    Tag "tag" [Device, Pick, Pick];
    /// A person writes in a long text.
    Text "text" [Device, Pick, Pick];
    /// Checkpoint and the like.
    Tidy "tidy" [Node, Number];
    /// A person puts a record into the trash or takes it out.
    Trash "trash" [Device, Pick];
    /// A person takes back the last edit.
    Undo "undo" [Device];
    /// Time passes, in milliseconds.
    Wait "wait" [Number];
    /// A person writes in a custom text field.
    Words "words" [Device, Pick, Pick];
}

/// Kinds of effect a fault can wait for.
pub const EFFECTS: [&str; 7] = ["any", "edit", "apply", "mark", "ingest", "tidy", "open"];

/// Names of the ways to tear, in the order of [`Tear::ALL`].
pub const TEARS: [&str; 5] = ["sector", "write", "none", "all", "prefix"];

/// One line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Op {
    /// What happens.
    pub verb: Verb,
    /// Its numbers; those it does not have are 0.
    pub n: [u32; 4],
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verb.name())?;
        for (arg, n) in self.verb.args().iter().zip(self.n) {
            match arg {
                On => write!(f, " {}", EFFECTS[n as usize % EFFECTS.len()])?,
                Torn => write!(f, " {}", TEARS[n as usize % TEARS.len()])?,
                _ => write!(f, " {n}")?,
            }
        }
        Ok(())
    }
}

impl Op {
    fn new(verb: Verb, n: &[u32]) -> Self {
        let mut all = [0; 4];
        all[..n.len()].copy_from_slice(n);
        Self { verb, n: all }
    }

    /// Reads one line; what follows `#` is a comment.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let (name, rest) = words.split_first().ok_or("an empty line")?;
        let verb = Verb::named(name).ok_or_else(|| format!("{name} is nothing that can happen"))?;
        if rest.len() != verb.args().len() {
            return Err(format!("{name} takes {} arguments, not {}", verb.args().len(), rest.len()));
        }
        let mut n = [0; 4];
        for ((place, arg), word) in n.iter_mut().zip(verb.args()).zip(rest) {
            let in_table = |table: &[&str]| table.iter().position(|known| known == word).map(|at| at as u32);
            let read = match arg {
                On => in_table(&EFFECTS),
                Torn => in_table(&TEARS),
                _ => word.parse().ok(),
            };
            *place = read.ok_or_else(|| format!("{name}: {word} does not fit"))?;
        }
        Ok(Self { verb, n })
    }

    /// How its crash tears.
    pub fn tear(&self) -> Tear {
        Tear::ALL[self.n[3] as usize % Tear::ALL.len()]
    }
}

/// Which replicas a run is made of.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Tier {
    /// The real workspaces on simulated disks, messages handed over.
    B,
    /// As B, with full text, the gate's canary and every message as bytes of a frame.
    C,
}

/// How the world of a plan is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Header {
    /// Where the plan came from; a plan replays without it.
    pub seed: u64,
    /// What replicas are made of.
    pub tier: Tier,
    /// Devices at the start.
    pub devices: u32,
    /// Documents kept loaded.
    pub cache: u32,
    /// Tail at which a snapshot is made.
    pub fold: u32,
    /// The gate's canary on the relay.
    pub canary: bool,
    /// At rest every document is loaded and the index rebuilt.
    pub full: bool,
}

/// A run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Its world.
    pub header: Header,
    /// What happens in it.
    pub ops: Vec<Op>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Header { seed, tier, devices, cache, fold, canary, full } = self.header;
        let tier = if tier == Tier::B { "b" } else { "c" };
        let (canary, full) = (u8::from(canary), u8::from(full));
        writeln!(
            f,
            "# seed {seed} tier {tier} devices {devices} cache {cache} fold {fold} canary {canary} full {full}"
        )?;
        self.ops.iter().try_for_each(|op| writeln!(f, "{op}"))
    }
}

impl Plan {
    /// Reads a plan: a first line as `Display` writes it (other comments may precede it), then lines.
    ///
    /// # Errors
    /// The first line that is wrong, with its number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut header = None;
        let mut ops = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let wrong = |error: String| format!("line {}: {error}", at + 1);
            if let Some(words) = line.strip_prefix("# seed ") {
                header = Some(Header::parse(&format!("seed {words}")).map_err(wrong)?);
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                ops.push(Op::parse(line).map_err(wrong)?);
            }
        }
        Ok(Self { header: header.ok_or("the line with seed and tier is missing")?, ops })
    }

    /// The plan of a seed with about `edits` edits: a mix first, then lines. Without `faults` nothing breaks.
    pub fn draw(seed: u64, tier: Tier, edits: u32, faults: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let one_of = |rng: &mut ChaCha8Rng, of: &[u32]| of[rng.random_range(0..of.len())];
        let header = Header {
            seed,
            tier,
            devices: rng.random_range(2..=5),
            cache: one_of(&mut rng, &[0, 4, 32, 32]),
            fold: one_of(&mut rng, &[1, 4, 16, 16]),
            canary: tier == Tier::C || rng.random_bool(0.25),
            full: tier == Tier::C || rng.random_bool(0.1),
        };
        Self { header, ops: Mix::draw(&mut rng, header.devices, faults).lines(&mut rng, edits) }
    }
}

impl Header {
    fn parse(line: &str) -> Result<Self, String> {
        let mut header =
            Self { seed: 0, tier: Tier::B, devices: 2, cache: 32, fold: 16, canary: false, full: true };
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.chunks(2) {
            let [name, value] = pair else { return Err(format!("{} has no value", pair[0])) };
            let number = || value.parse::<u64>().map_err(|_| format!("{name}: {value} is no number"));
            match *name {
                "seed" => header.seed = number()?,
                "tier" if *value == "b" => header.tier = Tier::B,
                "tier" if *value == "c" => header.tier = Tier::C,
                "devices" => header.devices = number()?.clamp(1, 8) as u32,
                "cache" => header.cache = number()? as u32,
                "fold" => header.fold = number()? as u32,
                "canary" => header.canary = number()? == 1,
                "full" => header.full = number()? == 1,
                _ => return Err(format!("{name} {value} is not known")),
            }
        }
        Ok(header)
    }
}

/// How often what happens in one run.
struct Mix {
    devices: u32,
    faults: bool,
    weights: Vec<(u32, Verb)>,
    burst: u32,
    edits_per_sync: u32,
}

impl Mix {
    fn draw(rng: &mut ChaCha8Rng, devices: u32, faults: bool) -> Self {
        use Verb::*;
        let mut weights = vec![
            (rng.random_range(2..=20), Create),
            (rng.random_range(0..=60), Text),
            (40, Set),
            (15, Entry),
            (8, Tag),
            (4, Trash),
            (6, Undo),
            (5, Settle),
            (if rng.random_bool(0.5) { 15 } else { 0 }, Office),
            (if rng.random_bool(0.3) { 4 } else { 0 }, Field),
            (12, Words),
            (2, Tidy),
        ];
        // Every class of fault is in half of the runs, each with a density of its own: all at once hide
        // each other.
        let classes = [
            (Crash, 12),
            (Cut, 6),
            (Drop, 8),
            (Delay, 4),
            (Partition, 3),
            (FailSync, 4),
            (Full, 2),
            (Kill, 3),
            (Restore, 2),
            (Destroy, 1),
            (Revoke, 1),
            (Join, 1),
            (Clock, 2),
            (Rest, 1),
        ];
        for (verb, most) in classes {
            let (present, density) = (rng.random_bool(0.5), rng.random_range(1..=most));
            if faults && present {
                weights.push((density, verb));
            }
        }
        let burst = if rng.random_bool(0.3) { 8 } else { 1 };
        let edits_per_sync = [1, 3, 10, 40][rng.random_range(0..4)];
        Self { devices, faults, weights, burst, edits_per_sync }
    }

    fn lines(mut self, rng: &mut ChaCha8Rng, edits: u32) -> Vec<Op> {
        use Verb::*;
        let mut ops = Vec::new();
        let (mut made, mut living) = (0, self.devices);
        while made < edits {
            let sum = self.weights.iter().map(|(weight, _)| weight).sum::<u32>();
            let mut at = rng.random_range(0..sum);
            let drawn = self.weights.iter().find(|(weight, _)| match at.checked_sub(*weight) {
                None => true,
                Some(left) => {
                    at = left;
                    false
                }
            });
            let Some(&(_, verb)) = drawn else { continue };
            if matches!(verb, Destroy | Revoke) {
                // Somebody must be left to tell the tale.
                if living <= 2 {
                    continue;
                }
                living -= 1;
            }
            if verb == Join {
                if self.devices >= 8 {
                    continue;
                }
                self.devices += 1;
                living += 1;
            }
            let is_edit =
                matches!(verb, Create | Text | Set | Entry | Tag | Trash | Undo | Settle | Office | Words);
            let times = if is_edit { self.burst } else { 1 };
            let device = rng.random_range(1..=self.devices);
            for _ in 0..times {
                ops.push(self.line(rng, verb, device));
            }
            if verb == Join {
                ops.push(Op::new(Sync, &[self.devices]));
            }
            if is_edit {
                made += times;
                if rng.random_range(0..self.edits_per_sync) < times {
                    ops.push(Op::new(Sync, &[device]));
                    if rng.random_bool(0.6) {
                        ops.push(Op::new(Wait, &[rng.random_range(1..400)]));
                    }
                }
            }
        }
        if self.faults {
            // A night away, so that timers and the clock matter too.
            ops.push(Op::new(Wait, &[rng.random_range(1..100_000_000)]));
        }
        ops
    }

    fn line(&self, rng: &mut ChaCha8Rng, verb: Verb, device: u32) -> Op {
        let mut n = [0; 4];
        for (place, arg) in n.iter_mut().zip(verb.args()) {
            *place = match arg {
                Device => device,
                Node => rng.random_range(0..=self.devices),
                Pick => rng.next_u32(),
                On => rng.random_range(0..EFFECTS.len() as u32),
                Torn => rng.random_range(0..TEARS.len() as u32),
                Number => match verb {
                    Verb::Crash => 1 + rng.random_range(0..6_u32).pow(2) + rng.random_range(0..8),
                    Verb::FailSync => rng.random_range(1..4),
                    Verb::Drop => rng.random_range(1..12),
                    Verb::Delay => rng.random_range(1..5_000),
                    Verb::Full => rng.random_range(0..60_000),
                    Verb::Partition => rng.random_range(1_000..50_000_000),
                    Verb::Clock => rng.next_u32(),
                    _ => rng.random_range(0..200),
                },
            };
        }
        if verb == Verb::Restore && rng.random_bool(0.5) {
            return Op::new(Verb::Backup, &[]);
        }
        Op { verb, n }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_back_as_it_was_written() {
        for seed in 0..40 {
            let plan = Plan::draw(seed, Tier::B, 120, true);
            assert_eq!(Plan::parse(&plan.to_string()).unwrap(), plan);
        }
    }

    #[test]
    fn a_line_that_cannot_happen_is_named() {
        let error = Plan::parse("# seed 1 tier b\ncreate 1 7\ncrash 1 lunch 3 sector\n").unwrap_err();
        assert_eq!(error, "line 3: crash: lunch does not fit");
    }
}
