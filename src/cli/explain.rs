//! `candor explain`: the documentation of a rule.

use clap::Args;

use super::rule_words::RuleWord;
use super::{ColourChoice, USAGE, complain, print};
use crate::diag::closest;
use crate::rule::Rule;
use crate::rules::{RULES, find};

/// Options of `candor explain`.
#[derive(Debug, Args)]
pub struct Options {
    /// Code or name: TR301, sharp-drop.
    #[arg(value_parser = RuleWord { with_families: false }, hide_possible_values = true)]
    rule: String,
}

pub(super) fn command(options: &Options, _colour: ColourChoice) -> u8 {
    match find(&options.rule) {
        Some(rule) => print(&text(rule)),
        None => {
            let words = RULES.iter().flat_map(|rule| [rule.id.name, rule.id.code]);
            let help = closest(&options.rule, words)
                .map(|word| format!("; did you mean `{word}`?"))
                .unwrap_or_default();
            complain(&format!("there is no rule `{}`{help} `candor rules` lists them.", options.rule));
            USAGE
        }
    }
}

fn text(rule: &Rule) -> String {
    let mut text = format!(
        "# {} {}\n\nLevel: {}\n\n{}\n",
        rule.id.code,
        rule.id.name,
        rule.level.as_str(),
        rule.text().trim_end()
    );
    if !rule.parameters.is_empty() {
        text.push_str("\n## Parameters\n\n");
        for parameter in rule.parameters {
            text.push_str(&format!(
                "- `{}` (default {}, {}): {}\n",
                parameter.name, parameter.default, parameter.unit, parameter.documentation
            ));
        }
        text.push_str(&format!(
            "\nIn candor.toml:\n\n```toml\n[rules.parameters.{}]\n{} = {}\n```\n",
            rule.id.name, rule.parameters[0].name, rule.parameters[0].default
        ));
    }
    text.push_str(&format!(
        "\n## Turning it off\n\n```toml\n[rules]\nignore = [\"{}\"]\n```\n",
        rule.id.name
    ));
    text
}
