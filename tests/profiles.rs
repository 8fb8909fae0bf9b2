//! The shipped profiles are sound, and each real file is recognised by its own.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod support;

use std::path::{Path, PathBuf};

use candor::ingest::profile::recognise::{Recognition, first_rows, missing_headings, recognise};
use candor::ingest::profile::{Profile, SHIPPED, shipped};
use candor::load::csv::Rows;
use candor::source::Limits;

use support::{every_finding, outcome, project};

/// The folder of real files; says so where there is none.
fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: CANDOR_CORPUS names no folder of published files");
    }
    folder
}

/// Files with this ending, in all folders below.
fn files_below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, ending, found);
        } else if path.extension().is_some_and(|one| one == ending) {
            found.push(path);
        }
    }
}

/// The profile that a file of the corpus ought to be read by.
fn expected(path: &str) -> &'static str {
    let known = [
        ("/meta/", "meta-community-standards"),
        ("/tiktok/", "tiktok-community-guidelines"),
        ("/discord/", "discord-transparency"),
        ("/github-transparency/", "github-transparency"),
        ("/dsa-template/", "eu-dsa-template"),
        ("/curated/", "comparable-reports"),
        ("/ncmec-by-esp", "ncmec-reports-by-provider"),
        ("/ncmec-by-country", "ncmec-reports-by-country"),
        ("/ocse-reports-per-country", "ncmec-reports-by-country"),
        ("/ocse-reports-per-year", "ncmec-reports-per-year"),
        ("/ocse-report-contents", "ncmec-report-contents"),
        ("/ocse-report-recipients", "ncmec-report-recipients"),
    ];
    known.into_iter().find(|(part, _)| path.contains(part)).map_or("none", |(_, id)| id)
}

#[test]
fn every_shipped_profile_validates() {
    for text in SHIPPED {
        let name: String = text.lines().find(|line| line.starts_with("id")).unwrap_or_default().to_owned();
        if let Err(violations) = Profile::parse(text) {
            let messages: Vec<String> =
                violations.iter().map(|one| format!("{}: {}", one.pointer, one.message)).collect();
            panic!("{name}\n{}", messages.join("\n"));
        }
    }
    assert_eq!(shipped().len(), SHIPPED.len());
}

#[test]
fn identifiers_are_the_names_of_files() {
    let mut files = Vec::new();
    files_below(&project().join("profiles"), "toml", &mut files);
    let mut names: Vec<String> =
        files.iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    let mut ids: Vec<String> = shipped().iter().map(|profile| profile.id.clone()).collect();
    ids.sort();
    assert_eq!(ids, names);
}

#[test]
fn the_shipped_entities_are_a_registry_without_loose_ends() {
    let registry = candor::ingest::shipped_registry();
    assert!(registry.entities().count() > 350 && registry.own_entities().next().is_none());
    let text = std::fs::read_to_string(project().join("registry/entities.yaml")).unwrap();
    let tree = candor::load::yaml::parse(&text);
    let violations = candor::schema::validate(candor::schema::SchemaName::Entities, tree.root().unwrap());
    assert!(violations.is_empty(), "{violations:?}");
    for entity in registry.entities() {
        for parent in &entity.parents {
            assert!(registry.entity(&parent.parent).is_some(), "{}: {}", entity.id, parent.parent);
        }
    }
}

