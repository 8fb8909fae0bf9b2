//! The contract between a rule and everything else.
//!
//! A rule is a static [`Rule`]: its code and name, what it needs, its parameters, its documentation and a function
//! that looks at a [`Context`] and puts findings into a [`Sink`]. It sees the data and its own parameters, or shares a
//! [`Look`] with rules whose work is the same; it knows nothing of files, configuration or printing. Every rule ends in a [`Verdict`], also when it found nothing.

mod parameters;

use std::collections::HashMap;

use jiff::civil::Date;
use rayon::prelude::*;

pub use parameters::{Parameter, Parameters, Policy, Selector, Settings};

use crate::diag::{Finding, Label, Level, Location, RuleId, Schedule, Subject};
use crate::model::Dataset;

/// A check with a stable code.
#[derive(Debug)]
pub struct Rule {
    /// Code and name.
    pub id: RuleId,
    /// Level of its findings unless it, or the configuration, says otherwise.
    pub level: Level,
    /// What must be there for it to run.
    pub needs: &'static [Need],
    /// Numbers that decide, each with a default.
    pub parameters: &'static [Parameter],
    /// What it finds, why that matters, how, an example: Markdown.
    pub documentation: &'static str,
    /// The check.
    pub check: Check,
}

/// How a rule looks at the data.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// For itself.
    Alone(fn(&Context<'_>, &mut Sink)),
    /// Together with the other rules that name the same look.
    Together(&'static Look),
}

impl Check {
    /// Whether one look serves both rules.
    pub fn is_shared_with(self, other: Self) -> bool {
        matches!((self, other), (Self::Together(one), Self::Together(other)) if std::ptr::eq(one, other))
    }
}

/// A look at the data that serves several rules, because most of their work is the same. Each of these has its own
/// task, also where it is turned off.
#[derive(Debug)]
pub struct Look {
    /// The check of all of them.
    pub check: fn(&mut [Task<'_>]),
}

/// One rule of several that are checked together.
#[derive(Debug)]
pub struct Task<'a> {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether its findings are wanted; what it finds otherwise is thrown away.
    pub is_wanted: bool,
    /// What it may look at.
    pub context: Context<'a>,
    /// Where its findings go.
    pub sink: Sink,
}

impl Rule {
    /// The first sentence of the documentation.
    pub fn summary(&self) -> &'static str {
        self.documentation.trim_start().split("\n\n").next().unwrap_or_default().trim()
    }

    /// The documentation as Markdown, without the blank that a doc comment begins its lines with.
    pub fn text(&self) -> String {
        let lines = self.documentation.trim_end().lines();
        lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    }

    /// Whether a word from the user names this rule or its family: `TR301`, `sharp-drop`, `TR3`, `ALL`.
    pub fn is_named(&self, word: &str) -> bool {
        word == "ALL"
            || word == self.id.name
            || (word.len() >= 3 && word.starts_with("TR") && self.id.code.starts_with(word))
    }
}

/// What a rule does with the data at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It looked at this many things.
    Checked {
        /// How many values, series, rows … were looked at.
        examined: usize,
    },
    /// The data hold nothing that it speaks of.
    NotApplicable(String),
    /// Something that it needs was not supplied, or it is turned off, or it failed.
    NotRun(String),
}

/// Something that a rule cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// At least one input.
    Inputs,
    /// At least one published number.
    Observations,
    /// A series with this many periods.
    Periods(usize),
    /// A series that is the total of others.
    Totals,
    /// A registry that names entities.
    Entities,
    /// A registry that says which services entities offer.
    Services,
    /// A table with rows and columns.
    Table,
    /// Two releases of one publication.
    Vintages,
    /// The day on which the check is made, where an entry of the configuration holds until some day.
    Day,
    /// A claim about the figures.
    Claims,
}

impl Need {
    /// The verdict where it is missing; `None` where it is there.
    pub fn missing_in(self, context: &Context<'_>) -> Option<Verdict> {
        let dataset = context.dataset;
        let not_applicable = |why: String| Some(Verdict::NotApplicable(why));
        let not_run = |why: &str| Some(Verdict::NotRun(why.to_owned()));
        match self {
            Self::Inputs => None,
            Self::Observations if dataset.observations.is_empty() => {
                not_applicable("no published number".to_owned())
            }
            Self::Periods(count) if dataset.series.iter().all(|series| series.points.len() < count) => {
                not_applicable(format!("no series of {count} periods or more"))
            }
            Self::Totals if dataset.blocks.iter().all(|block| block.total_of.is_none()) => {
                not_applicable("no total whose parts are stated (`total_of`)".to_owned())
            }
            Self::Entities if dataset.registry.entities().next().is_none() => {
                not_run("no registry of entities")
            }
            Self::Services if dataset.registry.entities().all(|entity| entity.services.is_empty()) => {
                not_run("no registry says which services entities offer")
            }
            Self::Table if !dataset.documents.iter().any(|document| document.format.is_table()) => {
                not_applicable("no table".to_owned())
            }
            Self::Vintages if !has_vintages(dataset) => {
                not_run("no second release of a publication (a later vintage)")
            }
            Self::Day if context.as_of.is_none() && context.configured.dated_allows > 0 => {
                not_run("no day is named (--as-of)")
            }
            Self::Claims if dataset.claims.is_empty() => not_applicable("no claims".to_owned()),
            _ => None,
        }
    }
}

