//! Where a JSON string ends, and what its escapes mean.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Why a string does not end properly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The file ended first.
    EndOfFile,
    /// A control character stands at this byte.
    Control(usize),
}

/// An escape sequence that means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadEscape {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) reason: EscapeFault,
}

/// What is wrong with an escape sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EscapeFault {
    /// No such letter after the backslash.
    Unknown,
    /// Fewer than four hexadecimal digits.
    Digits,
    /// Half of a surrogate pair.
    LoneSurrogate,
}

/// A word in which the high bit is set (at least) for the first byte that is `"`, `\` or a control character.
///
/// Bits above the first hit may be wrong through the borrow of the subtraction; only the lowest is used.
#[inline]
fn special_bytes(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let hits = quote.wrapping_sub(ONES) & !quote
        | backslash.wrapping_sub(ONES) & !backslash
        | word.wrapping_sub(ONES * 0x20) & !word;
    hits & HIGHS
}

/// The byte after the closing quote of the string whose content starts at `from`, and whether it has escapes.
#[inline]
pub(super) fn end(bytes: &[u8], from: usize) -> Result<(usize, bool), Stop> {
    let mut at = from;
    let mut escaped = false;
    loop {
        while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let hits = special_bytes(u64::from_le_bytes(*chunk));
            if hits != 0 {
                at += hits.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match bytes.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                at += 2;
            }
            Some(0..=0x1f) => return Err(Stop::Control(at)),
            Some(_) => at += 1,
            None => return Err(Stop::EndOfFile),
        }
    }
}

/// The text between two byte offsets with its escapes replaced.
pub(super) fn decode(text: &str, start: usize, end: usize) -> Result<String, BadEscape> {
    let mut out = String::with_capacity(end - start);
    let mut at = start;
    while at < end {
        let rest = text.as_bytes().get(at..end).unwrap_or_default();
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.push_str(text.get(at..at + plain).unwrap_or(""));
        at += plain;
        if at < end {
            at = escape(text.as_bytes(), at, &mut out)?;
        }
    }
    Ok(out)
}

/// Decodes the escape at `at` and gives the byte after it.
fn escape(bytes: &[u8], at: usize, out: &mut String) -> Result<usize, BadEscape> {
    let letter = bytes.get(at + 1).copied().unwrap_or(0);
    let plain = match letter {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(bytes, at, out),
        _ => {
            return Err(BadEscape {
                start: at,
                end: after_character(bytes, at + 1),
                reason: EscapeFault::Unknown,
            });
        }
    };
    out.push(plain);
    Ok(at + 2)
}

fn unicode_escape(bytes: &[u8], at: usize, out: &mut String) -> Result<usize, BadEscape> {
    let first = hexadecimal(bytes, at)?;
    if let Some(character) = char::from_u32(first) {
        out.push(character);
        return Ok(at + 6);
    }
    let lone = BadEscape { start: at, end: at + 6, reason: EscapeFault::LoneSurrogate };
    if first >= 0xdc00 || bytes.get(at + 6..at + 8) != Some(b"\\u") {
        return Err(lone);
    }
    let second = hexadecimal(bytes, at + 6)?;
    if !(0xdc00..0xe000).contains(&second) {
        return Err(lone);
    }
    let character = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    out.push(char::from_u32(character).ok_or(lone)?);
    Ok(at + 12)
}

/// The four digits of the `\u` escape at `at`.
fn hexadecimal(bytes: &[u8], at: usize) -> Result<u32, BadEscape> {
    let mut value = 0;
    for offset in at + 2..at + 6 {
        let digit = bytes.get(offset).and_then(|&byte| char::from(byte).to_digit(16));
        let fault = BadEscape { start: at, end: offset, reason: EscapeFault::Digits };
        value = value << 4 | digit.ok_or(fault)?;
    }
    Ok(value)
}

/// The byte after the character that starts at `at`.
fn after_character(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while bytes.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end += 1;
    }
    end.min(bytes.len())
}
