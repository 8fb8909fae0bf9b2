//! Revisions of a dataset, read through the `git` program. Neither the work tree nor the index is touched: the files of
//! a revision are written to a folder of their own, which is removed afterwards.

use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use tempfile::TempDir;

use crate::config::FILE_NAME;

/// Two revisions; the later one may be the files as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revisions {
    /// The earlier one.
    pub old: String,
    /// The later one; none for the files as they are.
    pub new: Option<String>,
}

impl FromStr for Revisions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (old, new) = match text.split_once("..") {
            Some((old, new)) => (old, Some(new.trim_start_matches('.'))),
            None => (text, None),
        };
        let is_revision = |word: &str| !word.is_empty() && !word.starts_with('-');
        if is_revision(old) && new.is_none_or(is_revision) {
            Ok(Self { old: old.to_owned(), new: new.map(str::to_owned) })
        } else {
            Err("write A..B, such as main..HEAD, or A alone".to_owned())
        }
    }
}

/// The files of a dataset at a revision.
#[derive(Debug)]
pub struct Unpacked {
    folder: TempDir,
    /// The paths that were asked for and that the revision holds, within the repository.
    within: Vec<PathBuf>,
}

impl Unpacked {
    /// Writes what some paths of one repository hold at a revision, with the configuration that holds for them and what
    /// that may name. A path that the revision does not hold is left out.
    ///
    /// # Errors
    /// In words, where `git` is missing, a path is in no repository, or the revision is not known.
    pub fn of(revision: &str, paths: &[PathBuf]) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("the files of `{revision}` cannot be written: {error}");
        let mut unpacked = Self { folder: TempDir::new().map_err(failed)?, within: Vec::new() };
        for path in paths {
            unpacked.add(revision, path, &failed)?;
        }
        Ok(unpacked)
    }

    fn add(
        &mut self,
        revision: &str,
        path: &Path,
        failed: &dyn Fn(std::io::Error) -> String,
    ) -> Result<(), String> {
        let here = if path.is_dir() {
            path
        } else {
            path.parent().filter(|one| !one.as_os_str().is_empty()).unwrap_or(Path::new("."))
        };
        let place = text(git(here, &["rev-parse", "--show-prefix"])?);
        let place = PathBuf::from(place.trim_end_matches('\n'));
        let within = if path.is_dir() { place } else { place.join(path.file_name().unwrap_or_default()) };
        let commit = format!("{revision}^{{commit}}");
        git(here, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .map_err(|_| format!("git knows no revision `{revision}`"))?;
        let root = text(git(here, &["rev-parse", "--show-toplevel"])?);
        let root = PathBuf::from(root.trim_end_matches('\n'));
        let listing = text(git(&root, &["ls-tree", "-r", "-z", revision])?);
        let files: Vec<(&str, &str)> = listing.split('\0').filter_map(object).collect();
        if !files.iter().any(|(_, name)| Path::new(name).starts_with(&within)) {
            return Ok(());
        }
        let scope = scope(&files, &within);
        let is_wanted = |(_, name): &(&str, &str)| {
            Path::new(name).starts_with(&scope) && !self.folder.path().join(name).exists()
        };
        let wanted: Vec<(&str, &str)> = files.into_iter().filter(is_wanted).collect();
        self.write(&root, &wanted, failed)?;
        self.within.push(within);
        Ok(())
    }

    /// Writes some files, given with the identifiers of what they hold: one process hands out all of them.
    fn write(
        &self,
        root: &Path,
        files: &[(&str, &str)],
        failed: &dyn Fn(std::io::Error) -> String,
    ) -> Result<(), String> {
        let requests: String = files.iter().map(|(id, _)| format!("{id}\n")).collect();
        let answers = git_with(root, &["cat-file", "--batch"], requests.into_bytes())?;
        let mut rest = answers.as_slice();
        for (_, name) in files {
            let bytes = next_object(&mut rest).ok_or_else(|| format!("git does not hand out `{name}`"))?;
            let target = self.folder.path().join(name);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent).map_err(failed)?;
            }
            std::fs::write(&target, bytes).map_err(failed)?;
        }
        Ok(())
    }

    /// The folder that stands for that of the repository.
    pub fn root(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// The paths that were asked for; without those that the revision does not hold.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.within.iter().map(|within| self.folder.path().join(within)).collect()
    }
}

/// Identifier and name in a line of `ls-tree`; none where it is no plain file, or a name that leads out of the folder.
fn object(line: &str) -> Option<(&str, &str)> {
    let (facts, name) = line.split_once('\t')?;
    let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    (facts.starts_with("100") && is_inside).then_some((facts.rsplit(' ').next()?, name))
}

/// The folder of the configuration that holds for a path at the revision, else the path itself.
fn scope(files: &[(&str, &str)], within: &Path) -> PathBuf {
    let has = |folder: &&Path| files.iter().any(|(_, name)| Path::new(name) == folder.join(FILE_NAME));
    within.ancestors().find(has).unwrap_or(within).to_path_buf()
}

/// The next file of what `cat-file --batch` prints: a line with its size, its bytes, a line break.
fn next_object<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (line, after) = rest.split_at_checked(rest.iter().position(|byte| *byte == b'\n')?)?;
    let size = std::str::from_utf8(line).ok()?.rsplit(' ').next()?.parse().ok()?;
    let (bytes, after) = after.get(1..)?.split_at_checked(size)?;
    *rest = after.get(1..)?;
    Some(bytes)
}

/// What `git` prints.
fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    git_with(folder, arguments, Vec::new())
}

/// What `git` prints, given something to read.
fn git_with(folder: &Path, arguments: &[&str], input: Vec<u8>) -> Result<Vec<u8>, String> {
    let not_run = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "revisions are read by the `git` program, which is not installed or not in PATH".to_owned()
        }
        _ => format!("git cannot be run: {error}"),
    };
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().map_err(not_run)?;
    // Both at once: it would stop writing where nobody reads. That it stops reading shows in how it ends.
    let writer = process.stdin.take().map(|mut pipe| std::thread::spawn(move || pipe.write_all(&input)));
    let output = process.wait_with_output().map_err(not_run)?;
    if let Some(writer) = writer {
        let _ = writer.join();
    }
    if output.status.success() {
        return Ok(output.stdout);
    }
    let why = text(output.stderr);
    Err(format!("git: {}", why.lines().next().unwrap_or("no reason given").trim_start_matches("fatal: ")))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
