//! How fast and how lean `candor check` is, as ratios that hold on any machine: `cargo bench --bench speed`.
//!
//! One run makes the data, times everything in turn and prints tables in Markdown. What stands beside candor is what
//! does a part of its work: bare readers, programs that validate a schema, scripts that compare. Names of sections after
//! `--` run these alone: `cargo bench --bench speed -- formats schema`. See `benches/README.md`.

// A benchmark prints its table.
#![allow(clippy::print_stdout)]

mod data;
mod formats;
mod measure;
mod outputs;
mod schema;
mod tables;

use std::path::Path;

use data::{Order, write_table};

/// A section by its name.
type Section = (&'static str, fn(&Path) -> std::io::Result<String>);

const SECTIONS: [Section; 8] = [
    ("readers", |folder| tables::against_readers(&million(folder)?)),
    ("shapes", |folder| tables::shapes(folder, &million(folder)?)),
    ("start", |_| tables::shipped_dataset()),
    ("series", tables::many_series),
    ("formats", formats::sizes),
    ("schema", schema::against_validators),
    ("outputs", outputs::renderers),
    ("published", |_| match std::env::var_os("CANDOR_CORPUS") {
        Some(corpus) => tables::published(Path::new(&corpus)),
        None => Ok("## Published files\n\n`CANDOR_CORPUS` names no folder of them.\n".to_owned()),
    }),
];

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, section) in SECTIONS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("{}\n", section(&folder)?);
        }
    }
    Ok(())
}

/// One million observations in 2,000 series.
fn million(folder: &Path) -> std::io::Result<std::path::PathBuf> {
    write_table(&folder.join("series"), 2_000, 500, Order::Series)
}
