//! What happens in a run, one operation after the other.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How a run is drawn.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Options {
    /// 1 to 8.
    pub devices: u8,
    /// Edits of people in a run, about.
    pub edits: u32,
    /// Network faults, crashes, restores, poison; without, everything goes well.
    pub faults: bool,
    /// Every message goes through the frame codec.
    pub codec: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { devices: 4, edits: 150, faults: true, codec: false }
    }
}

/// One thing that happens. `r` picks modulo what exists.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Op {
    /// A person on a device makes a record that the devices of `mask` see.
    Create {
        device: u8,
        mask: u8,
    },
    /// A person edits records of the device.
    Edit {
        device: u8,
        r: u32,
        count: u8,
    },
    /// An edit the relay's gate will refuse.
    Poison {
        device: u8,
        r: u32,
    },
    /// The office makes or edits a record.
    Office {
        r: u32,
    },
    /// The office makes a record that devices refuse.
    OfficePoison,
    /// A new connection; an older one of the device is cut.
    Connect {
        device: u8,
    },
    /// `n` single steps of the device's session: effects on either side, deliveries, in an order drawn from `r`.
    Steps {
        device: u8,
        n: u8,
        r: u32,
    },
    /// The connection is lost with everything on it; which also is a crash of the device between two effects.
    Drop {
        device: u8,
    },
    /// A relay that stops dead.
    RelayCrash,
    Wait {
        ms: u32,
    },
    Backup,
    /// From the newest backup; `epoch`: as an operator should.
    Restore {
        epoch: bool,
    },
    /// A device falls into the river, with all that only it had.
    Destroy {
        device: u8,
    },
    /// Every device gets to rest (a quiet night).
    Settle,
}

/// The plan of a seed: a mix first, then lines.
pub fn draw(seed: u64, options: &Options) -> Vec<Op> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let devices = options.devices.clamp(1, 8);
    // Each class of fault is in half of the runs: all at once hide each other.
    let mut class = |of: u32| if options.faults && rng.random_bool(0.5) { of } else { 0 };
    let (drop, crash, restore, poison, destroy, night) =
        (class(8), class(1), class(2), class(2), class(1), class(3));
    let burst = [1, 3, 8][rng.random_range(0..3)];
    let creations = rng.random_range(2..20);
    let mut plan = Vec::new();
    let mut edits = 0;
    let mut destroyed = 0;
    while edits < options.edits {
        let device = rng.random_range(0..devices);
        let r = rng.random();
        let mask = if rng.random_bool(0.3) { rng.random() } else { u8::MAX };
        let of = [creations, 40, 12, 8, 50, 10, drop, crash, restore, poison, destroy, night];
        let mut at = rng.random_range(0..of.iter().sum::<u32>());
        let kind = of.iter().position(|weight| at.checked_sub(*weight).map(|left| at = left).is_none());
        match kind.unwrap_or(0) {
            0 => {
                edits += 1;
                plan.push(Op::Create { device, mask });
            }
            1 => {
                edits += burst;
                plan.push(Op::Edit { device, r, count: burst as u8 });
            }
            2 => {
                edits += 1;
                plan.push(Op::Office { r });
            }
            3 => plan.push(Op::Connect { device }),
            4 => plan.push(Op::Steps { device, n: rng.random_range(1..40), r }),
            5 => plan.push(Op::Wait { ms: rng.random_range(1..20_000) }),
            6 => plan.push(Op::Drop { device }),
            7 => plan.push(Op::RelayCrash),
            8 => plan.push(if rng.random_bool(0.5) { Op::Backup } else { Op::Restore { epoch: true } }),
            9 => plan.push(if rng.random_bool(0.5) { Op::Poison { device, r } } else { Op::OfficePoison }),
            10 if destroyed + 1 < devices && rng.random_bool(0.3) => {
                destroyed += 1;
                plan.push(Op::Destroy { device });
            }
            _ => plan.push(Op::Settle),
        }
    }
    plan
}
