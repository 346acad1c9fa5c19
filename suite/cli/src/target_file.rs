//! Target files that are written for others: one to fill in, and one for a served reference.

use std::fmt::Write as _;
use std::net::SocketAddr;

use setpresence_reference::{ClockKind, Mint, Settings};

/// A target file to fill in, every key with its meaning.
pub const TEMPLATE: &str = include_str!("target-template.toml");

/// The target file for a reference that serves at that address: complete, so that every case can be judged.
#[must_use]
pub fn for_reference(settings: &Settings, mint: &Mint, address: SocketAddr) -> String {
    let mut text = String::from("# A reference server of setPresence; this file reaches all of it.\n");
    let path = base_path(settings);
    let _ = writeln!(text, "base_url = \"http://{address}{path}\"");
    let _ = writeln!(text, "profile = \"{}\"", settings.profile);
    text.push_str("# Theirs to change.\nusers = [\n");
    for user in &settings.users {
        let _ = writeln!(text, "  \"{user}\",");
    }
    let _ = writeln!(text, "]\n# An id that no user has.\nunknown_user = \"{}\"", settings.unknown_user);
    text.push_str("\n# Their ids are their sessionIds; their tokens come from [mint].\n[applications]\n");
    for (name, id) in ["app", "app_b", "app_c"].iter().zip(&settings.applications) {
        let _ = writeln!(text, "{name} = {{ id = \"{id}\" }}");
    }
    let (secret, issuer, audience, tenant) = (mint.secret(), mint.issuer(), mint.audience(), mint.tenant());
    text.push_str("\n# The server verifies tokens with this secret: all that are needed are made with it.\n[mint]\n");
    let _ = writeln!(
        text,
        "jwt = {{ alg = \"HS256\", secret = {{ value = \"{secret}\" }}, issuer = \"{issuer}\", \
         audience = \"{audience}\", tenant = \"{tenant}\" }}"
    );
    text.push_str("\n[clock]\n");
    match settings.clock {
        ClockKind::Wall => text.push_str("kind = \"wall\"\ntolerance = \"PT1S\"\n"),
        ClockKind::Scaled(factor) => {
            let _ = writeln!(text, "kind = \"scaled\"\nfactor = {factor}");
        }
        ClockKind::Manual => text.push_str(
            "kind = \"manual\"\nadvance = { method = \"POST\", path = \"/__clock/advance\", json = '{\"ms\": ${ms}}' }\n",
        ),
    }
    if !settings.propagation.is_zero() {
        let seconds = settings.propagation.as_secs_f64();
        let _ =
            writeln!(text, "# How long after its answer a call may stay invisible.\npropagation = \"PT{seconds}S\"");
    }
    text
}

/// The version segment under which a reference of that profile serves.
#[must_use]
pub fn base_path(settings: &Settings) -> &'static str {
    if settings.profile.name.starts_with("beta") { "/beta" } else { "/v1.0" }
}
