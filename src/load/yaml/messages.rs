//! The scanner's errors in plain words, with a pointer to the bracket or quote that is likely to blame.

use super::super::builder::{Builder, Container, too_deep};
use super::super::line_number;
use super::super::tree::SyntaxError;
use crate::source::Span;

/// Rewords what the scanner said about the byte at `place`.
pub(super) fn translate(text: &str, info: &str, place: u32, builder: &Builder<'_>) -> Box<SyntaxError> {
    let span = character_at(text, place);
    if info.contains("recursion limit") {
        // The scanner counts brackets in a byte, and reads all of them before it tells of the first.
        return too_deep(span, usize::from(u8::MAX) + 1, builder.limits());
    }
    let (message, help) = reword(text, info, span);
    let help = help.map(str::to_owned);
    let open = unread_bracket(text, builder.content_end(), place).or_else(|| open_bracket(text, builder));
    let Some((bracket, start)) = open.filter(|_| is_about_brackets(info)) else {
        return Box::new(SyntaxError { span, message, help });
    };
    let (line, stopped) = (line_number(text, start), line_number(text, place));
    // What does not fit on a later line, or the end of the file, is where the bracket is missed, not where it is missing.
    if stopped > line || text.get(place as usize..).is_none_or(|rest| rest.trim().is_empty()) {
        return Box::new(SyntaxError {
            span: Span::new(start, start + 1),
            message: format!("the `{bracket}` that opens here is never closed"),
            help: Some(format!("reading stopped at line {stopped}")),
        });
    }
    let help = Some(format!("the `{bracket}` opened at line {line} is not closed"));
    Box::new(SyntaxError { span, message, help })
}

/// The character at a place; empty at the end of the file and of a line.
fn character_at(text: &str, place: u32) -> Span {
    let next = text.get(place as usize..).and_then(|rest| rest.chars().next());
    let length = next.filter(|character| !matches!(character, '\n' | '\r')).map_or(0, char::len_utf8);
    Span::new(place, place + length as u32)
}

/// The outermost bracket that opens, and does not close, between what was read and where the scanner gave up. The
/// scanner reads a whole bracket before it tells of it, because the bracket might be a key.
fn unread_bracket(text: &str, read: u32, place: u32) -> Option<(char, u32)> {
    let unread = text.get(read as usize..place as usize)?;
    let mut open = Vec::new();
    let (mut quote, mut comment) = (None, false);
    let mut before = ' ';
    for (offset, letter) in unread.char_indices() {
        match letter {
            '\n' => comment = false,
            _ if comment => {}
            _ if quote.is_some() => quote = quote.filter(|mark| *mark != letter),
            '"' | '\'' if !before.is_alphanumeric() => quote = Some(letter),
            '#' if before.is_whitespace() => comment = true,
            '{' | '[' => open.push((letter, read + offset as u32)),
            '}' | ']' => {
                open.pop();
            }
            _ => {}
        }
        before = letter;
    }
    open.first().copied()
}

/// In brackets nearly every error is one of a bracket that was not closed.
fn open_bracket(text: &str, builder: &Builder<'_>) -> Option<(char, u32)> {
    let frame = builder.innermost()?;
    let bracket = match text.as_bytes().get(frame.start as usize) {
        Some(b'[') if frame.container == Container::Array => '[',
        Some(b'{') if frame.container == Container::Object => '{',
        _ => return None,
    };
    Some((bracket, frame.start))
}

fn is_about_brackets(info: &str) -> bool {
    !["tab", "anchor", "quoted scalar", "escape"].iter().any(|word| info.contains(word))
}

fn reword(text: &str, info: &str, span: Span) -> (String, Option<&'static str>) {
    let found = text.get(span.range()).unwrap_or("");
    let (message, help) = match info {
        _ if info.contains("escape") || info.contains("hexadecimal") => {
            ("a backslash escape that means nothing", "in single quotes a backslash is just a backslash")
        }
        _ if info.contains("tab") => ("a tab where YAML wants spaces", "indent with spaces"),
        _ if info.contains("quoted scalar") => (
            "the text in quotes that starts here is not closed",
            "close the quotes, and indent its further lines",
        ),
        _ if info.contains("unknown anchor") => (
            "this alias has no anchor before it",
            "an alias `*name` repeats a value marked `&name` further up",
        ),
        _ if info.contains("flow mapping") => ("expected `,` or `}`", "close the brace"),
        _ if info.contains("flow sequence") => ("expected `,` or `]`", "close the bracket"),
        _ if info.contains("mapping values are not allowed") || info.contains("placement of ':'") => (
            "a `:` that YAML does not expect here",
            "put text with a colon in quotes, or mend the indentation",
        ),
        _ if info.contains("did not find expected key") => (
            "this does not continue the mapping it is indented under",
            "each line of a mapping is `key: value`, all at the same indentation",
        ),
        _ if info.contains("expected '-'") || info.contains("block sequence entries") => (
            "this does not continue the list it is indented under",
            "each entry of a list starts with `- `, all at the same indentation",
        ),
        _ if info.contains("simple key") => {
            ("this key has no `:` after it", "each line of a mapping is `key: value`")
        }
        _ if info.contains("bracket") => {
            ("a closing bracket without an opening one", "remove it, or open it")
        }
        _ if info.contains("unexpected character") => {
            return (format!("unquoted text cannot start with `{found}`"), Some("put the text in quotes"));
        }
        _ if info.contains("indent") => ("the indentation does not fit", "indent entries of one level alike"),
        _ if info.contains("unexpected eof") => ("the file ends too early", "it seems to be cut off"),
        other => return (format!("not YAML: {other}"), None),
    };
    (message.to_owned(), Some(help))
}
