//! What is looked at before a workbook is opened: that it is one, is whole, and unpacks to a size that can be read.

use std::io::{Cursor, Read as _};

use memchr::{memchr, memmem};
use zip::ZipArchive;

use crate::source::ReadFailure;
use crate::source::limits::{COMPRESSION_RATIO, Limits, WORKBOOK_PARTS};

/// Most bytes that the parts of a workbook unpack to.
const UNPACKED_LIMIT: u64 = 1 << 30;

/// What the record of each part in the directory of an archive begins with.
const RECORD: &[u8] = b"PK\x01\x02";

/// What a workbook may hold; where it does not, its sheets need not be gone through for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contents {
    /// Formulas in cells.
    pub formulas: bool,
    /// Merged ranges of cells.
    pub merged: bool,
}

/// Notes what there is in the parts of a workbook while they are unpacked.
#[derive(Default)]
struct Search {
    found: Contents,
    /// The last bytes, in which a tag may have begun.
    rest: Vec<u8>,
}

/// The name of the element for merged ranges.
const MERGED: &[u8] = b"mergeCell";

impl std::io::Write for Search {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.rest.extend_from_slice(bytes);
        // The name of the element is `f`, whatever its prefix.
        let is_formula =
            |place: usize| self.rest.get(place + 2).is_some_and(|after| b"> /\t\r\n".contains(after));
        self.found.formulas = self.found.formulas
            || memmem::find_iter(&self.rest, "<f").any(is_formula)
            || memmem::find_iter(&self.rest, ":f").any(is_formula);
        self.found.merged = self.found.merged || memmem::find(&self.rest, MERGED).is_some();
        let seen = self.rest.len().saturating_sub(MERGED.len());
        self.rest.drain(..seen);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Counts the parts of a workbook, and unpacks each once without keeping it.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<Contents, ReadFailure> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ReadFailure::new(
            "the workbook is in the old Excel format, or is protected by a password",
        )
        .help("save it as XLSX, without a password"));
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(ReadFailure::new("the file is no XLSX workbook: it does not begin like one"));
    }
    // Counted before the library makes room for them.
    let parts = memmem::find_iter(bytes, RECORD).count() as u64;
    if parts > limits.workbook_parts {
        let message = format!("the workbook has {parts} parts; the limit is {}", limits.workbook_parts);
        return Err(ReadFailure::new(message).help(limits.help(&WORKBOOK_PARTS)));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let by_ratio = limits.compression_ratio.saturating_mul(bytes.len() as u64);
    let mut left = by_ratio.min(UNPACKED_LIMIT);
    let mut search = Search::default();
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(|error| damaged(&error.to_string()))?;
        let name = part.name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let mut part = part.take(left + 1);
        let read = if name.ends_with("sharedstrings.xml") {
            let mut text = Vec::new();
            let read = part.read_to_end(&mut text);
            check_shared_strings(&text)?;
            read.map(|count| count as u64)
        } else {
            std::io::copy(&mut part, &mut search)
        };
        let read = read.map_err(|error| damaged(&format!("{name}: {error}")))?;
        left = left.checked_sub(read).ok_or_else(|| unpacks_to_too_much(bytes.len(), limits))?;
        search.rest.clear();
    }
    Ok(search.found)
}

/// The failure of a workbook of so many bytes that goes beyond the nearer of both bounds.
fn unpacks_to_too_much(size: usize, limits: &Limits) -> ReadFailure {
    let ratio = limits.compression_ratio;
    if ratio.saturating_mul(size as u64) < UNPACKED_LIMIT {
        let message = format!(
            "the workbook unpacks to more than {ratio} times its {size} bytes; the limit is {ratio} times"
        );
        return ReadFailure::new(message)
            .help(format!("save its tables in a new workbook; {}", limits.help(&COMPRESSION_RATIO)));
    }
    ReadFailure::new(format!("the workbook unpacks to more than {UNPACKED_LIMIT} bytes"))
        .help("split it by period or by publisher")
}

fn damaged(why: &str) -> ReadFailure {
    ReadFailure::new(format!("the workbook is damaged or cut off: {why}")).help("fetch or save it again")
}

