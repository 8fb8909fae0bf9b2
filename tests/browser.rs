//! The page in a browser: it opens without a fault, loads nothing, and its filters work.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser; says so where there is none.
fn browser() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: no chromium on the path");
    }
    found
}

/// The page of a check of the shipped dataset.
fn page() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .current_dir(support::project())
        .args(["check", "fixtures/datasets/ncmec", "--format", "html"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Opens a page and returns its document after scripts have run, and what the browser logged.
fn open(browser: &Path, page: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--log-level=0", "--host-resolver-rules=MAP * ~NOTFOUND"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(["--virtual-time-budget=2000", "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Lines that the page itself wrote to the console, faults included.
fn console(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("CONSOLE")).collect()
}

#[test]
fn the_page_opens_without_a_fault_and_can_be_filtered() {
    let Some(browser) = browser() else { return };
    let page = page();
    let (document, log) = open(&browser, &page);
    assert!(console(&log).is_empty(), "{:?}", console(&log));
    let count = page.matches("<details class=\"finding").count();
    assert!(count > 10, "{count}");
    assert!(document.contains(&format!("{count} of {count} findings shown")));

    // Searching for a word, and leaving out a level.
    let act = "<script>var f=document.getElementById('filters');f.elements.words.value='WICKR';\
               f.dispatchEvent(new Event('input'));\
               document.title=document.getElementById('shown').textContent;</script></body>";
    let (document, log) = open(&browser, &page.replace("</body>", act));
    assert!(console(&log).is_empty(), "{:?}", console(&log));
    let title = document.split("<title>").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let shown: usize = title.parse().unwrap_or_else(|_| panic!("{title}"));
    assert!(shown > 0 && shown < count, "{shown} of {count}");
    let act = "<script>var f=document.getElementById('filters');\
               f.querySelectorAll('input').forEach(function(one){if(one.value!=='warning'&&one.name==='level')one.checked=false;});\
               f.dispatchEvent(new Event('input'));\
               document.title=document.querySelectorAll('details.finding.note:not([hidden])').length+' notes';</script></body>";
    let (document, _) = open(&browser, &page.replace("</body>", act));
    assert!(document.contains("<title>0 notes</title>"));
}

#[test]
fn the_page_names_nothing_to_load() {
    let page = page();
    assert!(page.contains("default-src 'none'"));
    for attribute in ["src=", "url(", "@import", "<link rel=\"stylesheet\"", "fetch(", "XMLHttpRequest"] {
        let found = page.split(attribute).skip(1).find(|rest| !rest.starts_with("\"data:"));
        assert!(
            found.is_none(),
            "{attribute}{}",
            &found.unwrap_or_default()[..40.min(found.unwrap_or_default().len())]
        );
    }
}
