//! A body's members, in the order and the number in which they came.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The members of a JSON object, duplicates and all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Vec<(String, Value)>);

impl Members {
    /// The members of a body; `None` where it is no JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Sets a member, which is added where it is missing.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        match self.0.iter_mut().find(|(member, _)| member == name) {
            Some((_, old)) => *old = value.into(),
            None => self.0.push((name.to_owned(), value.into())),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(member, _)| member != name);
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Gives each member another name, or drops it.
    pub(crate) fn rename(&mut self, other: impl Fn(&str) -> Option<String>) {
        self.0 = std::mem::take(&mut self.0)
            .into_iter()
            .filter_map(|(name, value)| other(&name).map(|name| (name, value)))
            .collect();
    }

    /// Keeps one of the members of each name: the first, or the last.
    pub(crate) fn keep_one(&mut self, which: Which) {
        if which == Which::Last {
            self.0.reverse();
        }
        let mut seen = std::collections::BTreeSet::new();
        self.0.retain(|(name, _)| seen.insert(name.clone()));
        if which == Which::Last {
            self.0.reverse();
        }
    }

    /// The text of the object.
    pub(crate) fn write(&self) -> Vec<u8> {
        let members: Vec<_> =
            self.0.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    }
}

/// Which of several members counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    First,
    Last,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duplicates_and_order_are_kept() {
        let body = br#"{"b":1,"a":"x","b":[2]}"#;
        let members = Members::read(body).unwrap();
        assert_eq!(members.write(), body);
        for (which, text) in [(Which::First, r#"{"b":1,"a":"x"}"#), (Which::Last, r#"{"a":"x","b":[2]}"#)] {
            let mut members = members.clone();
            members.keep_one(which);
            assert_eq!(members.write(), text.as_bytes());
        }
        assert_eq!(Members::read(b"[]"), None);
    }
}
