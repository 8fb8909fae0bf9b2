//! Data packages among the files to read: what they bring, and those that lie above.
//!
//! A package that is checked brings the tables in its folder that it lists, whatever their names end with. A table that is
//! checked alone is looked up in the packages above it, up to the folder of the dataset. Nothing outside of a package's
//! folder is read because the package names it, also not through a link.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::inputs::{FileToRead, add, file, leads_out, normal, relative, within_dataset};
use crate::config::Config;
use crate::ingest::package::{FILE_NAME, ListedFile, listed_files};
use crate::source::{self, Limits};

const MISSING: &str = "is not there";
const LEADS_OUT: &str =
    "is a link that leads out of the folder of the package; it is not taken as a part of it";

/// The files that packages list, by the packages' paths; read once each.
struct Lists {
    limits: Limits,
    known: HashMap<PathBuf, Vec<ListedFile>>,
}

impl Lists {
    fn of(&mut self, package: &Path) -> &[ListedFile] {
        let read = || {
            let source = source::read_path(package, "", &self.limits);
            listed_files(&source.text, folder_of(package), &self.limits)
        };
        self.known.entry(package.to_path_buf()).or_insert_with(read)
    }
}

/// Adds packages above tables, and the files of packages.
pub(super) fn complete(found: &mut BTreeMap<PathBuf, FileToRead>, config: &Config, root: Option<&Path>) {
    let mut lists = Lists { limits: config.limits, known: HashMap::new() };
    let is_package = |(path, file): &(&PathBuf, &FileToRead)| {
        !file.leads_out && path.file_name().is_some_and(|name| name == FILE_NAME)
    };
    let checked: Vec<PathBuf> = found.iter().filter(is_package).map(|(path, _)| path.clone()).collect();
    for package in &checked {
        let named = found.get(package).is_some_and(|file| file.named);
        for listed in lists.of(package).to_vec() {
            let selected = config.files.selects(&within_dataset(&listed.file, config));
            if listed.is_readable
                && selected
                && !found.contains_key(&listed.file)
                && is_within(&listed.file, package)
            {
                add(found, file(relative(&listed.file), named));
            }
        }
    }
    let tables: Vec<PathBuf> = found.keys().filter(|path| is_table(path)).cloned().collect();
    let root = root.map(normal);
    let mut packages: BTreeSet<PathBuf> = checked.into_iter().collect();
    for table in tables {
        if let Some(package) = package_above(&table, root.as_deref(), &mut lists)
            && packages.insert(package.clone())
        {
            add(found, file(relative(&package), false));
        }
    }
    for package in packages {
        let listed = lists.of(&package).to_vec();
        // A package that lends its schema to one table says nothing of the others.
        for one in &listed {
            let Some(why) = fault_of(&one.file, &package) else {
                if let (Some(file), Some(encoding)) = (found.get_mut(&one.file), &one.encoding) {
                    file.encoding = Some(encoding.clone());
                }
                continue;
            };
            if let Some(file) = found.get_mut(&package) {
                file.absent.push((one.path.clone(), why));
            }
        }
    }
}

/// The nearest package above a table that lists it.
fn package_above(table: &Path, root: Option<&Path>, lists: &mut Lists) -> Option<PathBuf> {
    let within = root.filter(|root| table.starts_with(root));
    table
        .ancestors()
        .skip(1)
        .take_while(|folder| within.is_none_or(|root| folder.starts_with(root)))
        .map(|folder| folder.join(FILE_NAME))
        .filter(|package| package.is_file() && !leads_out(package, within.unwrap_or(folder_of(package))))
        .find(|package| lists.of(package).iter().any(|listed| listed.file == table))
}

fn folder_of(package: &Path) -> &Path {
    package.parent().unwrap_or(Path::new(""))
}

fn is_table(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    !ending.is_some_and(|ending| ["json", "yaml", "yml", "toml"].contains(&ending.as_str()))
        && !path.as_os_str().is_empty()
}

/// Why a file that a package lists cannot be taken from its folder.
fn fault_of(file: &Path, package: &Path) -> Option<&'static str> {
    if !file.is_file() {
        return Some(MISSING);
    }
    (!is_within(file, package)).then_some(LEADS_OUT)
}

/// Whether a file is in the folder of a package, with all links followed.
fn is_within(file: &Path, package: &Path) -> bool {
    let folder = folder_of(package).canonicalize().ok();
    folder.zip(file.canonicalize().ok()).is_some_and(|(folder, file)| file.starts_with(folder))
}
