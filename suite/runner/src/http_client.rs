//! The HTTP client for targets and for token services: what both have in common.
//!
//! Certificates are always verified, against those that the system trusts and the `ca` of the target file. No redirect
//! is followed, so that no token goes where it was not meant to go.

use std::fs;
use std::path::Path;

use reqwest::{Certificate, ClientBuilder, Identity, Url};

use crate::error::RunError;
use crate::settings::Tls;
use crate::target::root_cause;
use crate::tokens::Lookup;

/// The variables that name a proxy, by what they are for.
const PROXIES: [(&str, [&str; 4]); 2] = [
    ("http", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
    ("https", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
];

/// A client that may talk to that address.
pub(crate) fn builder(url: &str, tls: &Tls) -> Result<ClientBuilder, RunError> {
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false);
    if is_loopback(url) {
        // A proxy of this machine's environment cannot reach this machine for us.
        builder = builder.no_proxy();
        if url.starts_with("http://") {
            // Nothing is ever verified there, and to read all that the system trusts takes longer than most runs.
            builder = builder.tls_certs_only([]);
        }
    }
    if let Some(path) = &tls.ca {
        let trusted = Certificate::from_pem_bundle(&read("tls.ca", path)?);
        let trusted = trusted.map_err(|error| unusable("tls.ca", path, root_cause(&error)))?;
        if trusted.is_empty() {
            return Err(unusable("tls.ca", path, "there is none in it".to_owned()));
        }
        builder = builder.tls_certs_merge(trusted);
    }
    Ok(builder)
}

/// The same for the target itself, which is shown our certificate.
pub(crate) fn builder_for_target(url: &str, tls: &Tls) -> Result<ClientBuilder, RunError> {
    let builder = builder(url, tls)?;
    let Some(client) = &tls.client else { return Ok(builder) };
    let mut pem = read("tls.certificate", &client.certificate)?;
    pem.push(b'\n');
    pem.extend(read("tls.key", &client.key)?);
    let identity = Identity::from_pem(&pem);
    Ok(builder
        .identity(identity.map_err(|error| unusable("tls.certificate", &client.certificate, root_cause(&error)))?))
}

/// The variable that may have sent a connection to that address by way of a proxy.
pub(crate) fn proxy_variable(url: &str, lookup: Lookup<'_>) -> Option<&'static str> {
    if is_loopback(url) {
        return None;
    }
    let (_, names) =
        PROXIES.into_iter().find(|(scheme, _)| url.split_once("://").is_some_and(|(own, _)| own == *scheme))?;
    names.into_iter().find(|name| lookup(name).is_some_and(|value| !value.is_empty()))
}

fn read(wanted_by: &str, path: &Path) -> Result<Vec<u8>, RunError> {
    fs::read(path).map_err(|cause| RunError::Unread {
        wanted_by: wanted_by.to_owned(),
        path: path.display().to_string(),
        cause,
    })
}

fn unusable(wanted_by: &'static str, path: &Path, why: String) -> RunError {
    RunError::Certificate { wanted_by, path: path.display().to_string(), why }
}

pub(crate) fn is_loopback(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
