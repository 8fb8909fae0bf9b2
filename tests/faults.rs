//! What the system does to a run: disks that are full, folders that cannot be written, readers that go away, files that
//! change while they are read, and the end of the process at any moment. An output is whole or absent, nothing hangs, and
//! the exit code is the documented one.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use candor::source::{Limits, read_path};
use tempfile::TempDir;

/// Exit code where something cannot be written.
const NOT_WRITTEN: i32 = 70;

const HEADER: &str = "candor: report-v1
publisher: example
title: Transparency report
source: {url: \"https://www.example.org/transparency\", retrieved: 2026-01-31}
methodology: counted
defaults: {metric: appeals, unit: appeal}
series:
";

/// A folder with a report, in each series of which a year is missing.
fn dataset(series: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_report(folder.path(), series);
    std::fs::write(folder.path().join("candor.toml"), "").unwrap();
    folder
}

fn write_report(folder: &Path, series: usize) {
    let line = |one| format!("  - {{subject: s{one}, values: {{2020: 97, 2022: 95, 2023: 98}}}}\n");
    let text = HEADER.to_owned() + &(0..series).map(line).collect::<String>();
    std::fs::write(folder.join("report.yaml"), text).unwrap();
}

fn candor(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.current_dir(folder).args(arguments);
    command
}

/// Runs a shell script in a folder, in which `$candor` is the program.
fn shell(folder: &Path, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", script]).env("candor", env!("CARGO_BIN_EXE_candor"));
    command.output().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Names of the files in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_device_that_is_full_is_told_of() {
    let folder = dataset(3);
    for arguments in [
        &["check", "--output", "html=/dev/full"][..],
        &["baseline", "write", "--baseline", "/dev/full"],
        &["diff", "report.yaml", "report.yaml", "--output", "json=/dev/full"],
    ] {
        let output = candor(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(NOT_WRITTEN), "{arguments:?}: {}", error(&output));
        assert!(
            error(&output).contains("`/dev/full` cannot be written: No space left on device"),
            "{}",
            error(&output)
        );
    }
    let output = shell(folder.path(), "exec \"$candor\" check > /dev/full");
    assert_eq!(output.status.code(), Some(NOT_WRITTEN), "{}", error(&output));
    assert!(
        error(&output).contains("standard output cannot be written: No space left"),
        "{}",
        error(&output)
    );
}

#[test]
fn where_there_is_no_room_the_output_is_the_old_one_or_absent() {
    let folder = dataset(40);
    std::fs::write(folder.path().join("old.html"), "old").unwrap();
    // No file may become larger than 8 blocks of 512 bytes, as on a disk with so much room.
    for (name, before) in [("old.html", Some("old")), ("new.html", None)] {
        let script = format!("trap '' XFSZ; ulimit -f 8; exec \"$candor\" check --output html={name}");
        let output = shell(folder.path(), &script);
        assert_eq!(output.status.code(), Some(NOT_WRITTEN), "{}", error(&output));
        assert!(
            error(&output).contains(&format!("`{name}` cannot be written: File too large")),
            "{}",
            error(&output)
        );
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).ok().as_deref(), before);
    }
    assert_eq!(names(folder.path()), ["candor.toml", "old.html", "report.yaml"]);
    let output = candor(folder.path(), &["check", "--output", "html=old.html"]);
    assert!(std::fs::metadata(folder.path().join("old.html")).unwrap().len() > 8 * 512, "{}", error(&output));
}

