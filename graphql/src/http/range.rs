//! Byte ranges of RFC 9110, section 14, as far as players need them: one range.

use std::ops::Range;

/// What part of a file of `length` bytes a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Whole,
    Part(Range<u64>),
    /// No byte of it is there.
    Unsatisfiable,
}

/// A header that asks for several ranges, or that is no range of bytes, is
/// passed over, as the RFC allows.
pub(super) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let spec = header.and_then(|header| header.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|spec| spec.trim().split_once('-')) else {
        return Wanted::Whole;
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => first..last.saturating_add(1),
        (Some(first), None) if last.is_empty() => first..length,
        (None, Some(suffix)) if first.is_empty() => length.saturating_sub(suffix)..length,
        _ => return Wanted::Whole,
    };
    let range = range.start..range.end.min(length);
    if range.is_empty() {
        Wanted::Unsatisfiable
    } else {
        Wanted::Part(range)
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn first_last_open_and_suffix_ranges_are_cut_at_the_end() {
        assert_eq!(wanted(Some("bytes=0-0"), 10), Wanted::Part(0..1));
        assert_eq!(wanted(Some("bytes=2-99"), 10), Wanted::Part(2..10));
        assert_eq!(wanted(Some("bytes=4-"), 10), Wanted::Part(4..10));
        assert_eq!(wanted(Some("bytes=-3"), 10), Wanted::Part(7..10));
        assert_eq!(wanted(Some("bytes=-99"), 10), Wanted::Part(0..10));
    }

    #[test]
    fn a_range_past_the_end_cannot_be_satisfied() {
        assert_eq!(wanted(Some("bytes=10-"), 10), Wanted::Unsatisfiable);
        assert_eq!(wanted(Some("bytes=-0"), 10), Wanted::Unsatisfiable);
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Unsatisfiable);
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_the_whole() {
        for header in [
            "items=0-1",
            "bytes=5-2",
            "bytes=0-1,4-5",
            "bytes=a-b",
            "bytes=-",
            "",
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::Whole, "{header:?}");
        }
        assert_eq!(wanted(None, 10), Wanted::Whole);
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_lies_within_the_file(header: String, length: u64) {
            if let Wanted::Part(range) = wanted(Some(&format!("bytes={header}")), length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }

        #[test]
        fn any_numbers_are_answered(first: u64, last: u64, length: u64) {
            if let Wanted::Part(range) = wanted(Some(&format!("bytes={first}-{last}")), length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }
    }
}
