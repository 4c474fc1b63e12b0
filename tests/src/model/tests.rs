use super::*;

fn green(seeds: std::ops::Range<u64>, options: &Options) -> u64 {
    let mut edits = 0;
    for seed in seeds {
        match run(seed, options) {
            Ok(stats) => edits += stats.edits,
            Err(failure) => {
                let plan = shrink(draw(seed, options), options, failure.invariant);
                panic!("seed {seed}: {failure}\n{plan:#?}");
            }
        }
    }
    edits
}

#[test]
fn companies_with_every_fault_end_equal() {
    assert!(green(0..120, &Options::default()) > 15_000);
}

#[test]
fn one_device_and_the_relay_end_equal_whatever_is_lost_in_between() {
    green(0..150, &Options { devices: 1, edits: 80, ..Options::default() });
}

#[test]
fn the_same_holds_with_every_message_as_bytes() {
    green(0..25, &Options { codec: true, edits: 80, ..Options::default() });
}
