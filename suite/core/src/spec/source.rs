//! What the tags of sources stand for.

use std::fmt;

/// A document that requirements name as their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// What the register calls it, such as `S`.
    pub tag: &'static str,
    /// What it is, and of when.
    pub name: &'static str,
    /// Where it can be read, as it stands today; none for what is no page.
    pub url: Option<&'static str>,
}

/// Every document that has a tag.
const DOCUMENTS: [Document; 11] = [
    document(
        "S",
        "the beta reference page of setPresence, June 2021",
        "https://learn.microsoft.com/en-us/graph/api/presence-setpresence?view=graph-rest-beta",
    ),
    document(
        "V",
        "the v1.0 and beta reference pages of setPresence, as they stand since October 2022",
        "https://learn.microsoft.com/en-us/graph/api/presence-setpresence?view=graph-rest-1.0",
    ),
    document(
        "P",
        "the Microsoft Graph concept page \"Manage presence state\", September 2025",
        "https://learn.microsoft.com/en-us/graph/cloud-communications-manage-presence-state",
    ),
    document(
        "G",
        "the reference pages of the presence resource and of \"Get presence\"",
        "https://learn.microsoft.com/en-us/graph/api/presence-get",
    ),
    document(
        "C",
        "the reference page of clearPresence",
        "https://learn.microsoft.com/en-us/graph/api/presence-clearpresence",
    ),
    document(
        "U",
        "the reference pages of setUserPreferredPresence and clearUserPreferredPresence",
        "https://learn.microsoft.com/en-us/graph/api/presence-setuserpreferredpresence",
    ),
    document("M", "the published CSDL metadata of Microsoft Graph v1.0", "https://graph.microsoft.com/v1.0/$metadata"),
    document("E", "the Microsoft Graph page on error responses", "https://learn.microsoft.com/en-us/graph/errors"),
    document(
        "H",
        "RFC 9110 (HTTP), RFC 6750 (bearer tokens), RFC 8259 (JSON)",
        "https://www.rfc-editor.org/rfc/rfc9110.html",
    ),
    document(
        "D",
        "OData v4.01 ABNF `durationValue` and XML Schema `dayTimeDuration`, the type `Edm.Duration`",
        "https://www.w3.org/TR/xmlschema11-2/#dayTimeDuration",
    ),
    Document { tag: "X", name: "what users of the live service reported publicly", url: None },
];

const fn document(tag: &'static str, name: &'static str, url: &'static str) -> Document {
    Document { tag, name, url: Some(url) }
}

/// A part of what a requirement names as its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<'source> {
    /// A document by its tag, and what in it is meant, where that is said.
    Document(Document, &'source str),
    /// What is no tag of ours, as it is.
    Other(&'source str),
}

/// The document's name, and what in it is meant.
impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(document, "") => f.write_str(document.name),
            Self::Document(document, place) => write!(f, "{}: {place}", document.name),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// What a requirement names as its source, such as `S P, X graph-explorer #3096`.
#[must_use]
pub fn named(source: &str) -> Vec<Named<'_>> {
    source.split(',').map(str::trim).filter(|part| !part.is_empty()).flat_map(part).collect()
}

fn part(part: &str) -> Vec<Named<'_>> {
    let known = |tag: &str| DOCUMENTS.into_iter().find(|document| document.tag == tag);
    // A report of a user's is told with its place.
    if let Some((tag @ "X", report)) = part.split_once(' ') {
        return known(tag).map(|document| Named::Document(document, report)).into_iter().collect();
    }
    let documents: Option<Vec<_>> =
        part.split_whitespace().map(|tag| known(tag).map(|document| Named::Document(document, ""))).collect();
    documents.unwrap_or_else(|| vec![Named::Other(part)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_documents() {
        let shown = |source| -> Vec<String> { named(source).iter().map(ToString::to_string).collect() };
        let set = "the beta reference page of setPresence, June 2021";
        let rows: [(&str, &[&str]); 6] = [
            ("S", &[set]),
            ("nothing states it", &["nothing states it"]),
            ("", &[]),
            ("S X", &[set, "what users of the live service reported publicly"]),
            ("S Z", &["S Z"]),
            (
                "C, X some-issue #1",
                &[
                    "the reference page of clearPresence",
                    "what users of the live service reported publicly: some-issue #1",
                ],
            ),
        ];
        for (source, wanted) in rows {
            assert_eq!(shown(source), wanted, "{source}");
        }
    }
}
