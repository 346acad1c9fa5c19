//! Laws of the reference.

use setpresence::fuzzing::abilities;
use setpresence_core::event::Outcome;
use setpresence_core::explore::{Endpoint as _, OneRequest, Place, Wire, check_bytes};
use setpresence_core::spec::Profile;

use crate::reference::endpoint;

/// Any request gets an answer without a 5xx, and a refusal has an OData error in it.
pub fn http_request(bytes: &[u8]) {
    let OneRequest { profile, method, place, has_token, has_type, body } = OneRequest::read(bytes);
    let mut server = endpoint(profile, None);
    let user = server.reference().settings().users[0].clone();
    let version = match place {
        Place::SetPresence => "/beta",
        Place::Presence | Place::SetPresenceOf(_) => "/v1.0",
        Place::Elsewhere(_) => "",
    };
    let path = format!("{version}{}", place.path(&user));
    let mut headers = Vec::new();
    if has_token {
        headers.extend(server.token("app", &user).map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    }
    if has_type {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    let wire = Wire { method: method.to_owned(), path, headers, body: body.to_vec() };
    let Outcome::Answer(answer) = server.call(wire) else { return };
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
