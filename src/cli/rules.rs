//! `candor rules`: all rules, as a table or as JSON.

use clap::{Args, ValueEnum};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

use super::output::terminal_width;
use super::print;
use crate::rules::{RULES, rule_set_hash};

/// Options of `candor rules`.
#[derive(Debug, Args)]
pub struct Options {
    /// How to print them.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

pub(super) fn command(options: &Options) -> u8 {
    match options.format {
        Format::Table => print(&table(terminal_width())),
        Format::Json => print(&json_text()),
    }
}

fn table(width: usize) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width as u16);
    table.set_header(["code", "name", "level", "finds"]);
    for rule in RULES {
        table.add_row([rule.id.code, rule.id.name, rule.level.as_str(), rule.summary()]);
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    format!("{}\n", lines.join("\n"))
}

fn json_text() -> String {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            let parameters: Vec<_> = rule
                .parameters
                .iter()
                .map(|one| {
                    json!({
                        "name": one.name,
                        "default": one.default,
                        "minimum": one.range.0,
                        "maximum": one.range.1,
                        "unit": one.unit,
                        "description": one.documentation,
                    })
                })
                .collect();
            json!({
                "code": rule.id.code,
                "name": rule.id.name,
                "level": rule.level,
                "summary": rule.summary(),
                "parameters": parameters,
            })
        })
        .collect();
    let all = json!({ "rule_set": rule_set_hash(), "rules": rules });
    // Values made of strings and numbers can always be written.
    format!("{}\n", serde_json::to_string_pretty(&all).unwrap_or_default())
}
