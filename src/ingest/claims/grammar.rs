//! The grammar of expressions in claims.
//!
//! ```text
//! sum      = product { ("+" | "-") product }
//! product  = atom { ("*" | "/") atom }
//! atom     = number | "-" atom | "(" sum ")" | name "(" [ argument { "," argument } ] ")"
//! argument = name "=" ( word | '"' text '"' ) | sum
//! ```
//!
//! Here texts become a [`Raw`] tree; what its names mean is decided in `resolve`.

use std::ops::Range;

use winnow::combinator::opt;
use winnow::error::{ContextError, ErrMode, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};
use winnow::token::{one_of, take_while};

use crate::source::limits::{EXPRESSION_LENGTH, EXPRESSION_PARTS, Limits};

/// Parentheses within parentheses that are followed. No real expression has more than four.
const DEEPEST: usize = 16;
/// What is expected where there are too many parts.
const FEWER_PARTS: &str = "fewer parts";

/// A name, or the value of a selector, and its bytes in the expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub range: Range<usize>,
}

/// What stands in the parentheses of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    Selector { key: Word, value: Word },
    Operand(Raw),
}

/// An expression whose names have not been looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw {
    Number(Word),
    Negative(Box<Self>),
    Binary(char, Box<Self>, Box<Self>),
    Call(Word, Vec<Argument>),
}

/// Why an expression cannot be read, and which of its bytes are to blame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

/// How large the expression is so far, and may become.
#[derive(Debug, Clone, Copy)]
struct Size {
    depth: usize,
    parts: u64,
    most_parts: u64,
}

type Input<'t> = Stateful<LocatingSlice<&'t str>, Size>;

/// Reads an expression.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Raw, Fault> {
    if text.len() as u64 > limits.expression_length {
        let message = format!("it has {} bytes; the limit is {}", text.len(), limits.expression_length);
        return Err(Fault { range: 0..text.len(), message, help: Some(limits.help(&EXPRESSION_LENGTH)) });
    }
    let size = Size { depth: 0, parts: 0, most_parts: limits.expression_parts };
    let input = Stateful { input: LocatingSlice::new(text), state: size };
    whole.parse(input).map_err(|error| {
        let at = error.offset().min(text.len());
        let found = text[at..].chars().next();
        let range = at..at + found.map_or(0, char::len_utf8);
        let expected = error.inner().context().find_map(|context| match context {
            StrContext::Expected(StrContextValue::Description(what)) => Some(*what),
            _ => None,
        });
        if expected == Some(FEWER_PARTS) {
            let most = limits.expression_parts;
            let message = format!("part {} stands here; the limit is {most}", most + 1);
            return Fault { range, message, help: Some(limits.help(&EXPRESSION_PARTS)) };
        }
        let found = found.map_or_else(|| "the end".to_owned(), |letter| format!("`{letter}`"));
        let message = format!("expected {}, found {found}", expected.unwrap_or("an expression"));
        Fault { range, message, help: None }
    })
}

/// The failure to find something; nothing else is tried after it.
fn expected<T>(what: &'static str) -> ModalResult<T> {
    let mut error = ContextError::new();
    error.push(StrContext::Expected(StrContextValue::Description(what)));
    Err(ErrMode::Cut(error))
}

fn whole(input: &mut Input<'_>) -> ModalResult<Raw> {
    let expression = sum(input)?;
    blanks(input)?;
    if input.eof_offset() > 0 {
        return expected("`+`, `-`, `*`, `/` or the end");
    }
    Ok(expression)
}

fn blanks(input: &mut Input<'_>) -> ModalResult<()> {
    take_while(0.., char::is_whitespace).void().parse_next(input)
}

/// Whether this symbol comes next; it is then behind us.
fn symbol(input: &mut Input<'_>, symbol: char) -> ModalResult<bool> {
    blanks(input)?;
    Ok(opt(symbol).parse_next(input)?.is_some())
}

fn sum(input: &mut Input<'_>) -> ModalResult<Raw> {
    chain(input, ['+', '-'], product)
}

fn product(input: &mut Input<'_>) -> ModalResult<Raw> {
    chain(input, ['*', '/'], atom)
}

