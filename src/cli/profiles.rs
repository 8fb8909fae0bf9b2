//! `candor profiles`: the formats of publishers that candor knows, which of them a file is in, and a draft for one that
//! it does not know.

use std::path::PathBuf;

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use super::check::{CheckRequest, Reading, read_request};
use super::output::terminal_width;
use super::{NO_INPUT, USAGE, complain, print};
use crate::diag::quantity_of;
use crate::ingest::profile::recognise::{Fit, Recognition};
use crate::ingest::profile::{Profile, draft};
use crate::ingest::{self, Headings};

/// Options of `candor profiles`.
#[derive(Debug, Args)]
pub struct Options {
    /// Say which profile this file is read by, why, and what came close.
    file: Option<PathBuf>,
    /// Print a profile for the file, to be completed: its headings, with guesses at what they hold.
    #[arg(long, requires = "file")]
    draft: bool,
    /// The configuration to use instead of the nearest candor.toml above the file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How many profiles that came close are told.
const CLOSE: usize = 4;

pub(super) fn command(options: &Options) -> u8 {
    let here = PathBuf::from(".");
    let path = options.file.clone().unwrap_or(here);
    let request =
        CheckRequest { paths: vec![path], config: options.config.clone(), ..CheckRequest::default() };
    let read = match (read_request(&request), &options.file) {
        (Reading::Done(read), _) => *read,
        // All that is asked of the folder is whether its configuration brings profiles.
        (Reading::NoInput(_), None) => {
            return print(&table(&ingest::profile::shipped().iter().collect::<Vec<_>>()));
        }
        (Reading::NoInput(why), Some(_)) => {
            complain(&why);
            return NO_INPUT;
        }
        (Reading::BadRequest(why), _) => {
            complain(&why);
            return USAGE;
        }
        (Reading::BadConfiguration(..), _) => {
            complain("candor.toml or a profile it names has faults: `candor check` shows them");
            return USAGE;
        }
    };
    let profiles = read.profiles();
    if options.file.is_none() {
        return print(&table(&profiles));
    }
    let mut text = String::new();
    for input in read.inputs() {
        let source = read.source(input);
        // The data package that lists the file came with it.
        if ingest::package::is_package(&source.path) && !input.named {
            continue;
        }
        match (ingest::headings(source, read.limits()), options.draft) {
            (None, _) => text.push_str(&format!("{}: no table\n", source.path)),
            (Some(headings), true) => text.push_str(&draft::of(&source.path, &headings)),
            (Some(headings), false) => text.push_str(&report(&profiles, &source.path, &headings)),
        }
    }
    print(&text)
}

fn table(profiles: &[&Profile]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(terminal_width() as u16);
    table.set_header(["profile", "publisher and file"]);
    for profile in profiles {
        table.add_row([profile.id.as_str(), profile.title.as_str()]);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

/// Which profile a file is read by, why, and what came close.
fn report(profiles: &[&Profile], path: &str, headings: &Headings) -> String {
    let fits = headings.fits(profiles, path);
    let mut text = match headings.recognise(profiles, path) {
        Recognition::By(profile) => format!("{path}: {} ({})\n", profile.id, profile.title),
        Recognition::Ambiguous(several) => {
            let ids: Vec<&str> = several.iter().map(|profile| profile.id.as_str()).collect();
            format!("{path}: fits several profiles equally well: {}\n", ids.join(", "))
        }
        Recognition::None(_) if headings.is_tidy() => format!("{path}: no profile; it is a tidy table\n"),
        Recognition::None(_) => {
            format!("{path}: no profile; `candor profiles --draft {path}` writes a beginning of one\n")
        }
    };
    for fit in fits.iter().take(CLOSE) {
        text.push_str(&format!("  {}: {}\n", fit.profile.id, why(fit)));
    }
    text
}

fn why(fit: &Fit<'_>) -> String {
    let found = format!("{} found", quantity_of(fit.found, "heading"));
    let missing =
        if fit.missing.is_empty() { String::new() } else { format!(", missing {}", fit.missing.join(", ")) };
    let name = if fit.is_named { "" } else { "; it is for files of another name" };
    format!("{found}{missing}{name}")
}
