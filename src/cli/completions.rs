//! `candor completions`: completions for a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::{Arguments, print};

/// Options of `candor completions`.
#[derive(Debug, Args)]
pub struct Options {
    /// The shell.
    shell: Shell,
}

pub(super) fn command(options: &Options) -> u8 {
    let mut script = Vec::new();
    generate(options.shell, &mut Arguments::command(), "candor", &mut script);
    print(&String::from_utf8_lossy(&script))
}
