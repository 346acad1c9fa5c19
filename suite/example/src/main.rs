//! The endpoint as a server of its own: it says where it listens, and serves until it is killed.

use std::io::Write as _;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "http://{}/v1.0", listener.local_addr()?)?;
    axum::serve(listener, presence_example::router()).await
}