#[test]
fn every_metric_of_a_profile_is_in_the_registry() {
    let registry = candor::ingest::shipped_registry();
    let metric = |constants: &candor::ingest::profile::Constants| -> Vec<String> {
        let of_metric =
            |one: &&(candor::ingest::profile::Field, String)| one.0 == candor::ingest::profile::Field::Metric;
        constants.iter().filter(of_metric).map(|(_, id)| id.clone()).collect()
    };
    let mut unknown = Vec::new();
    for profile in shipped() {
        let tables = profile
            .tables
            .iter()
            .flat_map(|table| table.values.iter().map(|value| &value.constants).chain([&table.constants]));
        let terms = profile.terms.iter().map(|term| &term.means);
        for id in tables.chain(terms).chain([&profile.constants]).flat_map(metric) {
            if registry.metric(&id).is_none() {
                unknown.push(format!("{}: {id}", profile.id));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn every_published_table_is_recognised() {
    let Some(corpus) = corpus() else { return };
    let mut files = Vec::new();
    files_below(&corpus, "csv", &mut files);
    assert!(files.len() > 50);
    let profiles: Vec<&Profile> = shipped().iter().collect();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let path = file.to_string_lossy();
        let found = match recognise(&profiles, &path, &first_rows(Rows::new(&text, b',', &Limits::default())))
        {
            Recognition::By(profile) => profile.id.clone(),
            Recognition::Ambiguous(profiles) => {
                let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
                format!("{} alike", ids.join(" and "))
            }
            Recognition::None(_) => "none".to_owned(),
        };
        assert_eq!(found, expected(&path), "{path}");
    }
}

#[test]
fn no_profile_describes_a_tidy_table() {
    let schema: serde_json::Value = serde_json::from_str(candor::schema::SchemaName::Tidy.text()).unwrap();
    let columns: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    assert!(columns.len() > 10);
    for profile in shipped() {
        for table in &profile.tables {
            assert!(!missing_headings(table, &columns).is_empty(), "{}", profile.id);
        }
    }
}

/// The profile of a table that consists of this header and nothing else of interest.
fn profile_of_header(name: &str, header: &str) -> String {
    let profiles: Vec<&Profile> = shipped().iter().collect();
    match recognise(&profiles, name, &first_rows(Rows::new(header, b',', &Limits::default()))) {
        Recognition::By(profile) => profile.id.clone(),
        other => panic!("{header}: {other:?}"),
    }
}

#[test]
fn every_generation_of_a_header_is_recognised() {
    for header in [
        "Metric,Period Type,Period,Policy Type,Issue Policy,Task Type,Task,Location,Market,Result",
        "metric,period_type,period,policy_type,issue_policy,task_type,task,location,market,result",
        "Metric,Period type,Period,Policy type,Issue policy,Task type,Task,Location,Market,Result",
        "Metric,Period type,Period,Policy type,Issue,Task type,Task,Location,Market,Result",
    ] {
        assert_eq!(profile_of_header("report.csv", header), "tiktok-community-guidelines");
    }
    for header in [
        "Month,Media reports,Escalations",
        "Month,Media Reports,Grooming or Endangerment Escalations,Total by month",
        "Some title,,\n,,\nWarns,Individual Accounts Warned,Servers Warned,Server Member Warnings",
    ] {
        assert_eq!(profile_of_header("report.csv", header), "discord-transparency");
    }
    let snap = "period,section,category,sub_category_1,sub_category_2,metric,value";
    assert_eq!(profile_of_header("report.csv", snap), "snap-transparency");
    assert_eq!(profile_of_header("list.csv", "year,esp,reports"), "ncmec-reports-by-provider");
    assert_eq!(profile_of_header("list.csv", "country,iso3,2031,2032"), "ncmec-reports-by-country");
}

/// Whole workbooks: every sheet is read, by the profile of its publisher.
#[test]
fn every_published_sheet_is_read() {
    let Some(corpus) = corpus() else { return };
    for (file, profile) in [
        ("tiktok/tiktok-2021-q3.xlsx", "tiktok-community-guidelines-workbook"),
        ("microsoft/microsoft-2020-h1.xlsx", "microsoft-digital-safety"),
        ("microsoft/microsoft-2022-h1.xlsx", "microsoft-digital-safety"),
    ] {
        let outcome = outcome(&[corpus.join(file)]);
        assert!(!outcome.dataset.documents.is_empty(), "{file}");
        for document in &outcome.dataset.documents {
            assert_eq!(document.profile.as_deref(), Some(profile), "{}", document.path);
            assert!(document.complete, "{}", document.path);
        }
    }
}

/// Two rows of TikTok's table are of one series where all columns but period and result agree, and only there.
#[test]
fn a_key_is_as_specific_as_the_columns_of_the_file() {
    let Some(corpus) = corpus() else { return };
    for (file, conflicts) in
        [("tiktok-2022-q4.csv", 0), ("tiktok-2023-q1.csv", 0), ("tiktok-2023-q2.csv", 16)]
    {
        let path = corpus.join("tiktok").join(file);
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let key = |row: &csv::StringRecord| [0, 3, 4, 5, 6, 7, 8].map(|column| row[column].to_owned());
        let keys: std::collections::BTreeSet<_> = rows.iter().map(key).collect();
        let outcome = outcome(&[path]);
        assert_eq!(outcome.dataset.series.len(), keys.len(), "{file}");
        assert_eq!(outcome.dataset.observations.len(), rows.len(), "{file}");
        let found =
            every_finding(&outcome).iter().filter(|one| one.rule.name == "conflicting-duplicate").count();
        assert_eq!(found, conflicts, "{file}");
    }
}
