//! Reads TOML into a [`Tree`].
//!
//! The grammar is left to the `toml` crate; its tables come sorted by name, so members are put back into the order of
//! the file. A date is text. Numbers lose their `_` separators, and hexadecimal, octal and binary ones become decimal,
//! so that every number reads the same whichever format it came from; `inf` and `nan` are text.
//!
//! A table may be written in several places. Its span starts where it is first mentioned and ends with its last member.

use std::vec;

use toml::de::{DeInteger, DeString, DeTable, DeValue};

use super::builder::{Builder, Container, Scalar};
use super::tree::{SyntaxError, Tree};
use super::{BYTE_ORDER_MARK, too_large};
use crate::source::{Limits, Span};

type Spanned<T> = toml::Spanned<T>;

/// Reads a whole TOML text within the usual limits: only candor.toml and profiles are in TOML. See the [module documentation](super) for what happens on a syntax error; as the parser
/// reads on after an error, every container of such a file counts as incomplete.
pub fn parse(text: &str) -> Tree<'_> {
    if let Some(error) = too_large(text) {
        return Builder::new(text, 0, &Limits::default()).abort(error, false);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let failure = first_error(text, &errors);
    let mut writer = Writer {
        text,
        builder: Builder::new(text, 0, &Limits::default()),
        open: Vec::new(),
        broken: failure.as_ref().map(|error| error.span),
    };
    match (writer.document(table.into_inner()), failure) {
        (Err(error), None) => writer.builder.abort(*error, false),
        (_, Some(error)) => writer.builder.abort_everywhere(error),
        (Ok(()), None) => writer.builder.finish(),
    }
}

/// The error that comes first in the file.
fn first_error(text: &str, errors: &[toml::de::Error]) -> Option<SyntaxError> {
    let place = |error: &toml::de::Error| error.span().unwrap_or(text.len()..text.len());
    let first = errors.iter().min_by_key(|error| place(error).start)?;
    let range = place(first);
    let message = first.message().lines().next().unwrap_or("not TOML").to_owned();
    Some(SyntaxError { span: Span::new(range.start as u32, range.end as u32), message, help: None })
}

/// The content of an open container that is still to be written.
enum Rest<'i> {
    Members(vec::IntoIter<(Spanned<DeString<'i>>, Spanned<DeValue<'i>>)>),
    Items(vec::IntoIter<Spanned<DeValue<'i>>>),
}

struct Writer<'a> {
    text: &'a str,
    builder: Builder<'a>,
    /// Content and least end of each open container.
    open: Vec<(Rest<'a>, u32)>,
    /// Where the file is broken: values there are left out.
    broken: Option<Span>,
}

