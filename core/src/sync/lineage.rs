//! Epochs: how far the histories of device and relay are the same.

use super::entry::{EpochStart, Seq};

/// The last seq that means the same on both sides: everything above it was given out twice.
///
/// The newest epoch that stands in both lineages with the same first seq ends on each side before the next
/// epoch begins, and is open where it is the newest; the smaller end counts. 0 if none is shared.
/// `Seq::MAX` if both are in it still.
pub fn cut(one: &[EpochStart], other: &[EpochStart]) -> Seq {
    let end = |lineage: &[EpochStart], at: usize| {
        lineage.get(at + 1).map_or(Seq::MAX, |next| next.first.saturating_sub(1))
    };
    for (at, start) in one.iter().enumerate().rev() {
        if let Some(there) = other.iter().rposition(|candidate| candidate == start) {
            return end(one, at).min(end(other, there));
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Epoch;

    fn lineage(starts: &[(u8, Seq)]) -> Vec<EpochStart> {
        starts.iter().map(|&(epoch, first)| EpochStart { epoch: Epoch([epoch; 16]), first }).collect()
    }

    #[test]
    fn a_restored_relay_shares_what_lies_below_its_new_epoch() {
        assert_eq!(cut(&lineage(&[(1, 1)]), &lineage(&[(1, 1), (2, 51)])), 50);
    }

    #[test]
    fn two_restores_from_one_backup_share_only_the_backup() {
        let device = lineage(&[(1, 1), (2, 51)]);
        assert_eq!(cut(&device, &lineage(&[(1, 1), (3, 41)])), 40);
        assert_eq!(cut(&device, &lineage(&[(1, 1), (3, 61)])), 50);
    }

    #[test]
    fn strangers_share_nothing_and_equals_share_everything() {
        assert_eq!(cut(&lineage(&[(1, 1)]), &lineage(&[(2, 1)])), 0);
        assert_eq!(cut(&lineage(&[(1, 1)]), &lineage(&[(1, 7)])), 0, "same epoch, other first seq");
        assert_eq!(cut(&lineage(&[(1, 1)]), &lineage(&[(1, 1)])), Seq::MAX);
        assert_eq!(cut(&[], &lineage(&[(1, 1)])), 0);
    }
}