/// The library makes room for as many texts as the table of texts says it has, before it has seen one.
fn check_shared_strings(text: &[u8]) -> Result<(), ReadFailure> {
    if memchr(0, text).is_some() {
        return Err(damaged("its table of texts is not UTF-8"));
    }
    for place in memmem::find_iter(text, "uniqueCount") {
        let digits = text[place..].iter().skip("uniqueCount".len());
        let mut digits =
            digits.skip_while(|byte| b" \t\r\n='\"".contains(byte)).take_while(|byte| byte.is_ascii_digit());
        let count = digits
            .try_fold(0_usize, |count, digit| count.checked_mul(10)?.checked_add(usize::from(digit - b'0')));
        // A text takes more than one byte.
        if count.is_none_or(|count| count > text.len()) {
            return Err(damaged("its table of texts is shorter than it says"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn message(bytes: &[u8]) -> String {
        check(bytes, &Limits::default()).unwrap_err().message
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bytes = archive(&[("a.xml", &[b'a'; 60_000]), ("b.xml", &[b'b'; 60_000])]);
        let size = bytes.len();
        let least = 120_000_u64.div_ceil(size as u64);
        assert!((10..1_000).contains(&least));
        let within = |compression_ratio| Limits { compression_ratio, ..Limits::default() };
        assert!(check(&bytes, &within(least)).is_ok());
        for ratio in [1, least / 2, least - 1] {
            let failure = check(&bytes, &within(ratio)).unwrap_err();
            assert_eq!(
                failure.message,
                format!(
                    "the workbook unpacks to more than {ratio} times its {size} bytes; the limit is {ratio} times"
                )
            );
            assert!(failure.help.unwrap().contains("`compression-ratio` under `[limits]`"));
        }
        let failure = unpacks_to_too_much(100_000_000, &Limits::default());
        assert_eq!(failure.message, "the workbook unpacks to more than 1073741824 bytes");
    }

    #[test]
    fn too_many_parts_are_refused() {
        let bytes = archive(&[("a.xml", b"a"), ("b.xml", b"b"), ("c.xml", b"c")]);
        assert!(check(&bytes, &Limits { workbook_parts: 3, ..Limits::default() }).is_ok());
        let failure = check(&bytes, &Limits { workbook_parts: 2, ..Limits::default() }).unwrap_err();
        assert_eq!(failure.message, "the workbook has 3 parts; the limit is 2");
        assert!(failure.help.unwrap().starts_with("`workbook-parts` under `[limits]`"));
    }

    #[test]
    fn a_table_of_texts_that_promises_too_much_is_refused() {
        for count in ["18446744073709551615", "99999999999", "9999999999999999999999"] {
            let text = format!("<sst uniqueCount = '{count}'></sst>");
            let bytes = archive(&[("xl/SharedStrings.xml", text.as_bytes())]);
            assert!(message(&bytes).contains("shorter than it says"));
        }
        assert!(
            check(&archive(&[("xl/sharedStrings.xml", b"<sst uniqueCount=\"2\"/>")]), &Limits::default())
                .is_ok()
        );
    }

    #[test]
    fn formulas_and_merged_ranges_are_seen_wherever_a_chunk_ends() {
        let found = |text: &str| check(&archive(&[("a.xml", text.as_bytes())]), &Limits::default()).unwrap();
        for before in 8_180..8_200 {
            // No two bytes alike in a row, lest it unpack to too much.
            let filling: String =
                (0..before).map(|place: u32| char::from(b'g' + (place * place % 17) as u8)).collect();
            for formula in ["<f>", "<x:f t=\"shared\"/>", "<f/>"] {
                let text = format!("{filling}{formula}");
                assert_eq!(found(&text), Contents { formulas: true, merged: false }, "{before} {formula}");
            }
            let text = format!("{filling}<mergeCell ref=\"A1:B2\"/>");
            assert_eq!(found(&text), Contents { formulas: false, merged: true }, "{before}");
            assert_eq!(found(&format!("{filling}<font><x:filter>")), Contents::default());
        }
    }

    #[test]
    fn what_is_no_workbook_says_so() {
        assert!(message(b"a,b\n").contains("no XLSX workbook"));
        assert!(message(b"\xD0\xCF\x11\xE0\xA1\xB1").contains("old Excel format"));
        let bytes = archive(&[("a.xml", b"abc")]);
        assert!(message(&bytes[..bytes.len() - 9]).contains("damaged or cut off"));
    }
}
