//! The command line: one file a command. Only this layer prints, reads files and asks the terminal for its width.

mod baseline;
mod check;
mod completions;
mod convert;
mod diff;
mod explain;
mod git;
mod init;
mod inputs;
mod man;
mod output;
mod packages;
mod profiles;
mod progress;
mod rule_words;
mod rules;
mod schema;

use std::io::Write as _;
use std::panic::catch_unwind;

use clap::{Parser, Subcommand, ValueEnum};

pub use check::{BaselineChoice, CheckRequest, Checked, check};

/// Exit code for a wrong command line or configuration.
const USAGE: u8 = 2;
/// Exit code where no input matched.
const NO_INPUT: u8 = 3;
/// Exit code for a fault of candor itself.
const INTERNAL: u8 = 70;

/// A linter for platform transparency reports.
///
/// Checks published statistics against schemas, arithmetic, their own history and each other, and points at the exact
/// cell with the numbers that led to each finding.
#[derive(Debug, Parser)]
#[command(name = "candor", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Colours: where the output is a terminal and NO_COLOR is not set, always, or never.
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColourChoice,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColourChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks files, folders or standard input (`-`).
    Check(check::Options),
    /// Sets the findings of an existing dataset aside, so that new ones stand out.
    Baseline(baseline::Options),
    /// Says what a later release makes of the figures of an earlier one.
    Diff(diff::Options),
    /// Writes any file that candor reads as a tidy table or a report document.
    Convert(convert::Options),
    /// Says what a rule finds, why it matters, how, and how to mend it.
    Explain(explain::Options),
    /// Lists the formats of publishers that are known, or says which of them a file is in.
    Profiles(profiles::Options),
    /// Lists all rules.
    Rules(rules::Options),
    /// Prints an embedded JSON Schema.
    Schema(schema::Options),
    /// Writes a starter `candor.toml`, a CI workflow and a pre-commit entry.
    Init(init::Options),
    /// Prints the manual page of candor or of a command.
    Man(man::Options),
    /// Prints completions for a shell.
    Completions(completions::Options),
}

/// Runs the program and returns its exit code.
pub fn run() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors. If they cannot be written there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { USAGE } else { 0 };
        }
    };
    // A rule that fails is a finding; the default message of a panic would only stand beside it.
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(|| match &arguments.command {
        Command::Check(options) => check::command(options, arguments.color),
        Command::Baseline(options) => baseline::command(options, arguments.color),
        Command::Diff(options) => diff::command(options, arguments.color),
        Command::Convert(options) => convert::command(options),
        Command::Explain(options) => explain::command(options, arguments.color),
        Command::Profiles(options) => profiles::command(options),
        Command::Rules(options) => rules::command(options),
        Command::Schema(options) => schema::command(options),
        Command::Init(options) => init::command(options),
        Command::Man(options) => man::command(options),
        Command::Completions(options) => completions::command(options),
    });
    outcome.unwrap_or_else(|panic| {
        let why = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        complain(&format!(
            "candor failed: {}; please report this with the input",
            why.unwrap_or("no message")
        ));
        INTERNAL
    })
}

/// A message for the user on standard error.
fn complain(message: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "candor: {message}");
}

/// Writes text to standard output; a closed pipe is no fault, the reader has had enough.
fn print(text: &str) -> u8 {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => 0,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(error) => {
            complain(&format!("standard output cannot be written: {error}"));
            INTERNAL
        }
    }
}
