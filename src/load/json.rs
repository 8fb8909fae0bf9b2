//! Reads JSON (RFC 8259, nothing more) into a [`Tree`].
//!
//! One pass over the bytes with an explicit stack, so that no file can exhaust the call stack. Strings and white space
//! are scanned eight bytes at a time. The scanner only ever notices *that* something does not fit; what to tell the
//! reader about it is worked out in `json/messages.rs`, off the fast path.

mod messages;
mod string;

use super::builder::{Builder, Container, Scalar};
use super::tree::{SyntaxError, Tree};
use super::{BYTE_ORDER_MARK, too_large};
use crate::source::{Limits, Span};

/// A guess that is seldom too small for data files: one slot for so many bytes. Memory never touched costs nothing.
const BYTES_PER_SLOT: usize = 8;

/// Reads a whole JSON text within the usual limits. See the [module documentation](super) for what happens on a syntax
/// error.
pub fn parse(text: &str) -> Tree<'_> {
    parse_within(text, &Limits::default())
}

/// Reads a whole JSON text within some limits.
pub fn parse_within<'a>(text: &'a str, limits: &Limits) -> Tree<'a> {
    if let Some(error) = too_large(text) {
        return Builder::new(text, 0, limits).abort(error, false);
    }
    let mut parser = Parser::new(text, limits);
    match parser.document() {
        Ok(()) => parser.builder.finish(),
        Err(error) => {
            let cut = parser.builder.last_unquoted_end() == Some(parser.at as u32);
            parser.builder.abort(*error, cut)
        }
    }
}

type Step<T = ()> = Result<T, Box<SyntaxError>>;

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    builder: Builder<'a>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, limits: &Limits) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let builder = Builder::new(text, text.len() / BYTES_PER_SLOT, limits);
        Self { text, bytes: text.as_bytes(), at, builder }
    }

    fn document(&mut self) -> Step {
        self.skip_space();
        loop {
            if self.value()? && !self.first_child()? {
                continue;
            }
            if self.after_value()? {
                return self.end_of_file();
            }
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start as u32, self.at as u32)
    }

    #[inline]
    fn skip_space(&mut self) {
        const SPACES: u64 = 0x2020_2020_2020_2020;
        loop {
            match self.peek() {
                Some(b' ') => self.at += 1,
                Some(b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => return,
            }
            // Indentation comes in long runs.
            while let Some(chunk) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
                if u64::from_le_bytes(*chunk) != SPACES {
                    break;
                }
                self.at += 8;
            }
        }
    }

    /// Reads a scalar, or the opening of a container (then `true`).
    #[inline]
    fn value(&mut self) -> Step<bool> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {
                let scalar = self.string()?;
                self.builder.scalar(scalar);
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                let span = self.span_from(start);
                self.builder.scalar(Scalar::number(span));
            }
            Some(b'{') => return self.open(Container::Object),
            Some(b'[') => return self.open(Container::Array),
            Some(b't') => self.literal("true", |span| Scalar::boolean(span, true))?,
            Some(b'f') => self.literal("false", |span| Scalar::boolean(span, false))?,
            Some(b'n') => self.literal("null", Scalar::null)?,
            _ => return Err(self.no_value()),
        }
        Ok(false)
    }

    fn open(&mut self, container: Container) -> Step<bool> {
        self.builder.open(container, self.at as u32)?;
        self.at += 1;
        Ok(true)
    }

    fn literal(&mut self, word: &str, scalar: fn(Span) -> Scalar) -> Step {
        let start = self.at;
        if !self.bytes[start..].starts_with(word.as_bytes()) {
            return Err(self.no_value());
        }
        self.at += word.len();
        self.builder.scalar(scalar(self.span_from(start)));
        Ok(())
    }

    /// Reads up to the first value of a container that was just opened; `true` if it is empty and closed again.
    #[inline]
    fn first_child(&mut self) -> Step<bool> {
        self.skip_space();
        let object = self.builder.innermost().is_some_and(|frame| frame.container == Container::Object);
        match self.peek() {
            Some(b'}') if object => self.close(),
            Some(b']') if !object => self.close(),
            _ if object => return self.key().map(|()| false),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn close(&mut self) {
        self.at += 1;
        self.builder.close(self.at as u32);
    }

    /// Reads up to the next value; `true` if there is none because the outermost value is complete.
    #[inline]
    fn after_value(&mut self) -> Step<bool> {
        while let Some(frame) = self.builder.innermost() {
            self.skip_space();
            match (self.peek(), frame.container) {
                (Some(b','), Container::Object) => {
                    self.at += 1;
                    self.skip_space();
                    return self.key().map(|()| false);
                }
                (Some(b','), Container::Array) => {
                    self.at += 1;
                    self.skip_space();
                    return Ok(false);
                }
                (Some(b'}'), Container::Object) | (Some(b']'), Container::Array) => self.close(),
                _ => return Err(self.no_separator(frame)),
            }
        }
        Ok(true)
    }

    /// Reads a key and its colon.
    #[inline]
    fn key(&mut self) -> Step {
        if self.peek() != Some(b'"') {
            return Err(self.no_key());
        }
        let scalar = self.string()?;
        self.builder.key(scalar);
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.no_colon());
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    #[inline(always)]
    fn string(&mut self) -> Step<Scalar> {
        let start = self.at;
        let (end, escaped) =
            string::end(self.bytes, start + 1).map_err(|stop| self.bad_string(start, stop))?;
        self.at = end;
        let scalar = Scalar::quoted(self.span_from(start));
        if !escaped {
            return Ok(scalar);
        }
        let decoded =
            string::decode(self.text, start + 1, end - 1).map_err(|fault| self.bad_escape(fault))?;
        Ok(scalar.with_text(Some(decoded.into_boxed_str())))
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    #[inline]
    fn number(&mut self) -> Step {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let first = self.at;
        if !self.digits() || (leading_zero && self.at - first > 1) {
            return Err(self.bad_number(start));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                return Err(self.bad_number(start));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.digits() {
                return Err(self.bad_number(start));
            }
        }
        Ok(())
    }

    fn end_of_file(&mut self) -> Step {
        self.skip_space();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.trailing()) }
    }
}

#[cfg(test)]
mod tests;
