//! Version requirements of the semantic-version kind, as a range of releases.

use locket_policy::{Version, VersionRange};
use semver::{Comparator, Op, VersionReq};

/// What a name without a requirement asks for.
pub(crate) const ANY_RELEASE: VersionRange = VersionRange { from: Version::MIN, to: Version::MAX, pre_releases: false };

/// Reads `"1.2"`, `"=1.2.3"`, `">=1.2, <1.8"` and so on. What it takes is what `semver` takes, of releases.
pub(crate) fn parse(text: &str) -> Result<VersionRange, String> {
    let required: VersionReq =
        text.trim().parse().map_err(|error| format!("`{text}` is no version requirement: {error}"))?;
    let mut range = ANY_RELEASE;
    for comparator in &required.comparators {
        let (from, to) = bounds(comparator).ok_or_else(|| unusable(text))?;
        range.from = range.from.max(from);
        range.to = range.to.min(to);
    }
    if range.from > range.to { Err(format!("no version is `{text}`")) } else { Ok(range) }
}

fn unusable(text: &str) -> String {
    format!("`{text}` cannot be used here: a requirement names releases, with numbers up to 65,535")
}

/// The lowest and the highest release that a comparator takes; `None` for pre-releases and numbers out of range.
fn bounds(comparator: &Comparator) -> Option<(Version, Version)> {
    const MAX: u16 = u16::MAX;
    if !comparator.pre.is_empty() {
        return None;
    }
    let number = |number: u64| u16::try_from(number).ok();
    let major = number(comparator.major)?;
    let minor = comparator.minor.map(|minor| number(minor).ok_or(())).transpose().ok()?;
    let patch = comparator.patch.map(|patch| number(patch).ok_or(())).transpose().ok()?;
    let version = |major, minor, patch| Version { major, minor, patch };
    let lowest = version(major, minor.unwrap_or(0), patch.unwrap_or(0));
    // The highest version that has the given numbers: 1.2 is 1.2.0 to 1.2.65535.
    let highest = version(major, minor.unwrap_or(MAX), patch.unwrap_or(MAX));
    Some(match comparator.op {
        Op::Exact | Op::Wildcard => (lowest, highest),
        Op::Greater => (after(highest)?, Version::MAX),
        Op::GreaterEq => (lowest, Version::MAX),
        Op::Less => (Version::MIN, before(lowest)?),
        Op::LessEq => (Version::MIN, highest),
        Op::Tilde => (lowest, version(major, minor.unwrap_or(MAX), MAX)),
        Op::Caret => match (major, minor, patch) {
            (0, None, _) => (lowest, version(0, MAX, MAX)),
            (0, Some(0), Some(patch)) => (lowest, version(0, 0, patch)),
            (0, Some(minor), _) => (lowest, version(0, minor, MAX)),
            _ => (lowest, version(major, MAX, MAX)),
        },
        _ => return None,
    })
}

fn after(version: Version) -> Option<Version> {
    let Version { major, minor, patch } = version;
    if let Some(patch) = patch.checked_add(1) {
        return Some(Version { major, minor, patch });
    }
    match minor.checked_add(1) {
        Some(minor) => Some(Version { major, minor, patch: 0 }),
        None => Some(Version { major: major.checked_add(1)?, minor: 0, patch: 0 }),
    }
}

fn before(version: Version) -> Option<Version> {
    const MAX: u16 = u16::MAX;
    let Version { major, minor, patch } = version;
    if let Some(patch) = patch.checked_sub(1) {
        return Some(Version { major, minor, patch });
    }
    match minor.checked_sub(1) {
        Some(minor) => Some(Version { major, minor, patch: MAX }),
        None => Some(Version { major: major.checked_sub(1)?, minor: MAX, patch: MAX }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_met_or_expressed_is_refused() {
        for wrong in ["", "one", "1.2.3-beta", ">2, <1", "<0.0.0", "70000", "=1.2.3-rc.1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse("*"), Ok(ANY_RELEASE));
    }

    proptest! {
        #[test]
        fn the_range_takes_the_releases_that_semver_takes(
            comparators in prop::collection::vec(
                ("(\\^|~|=|<|<=|>|>=|)", 0_u16..4, prop::option::of((0_u16..4, prop::option::of(0_u16..4)))), 1..3),
            versions in prop::collection::vec((0_u16..5, 0_u16..5, 0_u16..5), 20),
        ) {
            let text: Vec<String> = comparators
                .iter()
                .map(|(op, major, rest)| match rest {
                    None => format!("{op}{major}"),
                    Some((minor, None)) => format!("{op}{major}.{minor}"),
                    Some((minor, Some(patch))) => format!("{op}{major}.{minor}.{patch}"),
                })
                .collect();
            let text = text.join(", ");
            let required: VersionReq = text.parse().unwrap();
            let range = parse(&text);
            for (major, minor, patch) in versions {
                let version = format!("{major}.{minor}.{patch}");
                let taken = range.as_ref().is_ok_and(|range| range.takes(&version));
                prop_assert_eq!(taken, required.matches(&version.parse().unwrap()), "{} in {}", version, text);
            }
        }
    }
}