#[test]
fn a_disk_that_is_full_leaves_the_old_output() {
    let folder = dataset(40);
    std::fs::create_dir(folder.path().join("disk")).unwrap();
    // A small disk that only the script sees.
    let script = "mount -t tmpfs -o size=16k tmpfs disk && cd disk && echo old > old.html || exit 99
        for name in old new; do
            \"$candor\" check .. --output html=$name.html > /dev/null 2>> err; echo $?
        done
        cat err; ls; cat old.html";
    let script = format!("unshare --user --map-root-user --mount sh -c '{script}'");
    let output = shell(folder.path(), &script);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() && !text.starts_with("70") {
        eprintln!("skipped: no disk can be mounted here: {}", error(&output));
        return;
    }
    let message = |name: &str| {
        format!("candor: `{name}.html` cannot be written: No space left on device (os error 28)\n")
    };
    assert_eq!(text, format!("70\n70\n{}{}err\nold.html\nold\n", message("old"), message("new")));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_of() {
    let folder = dataset(3);
    std::fs::create_dir(folder.path().join("closed")).unwrap();
    std::fs::write(folder.path().join("file"), "kept").unwrap();
    for (path, why) in [
        ("absent/report.json", "No such file or directory"),
        ("file/report.json", "Not a directory"),
        ("closed", "Is a directory"),
        // Not even for the administrator; the reason differs between systems.
        ("/proc/report.json", ""),
    ] {
        let output = candor(folder.path(), &["check", "--output", &format!("json={path}")]);
        assert_eq!(output.status.code(), Some(NOT_WRITTEN), "{path}: {}", error(&output));
        assert!(error(&output).contains(&format!("`{path}` cannot be written: {why}")), "{}", error(&output));
        let output = candor(folder.path(), &["baseline", "write", "--baseline", path]);
        assert_eq!(output.status.code(), Some(NOT_WRITTEN), "{path}: {}", error(&output));
    }
    let closed = folder.path().join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(closed.join("probe"), "").is_ok() {
        eprintln!("skipped: this user may write everywhere");
        return;
    }
    let output = candor(folder.path(), &["check", "--output", "json=closed/report.json"]);
    assert_eq!(output.status.code(), Some(NOT_WRITTEN));
    assert!(error(&output).contains("Permission denied"), "{}", error(&output));
    assert_eq!(names(&closed), Vec::<String>::new());
}

#[test]
fn a_reader_that_has_had_enough_ends_the_output_quietly() {
    let folder = dataset(300);
    for (arguments, exit) in [
        (&["check", "--format", "json"][..], 0),
        (&["check", "--format", "json", "--fail-on", "warning"], 1),
        (&["check", "--format", "html", "--all"], 0),
        (&["convert", "report.yaml", "--to", "json"], 0),
        (&["schema", "findings-v1"], 0),
        (&["completions", "bash"], 0),
        (&["rules"], 0),
    ] {
        let mut child =
            command(folder.path(), arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        drop(out);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), error(&output).as_str()), (Some(exit), ""), "{arguments:?}");
    }
    // Nobody has ever listened.
    let output = shell(folder.path(), "exec \"$candor\" check >&- 2>&-");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_file_that_changes_while_it_is_read_does_no_harm() {
    // Larger than what is read in one go.
    const WHOLE: u64 = 5_000_000;
    let folder = tempfile::tempdir().unwrap();
    let (path, next) = (folder.path().join("table.csv"), folder.path().join("next"));
    let text = |letter: u8| vec![letter; WHOLE as usize];
    std::fs::write(&path, text(b'a')).unwrap();
    let is_over = AtomicBool::new(false);
    let mut sizes = BTreeSet::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // It shrinks, grows again with zeros, becomes another file, and is written anew.
                let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
                [WHOLE / 2, 0, WHOLE, WHOLE - 1].into_iter().for_each(|size| file.set_len(size).unwrap());
                std::fs::write(&next, text(b'b')).unwrap();
                std::fs::rename(&next, &path).unwrap();
                std::fs::write(&path, text(b'a')).unwrap();
            }
        });
        let begun = Instant::now();
        let mut reads = 0;
        while (reads < 50 || sizes.len() < 3) && begun.elapsed() < Duration::from_secs(60) {
            let source = read_path(&path, "table.csv", &Limits::default());
            // Zeros make it binary, which is a failure with a reason.
            assert!(source.size <= WHOLE && !source.text.contains('\0'));
            sizes.insert(source.size);
            reads += 1;
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(sizes.len() > 2, "the file was hardly ever read as another one: {sizes:?}");
}

#[test]
fn a_table_that_shrinks_during_a_check_is_a_shorter_table() {
    let folder = dataset(1);
    let path = folder.path().join("table.csv");
    let mut text = "publisher,subject,metric,unit,period,value\n".to_owned();
    (0..2_000).for_each(|row| text.push_str(&format!("example,s{row},appeals,appeal,2024,{row}\n")));
    std::fs::write(&path, &text).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
                file.set_len(text.len() as u64 / 3).unwrap();
                std::fs::write(&path, &text).unwrap();
            }
        });
        for _ in 0..6 {
            let output = candor(folder.path(), &["check", "--format", "json"]);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 1 | 3)), "{code:?}: {}", error(&output));
            let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(found["exit_code"], code.unwrap());
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let folder = dataset(1);
    if !shell(folder.path(), "mkfifo table.csv").status.success() {
        eprintln!("skipped: no pipe can be made here");
        return;
    }
    // Nobody writes into it: whoever opened it would wait for ever.
    let mut child =
        command(folder.path(), &["check", "--format", "concise"]).stdout(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("the pipe is waited for");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(out.contains("table.csv:1:1: error[unreadable-input] this is not a regular file"), "{out}");
}

