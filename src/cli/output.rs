//! Where output goes, and how wide and colourful it may be.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::{ColourChoice, INTERNAL, complain, print};
use crate::engine::Outcome;
use crate::render::{Format, RunInfo, Style, render};

/// Width where the output is no terminal and nothing else is known.
pub const DEFAULT_WIDTH: usize = 100;
/// A narrower terminal cannot show a cell and its label.
const LEAST_WIDTH: usize = 40;
/// Beyond this, lines are hard to read.
const MOST_WIDTH: usize = 140;

/// A format and the file it goes to.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The format.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

/// Prints an outcome on standard output and writes it to files; returns the exit code. What is kept in a file is in the
/// plain style: it must not depend on the terminal.
pub fn deliver(
    outcome: &Outcome,
    run: &RunInfo,
    format: Format,
    files: &[Destination],
    colour: ColourChoice,
    plain: Style,
) -> u8 {
    for file in files {
        if let Err(error) = write_whole(&file.path, &render(outcome, file.format, &plain, run)) {
            complain(&format!("`{}` cannot be written: {error}", file.path.display()));
            return INTERNAL;
        }
    }
    match print(&render(outcome, format, &style_for(colour, plain), run)) {
        0 => run.exit_code,
        fault => fault,
    }
}

/// What the name of a file ends with while it is written.
const UNFINISHED: &str = ".candor-part";

/// Whether a file is what was left of an output when the process ended before it was whole.
pub fn is_unfinished(name: &OsStr) -> bool {
    name.to_string_lossy().ends_with(UNFINISHED)
}

/// Writes a file whole or not at all: what stands there is only replaced once everything is written beside it.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    // A device or a pipe cannot be replaced, only written to.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::write(path, text);
    }
    // A link is written through, not replaced.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}{UNFINISHED}", std::process::id()));
    let part = target.with_file_name(name);
    let written = write_to_disk(&part, text).and_then(|()| std::fs::rename(&part, &target));
    if written.is_err() {
        // What was begun is of no use; where it cannot be removed, the first fault is the one to report.
        let _ = std::fs::remove_file(&part);
    }
    written
}

fn write_to_disk(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// A style for standard output.
pub fn style_for(colour: ColourChoice, plain: Style) -> Style {
    Style { colour: wants_colour(colour, std::io::stdout().is_terminal()), width: terminal_width(), ..plain }
}

/// The style of messages on standard error.
pub fn style_of_errors(colour: ColourChoice) -> Style {
    let colour = wants_colour(colour, std::io::stderr().is_terminal());
    Style { colour, width: terminal_width(), verbose: false, all: false, plot: false }
}

/// Prints on standard error.
pub fn print_error(text: &str, _style: &Style) {
    // Where standard error is closed there is nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn wants_colour(choice: ColourChoice, is_terminal: bool) -> bool {
    match choice {
        ColourChoice::Always => true,
        ColourChoice::Never => false,
        // https://no-color.org: any value that is not empty.
        ColourChoice::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

/// Width of the terminal in columns, within reason.
pub fn terminal_width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let measured = std::io::stdout().is_terminal().then(measured_width).flatten();
    measured.or(columns).unwrap_or(DEFAULT_WIDTH).clamp(LEAST_WIDTH, MOST_WIDTH)
}

fn measured_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}
