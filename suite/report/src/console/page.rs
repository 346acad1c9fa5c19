//! A page of text: cleaned, wrapped, indented, and coloured where that is wanted.

use setpresence_core::judge::Verdict;

use super::{Options, Style};
use crate::summary::Status;
use crate::text::{clean, fit, wrap};

/// Narrower than this, wrapping hinders more than it helps.
const WIDTH_LEAST: usize = 40;
/// How far what does not fit beside columns is indented below them.
const HANGING: usize = 2;

/// What a text means, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Ink {
    pub(crate) const fn of_status(status: Status) -> Self {
        match status {
            Status::Conforms => Self::Good,
            Status::Departs => Self::Bad,
            Status::Unjudged | Status::Interrupted => Self::Warning,
        }
    }

    pub(crate) const fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Good,
            Verdict::Failed => Self::Bad,
            Verdict::Warned | Verdict::Inconclusive => Self::Warning,
            Verdict::Observed | Verdict::Skipped => Self::Faint,
        }
    }

    const fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Faint => Some("2"),
            Self::Good => Some("1;32"),
            Self::Warning => Some("1;33"),
            Self::Bad => Some("1;31"),
        }
    }
}

/// The report as it grows. Every text that goes in is cleaned; only the page itself writes escapes.
pub(crate) struct Page {
    out: String,
    style: Style,
    width: usize,
}

impl Page {
    pub(crate) fn new(options: &Options) -> Self {
        Self { out: String::new(), style: options.style, width: options.width.max(WIDTH_LEAST) }
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An empty line, but never two and never at the top.
    pub(crate) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// How many characters a line may have.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// A line, the rest of it indented where it does not fit.
    pub(crate) fn heading(&mut self, ink: Ink, text: &str) {
        for line in fit(&clean(text), self.width).lines() {
            let words = line.trim_start();
            self.pad(line.len() - words.len());
            self.put(ink, words);
            self.out.push('\n');
        }
    }

    /// A verdict in capitals and what it is about, on one line.
    pub(crate) fn verdict(&mut self, verdict: Verdict, about: &str) {
        self.put(Ink::of_verdict(verdict), &verdict.name().to_uppercase());
        self.out.push_str("  ");
        self.put(Ink::Strong, &clean(about));
        self.out.push('\n');
    }

    /// A line of columns, each in its ink and padded to its width, and what follows them: below, where it does not fit.
    pub(crate) fn columns(&mut self, indent: usize, columns: &[(Ink, String, usize)], rest: &str) {
        self.pad(indent);
        for (ink, text, width) in columns {
            let text = clean(text);
            self.put(*ink, &text);
            self.pad(width.saturating_sub(text.chars().count()));
        }
        let taken = indent + columns.iter().map(|(_, _, width)| width).sum::<usize>();
        let is_below = taken + clean(rest).chars().count() > self.width;
        if !is_below {
            self.out.push_str(&clean(rest));
        }
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        if is_below && !rest.is_empty() {
            self.text(indent + HANGING, rest);
        }
    }

    /// A paragraph.
    pub(crate) fn text(&mut self, indent: usize, text: &str) {
        self.paragraph(indent, 0, "", Ink::Plain, text);
    }

    /// A paragraph with a name in front of it.
    pub(crate) fn labelled(&mut self, indent: usize, label_width: usize, label: &str, text: &str) {
        self.paragraph(indent, label_width, label, Ink::Plain, text);
    }

    /// A paragraph with a name in front of it, in the ink of its meaning.
    pub(crate) fn inked(&mut self, indent: usize, label_width: usize, label: &str, ink: Ink, text: &str) {
        self.paragraph(indent, label_width, label, ink, text);
    }

    /// A command to copy: broken where it is broken itself, and nowhere else.
    pub(crate) fn command(&mut self, indent: usize, command: &str) {
        for line in command.split('\n') {
            self.pad(indent);
            self.out.push_str(&clean(line));
            self.out.push('\n');
        }
    }

    fn paragraph(&mut self, indent: usize, label_width: usize, label: &str, ink: Ink, text: &str) {
        let room = self.width.saturating_sub(indent + label_width).max(WIDTH_LEAST / 2);
        let label = clean(label);
        for (index, line) in wrap(&clean(text), room).iter().enumerate() {
            self.pad(indent);
            if label_width > 0 {
                let shown = if index == 0 { &*label } else { "" };
                self.put(Ink::Faint, shown);
                let pad = label_width.saturating_sub(shown.chars().count());
                self.pad(if shown.is_empty() { pad } else { pad.max(1) });
            }
            self.put(ink, line);
            self.out.push('\n');
        }
    }

    fn put(&mut self, ink: Ink, text: &str) {
        match ink.code() {
            Some(code) if self.style == Style::Colour && !text.is_empty() => {
                self.out.push_str(&format!("\u{1b}[{code}m{text}\u{1b}[0m"));
            }
            _ => self.out.push_str(text),
        }
    }

    fn pad(&mut self, n: usize) {
        self.out.extend(std::iter::repeat_n(' ', n));
    }
}
