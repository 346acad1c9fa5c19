//! Bodies that nobody means well with.

use super::*;

#[test]
fn hostile_bodies_take_linear_time() {
    const N: usize = 100_000;
    let quotes = |text: &str| serde_json::to_string(text).unwrap();
    let bodies = [
        "[".repeat(N),
        "{\"a\":".repeat(N),
        format!("{}{}", "[".repeat(N), "]".repeat(N)),
        with(Member::SessionId, &format!("{}{}", "[".repeat(N), "]".repeat(N))),
        with(Member::SessionId, &"9".repeat(N)),
        with(Member::SessionId, &format!("\"{}\"", "\\ud800".repeat(N / 6))),
        with(Member::ExpirationDuration, &quotes(&format!("PT{}S", "9".repeat(N)))),
        with(Member::ExpirationDuration, &quotes(&format!("PT300.{}1S", "0".repeat(N)))),
        with(Member::Availability, &quotes(&" ".repeat(N))),
        format!("{{{}\"a\": 1}}", "\"a\": \"\n\", ".replace('\n', "\\n").repeat(N / 11)),
        format!("{{{}{}", "\n\"availability\": \"Available\",".repeat(N / 28), &PLAIN[1..]),
        format!("{{{}{}", "\"ACTIVITY\":\"x\",\n".repeat(N / 16), &PLAIN[1..]),
        "\0".repeat(N),
        "{\0".repeat(N / 2),
        "\"".repeat(N),
        "\n".repeat(N),
    ];
    // A moment for a linear reader; a quadratic one would take minutes, which nobody overlooks.
    for body in &bodies {
        let reading = read(body.as_bytes(), V1);
        assert!(reading.problems.len() < 64, "{:.40}", body);
        assert!(reading.problems.iter().all(|problem| problem.detail.len() < 1024), "{:.40}", body);
    }
    read(&vec![0xFF; N], BETA);
}

/// One byte of each kind that some reader could tell apart: the frame of JSON, blanks, controls, and each place that
/// a byte may have in UTF-8. The fuzz targets try the rest.
const ODD: &[u8] = b"\0\x01\x08\t\n\x0B\x0C\r\x1F !\"#'+,-./0159:;ADEPSTZ[\\]_abdefnrtuz{|}~\x7F\x80\xA0\xBF\xC0\xC2\xE0\xED\xEF\xF0\xF4\xF5\xFF";

#[test]
fn no_bytes_are_too_odd() {
    for byte in 0..=u8::MAX {
        assert!(read(&[byte], BETA).level() >= Some(Must), "{byte}");
    }
    for byte in ODD.iter().copied() {
        for place in 0..=PLAIN.len() {
            let (before, after) = PLAIN.as_bytes().split_at(place);
            let inserted = [before, &[byte], after].concat();
            let replaced = [before, &[byte], after.get(1..).unwrap_or_default()].concat();
            for body in [inserted, replaced] {
                let reading = read(&body, V1);
                let has_request = reading.request.is_some();
                let is_whole =
                    reading.problems.iter().all(|problem| !matches!(problem.rule, Empty | NotJson | NotObject));
                assert_eq!(has_request, is_whole, "{}", body.escape_ascii());
                if let Some(request) = reading.request.filter(|_| reading.problems.is_empty()) {
                    assert!(request.presence.is_some() && !request.is_ambiguous, "{}", body.escape_ascii());
                }
            }
        }
    }
    for end in 0..PLAIN.len() {
        assert_eq!(read(&PLAIN.as_bytes()[..end], BETA).level(), Some(Must), "{end}");
        read(&PLAIN.as_bytes()[end..], BETA);
    }
}
