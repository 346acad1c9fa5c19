//! JSON as RFC 8259 has it, one byte at a time.

use std::borrow::Cow;

/// What a text is.
pub(super) enum Body<'t> {
    NotJson,
    NotObject,
    Object {
        members: Vec<(Text<'t>, Value<'t>)>,
        /// How deep it is nested; the object itself is 1.
        depth: usize,
    },
}

/// What the JSON text of a string says; each half of a surrogate pair without the other as a replacement character.
#[derive(PartialEq, Eq)]
pub(super) struct Text<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) is_lone: bool,
}

#[derive(PartialEq, Eq)]
pub(super) enum Value<'t> {
    Null,
    Text(Text<'t>),
    /// By its first byte, the same for all numbers and for both booleans.
    Other(u8),
}

pub(super) fn read(text: &str) -> Body<'_> {
    let mut scan = Scan { rest: text, deepest: 0 };
    scan.blanks();
    if !scan.rest.starts_with('{') {
        let is_json = scan.value().is_some() && scan.is_at_end();
        return if is_json { Body::NotObject } else { Body::NotJson };
    }
    match scan.members() {
        Some(members) if scan.is_at_end() => Body::Object { members, depth: 1 + scan.deepest },
        _ => Body::NotJson,
    }
}

struct Scan<'t> {
    rest: &'t str,
    deepest: usize,
}

impl<'t> Scan<'t> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn is_at_end(&mut self) -> bool {
        self.blanks();
        self.rest.is_empty()
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.blanks();
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    /// The members of the object that begins here.
    fn members(&mut self) -> Option<Vec<(Text<'t>, Value<'t>)>> {
        let mut members = Vec::new();
        self.sign('{')?;
        if self.sign('}').is_some() {
            return Some(members);
        }
        loop {
            let name = self.name()?;
            members.push((name, self.value()?));
            if self.sign('}').is_some() {
                return Some(members);
            }
            self.sign(',')?;
        }
    }

    fn name(&mut self) -> Option<Text<'t>> {
        self.blanks();
        let name = self.string()?;
        self.sign(':')?;
        Some(name)
    }

    /// The value that begins here, whatever is in it.
    fn value(&mut self) -> Option<Value<'t>> {
        self.blanks();
        match self.rest.bytes().next()? {
            b'"' => self.string().map(Value::Text),
            b'n' => self.literal("null").map(|()| Value::Null),
            open @ (b'{' | b'[') => self.nested().map(|()| Value::Other(open)),
            b't' | b'f' => self.scalar().map(|()| Value::Other(b't')),
            _ => self.scalar().map(|()| Value::Other(b'0')),
        }
    }

    /// What a value holds that holds others; the brackets to come are a list, as they may be many.
    fn nested(&mut self) -> Option<()> {
        let mut awaited = Vec::new();
        loop {
            self.blanks();
            let open = self.rest.bytes().next()?;
            if let b'{' | b'[' = open {
                let close = if open == b'{' { '}' } else { ']' };
                self.rest = &self.rest[1..];
                awaited.push(close);
                self.deepest = self.deepest.max(awaited.len());
                self.blanks();
                if !self.rest.starts_with(close) {
                    if close == '}' {
                        self.name()?;
                    }
                    continue;
                }
            } else {
                self.scalar()?;
            }
            while let Some(close) = awaited.last().copied()
                && self.sign(close).is_some()
            {
                awaited.pop();
            }
            let Some(close) = awaited.last().copied() else { return Some(()) };
            self.sign(',')?;
            if close == '}' {
                self.name()?;
            }
        }
    }

    fn scalar(&mut self) -> Option<()> {
        match self.rest.bytes().next()? {
            b'"' => self.string().map(|_| ()),
            b'n' => self.literal("null"),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            _ => self.number(),
        }
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(literal)?;
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix('-').unwrap_or(self.rest);
        match self.rest.strip_prefix('0') {
            Some(rest) => self.rest = rest,
            None => self.digits()?,
        }
        if let Some(rest) = self.rest.strip_prefix('.') {
            self.rest = rest;
            self.digits()?;
        }
        if let Some(rest) = self.rest.strip_prefix(['e', 'E']) {
            self.rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.rest.trim_start_matches(|next: char| next.is_ascii_digit());
        let is_any = rest.len() < self.rest.len();
        self.rest = rest;
        is_any.then_some(())
    }

    fn string(&mut self) -> Option<Text<'t>> {
        self.rest = self.rest.strip_prefix('"')?;
        let (inside, rest) = self.rest.split_once('"')?;
        if inside.bytes().min().is_some_and(|least| least < b' ') {
            return None;
        }
        if inside.contains('\\') {
            return self.escaped();
        }
        // Most strings say what is written.
        self.rest = rest;
        Some(Text { text: Cow::Borrowed(inside), is_lone: false })
    }

    /// What is behind a quotation mark, and has escapes.
    fn escaped(&mut self) -> Option<Text<'t>> {
        let mut units = Vec::with_capacity(64);
        let mut chars = self.rest.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\0'..='\x1F' => return None,
                '\\' => units.push(match chars.next()? {
                    literal @ ('"' | '\\' | '/') => literal as u16,
                    'b' => 8,
                    't' => 9,
                    'n' => 10,
                    'f' => 12,
                    'r' => 13,
                    'u' => {
                        let mut unit = 0;
                        for _ in 0..4 {
                            unit = unit * 16 + u16::try_from(chars.next()?.to_digit(16)?).ok()?;
                        }
                        unit
                    }
                    _ => return None,
                }),
                plain => units.extend_from_slice(plain.encode_utf16(&mut [0; 2])),
            }
        }
        self.rest = chars.as_str();
        let strict = String::from_utf16(&units);
        let is_lone = strict.is_err();
        let text = Cow::Owned(strict.unwrap_or_else(|_| String::from_utf16_lossy(&units)));
        Some(Text { text, is_lone })
    }
}
