//! The finding and its parts.

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Score, grouped};
use crate::source::{Cell, SourceId, Span, sha256_hex};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing; nothing needs to be done.
    Note,
    /// Differs from what the data suggest; somebody should look.
    Warning,
    /// Cannot be right as it stands.
    Error,
}

impl Level {
    /// The word that is printed and that configuration uses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a finding is of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Unusual, yet seen in clean data now and then.
    Low,
    /// Rare in clean data.
    Medium,
    /// Exact, or too improbable to doubt.
    High,
}

/// Code and name of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RuleId {
    /// Stable code, such as `TR301`.
    pub code: &'static str,
    /// Name that reads well after "allow", such as `sharp-drop`.
    pub name: &'static str,
}

/// A place in an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The input.
    pub source: SourceId,
    /// The bytes.
    pub span: Span,
    /// Row and column where the input is a table.
    pub cell: Option<Cell>,
}

/// A place with the few words that stand under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub location: Location,
    /// What is there; a few words, no full stop.
    pub text: String,
}

impl Label {
    /// A label at a place.
    pub fn new(location: Location, text: impl Into<String>) -> Self {
        Self { location, text: text.into() }
    }
}

/// What a finding is about; every part is empty where it does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
pub struct Subject {
    /// Who states the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Whose activity it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// What is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// The publisher's category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Channel, detection and surface, where the series is broken down by these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// When, in canonical form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// For what has no observation: the file name and the place in its structure, such as `a.yaml#/series/3/unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// One member's part in a change, or one of several figures behind a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Whose figure, or which one.
    pub name: String,
    /// Figure before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Decimal>,
    /// Figure after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
}

/// The figures between which a rule, judging as it did, would have said nothing, in place of the one that it speaks of.
/// An end is missing where every figure beyond it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ExpectedRange {
    /// The lowest figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// The highest figure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<Decimal>,
}

impl ExpectedRange {
    /// A range whose ends were computed with floating point: three significant digits, because more would suggest a
    /// precision that no method has, and differ between machines. `None` where an end is no number.
    pub fn estimated(low: f64, high: f64) -> Option<Self> {
        let end =
            |value: f64| Decimal::from_scientific(&format!("{value:.2e}")).ok().map(|one| one.normalize());
        Some(Self { low: Some(end(low)?), high: Some(end(high)?) })
    }
}

impl std::fmt::Display for ExpectedRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.low.map(grouped), self.high.map(grouped)) {
            (Some(low), Some(high)) if low == high => write!(formatter, "{low}"),
            (Some(low), Some(high)) => write!(formatter, "{low} to {high}"),
            (Some(low), None) => write!(formatter, "at least {low}"),
            (None, Some(high)) => write!(formatter, "at most {high}"),
            (None, None) => write!(formatter, "any"),
        }
    }
}

/// The numbers that led to a finding, and how.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Evidence {
    /// Name of the method, stable across releases; part of the fingerprint.
    pub method: &'static str,
    /// What the input says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What it would have to be, or lie between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Which figures would have been no finding, where the method can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_range: Option<ExpectedRange>,
    /// Name and value of the parameter that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<(&'static str, f64)>,
    /// Probability of a change at least this large, where the method gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The single figures behind it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// A line beneath the picture: `usual`, `members`, `break`, `help` …
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// One word that says what kind of line it is.
    pub kind: &'static str,
    /// The line.
    pub text: String,
}

/// A published explanation that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Identifier of the documented break.
    pub by: String,
    /// What happened.
    pub text: String,
    /// Where that is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Why somebody has accepted a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// The reason.
    pub reason: String,
    /// Address of a publication that supports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who accepted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Where it is stated.
    #[serde(skip)]
    pub location: Location,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum State {
    /// It counts.
    #[default]
    Active,
    /// Documented breaks cover it: it is printed and does not count.
    Explained {
        /// The breaks, in the order of their dates.
        by: Vec<Explanation>,
    },
    /// Somebody has accepted it: it does not count, and only full listings show it.
    Allowed {
        /// The entry that accepts it.
        allowance: Allowance,
    },
    /// The baseline holds it: it was there before, does not count, and only full listings show it.
    Baselined,
}

