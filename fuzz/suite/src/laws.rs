//! Laws of the reference.

use setpresence::fuzzing::abilities;
use setpresence_core::event::Outcome;
use setpresence_core::explore::{Choices, Endpoint as _, Wire, check_bytes};
use setpresence_core::spec::Profile;

use crate::reference::endpoint;

/// Any request gets an answer without a 5xx, and a refusal has an OData error in it.
pub fn http_request(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut server = endpoint(Profile::ALL[usize::from(choices.byte()) % Profile::ALL.len()], None);
    let method = choices.text(&["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]).to_owned();
    let user = server.reference().settings().users[0].clone();
    let n = choices.below(64);
    let tail: String = choices.bytes(n).iter().map(|byte| format!("%{byte:02x}")).collect();
    let path = match choices.below(4) {
        0 => format!("/beta/users/{user}/presence/setPresence"),
        1 => format!("/v1.0/users/{user}/presence"),
        2 => format!("/v1.0/users/{tail}/presence/setPresence"),
        _ => format!("/{tail}"),
    };
    let mut headers = Vec::new();
    if choices.odds(3, 4) {
        headers.extend(server.token("app", &user).map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    }
    if choices.odds(3, 4) {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let body = choices.bytes(usize::MAX).to_vec();
    let Outcome::Answer(answer) = server.call(Wire { method: method.clone(), path, headers, body }) else { return };
    assert!(answer.status < 500, "{} {}", answer.status, answer.body);
    if answer.status >= 400 && method != "HEAD" {
        let read = setpresence_core::spec::ErrorBody::examine(answer.body.as_bytes());
        assert!(read.is_ok(), "{} {}: {read:?}", answer.status, answer.body);
    }
}

/// The reference and the model agree on any sequence. Their number chooses the profile, so that all of the bytes are the
/// sequence, as `setpresence replay` reads them.
pub fn reference_vs_model(bytes: &[u8]) {
    let profile = Profile::ALL[bytes.len() % Profile::ALL.len()];
    if let Some(finding) = departure(bytes, profile, None) {
        panic!("in {profile}: {finding}");
    }
}

/// Where the reference, with the fault of a mutant if one is named, departs in the sequence that these bytes make.
#[must_use]
pub fn departure(bytes: &[u8], profile: &'static Profile, mutant: Option<&str>) -> Option<String> {
    let mut server = endpoint(profile, mutant);
    let settings = server.reference().settings();
    let (abilities, users) = (abilities(settings), settings.users.clone());
    check_bytes(bytes, &abilities, &users, &mut server)
}
