//! The `[tls]` table of a target file. There is no key that turns verification off.

use setpresence_core::case::text::Table;

use super::source::SourceReader;
use super::{ClientCertificate, Tls};

/// Keys that other tools have, and what is to be said to who looks for them here.
const UNVERIFIED: [&str; 4] = ["verify", "insecure", "skip_verify", "accept_invalid_certs"];

/// Reads whom we trust, and who we are.
pub(super) fn read(table: Table<'_>, sources: SourceReader<'_>) -> Tls {
    for name in UNVERIFIED {
        if let Some(item) = table.get(name) {
            item.problem("certificates are always verified; name the certificate to trust as `ca`");
        }
    }
    let ca = table.get("ca").and_then(|item| sources.path(item));
    let certificate = table.get("certificate").map(|item| sources.path(item));
    let key = table.get("key").map(|item| sources.path(item));
    match (&certificate, &key) {
        (Some(_), None) => table.problem("`key` is missing; a client certificate needs its private key"),
        (None, Some(_)) => table.problem("`certificate` is missing; a private key needs its client certificate"),
        _ => {}
    }
    table.finish();
    let client = certificate.flatten().zip(key.flatten());
    Tls { ca, client: client.map(|(certificate, key)| ClientCertificate { certificate, key }) }
}
