//! Quantities as the policy writes them: a whole number and a unit.

use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};

use locket_policy::{Backoff, Cpu, Period, Rate};

use crate::suggest::did_you_mean;

/// Why a text is no such quantity.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnitError {
    pub message: String,
    pub help: String,
}

type Result<T> = std::result::Result<T, UnitError>;

const BYTES: [(&str, u64); 3] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20)];
const TIMES: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
const COUNTS: [(&str, u64); 4] = [("", 1), ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000)];
const PERIODS: [(&str, Period); 3] = [("s", Period::Second), ("m", Period::Minute), ("h", Period::Hour)];

/// `"2 KiB"`: more than nothing, less than 4 GiB.
pub(crate) fn bytes(text: &str) -> Result<NonZeroU32> {
    const EXAMPLE: &str = "write a size such as \"512 B\", \"16 KiB\" or \"1 MiB\"";
    let bytes = quantity(text, "size", &BYTES, EXAMPLE)?;
    let bytes = u32::try_from(bytes).map_err(|_| too_large(text, "4 GiB"))?;
    NonZeroU32::new(bytes).ok_or_else(|| zero(EXAMPLE))
}

/// `"500ms"`, in milliseconds; at most 49 days.
pub(crate) fn milliseconds(text: &str) -> Result<NonZeroU32> {
    const EXAMPLE: &str = "write a time such as \"500ms\", \"10s\", \"5m\" or \"1h\"";
    let time = quantity(text, "time", &TIMES, EXAMPLE)?;
    let time = u32::try_from(time).map_err(|_| too_large(text, "49 days"))?;
    NonZeroU32::new(time).ok_or_else(|| zero(EXAMPLE))
}

/// `"5M"` operations.
pub(crate) fn count(text: &str) -> Result<NonZeroU64> {
    const EXAMPLE: &str = "write a number of operations such as \"500k\" or \"5M\"";
    NonZeroU64::new(quantity(text, "number", &COUNTS, EXAMPLE)?).ok_or_else(|| zero(EXAMPLE))
}

/// `"10/s"`.
pub(crate) fn rate(text: &str) -> Result<Rate> {
    const EXAMPLE: &str = "write a rate such as \"10/s\", \"30/m\" or \"6/h\"";
    let (number, period) = text
        .split_once('/')
        .ok_or_else(|| UnitError { message: format!("`{text}` is no rate"), help: EXAMPLE.to_owned() })?;
    let period = unit(period.trim(), &PERIODS, EXAMPLE)?;
    let number = whole(number.trim(), text, "rate", EXAMPLE)?;
    let number = u16::try_from(number).map_err(|_| too_large(text, "65,535 in a period"))?;
    let count = NonZeroU16::new(number).ok_or_else(|| UnitError {
        message: "a rate of zero allows nothing".to_owned(),
        help: "write at least 1, or remove what may never be used".to_owned(),
    })?;
    Ok(Rate { count, period })
}

/// `"20%"` of a core, `"0.5%"`, or `"unlimited"`.
pub(crate) fn share(text: &str) -> Result<Cpu> {
    let wrong = |message: String| UnitError {
        message,
        help: "write a share of one core from \"0.1%\" to \"100%\", or \"unlimited\"".to_owned(),
    };
    if text == "unlimited" {
        return Ok(Cpu::UNLIMITED);
    }
    let number = text.strip_suffix('%').ok_or_else(|| wrong(format!("`{text}` is no share of a core")))?.trim();
    let (whole_part, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| -> Option<u16> {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let permille = match (digits(whole_part), digits(tenth)) {
        (Some(percent), Some(tenth)) if tenth < 10 && number.len() < 6 => percent * 10 + tenth,
        _ => return Err(wrong(format!("`{text}` is no share of a core"))),
    };
    Cpu::from_permille(permille).ok_or_else(|| wrong(format!("`{text}` of a core cannot be had")))
}

/// `"1s..1m"`, or one time for both.
pub(crate) fn backoff(text: &str) -> Result<Backoff> {
    let (min, max) = text.split_once("..").unwrap_or((text, text));
    let backoff = Backoff { min_ms: milliseconds(min.trim())?, max_ms: milliseconds(max.trim())? };
    if backoff.min_ms > backoff.max_ms {
        return Err(UnitError {
            message: format!("`{text}` ends before it starts"),
            help: format!("write \"{}..{}\"", max.trim(), min.trim()),
        });
    }
    Ok(backoff)
}

fn quantity(text: &str, what: &str, units: &[(&str, u64)], example: &str) -> Result<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '_' | '.' | ',')).unwrap_or(text.len());
    let (number, name) = text.split_at(end);
    let number = whole(number, text, what, example)?;
    let factor = unit(name.trim(), units, example)?;
    number.checked_mul(factor).ok_or_else(|| too_large(text, "a 64-bit number"))
}

