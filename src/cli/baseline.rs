//! `candor baseline`: taking up candor on a dataset that has findings already.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::check::{
    BaselineChoice, CheckRequest, Checked, LEADS_OUT, baseline_path, check, configuration_of, with_folded,
};
use super::output::{self, write_whole};
use super::{ColourChoice, INTERNAL, NO_INPUT, USAGE, complain, inputs, print};
use crate::diag::{Finding, State, quantity_of};
use crate::engine::Outcome;
use crate::render;
use crate::rule::Verdict;
use crate::suppress::{BaselineEntry, baseline_text, is_about_entries};

/// Options of `candor baseline`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Writes every finding that counts to the baseline, so that from now on only new ones do.
    Write(Dataset),
    /// Takes what is no longer found out of the baseline.
    Prune(Dataset),
    /// Lists what the baseline sets aside and what of it is no longer found.
    Show(Dataset),
}

#[derive(Debug, Args)]
struct Dataset {
    /// Files or folders of the dataset.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The configuration to use instead of the nearest candor.toml above the paths.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The baseline to use instead of the one that candor.toml names.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// The day on which the check is made: YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
}

impl Dataset {
    fn request(&self, baseline: BaselineChoice) -> CheckRequest {
        CheckRequest {
            paths: self.paths.clone(),
            config: self.config.clone(),
            as_of: self.as_of,
            baseline,
            ..CheckRequest::default()
        }
    }

    fn choice(&self) -> BaselineChoice {
        self.baseline.clone().map_or(BaselineChoice::Configured, BaselineChoice::File)
    }

    /// Where the baseline stands, or is to stand.
    fn path(&self) -> Result<PathBuf, String> {
        let config = configuration_of(&self.request(self.choice()))?;
        let path = baseline_path(&self.choice(), &config).ok_or("there is no baseline")?;
        let leads_out = |path: &Path| inputs::leads_out(path, &config.root);
        if self.baseline.is_none() && (leads_out(&path) || path.parent().is_some_and(leads_out)) {
            return Err(format!("`{}`: {LEADS_OUT}; name it with --baseline", inputs::shown(&path)));
        }
        Ok(path)
    }
}

pub(super) fn command(options: &Options, colour: ColourChoice) -> u8 {
    match &options.action {
        Action::Write(dataset) => write(dataset, colour),
        Action::Prune(dataset) => prune(dataset, colour),
        Action::Show(dataset) => show(dataset, colour),
    }
}

/// Checks a dataset, or says why that cannot be done.
fn outcome_of(request: &CheckRequest, colour: ColourChoice) -> Result<Box<Outcome>, u8> {
    match check(request) {
        Checked::Done(outcome, _) => Ok(outcome),
        Checked::BadRequest(why) => {
            complain(&why);
            Err(USAGE)
        }
        Checked::NoInput(why) => {
            complain(&why);
            Err(NO_INPUT)
        }
        Checked::BadConfiguration(sources, faults) => {
            let style = output::style_of_errors(colour);
            output::print_error(&render::faults(&sources, &faults, &style), &style);
            Err(USAGE)
        }
    }
}

/// Every finding in some state, folded ones included.
fn in_state(findings: &[Finding], wanted: State) -> Vec<&Finding> {
    let mut all = Vec::new();
    with_folded(findings, &mut all);
    all.retain(|finding| finding.state == wanted);
    all
}

/// How many of some findings have each fingerprint.
fn by_fingerprint(findings: &[&Finding]) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    findings.iter().for_each(|finding| *counts.entry(finding.fingerprint()).or_default() += 1);
    counts
}

/// Whether the rule of an entry was run; one that there is no longer counts as run.
fn ran(outcome: &Outcome, entry: &BaselineEntry) -> bool {
    let verdict = outcome.verdicts.iter().find(|verdict| verdict.rule.id.code == entry.rule);
    verdict.is_none_or(|one| !matches!(one.verdict, Verdict::NotRun(_)))
}

