//! Text that is safe to print, how wide it is, and how it is broken into lines.
//!
//! What stands in an input may hold anything: escape sequences that recolour a terminal or move its cursor, marks that
//! reverse the reading direction, characters that cannot be seen. None of them reaches the output; each is replaced by
//! something that can be seen.

use std::borrow::Cow;

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Adds a character to a text, or its stand-in where it cannot be printed as it is.
pub fn push_visible(text: &mut String, character: char) {
    match character {
        '\u{0}'..='\u{1f}' => text.push(picture_of_control(character)),
        '\u{7f}' => text.push('␡'),
        _ if is_hidden(character) => text.push_str(&format!("⟨U+{:04X}⟩", character as u32)),
        _ => text.push(character),
    }
}

/// A text on one line without characters that cannot be printed. Line breaks and tabs become spaces.
pub fn clean(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len());
    for character in text.replace("\r\n", " ").chars() {
        match character {
            '\n' | '\t' => result.push(' '),
            _ => push_visible(&mut result, character),
        }
    }
    result
}

/// A document in JSON, indented. Characters that a terminal would act on, or that cannot be seen, are written as escapes: they
/// stand in strings only, and a reader gets the same ones back.
pub fn json(document: &impl Serialize) -> String {
    // Every key is a string and every number is finite, so that writing cannot fail.
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    let is_raw = |one: char| one == '\u{7f}' || is_hidden(one);
    if !text.contains(is_raw) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        if is_raw(one) {
            let mut units = [0; 2];
            escaped.extend(one.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            escaped.push(one);
        }
    }
    escaped
}

/// Columns that a character takes, as miette counts them.
pub fn character_width(character: char) -> usize {
    character.width().unwrap_or(0)
}

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Breaks a text into lines of at most `room` columns; lines after the first have `indent` columns less. A word that is
/// wider than a line is broken, unless it is an address, which must stay whole to be of use. Each line of a text with
/// line breaks is broken by itself.
pub fn wrap(text: &str, room: usize, indent: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let text = clean(paragraph);
        // Most texts are one line, and bytes are no fewer than columns.
        let room_here = if lines.is_empty() { room } else { room.saturating_sub(indent).max(10) };
        let is_word = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
        if text.len() <= room_here && text.split(' ').all(is_word) {
            lines.push(text);
        } else {
            wrap_paragraph(&text, room.max(10), indent, &mut lines);
        }
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn wrap_paragraph(text: &str, room: usize, indent: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for word in unbroken(text) {
        let word_width = width(&word);
        let room_of =
            |lines: &[String]| if lines.is_empty() { room } else { room.saturating_sub(indent).max(10) };
        if used > 0 && used + 1 + word_width > room_of(lines) {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if used > 0 {
            line.push(' ');
            used += 1;
        }
        if word_width > room_of(lines) && !word.contains("://") {
            used = break_word(&word, room_of(lines), &mut line, lines);
        } else {
            line.push_str(&word);
            used += word_width;
        }
    }
    lines.push(line);
}

/// The words of a text; `43.4 %` and `p < .05` are one each.
fn unbroken(text: &str) -> Vec<Cow<'_, str>> {
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if word.starts_with(['%', '<', '≤']) || last.ends_with(['<', '≤']) => {
                last.to_mut().push(' ');
                last.to_mut().push_str(word);
            }
            _ => words.push(Cow::Borrowed(word)),
        }
    }
    words
}

/// Breaks a word that is wider than a line; what remains of it begins the next line. Returns the columns of that rest.
fn break_word(word: &str, room: usize, line: &mut String, lines: &mut Vec<String>) -> usize {
    let mut used = width(line);
    for character in word.chars() {
        let columns = character_width(character);
        if used > 0 && used + columns > room {
            lines.push(std::mem::take(line));
            used = 0;
        }
        line.push(character);
        used += columns;
    }
    used
}

/// The picture that Unicode has for a control character: `␛`.
fn picture_of_control(character: char) -> char {
    char::from_u32(0x2400 + character as u32).unwrap_or('�')
}

/// Whether a character cannot be seen or changes how its neighbours are drawn.
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{80}'..='\u{9f}'               // C1 controls
            | '\u{ad}'                    // soft hyphen
            | '\u{61c}'                   // Arabic letter mark
            | '\u{115f}' | '\u{1160}'     // Hangul fillers
            | '\u{180e}'
            | '\u{200b}'                  // zero-width space
            | '\u{200e}' | '\u{200f}'     // direction marks
            | '\u{2028}'..='\u{202e}'     // line and paragraph separators, embeddings and overrides
            | '\u{2060}'..='\u{206f}'     // invisible operators, isolates
            | '\u{feff}'                  // byte-order mark
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'   // tags
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_replaced() {
        assert_eq!(clean("a\u{1b}[31mb\r\nc\td\u{202e}e\u{7f}"), "a␛[31mb c d⟨U+202E⟩e␡");
    }

    #[test]
    fn lines_keep_to_their_room() {
        assert_eq!(wrap("one two three four", 10, 2), ["one two", "three four"]);
        assert_eq!(wrap("fell by 43.4 % in all", 12, 0), ["fell by", "43.4 % in", "all"]);
        assert_eq!(wrap("aaaaaaaaaaaaaaa", 10, 0), ["aaaaaaaaaa", "aaaaa"]);
        assert_eq!(
            wrap("see https://example.org/a/long/path", 10, 0),
            ["see", "https://example.org/a/long/path"]
        );
        assert_eq!(wrap("one\nthree four five", 20, 8), ["one", "three four", "five"]);
        assert_eq!(wrap(" one  two ", 10, 0), ["one two"]);
        assert_eq!(wrap("数数数数数数", 10, 0), ["数数数数数", "数"]);
        assert_eq!(wrap("", 10, 0), [""]);
    }
}