/// One diagnostic.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule that made it.
    pub rule: RuleId,
    /// How grave it is.
    pub level: Level,
    /// How sure it is.
    pub confidence: Confidence,
    /// How improbable it is, and how much hangs on it: programs rank findings by it.
    pub score: Score,
    /// What it is about.
    pub subject: Subject,
    /// What, against what, by how much; one sentence without a full stop.
    pub message: String,
    /// The place it points at.
    pub primary: Label,
    /// Other places, possibly in other files.
    pub related: Vec<Label>,
    /// The numbers.
    pub evidence: Evidence,
    /// Lines beneath.
    pub notes: Vec<Note>,
    /// Whether it counts.
    pub state: State,
    /// The place that would have to change for it to go away, where that is another than the one it points at.
    pub cause: Option<Location>,
    /// Findings with the same rule and the same `fold` say the same thing again and are printed as one.
    pub fold: Option<String>,
    /// What was folded into this one: repeats of the same rule, and other rules' findings with the same cause.
    pub folded: Vec<Finding>,
}

impl Finding {
    /// A finding needs a place to point at; everything else can be added.
    pub fn new(
        rule: RuleId,
        level: Level,
        subject: Subject,
        message: impl Into<String>,
        primary: Label,
    ) -> Self {
        Self {
            rule,
            level,
            confidence: Confidence::High,
            score: Score::default(),
            subject,
            message: message.into(),
            primary,
            related: Vec::new(),
            evidence: Evidence::default(),
            notes: Vec::new(),
            state: State::Active,
            cause: None,
            fold: None,
            folded: Vec::new(),
        }
    }

    /// Adds a place.
    #[must_use]
    pub fn related(mut self, location: Location, text: impl Into<String>) -> Self {
        self.related.push(Label::new(location, text));
        self
    }

    /// Adds a line beneath.
    #[must_use]
    pub fn note(mut self, kind: &'static str, text: impl Into<String>) -> Self {
        self.notes.push(Note { kind, text: text.into() });
        self
    }

    /// Says what would mend or explain it.
    #[must_use]
    pub fn help(self, text: impl Into<String>) -> Self {
        self.note("help", text)
    }

    /// Sets the numbers.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// Sets how sure it is.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Sets how improbable it is and how much hangs on it.
    #[must_use]
    pub fn score(mut self, score: Score) -> Self {
        self.score = score;
        self
    }

    /// Names the group of repeats it belongs to.
    #[must_use]
    pub fn fold(mut self, group: impl Into<String>) -> Self {
        self.fold = Some(group.into());
        self
    }

    /// Names the place that would have to change.
    #[must_use]
    pub fn cause(mut self, location: Location) -> Self {
        self.cause = Some(location);
        self
    }

    /// Whether it counts towards the exit code.
    pub fn is_active(&self) -> bool {
        self.state == State::Active
    }

    /// Whether an allow entry or the baseline has set it aside, so that only full listings show it.
    pub fn is_set_aside(&self) -> bool {
        matches!(self.state, State::Allowed { .. } | State::Baselined)
    }

    /// The place that would have to change for it to go away.
    pub fn cause_location(&self) -> Location {
        self.cause.unwrap_or(self.primary.location)
    }

    /// Stable identity: a hash of rule, subject and kind of evidence, never of lines or folders, so that it survives
    /// re-ordering, another file format and a check from another folder. Equal findings share one.
    pub fn fingerprint(&self) -> String {
        self.fingerprint_as(&self.subject)
    }

    /// The identity that it would have if it were about something else.
    pub fn fingerprint_as(&self, subject: &Subject) -> String {
        let path = subject.path.as_deref().map(place_without_folder);
        let parts = [
            Some(self.rule.code),
            Some(self.evidence.method),
            subject.publisher.as_deref(),
            subject.entity.as_deref(),
            subject.metric.as_deref(),
            subject.category.as_deref(),
            subject.breakdown.as_deref(),
            subject.jurisdiction.as_deref(),
            subject.period.as_deref(),
            path.as_deref(),
        ];
        // A separator that no part contains keeps `a` + `bc` apart from `ab` + `c`.
        let text: String = parts.iter().map(|part| format!("{}\u{1f}", part.unwrap_or_default())).collect();
        sha256_hex(text.as_bytes())[..16].to_owned()
    }
}

/// The place of a finding without the folder of its file, its ending and the sheet of a workbook; quotes of a table's
/// cells are no part of what they say.
fn place_without_folder(path: &str) -> String {
    let (file, place) = path.split_once('#').unwrap_or((path, ""));
    let file = file.split_once(".xlsx!").map_or(file, |(workbook, _)| workbook);
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}#{}", place.replace('"', ""))
}
