//! `candor diff`: what a later release makes of the figures of an earlier one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::check::{CheckRequest, Checked, check, fail_on};
use super::git::{Revisions, Unpacked};
use super::output::{DEFAULT_WIDTH, style_for, write_whole};
use super::{ColourChoice, INTERNAL, NO_INPUT, USAGE, complain, inputs, print};
use crate::config::FailOn;
use crate::diag::{Level, closest, quantity_of};
use crate::engine::{CheckedSide, Step};
use crate::render::{self, DiffFormat, DiffInfo, Style};

/// Options of `candor diff`.
#[derive(Debug, Args)]
pub struct Options {
    /// Files or folders, the oldest first; with --rev the file or folder to compare with itself.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Compare two revisions of a path, read through git: A..B, or A for A and the files as they are.
    #[arg(long, value_name = "A..B")]
    rev: Option<Revisions>,
    /// The configuration to use instead of the nearest candor.toml above each path.
    #[arg(long, value_name = "FILE", conflicts_with = "rev")]
    config: Option<PathBuf>,
    /// Set exit code 1 from this level on: error (a new error), warning (or a new warning, a restated or removed value),
    /// note (or a new note, a renamed series), or never.
    #[arg(long, value_name = "LEVEL", value_parser = fail_on, default_value = "error")]
    fail_on: FailOn,
    /// What to print on standard output: terminal, markdown, json or csv.
    #[arg(long, value_name = "FORMAT", value_parser = format, default_value = "terminal")]
    format: DiffFormat,
    /// Write another format to a file as well; may be given any number of times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = destination)]
    output: Vec<(DiffFormat, PathBuf)>,
    /// Print a patch instead: the first path with the numbers of the second.
    #[arg(long, conflicts_with_all = ["format", "output", "rev", "all"])]
    patch: bool,
    /// List everything.
    #[arg(long)]
    all: bool,
}

fn format(word: &str) -> Result<DiffFormat, String> {
    DiffFormat::parse(word).ok_or_else(|| {
        let names = DiffFormat::ALL.map(DiffFormat::as_str);
        let help = closest(word, names).map(|name| format!("; did you mean `{name}`?"));
        format!("one of {}{}", names.join(", "), help.unwrap_or_default())
    })
}

fn destination(text: &str) -> Result<(DiffFormat, PathBuf), String> {
    let (word, path) = text.split_once('=').ok_or("write FORMAT=FILE, such as markdown=comment.md")?;
    if path.is_empty() {
        return Err("the file name is missing".to_owned());
    }
    Ok((format(word)?, PathBuf::from(path)))
}

/// Where one side is read from.
struct SideToRead {
    /// What it is called.
    name: String,
    path: PathBuf,
    /// A folder outside the current one whose files are printed under another name.
    shown: Option<(PathBuf, String)>,
}

pub(super) fn command(options: &Options, colour: ColourChoice) -> u8 {
    // Unpacked revisions are removed when this goes.
    let mut unpacked = Vec::new();
    let sides = match sides_of(options, &mut unpacked) {
        Ok(sides) => sides,
        Err((why, code)) => {
            complain(&why);
            return code;
        }
    };
    let mut checked = Vec::with_capacity(sides.len());
    for side in sides {
        match read(side, options) {
            Ok(side) => checked.push(side),
            Err((why, code)) => {
                complain(&why);
                return code;
            }
        }
    }
    let steps: Vec<Step<'_>> = checked.windows(2).map(|pair| Step::new(&pair[0], &pair[1])).collect();
    let code = exit_code(&steps, options.fail_on);
    if options.patch {
        return write_patch(&steps, code);
    }
    let info = DiffInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fail_on: options.fail_on.level(),
        exit_code: code,
    };
    let plain = Style { colour: false, width: DEFAULT_WIDTH, verbose: false, all: options.all, plot: false };
    for (format, path) in &options.output {
        let written = render::difference(&steps, *format, &plain, &info)
            .and_then(|text| write_whole(path, &text).map_err(|error| error.to_string()));
        if let Err(why) = written {
            complain(&format!("`{}` cannot be written: {why}", path.display()));
            return INTERNAL;
        }
    }
    match render::difference(&steps, options.format, &style_for(colour, plain), &info) {
        Ok(text) => match print(&text) {
            0 => code,
            fault => fault,
        },
        Err(why) => {
            complain(&why);
            INTERNAL
        }
    }
}

