//! From the text of a file to a tree whose values know where they stand. Only syntax errors are found here.
//!
//! [`json`], [`yaml`] and [`toml`] each have one function, `parse`, which takes the whole text (with its byte-order
//! mark, if it has one) and gives a [`Tree`]. It never fails: a text with a syntax error gives the tree of what was
//! read before the error, and the error in [`Tree::failure`]. Tables are not trees: [`csv`] gives rows. A workbook
//! becomes several such texts, one a sheet, when it is read: see [`read_path`].

mod builder;
pub mod csv;
pub mod grid;
mod input;
pub mod json;
pub mod toml;
pub mod tree;
pub mod xlsx;
pub mod yaml;

pub use input::{read_path, read_stream};
pub use tree::{DuplicateKey, Kind, Located, Member, Node, SyntaxError, Tree};

/// The byte-order mark some programs put before the text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Number of the line, counted from 1, that holds the byte at `offset`.
fn line_number(text: &str, offset: u32) -> usize {
    let before = text.as_bytes().get(..offset as usize).unwrap_or(text.as_bytes());
    1 + memchr::memchr_iter(b'\n', before).count()
}

/// The error for a text whose positions do not fit into a [`Span`](crate::source::Span).
fn too_large(text: &str) -> Option<SyntaxError> {
    (u32::try_from(text.len()).is_err()).then(|| SyntaxError {
        span: crate::source::Span::new(0, 0),
        message: "the file is larger than 4 GiB".to_owned(),
        help: Some("split it into several files".to_owned()),
    })
}
