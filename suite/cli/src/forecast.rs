//! What a run will take, in words.

use std::fmt::Write as _;

use setpresence::Forecast;
use setpresence_core::plan::{Planned, Wait};
use setpresence_report::counted;

use crate::output::human;

/// How many different waits are told one by one; of more, those that most cases share.
const WAITS_SHOWN: usize = 8;
/// How many cases are named that wait equally long.
const IDS_SHOWN: usize = 1;

/// The first lines of a run: requests, users, minutes, and which cases have to wait how long.
pub(crate) fn head(forecast: &Forecast) -> String {
    let Forecast { cases, left_out, requests, users, lasts, waits, enough } = forecast;
    let mut text = format!("{}, {left_out} left out: about {}", counted(*cases, "case"), counted(*requests, "request"));
    let _ = write!(text, " on {}", counted(*users, "user"));
    match lasts {
        None => text.push_str("; nothing waits, the clock is moved by hand\n"),
        Some(lasts) if lasts.is_zero() => text.push_str("; no case has to wait\n"),
        Some(lasts) => {
            let with =
                |(users, lasts): &(usize, _)| format!("; with {users} users in the target file, {}", human(*lasts));
            let enough = enough.as_ref().map(with).unwrap_or_default();
            let _ = writeln!(text, "; it takes {}{enough}", human(*lasts));
        }
    }
    let mut shown: Vec<&Wait> = waits.iter().collect();
    if shown.len() > WAITS_SHOWN {
        // The longest decides how long the run takes, so it is always told.
        shown[1..].sort_by_key(|wait| std::cmp::Reverse(wait.ids.len()));
        shown.truncate(WAITS_SHOWN);
        shown.sort_by_key(|wait| std::cmp::Reverse(wait.lasts));
    }
    for wait in &shown {
        let named = wait.ids.iter().take(IDS_SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if wait.ids.len() > IDS_SHOWN { ", …" } else { "" };
        let _ = writeln!(text, "  {:>12}  {:>9}  {named}{more}", human(wait.lasts), counted(wait.ids.len(), "case"));
    }
    let n_hidden: usize =
        waits.iter().map(|wait| wait.ids.len()).sum::<usize>() - shown.iter().map(|wait| wait.ids.len()).sum::<usize>();
    if n_hidden > 0 {
        let _ = writeln!(text, "  and {} with other waits; --dry-run lists every one", counted(n_hidden, "case"));
    }
    text
}

/// What would be run, one case a line, and what would be left out and why.
pub(crate) fn every_case(planned: &[Planned], forecast: &Forecast) -> String {
    let mut text = String::new();
    for one in planned {
        let _ = match one {
            Planned::Run(plan) => writeln!(text, "{}  ({})", plan.id, human(plan.lasts())),
            Planned::Skipped(skipped) => writeln!(text, "{}  skipped: {}", skipped.id, skipped.reason),
        };
    }
    format!("{text}\n{}", head(forecast))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_run_is_told_before_it_begins() {
        let wait = |seconds, n| Wait {
            lasts: Duration::from_secs(seconds),
            ids: (0..n).map(|number| format!("fade/{seconds}-{number}")).collect(),
        };
        let mut forecast = Forecast {
            cases: 8,
            left_out: 1,
            requests: 40,
            users: 2,
            lasts: Some(Duration::from_secs(900)),
            waits: vec![wait(630, 1), wait(30, 3)],
            enough: None,
        };
        let wanted = concat!(
            "8 cases, 1 left out: about 40 requests on 2 users; it takes 15 min\n",
            "   10 min 30 s     1 case  fade/630-0\n",
            "          30 s    3 cases  fade/30-0, …\n",
        );
        assert_eq!(head(&forecast), wanted);
        forecast.enough = Some((50, Duration::from_secs(700)));
        assert!(head(&forecast).contains("it takes 15 min; with 50 users in the target file, 11 min 40 s\n"));
        forecast.waits = (0..20).map(|n| wait(2000 - n * 60, 20 - n as usize)).collect();
        let text = head(&forecast);
        assert_eq!(text.lines().count(), 1 + WAITS_SHOWN + 1, "{text}");
        assert!(text.contains("33 min 20 s") && text.contains("--dry-run"), "{text}");
        let manual = Forecast { lasts: None, waits: Vec::new(), ..forecast };
        assert!(head(&manual).ends_with("on 2 users; nothing waits, the clock is moved by hand\n"));
    }
}
