//! What the tags of sources stand for.

/// Each tag and the document that it names.
pub(crate) const SOURCES: [(&str, &str); 11] = [
    ("S", "the beta reference page of setPresence, June 2021"),
    ("V", "the v1.0 and beta reference pages of setPresence, as they stand since October 2022"),
    ("P", "the Microsoft Graph concept page \"Manage presence state\", September 2025"),
    ("G", "the reference pages of the presence resource and of \"Get presence\""),
    ("C", "the reference page of clearPresence"),
    ("U", "the reference pages of setUserPreferredPresence and clearUserPreferredPresence"),
    ("M", "the published CSDL metadata of Microsoft Graph v1.0"),
    ("E", "the Microsoft Graph page on error responses"),
    ("H", "RFC 9110 (HTTP), RFC 6750 (bearer tokens), RFC 8259 (JSON)"),
    ("D", "OData v4.01 ABNF `durationValue` and XML Schema `dayTimeDuration`, the type `Edm.Duration`"),
    ("X", "what users of the live service reported publicly"),
];

/// The documents behind what a requirement names as its source, such as `S P, X graph-explorer #3096`, one a line.
/// What is no tag of ours is shown as it is.
pub(crate) fn documents(source: &str) -> Vec<String> {
    source.split(',').map(str::trim).filter(|part| !part.is_empty()).flat_map(part).collect()
}

fn part(part: &str) -> Vec<String> {
    if let Some(report) = part.strip_prefix("X ") {
        return vec![format!("X  what users of the live service reported publicly: {report}")];
    }
    let document =
        |tag| SOURCES.iter().find(|(known, _)| *known == tag).map(|(_, document)| format!("{tag}  {document}"));
    let documents: Option<Vec<_>> = part.split_whitespace().map(document).collect();
    documents.unwrap_or_else(|| vec![part.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_documents() {
        let rows = [
            ("S", &["S  the beta reference page of setPresence, June 2021"][..]),
            ("nothing states it", &["nothing states it"]),
            (
                "S X",
                &[
                    "S  the beta reference page of setPresence, June 2021",
                    "X  what users of the live service reported publicly",
                ],
            ),
            (
                "C, X some-issue #1",
                &[
                    "C  the reference page of clearPresence",
                    "X  what users of the live service reported publicly: some-issue #1",
                ],
            ),
        ];
        for (source, wanted) in rows {
            assert_eq!(documents(source), wanted, "{source}");
        }
    }
}
