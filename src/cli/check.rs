//! `candor check`: the main job.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use rayon::prelude::*;

use super::git::Unpacked;
use super::inputs::{self, FileToRead, collect};
use super::output::{self, Destination};
use super::progress::Progress;
use super::rule_words::RuleWord;
use super::{ColourChoice, NO_INPUT, USAGE, complain};
use crate::config::{self, Config, FailOn};
use crate::diag::{Finding, Label, Subject, closest};
use crate::engine::{self, Outcome, Plan};
use crate::ingest::profile::Profile;
use crate::ingest::{self, Input};
use crate::load;
use crate::model::Dataset;
use crate::render::{self, Format, Style};
use crate::rule::Rule;
use crate::rules::{RULES, UNMATCHED_PATH, rule_set_hash};
use crate::source::{self, Limits, ReadFailure, Source, Sources};
use crate::suppress::{BASELINE_NAME, Baseline};

/// Why a link is not read.
pub(super) const LEADS_OUT: &str =
    "this is a link that leads out of the folder of the dataset; it is not followed";

/// Options of `candor check`.
#[derive(Debug, Args)]
pub struct Options {
    /// Files, folders or `-` for standard input.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The configuration to use instead of the nearest candor.toml above the paths.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set exit code 1 for findings from this level on: error (default), warning, note or never.
    #[arg(long, value_name = "LEVEL", value_parser = fail_on)]
    fail_on: Option<FailOn>,
    /// Run only these rules: codes, names, families (TR3) or ALL.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleWord { with_families: true }, hide_possible_values = true)]
    select: Vec<String>,
    /// Leave these rules out.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleWord { with_families: true }, hide_possible_values = true)]
    ignore: Vec<String>,
    /// The day on which the check is made, for rules that ask: YYYY-MM-DD.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// What to print on standard output: terminal, concise, json, sarif, github, gitlab, junit, markdown, csv or html.
    #[arg(long, value_name = "FORMAT", value_parser = format, default_value = "terminal")]
    format: Format,
    /// Write another format to a file as well; may be given any number of times.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = destination)]
    output: Vec<Destination>,
    /// The baseline to use instead of the one that candor.toml names.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Report only what a change brings: findings that this git revision has already are set aside.
    #[arg(long, value_name = "REV")]
    diff_base: Option<String>,
    /// Leave findings that are explained, allowed or in the baseline out of every output; totals still count them.
    #[arg(long)]
    new_only: bool,
    /// List every finding that is folded into another or set aside.
    #[arg(long)]
    all: bool,
    /// Leave out the line that draws the series of a finding in the terminal.
    #[arg(long)]
    no_plot: bool,
    /// Print the verdict of every rule.
    #[arg(long, short)]
    verbose: bool,
}

pub(super) fn fail_on(word: &str) -> Result<FailOn, String> {
    FailOn::parse(word).ok_or_else(|| format!("one of {}", FailOn::WORDS.join(", ")))
}

fn format(word: &str) -> Result<Format, String> {
    Format::parse(word).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        let help = closest(word, names.iter().copied()).map(|name| format!("; did you mean `{name}`?"));
        format!("one of {}{}", names.join(", "), help.unwrap_or_default())
    })
}

fn destination(text: &str) -> Result<Destination, String> {
    let (word, path) = text.split_once('=').ok_or("write FORMAT=FILE, such as json=report.json")?;
    if path.is_empty() {
        return Err("the file name is missing".to_owned());
    }
    Ok(Destination { format: format(word)?, path: PathBuf::from(path) })
}

/// What to check and how, without anything about printing.
#[derive(Debug, Default)]
pub struct CheckRequest {
    /// Files, folders or `-`.
    pub paths: Vec<PathBuf>,
    /// The configuration to use; the nearest one above the paths where empty.
    pub config: Option<PathBuf>,
    /// Run only these rules; those of the configuration where empty.
    pub select: Vec<String>,
    /// Leave these rules out.
    pub ignore: Vec<String>,
    /// The day on which the check is made.
    pub as_of: Option<Date>,
    /// Which baseline sets findings aside.
    pub baseline: BaselineChoice,
    /// Findings of the revision from which a change is made.
    pub base: Option<Baseline>,
    /// A folder, and what stands in its place before the names of all files in it.
    pub shown: Option<(PathBuf, String)>,
}

