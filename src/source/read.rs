//! Reading an input whole, with a named reason where that is not possible.
//!
//! Strangers send files. Each fault has its own sentence: a file that is too large, cannot be opened, or is no file at
//! all. What its bytes are is found out elsewhere.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;

use super::decode::decode;
use super::limits::{FILE_SIZE, Limits};
use super::{Source, Span};

/// Bytes of a large file that are read in one go.
pub(super) const CHUNK: usize = 1 << 22;

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
    /// A failure without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { span: None, message: message.into(), help: None }
    }

    /// The failure of a file that is no text; `kind` says how that shows.
    pub(super) fn binary(kind: &str) -> Self {
        Self::new(format!("the file is binary, not text: {kind}")).at(0)
    }

    /// Adds the place of the fault: a byte of the text.
    pub fn at(mut self, offset: usize) -> Self {
        self.span = Some(Span::new(offset as u32, offset as u32));
        self
    }

    /// Adds what would mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Reads the file at `path` and names it `name` in everything that is printed. A fault is part of the source.
pub fn read_path(path: &Path, name: &str, limits: &Limits) -> Source {
    match bytes_of_path(path, limits) {
        Ok(bytes) => decode(name, bytes),
        Err(failure) => Source::unread(name, failure),
    }
}

/// Reads a stream to its end; `expected` is its size in bytes where that is known, 0 where it is not.
pub fn read_stream(stream: impl Read, name: &str, expected: u64, limits: &Limits) -> Source {
    match bytes_of_stream(stream, expected, limits) {
        Ok(bytes) => decode(name, bytes),
        Err(failure) => Source::unread(name, failure),
    }
}

/// The bytes of the file at `path`.
pub fn bytes_of_path(path: &Path, limits: &Limits) -> Result<Vec<u8>, ReadFailure> {
    let (file, size) = open(path, limits)?;
    match read_in_chunks(&file, size) {
        Some(bytes) => Ok(bytes),
        None => bytes_of_stream(file, size, limits),
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

/// The bytes of a stream up to its end; `expected` is its size in bytes where that is known, 0 where it is not.
pub fn bytes_of_stream(stream: impl Read, expected: u64, limits: &Limits) -> Result<Vec<u8>, ReadFailure> {
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0).saturating_add(1));
    match stream.take(limits.file_size + 1).read_to_end(&mut bytes) {
        // How much more there is, nobody knows.
        Ok(_) if bytes.len() as u64 > limits.file_size => {
            Err(too_large(&format!("more than {}", limits.file_size), limits))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(ReadFailure::new(format!("the file cannot be read: {error}"))),
    }
}

fn open(path: &Path, limits: &Limits) -> Result<(File, u64), ReadFailure> {
    let metadata = std::fs::metadata(path).map_err(|error| missing(path, &error))?;
    if metadata.is_dir() {
        return Err(ReadFailure::new("this is a folder, not a file"));
    }
    if !metadata.is_file() {
        return Err(ReadFailure::new("this is not a regular file (a device, socket or pipe)")
            .help("pass `-` to read standard input"));
    }
    if metadata.len() > limits.file_size {
        return Err(too_large(&metadata.len().to_string(), limits));
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

fn too_large(size: &str, limits: &Limits) -> ReadFailure {
    ReadFailure::new(format!("the file has {size} bytes; the limit is {}", limits.file_size))
        .help(format!("split it by period or by publisher; {}", limits.help(&FILE_SIZE)))
}
