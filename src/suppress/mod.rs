//! Setting findings aside: accepted ones, with a reason, and those that were there before.
//!
//! An [`Allow`] is an entry of `candor.toml` or a comment in a report document; it accepts findings for a reason, for
//! as long as it says. A [`Baseline`] is a file that lists the findings of an existing dataset, so that new ones stand
//! out. Both set findings aside: these do not count, but stay in every full listing with what set them aside. An entry
//! that accepts nothing, has no reason or has expired is itself a finding.

mod baseline;

use jiff::civil::Date;

pub use baseline::{Baseline, BaselineEntry, NAME as BASELINE_NAME, text_of as baseline_text};

use crate::diag::{
    Allowance, Finding, Label, Location, Note, RuleId, State, Subject, closest, listing, quantity_of,
};
use crate::model::{AllowComment, Dataset, Period};
use crate::rule::{Rule, Selector};
use crate::rules::{ALLOW_WITHOUT_REASON, EXPIRED_ALLOW, RULES, STALE_BASELINE_ENTRY, UNUSED_ALLOW};

/// Accepts findings.
#[derive(Debug, Clone)]
pub struct Allow {
    /// Findings of these rules; of any where empty.
    pub rules: Vec<RuleId>,
    /// About these series and periods.
    pub selector: Selector,
    /// With this identity.
    pub fingerprint: Option<String>,
    /// Within this part of this input.
    pub within: Option<Location>,
    /// Why; without a reason nothing is accepted.
    pub reason: Option<String>,
    /// Address of a publication that supports it.
    pub source: Option<String>,
    /// Who accepted it.
    pub by: Option<String>,
    /// Last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands.
    pub location: Location,
}

impl Allow {
    fn accepts(&self, finding: &Finding) -> bool {
        let is_within = |place: Location| {
            self.within.is_none_or(|within| {
                within.source == place.source
                    && within.span.start <= place.span.start
                    && place.span.start < within.span.end
            })
        };
        (self.rules.is_empty() || self.rules.contains(&finding.rule))
            && self.selector.matches_subject(&finding.subject)
            && self.fingerprint.as_ref().is_none_or(|wanted| *wanted == finding.fingerprint())
            && (is_within(finding.primary.location) || is_within(finding.cause_location()))
    }

    fn has_expired(&self, as_of: Option<Date>) -> bool {
        matches!((self.until, as_of), (Some(until), Some(today)) if until < today)
    }

    fn allowance(&self) -> Option<Allowance> {
        Some(Allowance {
            reason: self.reason.clone()?,
            source: self.source.clone(),
            by: self.by.clone(),
            until: self.until.map(|day| day.to_string()),
            location: self.location,
        })
    }
}

/// What sets findings aside.
#[derive(Debug, Default)]
pub struct Suppression {
    /// Entries of the configuration.
    pub allows: Vec<Allow>,
    /// Findings that were there before.
    pub baseline: Option<Baseline>,
    /// Findings that the revision has from which a change is made.
    pub base: Option<Baseline>,
    /// Whether the whole dataset is checked, so that an entry that sets nothing aside has nothing to set aside.
    pub is_whole_dataset: bool,
}

/// Whether a rule is about entries, which candor does not let them accept.
pub fn is_about_entries(rule: RuleId) -> bool {
    [&UNUSED_ALLOW, &EXPIRED_ALLOW, &ALLOW_WITHOUT_REASON, &STALE_BASELINE_ENTRY]
        .iter()
        .any(|own| own.id == rule)
}

impl Suppression {
    /// How many entries the configuration and comments have, and how many of them end on some day.
    pub fn entries(&self, dataset: &Dataset) -> (usize, usize) {
        let dated = self.allows.iter().filter(|allow| allow.until.is_some()).count()
            + dataset.allow_comments.iter().filter(|comment| comment.until.is_some()).count();
        (self.allows.len() + dataset.allow_comments.len(), dated)
    }

    /// Sets findings aside, and returns what is to be said of the entries. `ran` tells whether a rule was run: an entry
    /// for one that was not says nothing.
    pub fn apply(
        &self,
        dataset: &Dataset,
        findings: &mut [Finding],
        as_of: Option<Date>,
        ran: impl Fn(RuleId) -> bool,
    ) -> Vec<Finding> {
        let mut own = Vec::new();
        let comments = dataset
            .allow_comments
            .iter()
            .filter_map(|comment| read(comment).map_err(|finding| own.push(*finding)).ok());
        let comments: Vec<Allow> = comments.collect();
        for allow in self.allows.iter().chain(&comments) {
            let expired = allow.has_expired(as_of);
            if expired {
                own.push(expired_allow(allow));
            }
            let Some(allowance) = allow.allowance() else {
                own.push(without_reason(allow));
                continue;
            };
            let mut count = 0;
            for finding in findings.iter_mut().filter(|finding| allow.accepts(finding)) {
                count += 1;
                // What a documented break explains stays explained: that says more.
                if finding.is_active() && !expired && !is_about_entries(finding.rule) {
                    finding.state = State::Allowed { allowance: allowance.clone() };
                }
            }
            let can_tell = self.is_whole_dataset || allow.within.is_some();
            let all_ran = match allow.rules.as_slice() {
                [] => RULES.iter().all(|rule| ran(rule.id)),
                rules => rules.iter().all(|rule| ran(*rule)),
            };
            if count == 0 && can_tell && !expired && all_ran {
                own.push(unused_allow(allow));
            }
        }
        if let Some(baseline) = &self.baseline {
            let mut stale = baseline.set_aside(findings);
            // Entries can be mended at once; the baseline holds none of what is said of them.
            stale.retain(|(entry, _)| {
                RULES.iter().find(|rule| rule.id.code == entry.rule).is_none_or(|rule| ran(rule.id))
            });
            if self.is_whole_dataset && !stale.is_empty() {
                own.push(stale_entries(baseline, &stale));
            }
        }
        if let Some(base) = &self.base {
            // What the change has mended is no fault of it.
            base.set_aside(findings);
            base.set_aside(&mut own);
        }
        own
    }
}

