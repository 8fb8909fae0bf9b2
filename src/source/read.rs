//! Reading an input whole, with a named reason where that is not possible.
//!
//! Strangers send files. Each fault has its own sentence and, where there is one, a position: a file that is not text,
//! is in another encoding, breaks off inside a character, is too large, or is no file at all.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

use memchr::memchr;
use rayon::prelude::*;

use super::{Source, Span, sha256_hex};

/// Largest input in bytes: spans are 32-bit, and a published disclosure is far below this.
pub const SIZE_LIMIT: u64 = 2_000_000_000;

/// Bytes of a large file that are read in one go.
const CHUNK: usize = 1 << 22;

/// Why an input could not be read, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFailure {
    /// Place of the fault in the text, where it has one.
    pub span: Option<Span>,
    /// What is the matter, in a sentence without the path.
    pub message: String,
    /// What would mend it.
    pub help: Option<String>,
}

impl ReadFailure {
    fn new(message: impl Into<String>) -> Self {
        Self { span: None, message: message.into(), help: None }
    }

    fn at(mut self, offset: usize) -> Self {
        self.span = Some(Span::new(offset as u32, offset as u32));
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reads the file at `path` and names it `name` in everything that is printed. A fault is part of the source.
pub fn read_path(path: &Path, name: &str) -> Source {
    match open(path) {
        Ok((file, size)) => match read_in_chunks(&file, size) {
            Some(bytes) => decode(name, bytes),
            None => read_stream(file, name, size),
        },
        Err(failure) => unread(name, failure, 0),
    }
}

/// Reads a large file on all threads: half of the time goes into making room in memory. `None` where the file is small,
/// is not read as large as it said to be, or the system cannot read at a position.
fn read_in_chunks(file: &File, size: u64) -> Option<Vec<u8>> {
    let size = usize::try_from(size).ok().filter(|size| *size > CHUNK)?;
    let mut bytes = vec![0; size];
    let read = |(chunk, bytes): (usize, &mut [u8])| read_at(file, bytes, (chunk * CHUNK) as u64);
    bytes.par_chunks_mut(CHUNK).enumerate().try_for_each(read).ok()?;
    let is_same = file.metadata().is_ok_and(|metadata| metadata.len() == size as u64);
    is_same.then_some(bytes)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Reads a stream to its end; `expected` is its size in bytes where that is known, 0 where it is not.
pub fn read_stream(stream: impl Read, name: &str, expected: u64) -> Source {
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0).saturating_add(1));
    match stream.take(SIZE_LIMIT + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > SIZE_LIMIT => unread(name, too_large(bytes.len() as u64, true), 0),
        Ok(_) => decode(name, bytes),
        Err(error) => unread(name, ReadFailure::new(format!("the file cannot be read: {error}")), 0),
    }
}

fn open(path: &Path) -> Result<(File, u64), ReadFailure> {
    let metadata = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
    if metadata.is_dir() {
        return Err(ReadFailure::new("this is a folder, not a file"));
    }
    if !metadata.is_file() {
        return Err(ReadFailure::new("this is not a regular file (a device, socket or pipe)")
            .help("pass `-` to read standard input"));
    }
    if metadata.len() > SIZE_LIMIT {
        return Err(too_large(metadata.len(), false));
    }
    let file = File::open(path)
        .map_err(|error| ReadFailure::new(format!("the file cannot be opened: {}", plain(&error))))?;
    Ok((file, metadata.len()))
}

fn missing(path: &Path, error: &std::io::Error) -> ReadFailure {
    match std::fs::read_link(path) {
        Ok(target) => {
            ReadFailure::new(format!("this is a link to `{}`, which does not exist", target.display()))
        }
        Err(_) => ReadFailure::new(format!("the file cannot be opened: {}", plain(error))),
    }
}

/// The reason without the number of the operating system's error.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn too_large(size: u64, at_least: bool) -> ReadFailure {
    let more = if at_least { "more than " } else { "" };
    let size = if at_least { SIZE_LIMIT } else { size };
    ReadFailure::new(format!("the file has {more}{size} bytes; candor reads up to {SIZE_LIMIT}"))
        .help("split it by period or by publisher")
}

fn unread(name: &str, failure: ReadFailure, size: u64) -> Source {
    let mut source = Source::new(name, String::new());
    source.size = size;
    source.failure = Some(failure);
    source
}

/// Turns bytes into text as far as they are text.
fn decode(name: &str, bytes: Vec<u8>) -> Source {
    let size = bytes.len() as u64;
    let fault = fault_of(&bytes);
    let (bytes, failure) = match fault {
        None => match String::from_utf8(bytes) {
            Ok(text) => return Source::new(name, text),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let failure = invalid_utf8(error.as_bytes(), valid);
                (error.into_bytes(), failure)
            }
        },
        Some(failure) => (bytes, failure),
    };
    let hash = OnceLock::from(sha256_hex(&bytes));
    let kept = failure.span.map_or(0, |span| span.start as usize);
    let text =
        bytes.get(..kept).map(|prefix| String::from_utf8_lossy(prefix).into_owned()).unwrap_or_default();
    Source { path: name.to_owned(), text, size, failure: Some(failure), lines: OnceLock::new(), hash }
}

/// Faults that show without decoding: another encoding, or no text at all.
fn fault_of(bytes: &[u8]) -> Option<ReadFailure> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Some(
            ReadFailure::new("the file is in UTF-16 (it begins with that byte-order mark)")
                .at(0)
                .help("save it as UTF-8"),
        );
    }
    // Text has no NUL: what has one is an archive, an image, a spreadsheet or UTF-16 without a mark.
    let find = |(chunk, bytes): (usize, &[u8])| memchr(0, bytes).map(|at| chunk * CHUNK + at);
    let nul = bytes.par_chunks(CHUNK).enumerate().find_map_first(find)?;
    let kind = match bytes.get(..4) {
        Some(b"PK\x03\x04") => "it begins like a ZIP archive or a spreadsheet".to_owned(),
        Some(b"%PDF") => "it begins like a PDF".to_owned(),
        _ => format!("byte {nul} is zero"),
    };
    Some(ReadFailure::new(format!("the file is binary, not text: {kind}")).at(0))
}

fn invalid_utf8(bytes: &[u8], valid: usize) -> ReadFailure {
    let byte = bytes.get(valid).copied().unwrap_or_default();
    let cut = bytes.len() - valid < 4
        && std::str::from_utf8(&bytes[valid..]).is_err_and(|e| e.error_len().is_none());
    let message = if cut {
        format!("the file ends inside a character (byte {valid}): it was probably cut off")
    } else {
        format!("byte {valid} (0x{byte:02X}) is not UTF-8; what stands before it was read")
    };
    let failure = ReadFailure::new(message).at(valid);
    if cut {
        failure
    } else {
        failure.help("save the file as UTF-8; Windows-1252 has such bytes for “ ” – é")
    }
}
