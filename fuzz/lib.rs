//! What the targets share: a folder in which the bytes stand under the name that makes candor read them as what the
//! target is about, and a whole check of it, every format included. No rule may fail, nothing may panic.

use std::path::Path;

use candor::cli::{CheckRequest, Checked, check};
use candor::render::{Format, RunInfo, Style, render};

/// A small document, for what needs figures beside it.
pub const REPORT: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
defaults: {metric: appeals, unit: appeal}
series:
  - {subject: one, values: {2020: 90, 2021: 97, 2022: 104, 2023: 98, 2024: 12}}
  - {subject: two, category: Spam, values: {2021: 1, 2023: 98, 2024: {value: 1200, rounded_to: 100}}}
";

/// A small table of a publisher's own, for what says how to read one.
pub const TABLE: &str = "app,policy_area,metric,period,value
One,Spam,Content Actioned,2023Q1,\"1,200\"
One,Spam,Content Actioned,2023Q2,N/A
Two,Hate,Content Actioned,2023Q1,10 - 20
";

/// Checks some files and writes what comes of it in every format.
pub fn whole(files: &[(&str, &[u8])]) {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).expect("a folder can be made");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file can be written");
    }
    let request = CheckRequest { paths: vec![folder.path().to_path_buf()], ..CheckRequest::default() };
    let Checked::Done(outcome, _) = check(&request) else { return };
    assert!(!outcome.failed, "a rule failed");
    let run = RunInfo {
        version: String::new(),
        rule_set_hash: String::new(),
        fail_on: None,
        exit_code: 0,
        command: String::new(),
    };
    for format in Format::ALL {
        let text = render(&outcome, format, &Style::default(), &run);
        let is_raw = |one: char| one.is_control() && !matches!(one, '\n' | '\t' | '\r');
        assert!(!text.contains(is_raw), "a control character is printed");
    }
}
