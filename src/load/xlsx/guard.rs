//! What is looked at before a workbook is opened: that it is one, is whole, and unpacks to a size that can be read.

use std::io::{Cursor, Read as _};

use memchr::{memchr, memmem};
use zip::ZipArchive;

use crate::source::ReadFailure;

/// Most bytes that the parts of a workbook unpack to.
pub const UNPACKED_LIMIT: u64 = 1 << 30;

/// Unpacks every part of a workbook once without keeping it.
pub fn check(bytes: &[u8], limit: u64) -> Result<(), ReadFailure> {
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ReadFailure::new(
            "the workbook is in the old Excel format, or is protected by a password",
        )
        .help("save it as XLSX, without a password"));
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(ReadFailure::new("the file is no XLSX workbook: it does not begin like one"));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut left = limit;
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
            std::io::copy(&mut part, &mut std::io::sink())
        };
        let read = read.map_err(|error| damaged(&format!("{name}: {error}")))?;
        left = left.checked_sub(read).ok_or_else(|| {
            ReadFailure::new(format!("the workbook unpacks to more than {limit} bytes"))
                .help("split it by period or by publisher")
        })?;
    }
    Ok(())
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

    fn message(bytes: &[u8], limit: u64) -> String {
        check(bytes, limit).unwrap_err().message
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let bytes = archive(&[("a.xml", &[b'a'; 6_000]), ("b.xml", &[b'b'; 6_000])]);
        assert!(bytes.len() < 1_000);
        assert!(check(&bytes, 12_000).is_ok());
        assert_eq!(message(&bytes, 11_999), "the workbook unpacks to more than 11999 bytes");
        assert_eq!(message(&bytes, 100), "the workbook unpacks to more than 100 bytes");
    }

    #[test]
    fn a_table_of_texts_that_promises_too_much_is_refused() {
        for count in ["18446744073709551615", "99999999999", "9999999999999999999999"] {
            let text = format!("<sst uniqueCount = '{count}'></sst>");
            let bytes = archive(&[("xl/SharedStrings.xml", text.as_bytes())]);
            assert!(message(&bytes, 1_000).contains("shorter than it says"));
        }
        assert!(check(&archive(&[("xl/sharedStrings.xml", b"<sst uniqueCount=\"2\"/>")]), 1_000).is_ok());
    }

    #[test]
    fn what_is_no_workbook_says_so() {
        assert!(message(b"a,b\n", 9).contains("no XLSX workbook"));
        assert!(message(b"\xD0\xCF\x11\xE0\xA1\xB1", 9).contains("old Excel format"));
        let bytes = archive(&[("a.xml", b"abc")]);
        assert!(message(&bytes[..bytes.len() - 9], 9).contains("damaged or cut off"));
    }
}
