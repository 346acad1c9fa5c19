//! A server that listens.

use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use setpresence_core::spec::Profile;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::service::Calls;
use crate::{Reference, ReferenceError};

/// How long requests under way get to finish when the server is stopped; they take no longer unless their sender is gone.
const GRACE: Duration = Duration::from_secs(2);

/// A server that listens, until it is stopped or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    version: &'static str,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(reference: &Reference, address: SocketAddr) -> Result<Self, ReferenceError> {
        let bind = |source| ReferenceError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let listener = listener.tap_io(|stream| {
            // Answers are small: without this a client may wait for the delayed acknowledgement of each.
            // Where it cannot be set the server is slower and no less right.
            let _ = stream.set_nodelay(true);
        });
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(listener, reference.serving(Calls::OverASocket)).with_graceful_shutdown(async {
            // That the sender is gone means the same as that it has spoken.
            let _ = stopped.await;
        });
        let task = tokio::spawn(async {
            // It ends only when it is stopped, and then without an error.
            let _ = server.await;
        });
        Ok(Self { address, version: version(reference.settings().profile), stop: Some(stop), task })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of the API, with the version segment of the profile: `http://127.0.0.1:4010/beta`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/{}", self.address, self.version)
    }

    /// Stops listening and lets requests under way finish, for two seconds at the most.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // Where nobody listens any more it has stopped already.
            let _ = stop.send(());
        }
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }

    /// Waits until the server ends by itself, which it does only when its runtime does.
    pub async fn wait(&mut self) {
        // Aborted or ended, it is over.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The path segment under which Graph serves the profile's version.
fn version(profile: &Profile) -> &'static str {
    if profile.name.starts_with("beta") { "beta" } else { "v1.0" }
}
