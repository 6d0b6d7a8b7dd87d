//! Versions, rates and restart delays.

use std::num::{NonZeroU16, NonZeroU32};

use locket_policy::{Backoff, Period, Rate, Version, VersionRange};

fn version(major: u16, minor: u16, patch: u16) -> Version {
    Version { major, minor, patch }
}

#[test]
fn semantic_versions_are_read() {
    assert_eq!(Version::parse("1.2.3"), Some((version(1, 2, 3), false)));
    assert_eq!(Version::parse("0.10.0-rc.1+build.5"), Some((version(0, 10, 0), true)));
    assert_eq!(Version::parse("1.0.0+a-b"), Some((version(1, 0, 0), false)));
    for wrong in ["", "1", "1.2", "1.2.3.4", "1.02.3", "1.+2.3", "a.b.c", "1.2.65536", " 1.2.3"] {
        assert_eq!(Version::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_range_takes_its_ends_and_no_pre_releases() {
    let range = VersionRange { from: version(1, 2, 0), to: version(1, u16::MAX, u16::MAX), pre_releases: false };
    for taken in ["1.2.0", "1.9.12", "1.2.0+build"] {
        assert!(range.takes(taken), "{taken}");
    }
    for refused in ["1.1.9", "2.0.0", "1.3.0-beta", "1.2", "newest"] {
        assert!(!range.takes(refused), "{refused}");
    }
    assert!(VersionRange::ANY.takes("0.0.1-dev"));
}

#[test]
fn a_rate_is_never_exceeded_by_rounding() {
    let rate = Rate { count: NonZeroU16::new(7).unwrap(), period: Period::Second };
    assert!(rate.interval_ns() * 7 >= rate.period_ns());
}

#[test]
fn delays_double_up_to_the_maximum() {
    let backoff = Backoff { min_ms: NonZeroU32::new(100).unwrap(), max_ms: NonZeroU32::new(1000).unwrap() };
    let delays: Vec<u32> = [0, 1, 2, 3, 4, 31, 32, u32::MAX].into_iter().map(|n| backoff.delay_ms(n)).collect();
    assert_eq!(delays, [100, 200, 400, 800, 1000, 1000, 1000, 1000]);
}
