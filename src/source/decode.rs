//! From bytes to text, in the encodings that published files come in.
//!
//! Most are UTF-8. A byte-order mark makes a file UTF-16, whatever it holds; a table is also where every other byte is
//! zero. A table that is not UTF-8 is read as
//! Windows-1252 where it looks like that, because spreadsheet programs still write it; a document in JSON, YAML or TOML
//! is not, because those formats are UTF-8 by definition. What cannot be decoded is read as far as it goes.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use memchr::memchr;
use rayon::prelude::*;

use super::read::{CHUNK, ReadFailure};
use super::{Source, sha256_hex};

/// Endings of files that may be in an encoding older than UTF-8.
const LEGACY_ENDINGS: [&str; 3] = ["csv", "tsv", "txt"];

/// Turns the bytes of an input into text as far as they are text. Lines of a table may end as they did on old computers,
/// with `\r` alone; they get `\n`.
pub fn decode(name: &str, bytes: Vec<u8>) -> Source {
    let mut source = text_of(name, bytes);
    // Nearly every text is told by the end of its first line.
    if may_be_legacy(name) && !source.text.contains('\n') && source.text.contains('\r') {
        // Computed at the first call, of the bytes as they are.
        let _ = source.sha256();
        source.text = source.text.replace('\r', "\n");
    }
    source
}

fn text_of(name: &str, bytes: Vec<u8>) -> Source {
    if let Some((encoding, unit)) = utf_16_of(&bytes) {
        return transcoded(name, &bytes, encoding, utf_16(&bytes, 2, unit));
    }
    if may_be_legacy(name)
        && let Some((encoding, unit)) = utf_16_without_mark(&bytes)
    {
        return transcoded(name, &bytes, encoding, utf_16(&bytes, 0, unit));
    }
    if let Some(failure) = binary(&bytes) {
        return transcoded(name, &bytes, None, (String::new(), Some(failure)));
    }
    let error = match String::from_utf8(bytes) {
        Ok(text) => return Source::new(name, text),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    if may_be_legacy(name)
        && let Some(text) = windows_1252(&bytes)
    {
        return transcoded(name, &bytes, Some("windows-1252"), (text, None));
    }
    let failure = invalid_utf8(&bytes, valid);
    let text = String::from_utf8_lossy(&bytes[..valid]).into_owned();
    transcoded(name, &bytes, None, (text, Some(failure)))
}

/// The name of the encoding that a label such as `latin1` stands for.
pub fn encoding_of_label(label: &str) -> Option<&'static str> {
    Encoding::for_label(label.as_bytes()).map(Encoding::name)
}

/// Turns bytes into text as [`decode`] does, but in the encoding with this label where they are in it and show none of
/// their own, by a byte-order mark or by being UTF-8.
pub fn decode_as(name: &str, bytes: Vec<u8>, label: &str) -> Source {
    let stated = Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != UTF_8);
    let shows_own = |encoding: &'static Encoding| {
        utf_16_of(&bytes).is_some() || (encoding.is_ascii_compatible() && std::str::from_utf8(&bytes).is_ok())
    };
    if let Some(encoding) = stated.filter(|&encoding| !shows_own(encoding)) {
        let (text, has_faults) = encoding.decode_without_bom_handling(&bytes);
        if !has_faults && !text.contains('\0') {
            return transcoded(name, &bytes, Some(encoding.name()), (text.into_owned(), None));
        }
    }
    decode(name, bytes)
}

/// A source whose text is not its bytes.
fn transcoded(
    name: &str,
    bytes: &[u8],
    encoding: Option<&'static str>,
    (text, failure): (String, Option<ReadFailure>),
) -> Source {
    // Where letters take more bytes than in the file, the text may become larger than places in it can be told.
    let (text, failure) = if u32::try_from(text.len()).is_ok() {
        (text, failure)
    } else {
        let message = format!("the text has {} bytes in UTF-8; candor reads up to {}", text.len(), u32::MAX);
        (String::new(), Some(ReadFailure::new(message).help("split it by period or by publisher")))
    };
    let mut source = Source::with_hash(name, text, bytes.len() as u64, sha256_hex(bytes));
    source.encoding = encoding;
    source.failure = failure;
    source
}

/// Reads a code unit of UTF-16.
type ReadUnit = fn([u8; 2]) -> u16;

/// The encoding that a byte-order mark of UTF-16 names.
fn utf_16_of(bytes: &[u8]) -> Option<(Option<&'static str>, ReadUnit)> {
    match bytes.get(..2)? {
        [0xFF, 0xFE] => Some((Some("UTF-16LE"), u16::from_le_bytes)),
        [0xFE, 0xFF] => Some((Some("UTF-16BE"), u16::from_be_bytes)),
        _ => None,
    }
}