fn whole(number: &str, text: &str, what: &str, example: &str) -> Result<u64> {
    if number.contains(['.', ',']) {
        return Err(UnitError { message: format!("`{text}` is no whole number"), help: example.to_owned() });
    }
    let digits: String = number.chars().filter(|&c| c != '_').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UnitError { message: format!("`{text}` is no {what}"), help: example.to_owned() });
    }
    digits.parse().map_err(|_| too_large(text, "a 64-bit number"))
}

fn unit<T: Copy>(name: &str, units: &[(&str, T)], example: &str) -> Result<T> {
    if let Some((_, unit)) = units.iter().find(|(known, _)| *known == name) {
        return Ok(*unit);
    }
    let names = units.iter().map(|(known, _)| *known).filter(|known| !known.is_empty());
    let same_letters = names.clone().find(|known| known.eq_ignore_ascii_case(name));
    let help = match (same_letters, name) {
        (Some(known), _) => format!("did you mean `{known}`?"),
        (None, "") => example.to_owned(),
        (None, _) => did_you_mean(name, names).unwrap_or_else(|| example.to_owned()),
    };
    let message = if name.is_empty() { "the unit is missing".to_owned() } else { format!("unknown unit `{name}`") };
    Err(UnitError { message, help })
}

fn too_large(text: &str, limit: &str) -> UnitError {
    UnitError { message: format!("`{text}` is too large"), help: format!("the limit is {limit}") }
}

fn zero(example: &str) -> UnitError {
    UnitError { message: "zero is not enough for anything".to_owned(), help: example.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(bytes("32 B").unwrap().get(), 32);
        assert_eq!(bytes("2KiB").unwrap().get(), 2048);
        assert_eq!(bytes("1_000 B").unwrap().get(), 1000);
        assert_eq!(bytes("16 kib").unwrap_err().help, "did you mean `KiB`?");
        assert_eq!(bytes("16 KB").unwrap_err().message, "unknown unit `KB`");
        assert_eq!(bytes("16").unwrap_err().message, "the unit is missing");
        assert_eq!(bytes("1.5 KiB").unwrap_err().message, "`1.5 KiB` is no whole number");
        assert_eq!(bytes("4096 MiB").unwrap_err().message, "`4096 MiB` is too large");
        assert_eq!(bytes("99999999999999999999 B").unwrap_err().help, "the limit is a 64-bit number");
        assert!(bytes("0 B").is_err() && bytes("-1 B").is_err() && bytes("").is_err());
    }

    #[test]
    fn times_and_delays() {
        assert_eq!(milliseconds("500ms").unwrap().get(), 500);
        assert_eq!(milliseconds("2 h").unwrap().get(), 7_200_000);
        let delay = backoff("1s..1m").unwrap();
        assert_eq!((delay.min_ms.get(), delay.max_ms.get()), (1000, 60_000));
        assert_eq!(backoff("5s").unwrap().max_ms.get(), 5000);
        assert_eq!(backoff("1m..1s").unwrap_err().help, "write \"1s..1m\"");
    }

    #[test]
    fn rates() {
        let rate_of = |text| rate(text).map(|rate| (rate.count.get(), rate.period));
        assert_eq!(rate_of("10/s"), Ok((10, Period::Second)));
        assert_eq!(rate_of("6 / h"), Ok((6, Period::Hour)));
        assert_eq!(rate_of("1/d").unwrap_err().message, "unknown unit `d`");
        assert_eq!(rate_of("10").unwrap_err().message, "`10` is no rate");
        assert_eq!(rate_of("0/s").unwrap_err().message, "a rate of zero allows nothing");
        assert_eq!(rate_of("70000/s").unwrap_err().message, "`70000/s` is too large");
    }

    #[test]
    fn shares() {
        let permille = |text| share(text).map(Cpu::permille).ok();
        assert_eq!(permille("20%"), Some(200));
        assert_eq!(permille("0.5 %"), Some(5));
        assert_eq!(permille("100%"), Some(1000));
        assert_eq!(permille("unlimited"), Some(1000));
        for wrong in ["0%", "101%", "20", "%", "1.55%", "-1%", "+1%", "99999999%", "0.65535%"] {
            assert_eq!(permille(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn counts() {
        assert_eq!(count("5M").unwrap().get(), 5_000_000);
        assert_eq!(count("250").unwrap().get(), 250);
        assert!(count("0").is_err());
        assert_eq!(count("5m").unwrap_err().help, "did you mean `M`?");
    }
}
