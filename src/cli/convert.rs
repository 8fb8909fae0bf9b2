//! `candor convert`: any file that candor reads, as a canonical one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::check::{CheckRequest, Reading, read_request};
use super::{NO_INPUT, USAGE, complain, print};
use crate::convert;
use crate::diag::{grouped, quantity_of};
use crate::model::{Absence, Dataset, Quantity};

/// Options of `candor convert`.
#[derive(Debug, Args)]
pub struct Options {
    /// The file to convert, or `-` for standard input.
    file: PathBuf,
    /// What to write: a tidy table (csv) or a report document (json, yaml).
    #[arg(long, value_enum)]
    to: Target,
    /// The configuration to use instead of the nearest candor.toml above the file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    Csv,
    Json,
    Yaml,
}

pub(super) fn command(options: &Options) -> u8 {
    let request = CheckRequest {
        paths: vec![options.file.clone()],
        config: options.config.clone(),
        ..CheckRequest::default()
    };
    let dataset = match read_request(&request) {
        Reading::Done(read) => read.dataset(),
        Reading::BadConfiguration(..) => {
            complain("candor.toml has faults: `candor check` shows them");
            return USAGE;
        }
        Reading::BadRequest(why) => {
            complain(&why);
            return USAGE;
        }
        Reading::NoInput(why) => {
            complain(&why);
            return NO_INPUT;
        }
    };
    let written = match options.to {
        Target::Csv => convert::csv(&dataset),
        Target::Json => convert::json(&dataset),
        Target::Yaml => convert::yaml(&dataset),
    };
    match written {
        Err(why) => {
            complain(&why);
            USAGE
        }
        Ok(text) => match print(&text) {
            0 => say_what_is_missing(&dataset),
            code => code,
        },
    }
}

/// Says how many figures could not be read; exit code 3 where there are any, because the copy lacks them.
fn say_what_is_missing(dataset: &Dataset) -> u8 {
    let is_unreadable = |quantity: &Quantity| *quantity == Quantity::Absent(Absence::Unreadable);
    let unreadable = dataset.observations.iter().filter(|one| is_unreadable(&one.quantity)).count();
    let missing = dataset.values_read.saturating_sub(dataset.observations.len() - unreadable);
    if missing == 0 && dataset.unread_inputs == 0 {
        return 0;
    }
    let what = if missing == 0 {
        "the input could not be read to its end".to_owned()
    } else {
        let of = grouped(dataset.values_read.into());
        format!(
            "{} of {of} could not be read and {} left out",
            quantity_of(missing, "value"),
            if missing == 1 { "is" } else { "are" }
        )
    };
    complain(&format!("{what}: `candor check` says why"));
    NO_INPUT
}
