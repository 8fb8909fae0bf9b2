//! `candor man`: the manual page.

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::{Arguments, INTERNAL, complain, print};

/// Options of `candor man`.
#[derive(Debug, Args)]
pub struct Options {
    /// The command whose page to print; the page of candor itself where none is given.
    command: Option<String>,
}

pub(super) fn command(options: &Options) -> u8 {
    let mut candor = Arguments::command();
    candor.build();
    let found = match &options.command {
        None => Some(candor),
        Some(name) => candor.find_subcommand(name).cloned(),
    };
    let Some(found) = found else {
        complain(&format!("there is no command `{}`", options.command.as_deref().unwrap_or_default()));
        return super::USAGE;
    };
    let mut page = Vec::new();
    match Man::new(found).render(&mut page) {
        Ok(()) => print(&String::from_utf8_lossy(&page)),
        Err(error) => {
            complain(&format!("the page cannot be written: {error}"));
            INTERNAL
        }
    }
}