/// The baselines of two states of a dataset: before, and after. The dataset is left in the later one, its baseline that of
/// the earlier.
fn two_baselines(folder: &Path) -> [Vec<u8>; 2] {
    let path = folder.join("candor-baseline.json");
    let written = |series: usize| {
        write_report(folder, series);
        let output = candor(folder, &["baseline", "write"]);
        assert!(output.status.success(), "{}", error(&output));
        std::fs::read(&path).unwrap()
    };
    let (new, old) = (written(40), written(30));
    write_report(folder, 40);
    assert!(old != new && old.len() > 4_000, "{} bytes", old.len());
    [old, new]
}

/// What stands beside the dataset does not disturb the next run.
fn next_run_is_undisturbed(folder: &Path, new: &[u8]) {
    let inputs = |output: &Output| -> serde_json::Value {
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["inputs"].take()
    };
    // Not even where everything in the folder belongs to the dataset.
    for configuration in ["include = [\"*\"]\n", ""] {
        std::fs::write(folder.join("candor.toml"), configuration).unwrap();
        let output = candor(folder, &["check", "--format", "json"]);
        let inputs = inputs(&output);
        let paths: Vec<&str> =
            inputs.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["candor.toml", "candor-baseline.json", "report.yaml"]);
    }
    let output = candor(folder, &["baseline", "write"]);
    assert!(output.status.success(), "{}", error(&output));
    assert_eq!(std::fs::read(folder.join("candor-baseline.json")).unwrap(), new);
    let output = candor(folder, &["check", "--fail-on", "note"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_baseline_is_whole_wherever_writing_it_ends() {
    let folder = dataset(1);
    let [old, new] = two_baselines(folder.path());
    let path = folder.path().join("candor-baseline.json");
    let blocks = new.len() / 512;
    let mut are_killed = 0;
    // The system ends the process where a file would become larger than so many blocks.
    for block in [0, 1, blocks / 2, blocks - 1, blocks] {
        let script = format!("ulimit -c 0; ulimit -f {block}; exec \"$candor\" baseline write");
        let output = shell(folder.path(), &script);
        const SIGXFSZ: i32 = 25;
        assert_eq!(output.status.signal(), Some(SIGXFSZ), "{:?}: {}", output.status, error(&output));
        are_killed += 1;
        assert!(std::fs::read(&path).unwrap() == old, "the baseline is not the old one");
    }
    let parts = names(folder.path()).iter().filter(|name| name.ends_with(".candor-part")).count();
    assert_eq!(parts, are_killed, "{:?}", names(folder.path()));
    next_run_is_undisturbed(folder.path(), &new);
}

#[test]
fn a_baseline_is_whole_whenever_the_process_ends() {
    let folder = dataset(1);
    let [old, new] = two_baselines(folder.path());
    let path = folder.path().join("candor-baseline.json");
    let begun = Instant::now();
    candor(folder.path(), &["baseline", "write"]);
    let whole = begun.elapsed();
    std::fs::write(&path, &old).unwrap();
    const TIMES: u32 = 12;
    let (mut are_killed, mut are_done) = (0, 0);
    for time in 0..TIMES {
        let mut child = command(folder.path(), &["baseline", "write"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Most of the moments lie around the end, when it is written.
        let share = 1.2 * (f64::from(time + 1) / f64::from(TIMES)).sqrt();
        std::thread::sleep(whole.mul_f64(share));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        if status.signal().is_some() {
            are_killed += 1
        } else {
            are_done += 1
        }
        let found = std::fs::read(&path).unwrap();
        assert!(found == old || found == new, "the baseline is neither the old one nor the new one");
        serde_json::from_slice::<serde_json::Value>(&found).unwrap();
        std::fs::write(&path, &old).unwrap();
    }
    assert!(are_killed > 0, "no process was ended, {are_done} came to their end");
    next_run_is_undisturbed(folder.path(), &new);
}
