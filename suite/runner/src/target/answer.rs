//! Reading an answer whole, within bounds, and masking the token in it.

use bytes::Buf as _;
use http_body_util::BodyExt;
use reqwest::header::HeaderMap;
use setpresence_core::event::Answer;

use super::face::BoxError;
use crate::mask::{self, Guard, MASK};
use crate::secret::Secret;

/// How much of a body is kept: a hundred times any presence or error, and still readable in a report.
const BODY_KEPT: usize = 256 * 1024;
/// How much of a body is read: beyond this nobody sends a presence, and a target must not fill our memory.
const BODY_READ: usize = 4 * 1024 * 1024;
/// How much of a body is searched for secrets in every spelling: more than is kept, so that none is cut in two.
/// Beyond it only the token as it is is looked for.
const BODY_SEARCHED: usize = 2 * BODY_KEPT;
/// How many headers are kept.
const HEADERS_KEPT: usize = 64;
/// How many characters of a header's value are kept.
const VALUE_KEPT: usize = 8 * 1024;

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
    is_cut: bool,
}

/// Reads an answer until its end or the bound.
pub(super) async fn read<R>(response: http::Response<R>) -> Result<Raw, BoxError>
where
    R: BodyExt,
    R::Error: Into<BoxError>,
{
    let (head, body) = response.into_parts();
    let mut body = std::pin::pin!(body);
    let mut raw = Raw { status: head.status.as_u16(), headers: head.headers, body: Vec::new(), is_cut: false };
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(Into::into)?.into_data() else { continue };
        let room = BODY_READ - raw.body.len();
        raw.is_cut = data.remaining() > room;
        let taken = data.copy_to_bytes(data.remaining().min(room));
        raw.body.extend_from_slice(&taken);
        if raw.is_cut {
            break;
        }
    }
    Ok(raw)
}

/// The answer as it is kept, without secrets. `own` is the token of the request that it answers.
pub(super) fn masked(raw: Raw, guard: &Guard, own: Option<&Secret>) -> Answer {
    let mut echoes_token = false;
    let mut mask = |text: String| {
        let masked = guard.mask(text, own);
        echoes_token |= masked.has_own;
        masked.text
    };
    let mut headers = Vec::new();
    for (name, value) in &raw.headers {
        // Every value is looked at, kept or not: a leak beyond the bound is a leak.
        let mut value = mask(String::from_utf8_lossy(value.as_bytes()).into_owned());
        cut(&mut value, VALUE_KEPT);
        if headers.len() < HEADERS_KEPT {
            headers.push((mask_name(name.as_str(), own), value));
        }
    }
    let mut body =
        String::from_utf8(raw.body).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let truncated = raw.is_cut || body.len() > BODY_KEPT;
    let echoes_beyond = truncated && own.is_some_and(|own| mask::is_in(&body, own));
    cut(&mut body, BODY_SEARCHED);
    let mut body = mask(body);
    echoes_token |= echoes_beyond;
    cut(&mut body, BODY_KEPT);
    Answer { status: raw.status, headers, body, truncated, echoes_token }
}

/// Names of headers come in lower case, whatever was sent.
fn mask_name(name: &str, own: Option<&Secret>) -> String {
    let own = own.map(Secret::expose).filter(|own| own.len() <= name.len());
    own.map_or_else(|| name.to_owned(), |own| name.replace(&own.to_ascii_lowercase(), MASK))
}

fn cut(text: &mut String, at_most: usize) {
    if text.len() > at_most {
        let at = (0..=at_most).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(at.unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(headers: &[(&'static str, &'static str)], body: impl Into<Vec<u8>>) -> Raw {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Raw { status: 400, headers, body: body.into(), is_cut: false }
    }

    #[test]
    fn the_token_is_masked_wherever_it_is() {
        let rows: [(&str, &str, Option<&str>, bool); 5] = [
            ("clean", "clean", Some("tok-1234"), false),
            ("Bearer tok-1234", "clean", Some("tok-1234"), true),
            ("clean", "bad tok-1234, tok-1234", Some("tok-1234"), true),
            ("clean", "bad tok-1234", None, false),
            ("clean", "bad TOK-1234", Some("tok-1234"), false),
        ];
        for (header, body, token, echoes) in rows {
            let own = token.map(Secret::new);
            let answer = masked(raw(&[("x-echo", header)], body), &Guard::default(), own.as_ref());
            assert_eq!(answer.echoes_token, echoes, "{header} {body}");
            let all = format!("{answer:?}");
            assert!(token.is_none_or(|token| !all.contains(token)), "{all}");
            assert_eq!(all.contains(MASK), echoes);
        }
    }

    #[test]
    fn what_is_kept_is_bounded_but_looked_at_whole() {
        let mut body = "ä".repeat(BODY_KEPT);
        body.push_str("tok-1234");
        let answer = masked(raw(&[], body), &Guard::default(), Some(&Secret::new("tok-1234")));
        assert!(answer.truncated && answer.echoes_token);
        assert_eq!(answer.body.len(), BODY_KEPT);
        let answer = masked(raw(&[], vec![b'a', 0xff, b'b']), &Guard::default(), None);
        assert_eq!((answer.body.as_str(), answer.truncated), ("a\u{fffd}b", false));
    }

    #[tokio::test]
    async fn reading_stops_at_the_bound() {
        let body = http_body_util::Full::new(bytes::Bytes::from(vec![b'x'; BODY_READ + 1]));
        let raw = read(http::Response::new(body)).await.unwrap();
        assert!(raw.is_cut);
        assert_eq!(raw.body.len(), BODY_READ);
        let body = http_body_util::Full::new(bytes::Bytes::from(vec![b'x'; BODY_READ]));
        assert!(!read(http::Response::new(body)).await.unwrap().is_cut);
    }
}