impl<'a> Writer<'a> {
    fn document(&mut self, table: DeTable<'a>) -> Result<(), Box<SyntaxError>> {
        let start = if self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() as u32 } else { 0 };
        self.builder.open(Container::Object, start)?;
        let end = (self.text.trim_end().len() as u32).max(start);
        self.open.push((members(table), end));
        while let Some((rest, end)) = self.open.last_mut() {
            let next = match rest {
                Rest::Members(members) => members.next().map(|(key, value)| (Some(key), value)),
                Rest::Items(items) => items.next().map(|value| (None, value)),
            };
            match next {
                Some((key, value)) => self.entry(key, value)?,
                None => {
                    let end = *end;
                    self.close(end);
                }
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        key: Option<Spanned<DeString<'a>>>,
        value: Spanned<DeValue<'a>>,
    ) -> Result<(), Box<SyntaxError>> {
        let span = span_of(value.span());
        let is_scalar = !matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
        if is_scalar && self.broken.is_some_and(|broken| touches(span, broken)) {
            return Ok(());
        }
        if let Some(key) = key {
            let scalar = self.text_scalar(span_of(key.span()), key.into_inner());
            self.builder.key(scalar);
        }
        match value.into_inner() {
            DeValue::Table(table) => self.open(Container::Object, span, members(table)),
            DeValue::Array(array) => {
                let items: Vec<_> = array.into_iter().collect();
                self.open(Container::Array, span, Rest::Items(items.into_iter()))
            }
            scalar => {
                let scalar = self.scalar(span, scalar);
                self.builder.scalar(scalar);
                Ok(())
            }
        }
    }

    fn open(&mut self, container: Container, span: Span, rest: Rest<'a>) -> Result<(), Box<SyntaxError>> {
        self.builder.open(container, span.start)?;
        self.open.push((rest, span.end));
        Ok(())
    }

    /// Closes the innermost container; what holds it ends no earlier.
    fn close(&mut self, end: u32) {
        self.open.pop();
        self.builder.close(end);
        self.reach(end);
    }

    fn reach(&mut self, end: u32) {
        if let Some((_, outer)) = self.open.last_mut() {
            *outer = end.max(*outer);
        }
    }

    fn scalar(&mut self, span: Span, value: DeValue<'_>) -> Scalar {
        self.reach(span.end);
        match value {
            DeValue::Boolean(truth) => Scalar::boolean(span, truth),
            DeValue::Integer(integer) => self.number(span, decimal(&integer)),
            DeValue::Float(float) if float.as_str().ends_with(|last: char| last.is_ascii_digit()) => {
                self.number(span, float.as_str().to_owned())
            }
            DeValue::String(text) => self.text_scalar(span, text),
            _ => Scalar::plain(span),
        }
    }

    fn number(&self, span: Span, text: String) -> Scalar {
        let same = self.text.get(span.range()) == Some(text.as_str());
        Scalar::number(span).with_text((!same).then(|| text.into_boxed_str()))
    }

    fn text_scalar(&self, span: Span, text: DeString<'_>) -> Scalar {
        let written = self.text.get(span.range()).unwrap_or("");
        if !written.starts_with(['"', '\'']) {
            return Scalar::plain(span)
                .with_text((written != text).then(|| text.into_owned().into_boxed_str()));
        }
        let same = written.get(1..written.len().saturating_sub(1)) == Some(&*text);
        Scalar::quoted(span).with_text((!same).then(|| text.into_owned().into_boxed_str()))
    }
}

/// The members of a table in the order of the file.
fn members(table: DeTable<'_>) -> Rest<'_> {
    let mut members: Vec<_> = table.into_iter().collect();
    members.sort_by_key(|(key, _)| key.span().start);
    Rest::Members(members.into_iter())
}

fn span_of(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start as u32, range.end as u32)
}

fn touches(span: Span, broken: Span) -> bool {
    span.start <= broken.end && broken.start <= span.end
}

/// An integer in decimal digits. One that fits no machine integer keeps the way it is written.
fn decimal(integer: &DeInteger<'_>) -> String {
    match (integer.radix(), i128::from_str_radix(integer.as_str(), integer.radix())) {
        (10, _) | (_, Err(_)) => integer.as_str().to_owned(),
        (_, Ok(value)) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::load::tree::Kind;
    use crate::source::Span;

    #[test]
    fn members_come_in_the_order_of_the_file() {
        let text = "z = 1\na = \"x\\u0041\"\n[t]\nd = 1979-05-27\nn = 1_000\nh = 0xFF\ni = -inf\n[[l]]\nk = 'v'\n[[l]]\n";
        let tree = parse(text);
        assert_eq!(tree.failure, None);
        let root = tree.root().unwrap();
        let keys: Vec<_> = root.members().map(|member| member.key).collect();
        assert_eq!(keys, ["z", "a", "t", "l"]);
        let at = |pointer: &str| tree.locate(pointer).unwrap().node;
        assert_eq!(at("/a").text(), "xA");
        assert_eq!(at("/a").source_text(), "\"x\\u0041\"");
        assert_eq!((at("/t/d").kind(), at("/t/d").text().as_ref()), (Kind::String, "1979-05-27"));
        assert_eq!((at("/t/n").kind(), at("/t/n").text().as_ref()), (Kind::Number, "1000"));
        assert_eq!(at("/t/h").text(), "255");
        assert_eq!(at("/t/i").kind(), Kind::String);
        assert_eq!(at("/t").source_text(), "[t]\nd = 1979-05-27\nn = 1_000\nh = 0xFF\ni = -inf");
        assert_eq!(at("/l").len(), 2);
        assert_eq!(at("/l/0/k").text(), "v");
    }

    #[test]
    fn spans_count_the_byte_order_mark() {
        let tree = parse("\u{feff}k = 'é'\r\nl = 2\r\n");
        assert_eq!(tree.locate("/k").unwrap().node.span(), Span::new(7, 11));
        assert_eq!(tree.locate("/l").unwrap().key_span, Some(Span::new(13, 14)));
    }

    #[test]
    fn a_broken_file_keeps_its_good_part() {
        let tree = parse("a = 1\nb = \nc = 3\n");
        let failure = tree.failure.as_ref().unwrap();
        assert!(failure.span.start >= 9 && failure.span.end <= 11, "{failure:?}");
        assert!(tree.root().unwrap().is_incomplete());
        assert_eq!(tree.locate("/a").unwrap().node.text(), "1");
        assert!(tree.locate("/b").is_none());
    }

    #[test]
    fn depth_is_bounded() {
        for count in [200, 100_000] {
            assert!(parse(&format!("a = {}", "[".repeat(count))).failure.is_some());
            assert!(parse(&format!("{}a = 1", "a.".repeat(count))).failure.is_some());
        }
    }

    #[test]
    fn an_empty_file_is_an_empty_table() {
        let tree = parse("# nothing\n");
        assert!(tree.failure.is_none());
        assert!(tree.root().unwrap().is_empty());
    }
}
