//! The same over a socket, as clients see it: the endpoint is spawned as a task, and judged at its URL.

fn main() -> std::process::ExitCode {
    setpresence::Tests::new().only("fade/available-fades-*").judge(|| async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = Some(format!("http://{}/v1.0", listener.local_addr()?));
        tokio::spawn(async { axum::serve(listener, presence_example::router()).await });
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/target.toml");
        let options = setpresence::TargetOptions { url, ..setpresence::TargetOptions::file(file) };
        setpresence::Subject::from_options(&options).await
    })
}