/// Which baseline sets findings aside.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum BaselineChoice {
    /// The one that the configuration names, or that stands beside it.
    #[default]
    Configured,
    /// This one.
    File(PathBuf),
    /// None.
    None,
}

/// What came of a request.
#[derive(Debug)]
pub enum Checked {
    /// The inputs were checked; findings at or above this level fail the check.
    Done(Box<Outcome>, FailOn),
    /// The configuration is wrong: its faults, and the file they point into.
    BadConfiguration(Sources, Vec<Finding>),
    /// The request itself is wrong.
    BadRequest(String),
    /// There is nothing to check.
    NoInput(String),
}

/// The inputs of a request, before anything is made of them.
pub(super) struct ReadRequest {
    sources: Sources,
    config: Config,
    inputs: Vec<Input>,
    own_profiles: Vec<Profile>,
}

impl ReadRequest {
    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    pub(super) fn source(&self, input: &Input) -> &Source {
        self.sources.get(input.source)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.sources.limits
    }

    /// The profiles of the dataset and those that ship with candor.
    pub(super) fn profiles(&self) -> Vec<&Profile> {
        self.own_profiles.iter().chain(ingest::profile::shipped()).collect()
    }

    /// The figures in the inputs.
    pub(super) fn dataset(&self) -> Dataset {
        ingest::ingest(&self.sources, &self.inputs, ingest::shipped_registry(), &self.own_profiles)
    }
}

/// What came of reading the inputs of a request.
pub(super) enum Reading {
    Done(Box<ReadRequest>),
    BadConfiguration(Sources, Vec<Finding>),
    BadRequest(String),
    NoInput(String),
}

/// Reads what a request names.
pub(super) fn read_request(request: &CheckRequest) -> Reading {
    let mut sources = Sources::default();
    let (mut config, is_dataset) = match find_config(request) {
        Err(why) => return Reading::BadRequest(why),
        Ok(None) => {
            (Config { root: std::env::current_dir().unwrap_or_default(), ..Config::default() }, false)
        }
        Ok(Some(path)) => match read_config(&path, &mut sources) {
            Ok(config) => (config, true),
            Err(faults) => return Reading::BadConfiguration(sources, faults),
        },
    };
    let own_profiles = match read_profiles(&config, &mut sources) {
        Ok(profiles) => profiles,
        Err(faults) => return Reading::BadConfiguration(sources, faults),
    };
    config.plan.suppression.baseline = match read_baseline(request, &config, &mut sources) {
        Ok(baseline) => baseline,
        Err(BaselineFault::Missing(why)) => return Reading::BadRequest(why),
        Err(BaselineFault::Unreadable(faults)) => return Reading::BadConfiguration(sources, faults),
    };
    config.plan.suppression.base.clone_from(&request.base);
    // Without a configuration a folder that is named is the dataset.
    config.plan.suppression.is_whole_dataset = request
        .paths
        .iter()
        .any(|path| if is_dataset { inputs::holds(path, &config.root) } else { path.is_dir() });
    if let Err(why) = apply_selection(request, &mut config.plan) {
        return Reading::BadRequest(why);
    }
    let mut files = collect(&request.paths, &config, is_dataset.then_some(config.root.as_path()));
    if let Some((folder, name)) = &request.shown {
        files.iter_mut().for_each(|file| file.show_within(folder, name));
    }
    if files.is_empty() {
        return Reading::NoInput(nothing_in(&request.paths));
    }
    sources.limits = config.limits;
    let inputs = read(&files, &config, &mut sources);
    Reading::Done(Box::new(ReadRequest { sources, config, inputs, own_profiles }))
}

/// Reads a file that belongs to a dataset but is none of its inputs.
fn read_own(path: &Path, root: &Path) -> Source {
    let name = inputs::shown(path);
    if inputs::leads_out(path, root) {
        return Source::unread(name, ReadFailure::new(LEADS_OUT));
    }
    source::read_path(path, &name, &Limits::default())
}