/// The sides that the command line names.
fn sides_of(options: &Options, unpacked: &mut Vec<Unpacked>) -> Result<Vec<SideToRead>, (String, u8)> {
    let usage = |why: &str| Err((why.to_owned(), USAGE));
    if let Some(revisions) = &options.rev {
        let [path] = options.paths.as_slice() else {
            return usage("with --rev name one path, which is compared with itself");
        };
        let mut sides = Vec::new();
        for revision in [Some(&revisions.old), revisions.new.as_ref()] {
            let Some(revision) = revision else {
                sides.push(SideToRead { name: inputs::shown(path), path: path.clone(), shown: None });
                continue;
            };
            let side = Unpacked::of(revision, std::slice::from_ref(path)).map_err(|why| (why, NO_INPUT))?;
            let Some(unpacked_path) = side.paths().pop() else {
                let why = format!("`{}` holds no file at revision `{revision}`", inputs::shown(path));
                return Err((why, NO_INPUT));
            };
            sides.push(SideToRead {
                name: format!("{revision}:{}", inputs::shown(path)),
                path: unpacked_path,
                shown: Some((side.root(), format!("{revision}:"))),
            });
            unpacked.push(side);
        }
        return Ok(sides);
    }
    if options.paths.len() < 2 {
        return usage(
            "name at least two files or folders, the oldest first; `--rev A..B PATH` compares revisions",
        );
    }
    if options.patch && options.paths.len() > 2 {
        return usage("a patch makes one path follow one other: name two");
    }
    let side = |path: &PathBuf| SideToRead { name: inputs::shown(path), path: path.clone(), shown: None };
    Ok(options.paths.iter().map(side).collect())
}

/// Checks one side.
fn read(side: SideToRead, options: &Options) -> Result<CheckedSide, (String, u8)> {
    let request = CheckRequest {
        paths: vec![side.path.clone()],
        config: options.config.clone(),
        shown: side.shown,
        ..CheckRequest::default()
    };
    match check(&request) {
        // A side of which nothing could be read would look as if everything was removed.
        Checked::Done(outcome, _) if outcome.dataset.documents.is_empty() => {
            let why = outcome.findings.iter().find(|finding| finding.level == Level::Error);
            let why = why.map_or("no published figure is in it", |finding| finding.message.as_str());
            Err((format!("`{}`: {why}", side.name), NO_INPUT))
        }
        Checked::Done(outcome, _) => {
            let prefix = prefix_of(&side.path, &side.name);
            Ok(CheckedSide { name: side.name, prefix, outcome: *outcome })
        }
        Checked::BadConfiguration(..) => {
            let why = format!("the candor.toml of `{}` has faults: `candor check` shows them", side.name);
            Err((why, USAGE))
        }
        Checked::BadRequest(why) => Err((why, USAGE)),
        Checked::NoInput(why) => Err((why, NO_INPUT)),
    }
}

/// What the paths of a side begin with and those of another do not: the file itself, or the folder.
fn prefix_of(path: &Path, name: &str) -> String {
    if path.is_dir() && !name.ends_with('/') { format!("{name}/") } else { name.to_owned() }
}

/// 70 a rule failed, 3 an input was not read, 1 a change at or above the level, else 0.
fn exit_code(steps: &[Step<'_>], fail_on: FailOn) -> u8 {
    let outcomes = || steps.iter().flat_map(|step| [&step.old.outcome, &step.new.outcome]);
    if outcomes().any(|outcome| outcome.failed) {
        INTERNAL
    } else if outcomes().any(|outcome| outcome.dataset.unread_inputs > 0) {
        NO_INPUT
    } else {
        u8::from(fail_on.level().is_some_and(|level| steps.iter().any(|step| step.reaches(level))))
    }
}

fn write_patch(steps: &[Step<'_>], code: u8) -> u8 {
    let Some(step) = steps.first() else { return code };
    let patch = render::patch(step);
    if patch.left_out > 0 {
        let count = quantity_of(patch.left_out, "restated value");
        complain(&format!("{count} cannot be patched: in a workbook, or no plain number"));
    }
    match print(&patch.text) {
        0 => code,
        fault => fault,
    }
}