/// Whether two documents may be releases of one publication.
fn has_vintages(dataset: &Dataset) -> bool {
    let mut known: HashMap<_, &str> = HashMap::new();
    dataset.documents.iter().any(|document| {
        let Some(vintage) = document.vintage.as_deref() else { return false };
        *known.entry((&document.publisher, &document.profile)).or_insert(vintage) != vintage
    })
}

/// What a rule may look at.
#[derive(Debug)]
pub struct Context<'a> {
    /// The data.
    pub dataset: &'a Dataset,
    /// The rule's parameters as configured.
    pub parameters: Parameters<'a>,
    /// The day on which the check is made, where the user names one.
    pub as_of: Option<Date>,
    /// What the configuration holds.
    pub configured: Configured,
}

/// How much the configuration holds of what the linter's own rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Configured {
    /// Paths and patterns.
    pub paths: usize,
    /// Entries and comments that accept findings.
    pub allows: usize,
    /// Those of them that hold until some day.
    pub dated_allows: usize,
    /// Entries of the baseline.
    pub baselined: usize,
}

/// Takes what a rule finds.
#[derive(Debug)]
pub struct Sink {
    rule: RuleId,
    level: Level,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What was compared, as tables.
    pub schedules: Vec<Schedule>,
    examined: usize,
    not_applicable: Option<String>,
}

impl Sink {
    /// An empty sink for a rule.
    pub fn new(rule: &Rule) -> Self {
        Self {
            rule: rule.id,
            level: rule.level,
            findings: Vec::new(),
            schedules: Vec::new(),
            examined: 0,
            not_applicable: None,
        }
    }

    /// A finding of this rule at its own level; complete it, then [`Sink::push`] it.
    pub fn finding(
        &self,
        subject: Subject,
        message: impl Into<String>,
        at: Location,
        label: impl Into<String>,
    ) -> Finding {
        Finding::new(self.rule, self.level, subject, message, Label::new(at, label))
    }

    /// Takes a finding.
    pub fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Takes a table of what was compared; one without rows says nothing.
    pub fn schedule(&mut self, schedule: Schedule) {
        if !schedule.rows.is_empty() {
            self.schedules.push(schedule);
        }
    }

    /// Counts what was looked at.
    pub fn examined(&mut self, count: usize) {
        self.examined += count;
    }

    /// Looks at some things in parallel; what is found comes in their order.
    pub fn each<T: Sync>(&mut self, things: &[T], look: impl Fn(&T, &mut Self) + Sync) {
        let empty = || Self {
            findings: Vec::new(),
            schedules: Vec::new(),
            examined: 0,
            not_applicable: None,
            ..*self
        };
        let look_at = |mut sink: Self, thing: &T| {
            look(thing, &mut sink);
            sink
        };
        let found = things.par_iter().fold(empty, look_at).reduce(empty, Self::followed_by);
        *self = std::mem::replace(self, empty()).followed_by(found);
    }

    fn followed_by(mut self, later: Self) -> Self {
        self.findings.extend(later.findings);
        self.schedules.extend(later.schedules);
        self.examined += later.examined;
        self.not_applicable = self.not_applicable.or(later.not_applicable);
        self
    }

    /// Says why there was nothing to look at; it counts where nothing was examined.
    pub fn nothing_to_check(&mut self, why: &str) {
        self.not_applicable.get_or_insert_with(|| why.to_owned());
    }

    /// What the rule did.
    pub fn verdict(&self) -> Verdict {
        match &self.not_applicable {
            Some(why) if self.examined == 0 => Verdict::NotApplicable(why.clone()),
            _ => Verdict::Checked { examined: self.examined },
        }
    }
}

/// Declares a rule: its documentation as a doc comment, then code, name and level, needs, parameters, and its own check
/// (`check function`) or the look that it shares with others (`look STATIC`).
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $documentation:literal])*
        $code:literal $name:literal $level:ident;
        needs [$($need:expr),* $(,)?];
        parameters $parameters:expr;
        $kind:ident $check:path
    ) => {
        $(#[doc = $documentation])*
        pub static RULE: $crate::rule::Rule = $crate::rule::Rule {
            id: $crate::diag::RuleId { code: $code, name: $name },
            level: $crate::diag::Level::$level,
            needs: &[$($need),*],
            parameters: $parameters,
            documentation: concat!($($documentation, "\n"),*),
            check: $crate::declare_rule!(@ $kind $check),
        };
    };
    (@ check $check:path) => { $crate::rule::Check::Alone($check) };
    (@ look $look:path) => { $crate::rule::Check::Together(&$look) };
}