/// Reads the profiles that the configuration names; every fault of them as a finding.
fn read_profiles(config: &Config, sources: &mut Sources) -> Result<Vec<Profile>, Vec<Finding>> {
    let (mut profiles, mut faults) = (Vec::new(), Vec::new());
    for pattern in &config.files.profiles {
        let path = inputs::relative(&config.root.join(&pattern.text));
        let id = sources.add(read_own(&path, &config.root));
        match config::read_profile(sources.get(id), id) {
            Ok(profile) => profiles.push(profile),
            Err(of_profile) => faults.extend(of_profile),
        }
    }
    if faults.is_empty() { Ok(profiles) } else { Err(faults) }
}

enum BaselineFault {
    Missing(String),
    Unreadable(Vec<Finding>),
}

/// Where the baseline of a dataset stands.
pub(super) fn baseline_path(choice: &BaselineChoice, config: &Config) -> Option<PathBuf> {
    match (choice, &config.baseline) {
        (BaselineChoice::None, _) => None,
        (BaselineChoice::File(path), _) => Some(path.clone()),
        (BaselineChoice::Configured, Some(name)) => Some(inputs::relative(&config.root.join(name))),
        (BaselineChoice::Configured, None) => Some(inputs::relative(&config.root.join(BASELINE_NAME))),
    }
}

fn read_baseline(
    request: &CheckRequest,
    config: &Config,
    sources: &mut Sources,
) -> Result<Option<Baseline>, BaselineFault> {
    let Some(path) = baseline_path(&request.baseline, config) else { return Ok(None) };
    if !path.exists() {
        let is_named = config.baseline.is_some() || request.baseline != BaselineChoice::Configured;
        let why =
            || format!("there is no baseline `{}`: `candor baseline write` makes one", inputs::shown(&path));
        return if is_named { Err(BaselineFault::Missing(why())) } else { Ok(None) };
    }
    let source = match &request.baseline {
        BaselineChoice::Configured => read_own(&path, &config.root),
        _ => source::read_path(&path, &inputs::shown(&path), &Limits::default()),
    };
    let id = sources.add(source);
    config::read_baseline(sources.get(id), id).map(Some).map_err(BaselineFault::Unreadable)
}

/// Reads and checks what a request names.
pub fn check(request: &CheckRequest) -> Checked {
    check_with(request, &Progress::silent())
}

fn check_with(request: &CheckRequest, progress: &Progress) -> Checked {
    progress.say("reading");
    let read = match read_request(request) {
        Reading::Done(read) => *read,
        Reading::BadConfiguration(sources, faults) => return Checked::BadConfiguration(sources, faults),
        Reading::BadRequest(why) => return Checked::BadRequest(why),
        Reading::NoInput(why) => return Checked::NoInput(why),
    };
    let dataset = read.dataset();
    let ReadRequest { sources, mut config, .. } = read;
    let mut plan = std::mem::take(&mut config.plan);
    plan.as_of = request.as_of;
    plan.own_findings = unmatched_paths(&config);
    plan.configured_paths = config.files.patterns().count();
    progress.say("checking");
    let outcome = engine::run(dataset, sources, RULES, plan);
    Checked::Done(Box::new(outcome), config.fail_on.unwrap_or(FailOn::Level(crate::diag::Level::Error)))
}

/// The configuration that holds for all paths.
fn find_config(request: &CheckRequest) -> Result<Option<PathBuf>, String> {
    if let Some(path) = &request.config {
        return if path.is_file() {
            Ok(Some(path.clone()))
        } else {
            Err(format!("there is no file `{}`", path.display()))
        };
    }
    let mut found: Vec<Option<PathBuf>> = request.paths.iter().map(|path| config::discover(path)).collect();
    found.sort();
    found.dedup();
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(one.clone()),
        [first, second, ..] => {
            let name = |one: &Option<PathBuf>| {
                one.as_ref().map_or_else(|| "none".to_owned(), |path| inputs::shown(&inputs::relative(path)))
            };
            Err(format!(
                "the paths belong to different configurations ({} and {}): check them apart, or name one with --config",
                name(first),
                name(second)
            ))
        }
    }
}