fn write(dataset: &Dataset, colour: ColourChoice) -> u8 {
    let path = match dataset.path() {
        Ok(path) => path,
        Err(why) => {
            complain(&why);
            return USAGE;
        }
    };
    let outcome = match outcome_of(&dataset.request(BaselineChoice::None), colour) {
        Ok(outcome) => outcome,
        Err(code) => return code,
    };
    if !outcome.is_whole_dataset {
        complain("a baseline is written of the whole dataset: name its folder");
        return USAGE;
    }
    // What is said of accepted findings is mended in candor.toml, not set aside.
    let mut findings = in_state(&outcome.findings, State::Active);
    findings.retain(|finding| !is_about_entries(finding.rule));
    save(&path, &findings, &format!("wrote {} to", quantity_of(findings.len(), "finding")))
}

fn save(path: &Path, findings: &[&Finding], what: &str) -> u8 {
    let shown = inputs::shown(path);
    match write_whole(path, &baseline_text(findings.iter().copied())) {
        Ok(()) => print(&format!("{what} {shown}\n")),
        Err(error) => {
            complain(&format!("`{shown}` cannot be written: {error}"));
            INTERNAL
        }
    }
}

fn prune(dataset: &Dataset, colour: ColourChoice) -> u8 {
    let (path, outcome) = match (dataset.path(), outcome_of(&dataset.request(dataset.choice()), colour)) {
        (Ok(path), Ok(outcome)) => (path, outcome),
        (Err(why), _) => {
            complain(&why);
            return USAGE;
        }
        (_, Err(code)) => return code,
    };
    let Some(baseline) = &outcome.baseline else {
        complain(&format!(
            "there is no baseline `{}`: `candor baseline write` makes one",
            inputs::shown(&path)
        ));
        return USAGE;
    };
    if !outcome.is_whole_dataset {
        complain("only a check of the whole dataset tells what is no longer found: name its folder");
        return USAGE;
    }
    let found = in_state(&outcome.findings, State::Baselined);
    let counts = by_fingerprint(&found);
    let is_left = |entry: &&BaselineEntry| counts.get(&entry.fingerprint).copied().unwrap_or(0) < entry.count;
    if let Some(entry) = baseline.entries.iter().filter(is_left).find(|entry| !ran(&outcome, entry)) {
        complain(&format!(
            "{} was not run, so that it is not known whether what the baseline holds of it is mended",
            entry.rule
        ));
        return USAGE;
    }
    let before: usize = baseline.entries.iter().map(|entry| entry.count).sum();
    let gone = before.saturating_sub(found.len());
    if gone == 0 {
        return print(&format!(
            "all {} of {} are still found\n",
            quantity_of(before, "finding"),
            inputs::shown(&path)
        ));
    }
    let what = format!("took {} out, {} left in", quantity_of(gone, "finding"), found.len());
    save(&path, &found, &what)
}

fn show(dataset: &Dataset, colour: ColourChoice) -> u8 {
    let outcome = match outcome_of(&dataset.request(dataset.choice()), colour) {
        Ok(outcome) => outcome,
        Err(code) => return code,
    };
    let Some(baseline) = &outcome.baseline else { return print("there is no baseline\n") };
    let found = in_state(&outcome.findings, State::Baselined);
    let counts = by_fingerprint(&found);
    let mut text = String::new();
    for entry in &baseline.entries {
        let still = counts.get(&entry.fingerprint).copied().unwrap_or(0);
        let times = if entry.count > 1 { format!(" ({} times)", entry.count) } else { String::new() };
        let gone = match entry.count.saturating_sub(still) {
            0 => String::new(),
            gone if outcome.is_whole_dataset && ran(&outcome, entry) => format!(" [{gone} no longer found]"),
            _ => String::new(),
        };
        text.push_str(&format!("{} {} {}{times}{gone}\n", entry.fingerprint, entry.rule, entry.message));
    }
    let count: usize = baseline.entries.iter().map(|entry| entry.count).sum();
    text.push_str(&format!("{} set aside\n", quantity_of(count.min(found.len()), "finding")));
    print(&render::printable(&text))
}