/// What a comment comes to; a finding where it names no rule, or no day.
fn read(comment: &AllowComment) -> Result<Allow, Box<Finding>> {
    let mut rules = Vec::new();
    for word in &comment.rules {
        let named: Vec<RuleId> =
            RULES.iter().filter(|rule| rule.is_named(word)).map(|rule| rule.id).collect();
        if named.is_empty() {
            let names = RULES.iter().flat_map(|rule| [rule.id.name, rule.id.code]);
            let help = closest(word, names).map(|name| format!("did you mean `{name}`?"));
            let message = format!("there is no rule `{word}`, so that this comment accepts nothing of it");
            return Err(Box::new(about(&UNUSED_ALLOW, comment.location, message, "accepts nothing", help)));
        }
        rules.extend(named);
    }
    if rules.is_empty() {
        let message = "this comment names no rule, so that it accepts nothing".to_owned();
        let help = "write `# candor: allow RULE: reason`".to_owned();
        return Err(Box::new(about(&UNUSED_ALLOW, comment.location, message, "accepts nothing", Some(help))));
    }
    let until = match comment.until.as_deref().map(str::parse::<Date>) {
        None => None,
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            let word = comment.until.as_deref().unwrap_or_default();
            let message = format!("`{word}` is no day, so that this comment accepts nothing");
            let help = "write `until YYYY-MM-DD`".to_owned();
            return Err(Box::new(about(
                &UNUSED_ALLOW,
                comment.location,
                message,
                "accepts nothing",
                Some(help),
            )));
        }
    };
    Ok(Allow {
        rules,
        selector: Selector::default(),
        fingerprint: None,
        within: Some(Location { span: comment.covers, ..comment.location }),
        reason: comment.reason.clone(),
        source: None,
        by: None,
        until,
        location: comment.location,
    })
}

fn about(rule: &'static Rule, at: Location, message: String, label: &str, help: Option<String>) -> Finding {
    let subject = Subject { path: Some(message.clone()), ..Subject::default() };
    let mut finding = Finding::new(rule.id, rule.level, subject, message, Label::new(at, label));
    finding.evidence.method = "entry";
    finding.notes.extend(help.map(|text| Note { kind: "help", text }));
    finding
}

/// What an entry is for, in words.
fn words(allow: &Allow) -> String {
    let rules: Vec<String> = allow.rules.iter().map(|rule| rule.name.to_owned()).collect();
    let selector = &allow.selector;
    let named =
        [&selector.publisher, &selector.entity, &selector.metric, &selector.category, &selector.jurisdiction];
    let mut of: Vec<String> = named.into_iter().flatten().cloned().collect();
    of.extend(selector.period.map(|(start, end)| Period { start, end }.to_string()));
    of.extend(allow.fingerprint.clone());
    let what = if rules.is_empty() { "findings".to_owned() } else { listing(&rules, 3) };
    if of.is_empty() { what } else { format!("{what} ({})", of.join(", ")) }
}

fn unused_allow(allow: &Allow) -> Finding {
    let message = format!("nothing is found that this accepts: {}", words(allow));
    let help = "remove it; or correct it, where it was to accept something".to_owned();
    about(&UNUSED_ALLOW, allow.location, message, "accepts nothing", Some(help))
}

fn expired_allow(allow: &Allow) -> Finding {
    let until = allow.until.map(|day| day.to_string()).unwrap_or_default();
    let message = format!("the acceptance of {} ended on {until}", words(allow));
    let help = "mend what it accepted, or set a new day with its reason".to_owned();
    about(&EXPIRED_ALLOW, allow.location, message, "no longer accepts anything", Some(help))
}

fn without_reason(allow: &Allow) -> Finding {
    let message = format!("{} cannot be accepted without a reason", words(allow));
    let help = "say why the figure stands as it is: whoever audits it will ask".to_owned();
    about(&ALLOW_WITHOUT_REASON, allow.location, message, "accepts nothing until it says why", Some(help))
}

fn stale_entries(baseline: &Baseline, stale: &[(&BaselineEntry, usize)]) -> Finding {
    let first = stale[0].0;
    let count: usize = stale.iter().map(|(_, count)| count).sum();
    let verb = if count == 1 { "is" } else { "are" };
    let message = format!(
        "{} of the baseline {verb} no longer found, the first of them `{}`",
        quantity_of(count, "finding"),
        first.message
    );
    let help = "`candor baseline prune` takes them out".to_owned();
    let at = Location { span: first.span, ..baseline.location };
    let mut finding = about(&STALE_BASELINE_ENTRY, at, message, "no longer found", Some(help));
    finding.subject.path = Some("baseline".to_owned());
    finding
}