/// The UTF-16 that bytes without a mark look like: most letters of a table are ASCII, and one of their two bytes is
/// zero.
fn utf_16_without_mark(bytes: &[u8]) -> Option<(Option<&'static str>, ReadUnit)> {
    const SAMPLE: usize = 1 << 10;
    let (pairs, _) = bytes.get(..bytes.len().min(SAMPLE))?.as_chunks::<2>();
    let zeros = |byte: usize| pairs.iter().filter(|pair| pair[byte] == 0).count();
    let is_most =
        |most: usize, few: usize| most > 4 && most * 4 >= pairs.len() * 3 && few * 10 <= pairs.len();
    match (zeros(0), zeros(1)) {
        (few, most) if is_most(most, few) => Some((Some("UTF-16LE"), u16::from_le_bytes)),
        (most, few) if is_most(most, few) => Some((Some("UTF-16BE"), u16::from_be_bytes)),
        _ => None,
    }
}

/// Decodes UTF-16 from a byte on, up to the first fault.
fn utf_16(bytes: &[u8], start: usize, unit: ReadUnit) -> (String, Option<ReadFailure>) {
    let (pairs, rest) = bytes[start..].as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut place = start;
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        match character {
            Ok('\0') => return (String::new(), Some(ReadFailure::binary(&format!("byte {place} is zero")))),
            Ok(character) => {
                text.push(character);
                place += character.len_utf16() * 2;
            }
            Err(_) if place + 2 >= bytes.len() - rest.len() => {
                let failure = cut_off(place, text.len());
                return (text, Some(failure));
            }
            Err(error) => {
                let message = format!(
                    "byte {place} begins half a character (0x{:04X}) and is not UTF-16; what stands before it was read",
                    error.unpaired_surrogate()
                );
                let failure = ReadFailure::new(message).at(text.len()).help("save the file as UTF-8");
                return (text, Some(failure));
            }
        }
    }
    let failure = (!rest.is_empty()).then(|| cut_off(place, text.len()));
    (text, failure)
}

/// The file ends inside a character that begins at the byte `place`, after `read` bytes of text.
fn cut_off(place: usize, read: usize) -> ReadFailure {
    ReadFailure::new(format!("the file ends inside a character (byte {place}): it was probably cut off"))
        .at(read)
}

/// Whether an input of this name may be in an older encoding.
fn may_be_legacy(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name == "-" || ending.is_some_and(|ending| LEGACY_ENDINGS.contains(&ending.as_str()))
}

/// The text of bytes that are not UTF-8, where they look like Windows-1252 and like nothing else.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    // A file that is UTF-8 elsewhere has a fault; read as Windows-1252, its other characters would be wrong.
    let has_utf_8 = bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii());
    let is_cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    if has_utf_8 || is_cut {
        return None;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    if detector.guess(None, Utf8Detection::Deny) != WINDOWS_1252 {
        return None;
    }
    let text = WINDOWS_1252.decode_without_bom_handling(bytes).0;
    let is_text = |text: &Cow<'_, str>| {
        text.chars().all(|character| !character.is_control() || matches!(character, '\t' | '\r' | '\n'))
    };
    is_text(&text).then(|| text.into_owned())
}

/// The fault of an input that is no text at all: text has no NUL, an archive, an image or a spreadsheet does.
fn binary(bytes: &[u8]) -> Option<ReadFailure> {
    let find = |(part, bytes): (usize, &[u8])| memchr(0, bytes).map(|at| part * CHUNK + at);
    let nul = bytes.par_chunks(CHUNK).enumerate().find_map_first(find)?;
    Some(match bytes.get(..4) {
        Some(b"PK\x03\x04") => ReadFailure::binary("it begins like a ZIP archive or a spreadsheet"),
        Some(b"%PDF") => ReadFailure::binary("it begins like a PDF"),
        _ => ReadFailure::binary(&format!("byte {nul} is zero")),
    })
}

