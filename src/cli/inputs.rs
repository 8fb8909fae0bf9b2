//! Which files a check reads: those named, those found in folders named, and the registries of the dataset.
//!
//! A folder may come from strangers: a link in it that leads out of the dataset is not followed, unless it is named itself.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use ignore::WalkBuilder;

use super::output::is_unfinished;
use super::packages;
use crate::config::{Config, FILE_NAME};
use crate::suppress::BASELINE_NAME;

/// Endings of files that candor looks at in a folder.
const ENDINGS: [&str; 5] = ["csv", "json", "xlsx", "yaml", "yml"];

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileToRead {
    /// How it is named in everything that is printed.
    pub name: String,
    /// Where it is; standard input where empty.
    pub path: PathBuf,
    /// Whether the user named it, or `include` does.
    pub named: bool,
    /// The encoding that a data package states for it.
    pub encoding: Option<String>,
    /// Whether it is a link that leads out of the dataset, so that it is not read.
    pub leads_out: bool,
    /// Of a data package: paths in it that lead to no file that may be read, and why.
    pub absent: Vec<(String, &'static str)>,
}

impl FileToRead {
    /// Its absolute path without `.` and `..`; empty for standard input.
    pub fn absolute(&self) -> PathBuf {
        if self.path.as_os_str().is_empty() { PathBuf::new() } else { normal(&self.path) }
    }

    /// Names the file by another name for a folder that it lies in.
    pub fn show_within(&mut self, folder: &Path, name: &str) {
        if let Ok(rest) = normal(&self.path).strip_prefix(normal(folder)) {
            self.name = format!("{name}{}", shown(rest));
        }
    }
}

/// All files to read, each once, in the order of their names whatever the order of the arguments. `root` is the folder of
/// the dataset, where it is known: data packages above it are not looked at.
pub fn collect(paths: &[PathBuf], config: &Config, root: Option<&Path>) -> Vec<FileToRead> {
    let mut found: BTreeMap<PathBuf, FileToRead> = BTreeMap::new();
    for path in paths {
        if path.as_os_str() == "-" {
            add(
                &mut found,
                FileToRead { name: "-".to_owned(), path: PathBuf::new(), ..file(PathBuf::new(), true) },
            );
        } else if path.is_dir() {
            walk(path, config, root).into_iter().for_each(|file| add(&mut found, file));
        } else {
            add(&mut found, file(path.clone(), true));
        }
    }
    // Registries alone are nothing to check.
    if found.is_empty() {
        return Vec::new();
    }
    for registry in &config.files.registries {
        let path = relative(&config.root.join(&registry.text));
        let leads_out = leads_out(&path, &config.root);
        add(&mut found, FileToRead { leads_out, ..file(path, true) });
    }
    packages::complete(&mut found, config, root);
    let mut files: Vec<FileToRead> = found.into_values().collect();
    files.sort();
    files
}

/// Adds a file once, however it is named.
pub(super) fn add(found: &mut BTreeMap<PathBuf, FileToRead>, file: FileToRead) {
    let known = found.entry(file.absolute()).or_insert_with(|| file.clone());
    known.named |= file.named;
    // Whoever names a link wants what it leads to.
    known.leads_out &= file.leads_out;
}

pub(super) fn file(path: PathBuf, named: bool) -> FileToRead {
    FileToRead { name: shown(&path), path, named, encoding: None, leads_out: false, absent: Vec::new() }
}

/// The files in a folder; `root` is the folder of the dataset, else the folder itself is.
fn walk(folder: &Path, config: &Config, root: Option<&Path>) -> Vec<FileToRead> {
    let mut files = Vec::new();
    // Whoever names a folder outside wants what is in it.
    let root = root.filter(|root| holds(root, folder) && !leads_out(folder, root)).unwrap_or(folder);
    for entry in WalkBuilder::new(folder).require_git(false).sort_by_file_path(Path::cmp).build() {
        let (path, is_folder, is_link) = match entry {
            Ok(entry) if entry.depth() == 0 => continue,
            Ok(entry) => {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                (entry.path().to_path_buf(), is_folder, entry.path_is_symlink())
            }
            // What cannot be entered is reported where it is read.
            Err(error) => match path_of(&error) {
                Some(path) => (path, false, false),
                None => continue,
            },
        };
        let within = within_dataset(&path, config);
        let included = !is_folder && config.files.includes(&within);
        let is_own = |name: &OsStr| name == FILE_NAME || name == BASELINE_NAME || is_unfinished(name);
        let is_baseline = config.baseline.as_ref().is_some_and(|name| within == Path::new(name));
        if path.file_name().is_some_and(is_own) || is_baseline || !(has_known_ending(&path) || included) {
            continue;
        }
        if config.files.selects(&within) {
            let leads_out = is_link && leads_out(&path, root);
            files.push(FileToRead { leads_out, ..file(path, included) });
        }
    }
    files
}

/// Every file in the dataset's folder, as patterns see it.
pub fn everything_in(config: &Config) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(&config.root).require_git(false).build();
    walk.flatten().map(|entry| within_dataset(entry.path(), config)).collect()
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}

fn has_known_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// The path as patterns of the configuration see it: relative to the dataset's folder.
pub fn within_dataset(path: &Path, config: &Config) -> PathBuf {
    let (path, root) = (normal(path), normal(&config.root));
    path.strip_prefix(&root).map(Path::to_path_buf).unwrap_or(path)
}

/// Whether a path is a folder, or lies above one.
pub fn holds(path: &Path, folder: &Path) -> bool {
    normal(folder).starts_with(normal(path))
}

/// Whether a path in a folder leads out of it, with all links followed. One that leads nowhere does not, and one that says
/// itself that it stands elsewhere is no link out.
pub(super) fn leads_out(path: &Path, folder: &Path) -> bool {
    if !holds(folder, path) {
        return false;
    }
    let followed = path.canonicalize().ok().zip(folder.canonicalize().ok());
    followed.is_some_and(|(path, folder)| !path.starts_with(folder))
}

/// The absolute path without `.` and `..`; links are not resolved.
pub(super) fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut result = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            other => result.push(other),
        }
    }
    result
}

/// A path as seen from the current folder, where it lies beneath it.
pub fn relative(path: &Path) -> PathBuf {
    let absolute = normal(path);
    let here = std::env::current_dir().unwrap_or_default();
    absolute.strip_prefix(&here).map(Path::to_path_buf).unwrap_or(absolute)
}

/// A path as it is printed: forward slashes, no `./` in front.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or_else(|| text.clone(), str::to_owned)
}
