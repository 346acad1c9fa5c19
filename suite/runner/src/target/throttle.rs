//! "Not now": 429, and 503 with `Retry-After`, are waited out. In the end a 429 is no verdict on a target; a 503 is one,
//! as whatever broke down for good says the same.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How long a 429 is waited out that does not say how long.
const PAUSE_UNSTATED: Duration = Duration::from_secs(1);
/// The least pause, so that `Retry-After: 0` does not become a flood.
const PAUSE_LEAST: Duration = Duration::from_millis(10);
/// How often one request is sent at most.
const ATTEMPTS: u32 = 50;

/// How long the target wants us to wait before the same request is sent again; nothing where this is an answer.
///
/// A date is one of the target's clock, so it is its own `Date` that tells how far away that is, if it sent one.
pub(super) fn pause(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let told = headers.get(DATE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?.trim()).ok());
    let now = told.unwrap_or(now);
    let stated = headers.get(RETRY_AFTER).and_then(|value| read(value.to_str().ok()?.trim(), now));
    match (status, stated) {
        (429, stated) => Some(stated.unwrap_or(PAUSE_UNSTATED).max(PAUSE_LEAST)),
        (503, Some(stated)) => Some(stated.max(PAUSE_LEAST)),
        _ => None,
    }
}

/// `Retry-After` as seconds or as a date; a date that has passed means at once.
fn read(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// What is left of our patience with one request.
#[derive(Debug)]
pub(super) struct Patience {
    left: Duration,
    attempts: u32,
}

impl Patience {
    pub(super) const fn of(whole: Duration) -> Self {
        Self { left: whole, attempts: ATTEMPTS }
    }

    /// Takes a pause off, if it can still be afforded.
    pub(super) fn allows(&mut self, pause: Duration) -> bool {
        self.attempts = self.attempts.saturating_sub(1);
        match self.left.checked_sub(pause) {
            Some(left) if self.attempts > 0 => {
                self.left = left;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_not_now_is_waited_out() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let rows = [
            (429, Some("3"), Some(3000)),
            (429, None, Some(1000)),
            (429, Some("soon"), Some(1000)),
            (429, Some("0"), Some(10)),
            (429, Some("Sun, 06 Nov 1994 08:49:40 GMT"), Some(3000)),
            (429, Some("Sunday, 06-Nov-94 08:49:40 GMT"), Some(3000)),
            (429, Some("Sun Nov  6 08:49:40 1994"), Some(3000)),
            (429, Some("Sun, 06 Nov 1994 08:49:30 GMT"), Some(10)),
            (503, Some("2"), Some(2000)),
            (503, None, None),
            (503, Some("later"), None),
            (200, Some("2"), None),
            (500, Some("2"), None),
        ];
        for (status, value, millis) in rows {
            let mut headers = HeaderMap::new();
            headers.extend(value.map(|value| (RETRY_AFTER, value.parse().unwrap())));
            assert_eq!(pause(status, &headers, now), millis.map(Duration::from_millis), "{status} {value:?}");
        }
    }

    #[test]
    fn a_date_is_one_of_the_targets_clock() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let mut headers = HeaderMap::new();
        headers.insert(DATE, "Fri, 06 Nov 2054 08:49:37 GMT".parse().unwrap());
        headers.insert(RETRY_AFTER, "Fri, 06 Nov 2054 08:49:40 GMT".parse().unwrap());
        assert_eq!(pause(429, &headers, now), Some(Duration::from_secs(3)));
    }

    #[test]
    fn patience_ends() {
        let mut patience = Patience::of(Duration::from_secs(5));
        assert!(patience.allows(Duration::from_secs(3)) && patience.allows(Duration::from_secs(2)));
        assert!(!patience.allows(Duration::from_millis(1)));
        let mut patience = Patience::of(Duration::MAX);
        assert_eq!((0..1000).filter(|_| patience.allows(Duration::ZERO)).count(), 49);
    }
}