fn invalid_utf8(bytes: &[u8], valid: usize) -> ReadFailure {
    let byte = bytes.get(valid).copied().unwrap_or_default();
    if std::str::from_utf8(&bytes[valid..]).is_err_and(|error| error.error_len().is_none()) {
        return cut_off(valid, valid);
    }
    ReadFailure::new(format!("byte {valid} (0x{byte:02X}) is not UTF-8; what stands before it was read"))
        .at(valid)
        .help("save the file as UTF-8; Windows-1252 has such bytes for “ ” – é")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16_bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect()
    }

    #[test]
    fn utf_16_is_read_by_its_mark_in_both_orders() {
        let text = "period,value\r\n2024,é€😀\r\n";
        for (encoding, unit) in
            [("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("UTF-16BE", u16::to_be_bytes)]
        {
            let bytes = utf_16_bytes(text, unit);
            for name in ["a.csv", "a.json"] {
                let source = decode(name, bytes.clone());
                assert_eq!((source.text.as_str(), source.encoding), (text, Some(encoding)));
                assert_eq!((source.size, source.failure.as_ref()), (bytes.len() as u64, None));
                assert_eq!(source.sha256(), Some(sha256_hex(&bytes).as_str()));
            }
        }
    }

    #[test]
    fn utf_16_is_read_up_to_its_first_fault() {
        let mut bytes = utf_16_bytes("aé", u16::to_le_bytes);
        bytes.push(b'b');
        let cut = decode("a.csv", bytes.clone());
        let failure = cut.failure.unwrap();
        assert_eq!((cut.text.as_str(), failure.span.unwrap().start), ("aé", 3));
        assert!(failure.message.contains("inside a character (byte 6)"), "{}", failure.message);
        // The first half of a pair, then the end; then something else.
        bytes.pop();
        bytes.extend([0x3D, 0xD8]);
        assert!(
            decode("a.csv", bytes.clone()).failure.unwrap().message.contains("inside a character (byte 6)")
        );
        bytes.extend([b'b', 0, b'c', 0]);
        let lone = decode("a.csv", bytes).failure.unwrap();
        assert!(lone.message.contains("byte 6 begins half a character (0xD83D)"), "{}", lone.message);
        let nul = decode("a.csv", utf_16_bytes("a\0", u16::to_be_bytes));
        assert_eq!(nul.text, "");
        assert!(nul.failure.unwrap().message.contains("byte 4 is zero"));
    }

    #[test]
    fn utf_16_of_a_table_needs_no_mark() {
        let text = "period,value\r\n2024,é€😀\r\n";
        for (encoding, unit) in
            [("UTF-16LE", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("UTF-16BE", u16::to_be_bytes)]
        {
            let bytes = utf_16_bytes(text, unit)[2..].to_vec();
            let source = decode("a.csv", bytes.clone());
            assert_eq!((source.text.as_str(), source.encoding, source.failure), (text, Some(encoding), None));
            assert!(decode("a.json", bytes).failure.is_some());
        }
        assert!(decode("a.csv", b"a,b\n1,\0\n".to_vec()).failure.is_some());
    }

    #[test]
    fn lines_of_a_table_may_end_with_a_carriage_return() {
        let bytes = b"a,b\r1,2\r";
        let source = decode("a.csv", bytes.to_vec());
        assert_eq!(source.text, "a,b\n1,2\n");
        assert_eq!(source.sha256(), Some(sha256_hex(bytes).as_str()));
        assert_eq!(decode("a.csv", b"a,b\r\n1,\"2\r\"\n".to_vec()).text, "a,b\r\n1,\"2\r\"\n");
    }

    #[test]
    fn a_table_in_windows_1252_is_read() {
        let bytes = b"category,value\nvoil\xE0 \x93caf\xE9\x94 \x96 na\xEFve,1\n";
        for name in ["a.csv", "a.TSV", "a.txt", "-"] {
            let source = decode(name, bytes.to_vec());
            assert_eq!(source.text, "category,value\nvoilà “café” – naïve,1\n");
            assert_eq!((source.encoding, source.failure.as_ref()), (Some("windows-1252"), None));
            assert_eq!(source.sha256(), Some(sha256_hex(bytes).as_str()));
        }
        for name in ["a.json", "a.yaml", "a.toml", "a"] {
            let source = decode(name, bytes.to_vec());
            assert!(source.failure.unwrap().message.starts_with("byte 19 (0xE0) is not UTF-8"));
            assert_eq!((source.encoding, source.text.len()), (None, 19));
        }
    }

    #[test]
    fn what_publishers_write_in_windows_1252_looks_like_it() {
        for text in [
            "caf\u{e9}",
            "Z\u{fc}rich",
            "C\u{f4}te d\u{2019}Ivoire",
            "Cura\u{e7}ao",
            "S\u{e3}o Tom\u{e9}",
            "\u{c5}land",
            "R\u{e9}union",
            "it\u{2019}s",
            "2020 \u{2013} 2021",
            "\u{201c}all\u{201d}",
            "1\u{a0}000",
            "\u{a7} 3",
            "\u{20ac}5",
            "Espa\u{f1}a",
            "T\u{fc}rkiye",
            "\u{d6}sterreich",
            "Stra\u{df}e",
        ] {
            let text = format!("publisher,metric,category,period,value\nexample,appeals,{text},2024,100\n");
            let bytes = WINDOWS_1252.encode(&text).0;
            assert_eq!(windows_1252(&bytes).as_deref(), Some(text.as_str()));
        }
    }

    #[test]
    fn faulty_utf_8_is_not_taken_for_windows_1252() {
        for bytes in [&b"a,\xC3\xA9\n b,\xE9\n"[..], b"a,caf\xC3", b"a,\x81\x8D\x8F\n", b"a,\xE9\x01\n"] {
            let source = decode("a.csv", bytes.to_vec());
            assert!(source.failure.is_some(), "{:?}", source.text);
        }
    }
}
