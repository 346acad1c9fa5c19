//! Connections that answer for another request, or for none.

use setpresence_core::plan::Action;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::testing::set_with;

const PRESENCE: &str = r#"{"id":"u0","availability":"Busy","activity":"InACall"}"#;
const NOT_HTTP: &str = "<html>Bad request line</html>";

/// A server that gives one answer after another, each on a connection of its own, and the last for ever; where there is
/// none, it closes without a word.
async fn server(answers: &'static [Option<(u16, &'static str)>]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut answers = answers.iter().chain(std::iter::repeat(answers.last().unwrap()));
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            while !(bytes.starts_with(b"GET") && bytes.ends_with(b"\r\n\r\n") || bytes.ends_with(b"}")) {
                if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                    break;
                }
            }
            if let Some((status, body)) = answers.next().unwrap() {
                let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}", body.len());
                stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
            }
        }
    });
    base
}

/// What each connection gives in turn; nothing where it breaks.
type Answers = &'static [Option<(u16, &'static str)>];

#[tokio::test]
async fn an_answer_that_a_new_connection_does_not_give_is_told() {
    let rows: [(Answers, bool); 3] = [
        (&[Some((400, NOT_HTTP)), Some((200, ""))], true),
        // It is the target's own answer.
        (&[Some((400, NOT_HTTP)), Some((400, NOT_HTTP))], false),
        (&[Some((400, r#"{"error": {"code": "a", "message": "b"}}"#)), Some((200, ""))], false),
    ];
    for (answers, is_told) in rows {
        let target =
            Target::connect(settings(&server(answers).await, 1, ClockSettings::Wall), &|_| None).await.unwrap();
        let (records, _) = run_all(&target, vec![plan("k/set", vec![set(0, "app")])], &fresh()).await;
        let [divergence] = &records[0].divergences[..] else { panic!("{records:?}") };
        let told = divergence.observed.contains("only on a connection that was used before (a new one gives 200");
        assert_eq!(told, is_told, "{}", divergence.observed);
    }
}

/// A connection may be closed without a word after a body that is too large; only what changes nothing is sent again.
#[tokio::test]
async fn a_read_is_sent_again_where_the_connection_broke_after_a_large_body() {
    let large = || set_with(0, "app", Some(&"x".repeat(70_000)));
    let rows: [(Answers, [Action; 2], [u16; 2]); 4] = [
        (&[Some((413, "")), None, Some((200, PRESENCE))], [large(), get(0)], [413, 200]),
        (&[Some((413, "")), None, None, Some((200, PRESENCE))], [large(), get(0)], [413, 0]),
        (&[Some((413, "")), None, Some((200, ""))], [large(), set(0, "app")], [413, 0]),
        (&[Some((400, "")), None, Some((200, PRESENCE))], [set(0, "app"), get(0)], [400, 0]),
    ];
    for (answers, actions, wanted) in rows {
        let target =
            Target::connect(settings(&server(answers).await, 1, ClockSettings::Wall), &|_| None).await.unwrap();
        let (records, _) = run_all(&target, vec![plan("k/read", actions.to_vec())], &fresh()).await;
        assert_eq!(statuses(&records[0]), wanted, "{answers:?}");
    }
}
