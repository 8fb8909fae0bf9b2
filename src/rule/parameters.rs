//! Parameters of rules, and for which series and periods they hold.

use jiff::civil::Date;

use super::Rule;
use crate::diag::{Level, RuleId, Subject};
use crate::model::{Period, SeriesKey};

/// A number that decides in a rule.
#[derive(Debug)]
pub struct Parameter {
    /// Name in configuration.
    pub name: &'static str,
    /// Value where nothing else is configured.
    pub default: f64,
    /// Lowest and highest admissible value.
    pub range: (f64, f64),
    /// Unit: `probability`, `values`, `ratio` …
    pub unit: &'static str,
    /// What it decides.
    pub documentation: &'static str,
}

/// What a figure is about that names no jurisdiction.
const WORLD: &str = "worldwide";

/// Which series and periods something holds for; an empty part holds for all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    /// Who states the numbers.
    pub publisher: Option<String>,
    /// Whose activity they are about.
    pub entity: Option<String>,
    /// What is measured.
    pub metric: Option<String>,
    /// The publisher's category.
    pub category: Option<String>,
    /// Where.
    pub jurisdiction: Option<String>,
    /// First and last day within which a period must lie.
    pub period: Option<(Date, Date)>,
}

impl Selector {
    /// Whether it holds for a period of a series; without a period only where it names none.
    pub fn matches(&self, key: &SeriesKey, period: Option<Period>) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|one| Some(one) == found)
        };
        is(&self.publisher, Some(&key.publisher))
            && is(&self.entity, Some(&key.subject))
            && is(&self.metric, Some(&key.metric))
            && is(&self.category, key.category.as_deref())
            && is(&self.jurisdiction, Some(key.jurisdiction.as_deref().unwrap_or(WORLD)))
            && self.covers(period)
    }

    /// Whether it holds for what a finding is about.
    pub fn matches_subject(&self, subject: &Subject) -> bool {
        let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        let jurisdiction = Some(subject.jurisdiction.clone().unwrap_or_else(|| WORLD.to_owned()));
        is(&self.publisher, &subject.publisher)
            && is(&self.entity, &subject.entity)
            && is(&self.metric, &subject.metric)
            && is(&self.category, &subject.category)
            && is(&self.jurisdiction, &jurisdiction)
            && self.covers(subject.period.as_deref().and_then(Period::parse))
    }

    fn covers(&self, period: Option<Period>) -> bool {
        self.period.is_none_or(|(first, last)| {
            period.is_some_and(|period| first <= period.start && period.end <= last)
        })
    }
}

/// One configured value.
#[derive(Debug, Clone)]
struct Assignment {
    rule: &'static str,
    parameter: &'static str,
    selector: Option<Selector>,
    value: f64,
}

/// All configured parameter values.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    assignments: Vec<Assignment>,
}

impl Settings {
    /// Sets a parameter of a rule for all, or for what a selector matches. Later ones win over earlier ones.
    ///
    /// # Errors
    /// In words, where the rule has no such parameter or the value is outside its range.
    pub fn set(
        &mut self,
        rule: &Rule,
        name: &str,
        selector: Option<Selector>,
        value: f64,
    ) -> Result<(), String> {
        let Some(parameter) = rule.parameters.iter().find(|parameter| parameter.name == name) else {
            let names: Vec<String> = rule.parameters.iter().map(|one| format!("`{}`", one.name)).collect();
            return Err(match names.as_slice() {
                [] => format!("`{}` has no parameters", rule.id.name),
                _ => format!("`{}` has no parameter `{name}`; it has {}", rule.id.name, names.join(", ")),
            });
        };
        let (low, high) = parameter.range;
        if !(low..=high).contains(&value) {
            return Err(format!("`{name}` must lie between {low} and {high}"));
        }
        self.assignments.push(Assignment { rule: rule.id.code, parameter: parameter.name, selector, value });
        Ok(())
    }

    /// The parameters of one rule.
    pub fn parameters(&self, rule: &'static Rule) -> Parameters<'_> {
        let assignments = self.assignments.iter().filter(|one| one.rule == rule.id.code).collect();
        Parameters { rule, assignments }
    }

    /// Every value that differs from its default: rule, parameter, selector, value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str, Option<&Selector>, f64)> {
        self.assignments.iter().map(|one| (one.rule, one.parameter, one.selector.as_ref(), one.value))
    }
}

/// The parameters of one rule as configured.
#[derive(Debug, Clone)]
pub struct Parameters<'a> {
    rule: &'static Rule,
    assignments: Vec<&'a Assignment>,
}

impl Parameters<'_> {
    /// The value for a period of a series.
    pub fn get(&self, name: &'static str, key: &SeriesKey, period: Option<Period>) -> f64 {
        let matching = |one: &&&Assignment| {
            one.parameter == name
                && one.selector.as_ref().is_none_or(|selector| selector.matches(key, period))
        };
        self.assignments.iter().rev().find(matching).map_or_else(|| self.default(name), |one| one.value)
    }

    /// The highest value for any period of any series.
    pub fn highest(&self, name: &'static str) -> f64 {
        let assigned = self.assignments.iter().filter(|one| one.parameter == name).map(|one| one.value);
        assigned.fold(self.default(name), f64::max)
    }

    /// The lowest value for any period of any series.
    pub fn lowest(&self, name: &'static str) -> f64 {
        let assigned = self.assignments.iter().filter(|one| one.parameter == name).map(|one| one.value);
        assigned.fold(self.default(name), f64::min)
    }

    /// The value for all, for what belongs to no single series.
    pub fn global(&self, name: &'static str) -> f64 {
        let matching = |one: &&&Assignment| one.parameter == name && one.selector.is_none();
        self.assignments.iter().rev().find(matching).map_or_else(|| self.default(name), |one| one.value)
    }

    fn default(&self, name: &str) -> f64 {
        self.rule.parameters.iter().find(|one| one.name == name).map_or(f64::NAN, |one| one.default)
    }
}

/// One configured level: of a rule, for all its findings or for those that a selector matches. `None` turns it off.
#[derive(Debug, Clone)]
struct LevelChange {
    rule: &'static str,
    selector: Option<Selector>,
    level: Option<Level>,
}

/// Which rules run, and at which level their findings count.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    off: Vec<&'static str>,
    changes: Vec<LevelChange>,
}

impl Policy {
    /// Leaves a rule out altogether.
    pub fn turn_off(&mut self, rule: &Rule) {
        self.off.push(rule.id.code);
    }

    /// Lets a rule run after all.
    pub fn turn_on(&mut self, rule: &Rule) {
        self.off.retain(|code| *code != rule.id.code);
    }

    /// Sets the level of a rule's findings, or turns them off; later ones win over earlier ones.
    pub fn set_level(&mut self, rule: &Rule, selector: Option<Selector>, level: Option<Level>) {
        self.changes.push(LevelChange { rule: rule.id.code, selector, level });
    }

    /// Whether a rule runs.
    pub fn runs(&self, rule: &Rule) -> bool {
        !self.off.contains(&rule.id.code)
    }

    /// The level that a finding counts at; `None` where it is turned off.
    pub fn level(&self, rule: RuleId, subject: &Subject, own: Level) -> Option<Level> {
        let matching = |change: &&LevelChange| {
            change.rule == rule.code
                && change.selector.as_ref().is_none_or(|selector| selector.matches_subject(subject))
        };
        self.changes.iter().rev().find(matching).map_or(Some(own), |change| change.level)
    }
}