/// Parts with these symbols between them, joined from the left.
fn chain(
    input: &mut Input<'_>,
    symbols: [char; 2],
    part: fn(&mut Input<'_>) -> ModalResult<Raw>,
) -> ModalResult<Raw> {
    let mut left = part(input)?;
    loop {
        blanks(input)?;
        match opt(one_of(symbols)).parse_next(input)? {
            Some(symbol) => left = Raw::Binary(symbol, Box::new(left), Box::new(part(input)?)),
            None => return Ok(left),
        }
    }
}

fn atom(input: &mut Input<'_>) -> ModalResult<Raw> {
    input.state.parts += 1;
    if input.state.parts > input.state.most_parts {
        return expected(FEWER_PARTS);
    }
    if symbol(input, '-')? {
        return Ok(Raw::Negative(Box::new(deeper(input, atom)?)));
    }
    if symbol(input, '(')? {
        let inner = deeper(input, sum)?;
        return if symbol(input, ')')? { Ok(inner) } else { expected("an operation or `)`") };
    }
    if let Some(number) = word(input, |letter| letter.is_ascii_digit() || letter == '.' || letter == '_')? {
        return Ok(Raw::Number(number));
    }
    let Some(name) = word(input, is_of_name)? else { return expected("a function, a number or `(`") };
    if !symbol(input, '(')? {
        return expected("`(` after the name of a function");
    }
    Ok(Raw::Call(name, deeper(input, arguments)?))
}

/// What stands within parentheses, unless there are too many around it.
fn deeper<T>(input: &mut Input<'_>, inner: fn(&mut Input<'_>) -> ModalResult<T>) -> ModalResult<T> {
    input.state.depth += 1;
    if input.state.depth > DEEPEST {
        return expected("no more than 16 parentheses within each other");
    }
    let result = inner(input)?;
    input.state.depth -= 1;
    Ok(result)
}

fn arguments(input: &mut Input<'_>) -> ModalResult<Vec<Argument>> {
    let mut arguments = Vec::new();
    if symbol(input, ')')? {
        return Ok(arguments);
    }
    loop {
        arguments.push(argument(input)?);
        if symbol(input, ')')? {
            return Ok(arguments);
        }
        if !symbol(input, ',')? {
            return expected("`,` or `)`");
        }
    }
}

fn argument(input: &mut Input<'_>) -> ModalResult<Argument> {
    blanks(input)?;
    let start = input.checkpoint();
    if let Some(key) = word(input, is_of_name)?
        && symbol(input, '=')?
    {
        blanks(input)?;
        return Ok(Argument::Selector { key, value: value(input)? });
    }
    input.reset(&start);
    Ok(Argument::Operand(sum(input)?))
}

/// The value of a selector: a word, or any text in quotes.
fn value(input: &mut Input<'_>) -> ModalResult<Word> {
    let start = input.current_token_start();
    if symbol(input, '"')? {
        let text: &str = take_while(0.., |letter| letter != '"').parse_next(input)?;
        if !symbol(input, '"')? {
            return expected("`\"` after the text");
        }
        return Ok(Word { text: text.to_owned(), range: start..input.current_token_start() });
    }
    match word(input, |letter| letter.is_alphanumeric() || "_-./*".contains(letter))? {
        Some(word) => Ok(word),
        None => expected("a word, a period or a text in quotes"),
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_'
}

/// As many such letters as there are; `None` where there is none.
fn word(input: &mut Input<'_>, letters: impl Fn(char) -> bool) -> ModalResult<Option<Word>> {
    blanks(input)?;
    let found: Option<(&str, Range<usize>)> = opt(take_while(1.., letters).with_span()).parse_next(input)?;
    Ok(found.map(|(text, range)| Word { text: text.to_owned(), range }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, at: usize, message: &str) {
        let fault = read(text, &Limits::default()).unwrap_err();
        assert_eq!((fault.range.start, fault.message.as_str()), (at, message), "{text}");
    }

    #[test]
    fn faults_say_where_and_what_was_expected() {
        fault("", 0, "expected a function, a number or `(`, found the end");
        fault("value", 5, "expected `(` after the name of a function, found the end");
        fault("value(period = )", 15, "expected a word, a period or a text in quotes, found `)`");
        fault("value(period = 2024", 19, "expected `,` or `)`, found the end");
        fault("value() 5", 8, "expected `+`, `-`, `*`, `/` or the end, found `5`");
        fault("(1 + 2", 6, "expected an operation or `)`, found the end");
        fault("value(category = \"a)", 20, "expected `\"` after the text, found the end");
        fault("1 + é", 4, "expected a function, a number or `(`, found `é`");
    }

    #[test]
    fn hostile_sizes_are_refused() {
        fault(&"(".repeat(3_000), 17, "expected no more than 16 parentheses within each other, found `(`");
        fault(&"-".repeat(3_000), 17, "expected no more than 16 parentheses within each other, found `-`");
        fault(&"1+".repeat(1_500), 400, "part 201 stands here; the limit is 200");
        fault(&"1".repeat(5_000), 0, "it has 5000 bytes; the limit is 4000");
    }

    #[test]
    fn limits_are_those_that_are_set() {
        let limits = Limits { expression_parts: 3, expression_length: 9, ..Limits::default() };
        assert!(read("1 + 2 + 3", &limits).is_ok());
        assert_eq!(read("1+1+1+1", &limits).unwrap_err().range, 6..7);
        let help = read("1 + 2 +  3", &limits).unwrap_err().help.unwrap();
        assert!(help.starts_with("`expression-length` under `[limits]`"), "{help}");
    }

    #[test]
    fn products_bind_closer_than_sums() {
        let Raw::Binary('+', _, right) = read("1 + 2 * 3", &Limits::default()).unwrap() else { panic!() };
        assert!(matches!(*right, Raw::Binary('*', ..)));
    }
}
