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

/// A relay that was put back without a new epoch: seqs were given twice.
fn restored_without_epoch() -> Vec<Op> {
    let mut plan = vec![Op::Create { device: 0, mask: u8::MAX }, Op::Settle, Op::Backup];
    plan.extend([Op::Edit { device: 0, r: 0, count: 3 }, Op::Settle, Op::Restore { epoch: false }]);
    plan.extend([Op::Office { r: 9 }; 5]);
    plan
}

#[test]
fn a_restore_without_epoch_is_noticed_by_the_stamp_and_nothing_is_lost() {
    let options = Options { devices: 2, ..Options::default() };
    let stats = replay(&restored_without_epoch(), &options).expect("healed by the operator");
    assert_eq!(stats.restores, 2, "the operator was called");
}

#[test]
fn runs_without_faults_open_few_sessions_and_restore_nothing() {
    let stats = run(1, &Options { faults: false, ..Options::default() }).expect("green");
    assert_eq!(stats.restores, 0);
    assert!(stats.messages > 0 && stats.sessions > 0);
}

#[cfg(feature = "planted")]
mod planted_bugs {
    use super::*;
    use farley_core::planted;

    /// Turns the bug on and looks for a seed that shows it; then the same seeds without it must be green.
    fn found(bug: u32, invariants: &[u8]) {
        let options = Options::default();
        planted::set(Some(bug));
        let failure = (0..200).find_map(|seed| run(seed, &options).err().map(|failure| (seed, failure)));
        planted::set(None);
        let (seed, failure) = failure.unwrap_or_else(|| panic!("bug {bug} stays green"));
        assert!(invariants.contains(&failure.invariant), "bug {bug}, seed {seed}: {failure}");
        green(seed..seed + 10, &options);
    }

    #[test]
    fn bug_1_marked_sent_when_sent() {
        found(1, &[1, 2, 6]);
    }

    #[test]
    fn bug_4_no_new_epoch_after_restore() {
        found(4, &[1, 2, 3, 6, 9]);
    }

    #[test]
    fn bug_5_epoch_change_offers_own_entries_only() {
        // Own entries that stand on foreign ones are refused as long as those are missing.
        found(5, &[2, 6, 9]);
    }

    #[test]
    fn bug_7_stamp_not_compared() {
        let options = Options { devices: 2, ..Options::default() };
        planted::set(Some(7));
        let failure = replay(&restored_without_epoch(), &options);
        planted::set(None);
        assert!(failure.is_err_and(|failure| [1, 2, 6].contains(&failure.invariant)));
    }

    #[test]
    fn bug_8_fill_by_current_last_seq() {
        found(8, &[2]);
    }

    #[test]
    fn bug_9_change_where_the_whole_record_is_due() {
        found(9, &[2]);
    }

    #[test]
    fn bug_10_cursor_is_the_last_entry_sent() {
        found(10, &[1, 9]);
    }

    #[test]
    fn bug_15_batch_refused_for_one_bad_entry() {
        found(15, &[2, 6, 9]);
    }

    #[test]
    fn bug_16_quarantined_entry_stops_the_cursor() {
        found(16, &[1, 9]);
    }
}
