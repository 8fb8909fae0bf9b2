//! Which branch of a `oneOf` or `anyOf` the author meant.
//!
//! "Does not match any of the schemas" helps nobody. Nearly always one branch came close: it is the one whose type
//! fits, whose discriminator (a member with a `const`) matches, and that has the fewest and deepest errors. Where no
//! branch has the right type, or none knows the value of the discriminator, the branches are put together: "expected
//! text or a list".

use std::cmp::Reverse;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonTypeSet, ValidationError};
use serde_json::Value;

/// The errors of every branch, as the validator gives them.
pub(super) type Branches = [Vec<ValidationError<'static>>];

/// What to report of branches that all failed.
pub(super) enum Verdict<'e> {
    /// No branch allows a value of this type; together they allow these.
    Types(JsonTypeSet),
    /// No branch allows the value of the discriminator; together they allow these.
    Options { at: &'e ValidationError<'static>, options: Vec<&'e Value> },
    /// The errors of the branch that came closest.
    Errors(&'e [ValidationError<'static>]),
}

/// Decides what to report. `place` is the path of the value that has the branches.
pub(super) fn closest<'e>(branches: &'e Branches, place: &str) -> Verdict<'e> {
    let best =
        branches.iter().filter(|errors| !errors.is_empty()).min_by_key(|errors| distance(errors, place));
    let Some(best) = best else { return Verdict::Errors(&[]) };
    let (wrong_type, wrong_option, ..) = distance(best, place);
    if wrong_type {
        return Verdict::Types(allowed_types(branches, place));
    }
    if wrong_option && let Some(options) = allowed_options(branches, place, best) {
        return options;
    }
    Verdict::Errors(best)
}

/// How far a branch is from fitting; the smallest is closest.
fn distance(errors: &[ValidationError<'static>], place: &str) -> (bool, bool, usize, Reverse<usize>) {
    let wrong_type = errors.iter().any(|error| type_error(error, place).is_some());
    let wrong_option = errors.iter().any(|error| option_error(error, place));
    let deepest = errors.iter().map(|error| depth(error.instance_path().as_str())).max().unwrap_or(0);
    (wrong_type, wrong_option, errors.len(), Reverse(deepest))
}

fn depth(path: &str) -> usize {
    path.bytes().filter(|&byte| byte == b'/').count()
}

/// The types that an error about the type of the value itself allows.
fn type_error<'e>(error: &'e ValidationError<'static>, place: &str) -> Option<&'e TypeKind> {
    match error.kind() {
        ValidationErrorKind::Type { kind } if error.instance_path().as_str() == place => Some(kind),
        _ => None,
    }
}

/// Whether an error says that the value, or a member of it, is none of the words this branch is for.
fn option_error(error: &ValidationError<'static>, place: &str) -> bool {
    let near = depth(error.instance_path().as_str()) <= depth(place) + 1;
    near && matches!(error.kind(), ValidationErrorKind::Constant { .. })
        || error.instance_path().as_str() == place && matches!(error.kind(), ValidationErrorKind::Enum { .. })
}

fn allowed_types(branches: &Branches, place: &str) -> JsonTypeSet {
    let kinds = branches.iter().flatten().filter_map(|error| type_error(error, place));
    kinds.fold(JsonTypeSet::empty(), |set, kind| {
        type_set(kind).into_iter().fold(set, |set, one| set.insert(one))
    })
}

/// The types of an error as a set.
pub(super) fn type_set(kind: &TypeKind) -> JsonTypeSet {
    match kind {
        TypeKind::Single(one) => JsonTypeSet::empty().insert(*one),
        TypeKind::Multiple(set) => *set,
    }
}

/// The values that all branches together allow in the place where `best` has its discriminator.
fn allowed_options<'e>(
    branches: &'e Branches,
    place: &str,
    best: &'e [ValidationError<'static>],
) -> Option<Verdict<'e>> {
    let at = best.iter().find(|error| option_error(error, place))?;
    let same = |error: &&ValidationError<'static>| {
        option_error(error, place) && error.instance_path() == at.instance_path()
    };
    let mut options = Vec::new();
    for error in branches.iter().flatten().filter(same) {
        match error.kind() {
            ValidationErrorKind::Constant { expected_value } => options.push(&**expected_value),
            ValidationErrorKind::Enum { options: listed } => {
                options.extend(listed.as_array().into_iter().flatten())
            }
            _ => {}
        }
    }
    Some(Verdict::Options { at, options })
}
