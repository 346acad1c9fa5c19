//! Durations in target files: as on the wire, or as people write them.

use std::time::Duration;

use setpresence_core::spec::DurationText;

/// What a duration may look like, for messages.
pub(super) const WANTED: &str = "a duration is wanted here, such as \"PT10S\", \"90s\" or \"2m\"";

/// Reads `PT90S`, `90s`, `2m`, `1h` or `500ms`; never less than nothing.
pub(super) fn read(text: &str) -> Option<Duration> {
    let wire = DurationText::read(text);
    if wire.deviations().is_empty() {
        let amount = wire.amount()?;
        return if amount.is_zero() { Some(Duration::ZERO) } else { amount.to_duration() };
    }
    let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let number: u64 = number.parse().ok()?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" | "min" => 60 * 1000,
        "h" => 60 * 60 * 1000,
        _ => return None,
    };
    number.checked_mul(millis).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let rows = [
            ("PT2S", Some(2000)),
            ("PT0S", Some(0)),
            ("PT0.5S", Some(500)),
            ("P1D", Some(86_400_000)),
            ("90s", Some(90_000)),
            ("2m", Some(120_000)),
            ("2min", Some(120_000)),
            ("1h", Some(3_600_000)),
            ("500ms", Some(500)),
            ("-PT2S", None),
            ("2", None),
            ("s", None),
            ("", None),
            ("2 m", None),
            ("-2m", None),
            ("99999999999999999999s", None),
            ("9999999999999999999h", None),
        ];
        for (text, millis) in rows {
            assert_eq!(read(text), millis.map(Duration::from_millis), "{text}");
        }
    }
}