/// The configuration that holds for a request.
pub(super) fn configuration_of(request: &CheckRequest) -> Result<Config, String> {
    let here = Config { root: std::env::current_dir().unwrap_or_default(), ..Config::default() };
    let Some(path) = find_config(request)? else { return Ok(here) };
    read_config(&path, &mut Sources::default()).map_err(|_| {
        format!("`{}` cannot be read: `candor check` says why", inputs::shown(&inputs::relative(&path)))
    })
}

fn read_config(path: &Path, sources: &mut Sources) -> Result<Config, Vec<Finding>> {
    let name = inputs::shown(&inputs::relative(path));
    let id = sources.add(source::read_path(path, &name, &Limits::default()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let root = folder.unwrap_or(Path::new(".")).to_path_buf();
    config::read(sources.get(id), id, root)
}

/// Applies `--select` and `--ignore`.
fn apply_selection(request: &CheckRequest, plan: &mut Plan) -> Result<(), String> {
    let named = |words: &[String]| -> Result<Vec<&'static Rule>, String> {
        let mut rules = Vec::new();
        for word in words {
            let count = rules.len();
            rules.extend(RULES.iter().copied().filter(|rule| rule.is_named(word)));
            if rules.len() == count {
                let names = RULES.iter().flat_map(|rule| [rule.id.name, rule.id.code]);
                let help =
                    closest(word, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
                return Err(format!("there is no rule `{word}`{help}"));
            }
        }
        Ok(rules)
    };
    let (selected, ignored) = (named(&request.select)?, named(&request.ignore)?);
    for rule in RULES {
        let is_in = |list: &[&Rule]| list.iter().any(|one| one.id == rule.id);
        // What is selected here runs whatever the configuration leaves out.
        if is_in(&selected) {
            plan.policy.turn_on(rule);
        }
        if (!selected.is_empty() && !is_in(&selected)) || is_in(&ignored) {
            plan.policy.turn_off(rule);
        }
    }
    Ok(())
}

fn nothing_in(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| format!("`{}`", inputs::shown(path))).collect();
    format!(
        "no input matched: {} holds no CSV, JSON, YAML or XLSX file that belongs to the dataset",
        names.join(", ")
    )
}

/// Reads all files, in parallel, and adds them in their order.
fn read(files: &[FileToRead], config: &Config, sources: &mut Sources) -> Vec<Input> {
    let read: Vec<Vec<Source>> = files.par_iter().map(|file| read_one(file, &config.limits)).collect();
    let mut inputs = Vec::with_capacity(files.len());
    for (file, of_file) in files.iter().zip(read) {
        let header = config.files.header(&inputs::within_dataset(&file.path, config));
        inputs.extend(of_file.into_iter().map(|source| Input {
            source: sources.add(source),
            path: file.absolute(),
            absent: file.absent.clone(),
            header: header.clone(),
            named: file.named,
        }));
    }
    inputs
}

/// What a file holds: several sources where it is a workbook.
fn read_one(file: &FileToRead, limits: &Limits) -> Vec<Source> {
    if file.leads_out {
        let failure = ReadFailure::new(LEADS_OUT)
            .help("`exclude` in candor.toml leaves it out; name it to read what it leads to");
        vec![Source::unread(&file.name, failure)]
    } else if file.path.as_os_str().is_empty() {
        load::read_stream(std::io::stdin().lock(), &file.name, 0, limits)
    } else {
        load::read_path(&file.path, &file.name, file.encoding.as_deref(), limits)
    }
}

/// Patterns of the configuration that match nothing in the dataset's folder.
fn unmatched_paths(config: &Config) -> Vec<Finding> {
    if config.files.patterns().next().is_none() {
        return Vec::new();
    }
    let all: Vec<PathBuf> = inputs::everything_in(config);
    let finding = |fault: config::FilesFault| {
        let subject = Subject { path: Some(fault.text.clone()), ..Subject::default() };
        let label = Label::new(fault.location, "matches nothing");
        let message = format!("`{}` matches no file", fault.text);
        Finding::new(UNMATCHED_PATH.id, UNMATCHED_PATH.level, subject, message, label)
            .help("correct or remove it; patterns are relative to the folder of candor.toml")
    };
    config.files.unmatched(&all).map(finding).collect()
}

/// The command as it was given, in a form that a shell takes.
fn command_line() -> String {
    let quoted = |word: String| {
        let is_plain = |one: char| one.is_alphanumeric() || "-_./=,:@+".contains(one);
        if !word.is_empty() && word.chars().all(is_plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("candor".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// The findings that count at a git revision.
fn findings_at(revision: &str, options: &Options) -> Result<Baseline, String> {
    let unpacked = Unpacked::of(revision, &options.paths)?;
    if unpacked.paths().is_empty() {
        return Ok(Baseline::of([]));
    }
    let request = CheckRequest {
        paths: unpacked.paths(),
        config: options.config.clone(),
        select: options.select.clone(),
        ignore: options.ignore.clone(),
        as_of: options.as_of,
        shown: Some((unpacked.root(), format!("{revision}:"))),
        ..CheckRequest::default()
    };
    let findings = match check(&request) {
        Checked::Done(outcome, _) => outcome.findings,
        // A revision without any input has no findings.
        Checked::NoInput(_) => Vec::new(),
        Checked::BadRequest(why) => return Err(why),
        Checked::BadConfiguration(..) => {
            return Err(format!(
                "the candor.toml of `{revision}` has faults, so that its findings are not known"
            ));
        }
    };
    let mut all = Vec::new();
    with_folded(&findings, &mut all);
    Ok(Baseline::of(all.into_iter().filter(|finding| finding.is_active())))
}

/// Leaves out what does not count, also of what is folded into others.
fn retain_active(findings: &mut Vec<Finding>) {
    findings.retain(Finding::is_active);
    findings.iter_mut().for_each(|finding| retain_active(&mut finding.folded));
}

/// Findings and all that is folded into them.
pub(super) fn with_folded<'f>(findings: &'f [Finding], all: &mut Vec<&'f Finding>) {
    for finding in findings {
        all.push(finding);
        with_folded(&finding.folded, all);
    }
}

pub(super) fn command(options: &Options, colour: ColourChoice) -> u8 {
    let base = match options.diff_base.as_deref().map(|revision| findings_at(revision, options)).transpose() {
        Ok(base) => base,
        Err(why) => {
            complain(&why);
            return USAGE;
        }
    };
    let request = CheckRequest {
        paths: options.paths.clone(),
        config: options.config.clone(),
        select: options.select.clone(),
        ignore: options.ignore.clone(),
        as_of: options.as_of,
        baseline: options.baseline.clone().map_or(BaselineChoice::Configured, BaselineChoice::File),
        base,
        ..CheckRequest::default()
    };
    // Work that is done within a second needs no progress.
    let progress = Progress::after(Duration::from_secs(1));
    let checked = check_with(&request, &progress);
    progress.finish();
    match checked {
        Checked::BadRequest(why) => {
            complain(&why);
            USAGE
        }
        Checked::NoInput(why) => {
            complain(&why);
            NO_INPUT
        }
        Checked::BadConfiguration(sources, faults) => {
            let style = output::style_of_errors(colour);
            output::print_error(&render::faults(&sources, &faults, &style), &style);
            USAGE
        }
        Checked::Done(mut outcome, configured) => {
            if options.new_only {
                retain_active(&mut outcome.findings);
            }
            outcome.leave_out_beyond_limit();
            let fail_on = options.fail_on.unwrap_or(configured);
            let run = render::RunInfo {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rule_set_hash: rule_set_hash(),
                fail_on: fail_on.level(),
                exit_code: outcome.exit_code(fail_on.level()),
                command: command_line(),
            };
            let style = Style {
                colour: false,
                width: output::DEFAULT_WIDTH,
                verbose: options.verbose,
                all: options.all,
                plot: !options.no_plot,
            };
            let code = output::deliver(&outcome, &run, options.format, &options.output, colour, style);
            // The process ends here: giving back a million values one by one would only take time.
            std::mem::forget(outcome);
            code
        }
    }
}
