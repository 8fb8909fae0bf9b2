//! What to tell the reader when a JSON text does not fit.
//!
//! Each function is called at the first byte that does not fit and looks around for the likely slip: a trailing comma,
//! single quotes, a comment, a Python literal.

use super::super::builder::{Container, Frame};
use super::super::line_number;
use super::super::tree::SyntaxError;
use super::Parser;
use super::string::{BadEscape, EscapeFault, Stop};
use crate::source::Span;

/// Longest piece of the file quoted in a message, in characters.
const QUOTE_LIMIT: usize = 24;

type Fault = Box<SyntaxError>;

fn fault(span: Span, message: String, help: Option<&str>) -> Fault {
    Box::new(SyntaxError { span, message, help: help.map(str::to_owned) })
}

impl Parser<'_> {
    /// The word or character at the current place; empty at the end of the file.
    fn unexpected(&self) -> Span {
        let rest = self.text.get(self.at..).unwrap_or("");
        let word =
            |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '+' | '.');
        let length = rest.find(|character| !word(character)).unwrap_or(rest.len());
        let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
        Span::new(self.at as u32, (self.at + length) as u32)
    }

    fn quote(&self, span: Span) -> String {
        let text = self.text.get(span.range()).unwrap_or("");
        if text.is_empty() {
            return "the end of the file".to_owned();
        }
        let mut shown: String = text.chars().take(QUOTE_LIMIT).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        format!("`{shown}`")
    }

    fn place_of(&self, frame: Frame) -> String {
        let what = if frame.container == Container::Object { "object" } else { "list" };
        format!("the {what} opened at line {}", line_number(self.text, frame.start))
    }

    /// The last byte before the current place that is not white space.
    fn previous(&self) -> Option<u8> {
        self.bytes.get(..self.at)?.iter().rev().copied().find(|byte| !byte.is_ascii_whitespace())
    }

    fn after_comma(&self) -> Option<Span> {
        let before = self.bytes.get(..self.at)?;
        let comma = before.iter().rposition(|byte| !byte.is_ascii_whitespace())? as u32;
        (self.previous() == Some(b',')).then(|| Span::new(comma, comma + 1))
    }

    /// Called where a value should start.
    pub(super) fn no_value(&self) -> Fault {
        let span = self.unexpected();
        let frame = self.builder.innermost();
        let Some(next) = self.peek() else {
            return match frame {
                None => fault(span, "the file is empty".to_owned(), None),
                Some(frame) => {
                    let message = format!("expected a value; {} is not closed", self.place_of(frame));
                    fault(span, message, Some("the file seems to be cut off here"))
                }
            };
        };
        if let (b']' | b'}', Some(comma)) = (next, self.after_comma()) {
            return trailing_comma(comma);
        }
        fault(span, format!("expected a value, found {}", self.quote(span)), self.value_help(span))
    }

    fn value_help(&self, span: Span) -> Option<&'static str> {
        let word = self.text.get(span.range()).unwrap_or("");
        Some(match word {
            "'" | "‘" | "’" | "“" | "”" | "`" => "JSON puts text in straight double quotes",
            "/" | "#" => "JSON has no comments",
            "True" | "TRUE" => "JSON writes `true`",
            "False" | "FALSE" => "JSON writes `false`",
            "None" | "NULL" | "Null" | "nil" | "undefined" | "NA" => "JSON writes `null`",
            _ if word.to_ascii_lowercase().ends_with("nan") || word.to_ascii_lowercase().contains("inf") => {
                "JSON has no such number; write `null` or leave the member out"
            }
            _ if word.starts_with('+') => "JSON numbers have no plus sign",
            _ if word.starts_with('.') => "JSON numbers need a digit before the decimal point",
            _ if word.starts_with(char::is_alphabetic) => "put text in double quotes",
            _ => return None,
        })
    }

    /// Called where a key should start.
    pub(super) fn no_key(&self) -> Fault {
        let span = self.unexpected();
        match (self.peek(), self.after_comma()) {
            (Some(b'}'), Some(comma)) => return trailing_comma(comma),
            (None, _) => return self.cut_off("a key in double quotes or `}`"),
            _ => {}
        }
        let help = match self.peek() {
            Some(b'/' | b'#') => "JSON has no comments",
            Some(b'\'') => "JSON puts keys in straight double quotes",
            _ => "put the key in double quotes",
        };
        fault(span, format!("expected a key in double quotes, found {}", self.quote(span)), Some(help))
    }

    fn cut_off(&self, expected: &str) -> Fault {
        let open = self.builder.innermost().map(|frame| format!("; {} is not closed", self.place_of(frame)));
        let message = format!("expected {expected}{}", open.unwrap_or_default());
        fault(self.unexpected(), message, Some("the file seems to be cut off here"))
    }

    /// Called after a key.
    pub(super) fn no_colon(&self) -> Fault {
        if self.peek().is_none() {
            return self.cut_off("`:` and a value");
        }
        let span = self.unexpected();
        let help = (self.peek() == Some(b'=')).then_some("JSON puts a colon between key and value");
        fault(span, format!("expected `:` after this key, found {}", self.quote(span)), help)
    }

    /// Called after a value inside a container.
    pub(super) fn no_separator(&self, frame: Frame) -> Fault {
        let (close, other) = if frame.container == Container::Object { ('}', b']') } else { (']', b'}') };
        if self.peek().is_none() {
            return self.cut_off(&format!("`,` or `{close}` after this value"));
        }
        let span = self.unexpected();
        if self.peek() == Some(other) {
            let message =
                format!("{} closes with `{close}`, found {}", self.place_of(frame), self.quote(span));
            return fault(span, message, None);
        }
        let message = format!(
            "expected `,` or `{close}` after this value, found {}; {} is not closed",
            self.quote(span),
            self.place_of(frame)
        );
        let help = match self.peek() {
            Some(b'/' | b'#') => Some("JSON has no comments"),
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9') => Some("put a comma after the value before this"),
            Some(b'_') => Some("JSON numbers have no separators between the digits"),
            _ => None,
        };
        fault(span, message, help)
    }

    /// Called where more text follows the outermost value.
    pub(super) fn trailing(&self) -> Fault {
        let span = self.unexpected();
        let help = match self.peek() {
            Some(b'{' | b'[') => Some("a file holds one value; put several into one list"),
            Some(b'/' | b'#') => Some("JSON has no comments"),
            _ => None,
        };
        fault(span, format!("expected the end of the file, found {}", self.quote(span)), help)
    }

    pub(super) fn bad_string(&self, start: usize, stop: Stop) -> Fault {
        let at = match stop {
            Stop::EndOfFile => {
                let end = self.bytes.len() as u32;
                let message =
                    format!("the text opened at line {} is not closed", line_number(self.text, start as u32));
                return fault(Span::new(end, end), message, Some("put a `\"` at the end of the text"));
            }
            Stop::Control(at) => at,
        };
        let span = Span::new(at as u32, at as u32 + 1);
        match self.bytes.get(at) {
            Some(b'\n' | b'\r') => fault(
                span,
                "a line break inside the text".to_owned(),
                Some("close the text with `\"` before the end of the line, or write the break as `\\n`"),
            ),
            Some(b'\t') => fault(span, "a tab inside the text".to_owned(), Some("write it as `\\t`")),
            byte => {
                let code = byte.copied().unwrap_or(0);
                fault(
                    span,
                    format!("the control character U+{code:04X} inside the text"),
                    Some("write it as an escape"),
                )
            }
        }
    }

    pub(super) fn bad_escape(&self, bad: BadEscape) -> Fault {
        let span = Span::new(bad.start as u32, bad.end as u32);
        let written = self.quote(span);
        let (message, help) = match bad.reason {
            EscapeFault::Unknown => {
                (format!("{written} is not an escape"), "write a backslash itself as `\\\\`")
            }
            EscapeFault::Digits => {
                (format!("{written} lacks digits"), "`\\u` is followed by four hexadecimal digits")
            }
            EscapeFault::LoneSurrogate => (
                format!("{written} is half of a character"),
                "a surrogate escape needs its partner: `\\ud83d\\ude00` is one character",
            ),
        };
        fault(span, message, Some(help))
    }

    /// Called inside the number that starts at `start`.
    pub(super) fn bad_number(&self, start: usize) -> Fault {
        let goes_on = self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_+-.".contains(&byte));
        let end = if goes_on { self.unexpected().end } else { self.at as u32 };
        let span = Span::new(start as u32, end);
        let text = self.text.get(span.range()).unwrap_or("");
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (message, help) = if digits.len() > 1 && digits.starts_with('0') {
            (
                "a number does not start with 0",
                "remove the zero, or put the value in double quotes if it is a code",
            )
        } else if self.peek().is_none() {
            ("the number breaks off", "the file seems to be cut off here")
        } else {
            ("this is not a number", "a number is digits, optionally with a decimal point and more digits")
        };
        fault(span, message.to_owned(), Some(help))
    }
}

fn trailing_comma(comma: Span) -> Fault {
    fault(comma, "a comma after the last entry".to_owned(), Some("remove the comma"))
}
