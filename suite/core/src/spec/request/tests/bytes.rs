//! The body as a whole.

use super::*;

#[test]
fn a_body_that_is_no_object_must_be_refused() {
    let rows: &[(&[u8], Rule)] = &[
        (b"", Empty),
        (b" \r\n\t", Empty),
        (b"{", NotJson),
        (b"{}{}", NotJson),
        (b"{},", NotJson),
        (b"{'sessionId': 'x'}", NotJson),
        (b"{\"sessionId\": \"x\",}", NotJson),
        (b"{\"sessionId\": undefined}", NotJson),
        (b"{\"sessionId\": NaN}", NotJson),
        (b"{\"sessionId\": 01}", NotJson),
        (b"{\"sessionId\": \"\n\"}", NotJson),
        (b"{\"sessionId\": \"\0\"}", NotJson),
        (b"{\"sessionId\": \"\\x41\"}", NotJson),
        (b"{\"sessionId\": \"\\u00g0\"}", NotJson),
        (b"{/* */}", NotJson),
        (b"\x0B{}", NotJson),
        (b"{}\0", NotJson),
        (b"\0\0\0\0", NotJson),
        (b"sessionId=x&availability=Away", NotJson),
        (b"[]", NotObject),
        (b"[{\"sessionId\": \"x\"}]", NotObject),
        (b"\"{}\"", NotObject),
        (b"null", NotObject),
        (b"true", NotObject),
        (b" -1.5e+999 ", NotObject),
    ];
    for (body, rule) in rows {
        check(body, &[(*rule, Must)]);
        assert_eq!(read(body, BETA).request, None);
    }
    check(b"\xEF\xBB\xBF", &[(Empty, Must), (ByteOrderMark, May)]);
    check(b"\xEF\xBB\xBF\xEF\xBB\xBF{}", &[(ByteOrderMark, May), (NotJson, Must)]);
}

#[test]
fn encodings_are_told_apart() {
    check([b"\xEF\xBB\xBF", PLAIN.as_bytes()].concat(), &[(ByteOrderMark, May)]);
    let halves = |to_bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}{PLAIN}").encode_utf16().flat_map(to_bytes).collect()
    };
    let words: Vec<u8> = PLAIN.chars().flat_map(|next| u32::from(next).to_le_bytes()).collect();
    for wide in [
        halves(u16::to_le_bytes, ""),
        halves(u16::to_be_bytes, ""),
        halves(u16::to_le_bytes, "\u{FEFF}"),
        halves(u16::to_be_bytes, "\u{FEFF}"),
        words,
    ] {
        check(&wide, &[(NotUtf8, Should)]);
        assert_eq!(read(&wide, BETA).request, Some(SetPresence::UNKNOWN));
    }
    // Bad bytes in a value, in a name, between tokens that are JSON without them, and in what is no JSON at all.
    let spoilt = |from: &str, to: &[u8]| {
        let (before, after) = PLAIN.split_once(from).unwrap();
        [before.as_bytes(), to, after.as_bytes()].concat()
    };
    for body in [
        spoilt("22553876", b"\xFF"),
        spoilt("\"Available\"", b"\"Avail\xC3able\""),
        spoilt("PT1H", b"PT1H\xED\xA0\x80"),
        spoilt("availability", b"avail\xE9ability"),
        spoilt("{", b"{\"\xF8\": 1, "),
        spoilt(":", b":\xFF"),
        spoilt("}", b"}\xFF"),
    ] {
        let unknown =
            body.windows(6).any(|bytes| bytes == b"avail\xE9") || body.windows(2).any(|bytes| bytes == b"\"\xF8");
        let expected: &[_] = if unknown { &[(NotUtf8, Should), (UnknownMember, May)] } else { &[(NotUtf8, Should)] };
        check(&body, expected);
        assert!(read(&body, BETA).request.unwrap().is_ambiguous);
    }
    check(b"\xFF", &[(NotUtf8, Should), (NotJson, Must)]);
    check(b"{\"a\": \xFF", &[(NotUtf8, Should), (NotJson, Must)]);
    // What the bad bytes do not touch is judged as ever.
    let body = [b"{\"sessionId\": \"\xFF\", ".as_slice(), &pair("null", "5").as_bytes()[26..]].concat();
    check(&body, &[(NotUtf8, Should), (AvailabilityMissing, Must), (ActivityType, Must)]);
}

#[test]
fn problems_of_the_whole_body_have_places() {
    type Place = Option<(usize, usize, usize)>;
    let rows: &[(&[u8], Rule, Place)] = &[
        (b"", Empty, None),
        (b"{\n \"a\": ?}", NotJson, Some((8, 2, 7))),
        (b"{\n\n", NotJson, Some((3, 3, 1))),
        (b"\xEF\xBB\xBF{\n \"a\": ?}", NotJson, Some((11, 2, 7))),
        (b"\xEF\xBB\xBF[]", NotObject, Some((3, 1, 4))),
        (b"{\"a\":\n\"\xFF\"}", NotUtf8, Some((7, 2, 2))),
        (b"\xEF\xBB\xBF{\"a\":\xFF", NotUtf8, Some((8, 1, 9))),
    ];
    for (body, rule, place) in rows {
        let reading = read(body, BETA);
        let problem = reading.problems.iter().find(|problem| problem.rule == *rule).unwrap();
        let position = problem.position.map(|position| (position.offset, position.line, position.column));
        assert_eq!(position, *place, "{}: {problem}", body.escape_ascii());
    }
    assert_eq!(Position::at(b"a\nb", 99), Position { offset: 3, line: 2, column: 2 });
}

#[test]
fn size_and_nesting_are_permitted_either_way() {
    let padded = format!("{}{PLAIN}", " ".repeat(1 << 20));
    check(&padded, &[(TooLarge, May)]);
    assert_eq!(read(padded.as_bytes(), BETA).request, read(PLAIN.as_bytes(), BETA).request);
    // A blank member name keeps the quick reader from passing what the thorough one must not report.
    let sized = |bytes: usize| format!("{}{{\"\": 0, {}", " ".repeat(bytes - PLAIN.len() - 7), &PLAIN[1..]);
    assert_eq!(sized(64 * 1024).len(), 64 * 1024);
    check(sized(64 * 1024), &[(UnknownMember, May)]);
    check(sized(64 * 1024 + 1), &[(TooLarge, May), (UnknownMember, May)]);
    let nested =
        |depth: usize| format!(r#"{{"x[\\": {}"]\"["{}, {}"#, "[".repeat(depth), "]".repeat(depth), &PLAIN[1..]);
    check(nested(Limits::NESTING - 1), &[(UnknownMember, May)]);
    check(nested(Limits::NESTING), &[(Nesting, May), (UnknownMember, May)]);
    let body = nested(Limits::NESTING);
    let problems = read(body.as_bytes(), BETA).problems;
    assert_eq!(problems[0].position.unwrap().offset, r#"{"x[\\": "#.len() + Limits::NESTING - 1);
    // Brackets in a string close nothing, and those that are closed again are not nested.
    let told = |member: &str| format!("{{\"x\": {member}, {}", &PLAIN[1..]);
    let deep = [Limits::NESTING; 2].map(|n| "[".repeat(n));
    let closed = deep.each_ref().map(|deep| deep.replace('[', "]"));
    check(
        told(&format!("\"]]]\", \"y\": {}{}", deep[0], closed[0])),
        &[(Nesting, May), (UnknownMember, May), (UnknownMember, May)],
    );
    check(told(&format!("[{}[]]", "[], {}, ".repeat(Limits::NESTING))), &[(UnknownMember, May)]);
}
