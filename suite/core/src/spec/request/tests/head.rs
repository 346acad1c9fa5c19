//! Content types and encodings.

use super::*;

#[test]
fn content_types() {
    const FINE: Against<'_> = &[];
    const UNCOMMON: Against<'_> = &[(ContentTypeUncommon, May)];
    const FOREIGN: Against<'_> = &[(ContentTypeForeign, Should)];
    const SEVERAL: Against<'_> = &[(ContentTypeSeveral, May)];
    let rows: &[(&[&str], Against<'_>)] = &[
        (&["application/json"], FINE),
        (&["Application/JSON"], FINE),
        (&[" application/json\t"], FINE),
        (&["application/json;"], UNCOMMON),
        (&["application/json;; charset=utf-8"], UNCOMMON),
        (&["application/json; charset=utf-8"], FINE),
        (&["application/json ;CHARSET=\"UTF-8\""], FINE),
        (&["application/json;odata.metadata=minimal;odata.streaming=False;IEEE754Compatible=False"], FINE),
        (&["application/json; a=\"charset=utf-16; , \\\" \""], FINE),
        (&["application/json; a=\"b\"; charset=utf-8"], FINE),
        (&["application/json; a=\"\\\"; charset=utf-16; \""], FINE),
        (&["application/json; a=\"\\\\\"; charset=utf-16"], UNCOMMON),
        (&["application/json; a=\"b\\\\\"; charset=utf-16"], UNCOMMON),
        (&["application/json;a=\"; charset=utf-16\""], FINE),
        (&["application/json; a=b c"], UNCOMMON),
        (&["application/json; a="], UNCOMMON),
        (&["application/json; charset=utf-16"], UNCOMMON),
        (&["application/json; charset=utf8"], UNCOMMON),
        (&["application/json; charset='utf-8'"], UNCOMMON),
        (&["application/json; charset=\"utf-8"], UNCOMMON),
        (&["application/json; charset=utf-8; charset=utf-8"], UNCOMMON),
        (&["application/json; charset"], UNCOMMON),
        (&["application/json; charset = utf-8"], UNCOMMON),
        (&["application/json; =x"], UNCOMMON),
        (&["text/json"], UNCOMMON),
        (&["application/vnd.api+json"], UNCOMMON),
        (&["application/problem+JSON; charset=utf-8"], UNCOMMON),
        (&[], &[(ContentTypeAbsent, Should)]),
        (&[""], FOREIGN),
        (&["json"], FOREIGN),
        (&["+json"], FOREIGN),
        (&["/+json"], FOREIGN),
        (&["a/b/c+json"], FOREIGN),
        (&["text/plain"], FOREIGN),
        (&["application/jsonp"], FOREIGN),
        (&["application/x-www-form-urlencoded"], FOREIGN),
        (&["application / json"], FOREIGN),
        (&["*/*"], FOREIGN),
        (&["text/plain", "text/xml"], FOREIGN),
        (&["application/json", "application/json"], SEVERAL),
        (&["text/plain", "application/json"], SEVERAL),
        (&["application/json, text/plain"], SEVERAL),
    ];
    for (values, expected) in rows {
        let head = Head::of(values.iter().map(|value| ("Content-Type", value.as_bytes())));
        let reading = Reading::of(&head, PLAIN.as_bytes(), BETA, Limits::default());
        assert_eq!(found(&reading), *expected, "{values:?}");
        assert_eq!(reading.request.unwrap().presence, Some(Presence::AVAILABLE), "{values:?}");
    }
    let head = Head::of([("content-type", b"\xFFapplication/json".as_slice()), ("accept", b"text/plain")]);
    assert_eq!(found(&Reading::of(&head, PLAIN.as_bytes(), BETA, Limits::default())), FOREIGN);
    assert_eq!(Head::of([("CONTENT-TYPE", b"application/json".as_slice())]), Head::json());
}

#[test]
fn encoded_bodies_prove_nothing() {
    let json = ("content-type", b"application/json".as_slice());
    let gzip = Head::of([json, ("Content-Encoding", b"gzip")]);
    let identity = Head::of([json, ("content-encoding", b"Identity")]);
    let latin = Head::of([("content-type", b"application/json; charset=iso-8859-1".as_slice())]);
    let rows: &[(&Head<'_>, &[u8], Against<'_>)] = &[
        (&gzip, PLAIN.as_bytes(), &[(ContentEncoded, May)]),
        (&gzip, b"\x1F\x8B\x08\0", &[(ContentEncoded, May)]),
        (&gzip, b"", &[(ContentEncoded, May), (Empty, Must)]),
        (&gzip, b"[]", &[(ContentEncoded, May), (NotObject, Must)]),
        (&identity, PLAIN.as_bytes(), &[(ContentEncoded, May)]),
        (&identity, b"{", &[(ContentEncoded, May), (NotJson, Must)]),
        (&latin, PLAIN.as_bytes(), &[(ContentTypeUncommon, May)]),
        (&latin, b"{\0\"\0a\0", &[(ContentTypeUncommon, May)]),
        (
            &latin,
            b"{\"sessionId\": \"\xE9\", \"availability\": \"Away\", \"activity\": \"Away\"}",
            &[(ContentTypeUncommon, May), (NotUtf8, May)],
        ),
    ];
    for (head, body, expected) in rows {
        let reading = Reading::of(head, body, BETA, Limits::default());
        assert_eq!(found(&reading), *expected, "{head:?} {}", body.escape_ascii());
        assert_eq!(reading.request.is_some(), reading.level() < Some(Must));
    }
}
