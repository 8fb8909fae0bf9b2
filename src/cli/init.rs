//! `candor init`: what a dataset needs to be checked here, in CI (on GitHub and on GitLab) and before each commit.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{INTERNAL, USAGE, complain, print};

/// Options of `candor init`.
#[derive(Debug, Args)]
pub struct Options {
    /// Folder of the dataset.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// What is written, by path relative to the folder.
const FILES: [(&str, &str); 4] = [
    ("candor.toml", include_str!("init/candor.toml")),
    (".github/workflows/candor.yaml", include_str!("init/workflow.yaml")),
    (".gitlab/candor.yml", include_str!("init/gitlab.yaml")),
    (".pre-commit-config.yaml", include_str!("init/pre-commit.yaml")),
];

pub(super) fn command(options: &Options) -> u8 {
    if !options.folder.is_dir() {
        complain(&format!("`{}` is not a folder", options.folder.display()));
        return USAGE;
    }
    let mut said = String::new();
    for (name, content) in FILES {
        match write_new(&options.folder.join(name), content) {
            Ok(true) => said.push_str(&format!("wrote {name}\n")),
            Ok(false) => said.push_str(&format!("kept {name}, which is already there\n")),
            Err(error) => {
                complain(&format!("`{name}` cannot be written: {error}"));
                return INTERNAL;
            }
        }
    }
    print(&said)
}

/// Writes a file unless it is already there.
fn write_new(path: &Path, content: &str) -> std::io::Result<bool> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(content.as_bytes()).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}
