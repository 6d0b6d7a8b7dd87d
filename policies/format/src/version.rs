//! Which versions of an image a policy takes. One rule, for the host's check and the device's.

/// A release of an image: `major.minor.patch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Changes that break users.
    pub major: u16,
    /// Additions.
    pub minor: u16,
    /// Repairs.
    pub patch: u16,
}

impl Version {
    /// The lowest version.
    pub const MIN: Self = Self { major: 0, minor: 0, patch: 0 };

    /// The highest version.
    pub const MAX: Self = Self { major: u16::MAX, minor: u16::MAX, patch: u16::MAX };

    /// Reads a semantic version, and says whether it is a pre-release. Build metadata (`+…`) is skipped.
    ///
    /// `None` if the text is no version, or a number in it is above 65535.
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let text = text.split_once('+').map_or(text, |(version, _)| version);
        let (numbers, pre_release) = text.split_once('-').map_or((text, false), |(numbers, _)| (numbers, true));
        let mut numbers = numbers.split('.').map(|number| match number.as_bytes() {
            [b'0'] | [b'1'..=b'9', ..] => number.parse().ok(),
            _ => None,
        });
        let version = Self { major: numbers.next()??, minor: numbers.next()??, patch: numbers.next()?? };
        numbers.next().is_none().then_some((version, pre_release))
    }
}

/// The versions that a policy takes: from `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    /// The lowest.
    pub from: Version,
    /// The highest; not below `from`.
    pub to: Version,
    /// Whether pre-releases of these versions are taken too. A requirement by number takes releases only.
    pub pre_releases: bool,
}

impl VersionRange {
    /// Every version.
    pub const ANY: Self = Self { from: Version::MIN, to: Version::MAX, pre_releases: true };

    /// Whether the semantic version `text` is taken. What cannot be read is not.
    #[must_use]
    pub fn takes(&self, text: &str) -> bool {
        Version::parse(text).is_some_and(|(version, pre_release)| {
            self.from <= version && version <= self.to && (self.pre_releases || !pre_release)
        })
    }
}
