//! Words that name rules, offered where a shell completes them and read wherever they stand.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};

use crate::rules::RULES;

/// Reads any word; which rule it names is for the command to say, with the nearest one where there is none.
#[derive(Debug, Clone)]
pub struct RuleWord {
    /// Whether families and `ALL` are words as well.
    pub with_families: bool,
}

impl TypedValueParser for RuleWord {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let named = RULES.iter().flat_map(|rule| [rule.id.name, rule.id.code]);
        let mut families: Vec<&'static str> = RULES.iter().map(|rule| &rule.id.code[..3]).collect();
        families.dedup();
        families.push("ALL");
        let families = families.into_iter().filter(|_| self.with_families);
        Some(Box::new(named.chain(families).map(PossibleValue::new)))
    }
}
