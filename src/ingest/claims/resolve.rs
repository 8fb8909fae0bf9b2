//! What the names in an expression mean: functions, selectors, units, periods.

use super::grammar::{Argument, Fault, Raw, Word};
use crate::diag::{Location, closest};
use crate::model::{ClaimTerm, Expression, Function, Operation, Periods, Selection, Unit, parse_number};
use rust_decimal::Decimal;

/// Selectors by the word for each.
const SELECTORS: [&str; 8] =
    ["publisher", "subject", "company", "metric", "unit", "category", "jurisdiction", "period"];

/// Where an expression stands, and what holds for its selections unless they say otherwise.
pub(super) struct Scope<'a> {
    pub defaults: &'a Selection,
    pub place: &'a dyn Fn(std::ops::Range<usize>) -> Location,
}

/// Gives names their meaning.
pub(super) fn resolve(raw: Raw, scope: &Scope<'_>) -> Result<Expression, Fault> {
    Ok(match raw {
        Raw::Number(word) => Expression::Number(number(&word)?),
        Raw::Negative(inner) => match resolve(*inner, scope)? {
            Expression::Number(number) => Expression::Number(-number),
            other => binary(Operation::Minus, Expression::Number(Decimal::ZERO), other),
        },
        Raw::Binary(symbol, left, right) => {
            let operation = match symbol {
                '+' => Operation::Plus,
                '-' => Operation::Minus,
                '*' => Operation::Times,
                _ => Operation::Over,
            };
            binary(operation, resolve(*left, scope)?, resolve(*right, scope)?)
        }
        Raw::Call(name, arguments) => call(&name, arguments, scope)?,
    })
}

fn binary(operation: Operation, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operation, Box::new(left), Box::new(right))
}

fn number(word: &Word) -> Result<Decimal, Fault> {
    parse_number(&word.text.replace('_', ""))
        .map_err(|_| fault(word, format!("`{}` is no number that can be kept exactly", word.text)))
}

fn call(name: &Word, arguments: Vec<Argument>, scope: &Scope<'_>) -> Result<Expression, Fault> {
    let names = || Function::ALL.iter().map(|function| function.as_str());
    let function =
        Function::ALL.iter().copied().find(|one| one.as_str() == name.text).ok_or_else(|| Fault {
            help: closest(&name.text, names()).map_or_else(
                || Some(format!("one of {}", names().collect::<Vec<_>>().join(", "))),
                |known| Some(format!("did you mean `{known}`?")),
            ),
            ..fault(name, format!("there is no function `{}`", name.text))
        })?;
    let mut selection = Selection::default();
    let mut operands = Vec::new();
    let mut has_selectors = false;
    for argument in arguments {
        match argument {
            Argument::Selector { key, value } => {
                select(&mut selection, &key, &value, scope)?;
                has_selectors = true;
            }
            Argument::Operand(raw) => operands.push(resolve(raw, scope)?),
        }
    }
    if let Some(why) = misfit(function, has_selectors, operands.len()) {
        return Err(fault(name, format!("`{}` {why}", name.text)));
    }
    Ok(if operands.is_empty() {
        Expression::Of(function, Box::new(selection.or(scope.defaults)))
    } else {
        Expression::Operands(function, operands)
    })
}

/// Why a function cannot have these arguments.
fn misfit(function: Function, has_selectors: bool, operands: usize) -> Option<&'static str> {
    match function {
        _ if has_selectors && operands > 0 => Some("takes either selectors or operands, not both"),
        Function::Share | Function::Ratio if operands != 2 => Some("takes two operands"),
        Function::Change | Function::PercentChange if operands != 0 && operands != 2 => {
            Some("takes selectors or two operands")
        }
        Function::Value
        | Function::Rank
        | Function::Declines
        | Function::Changes
        | Function::PercentChanges
            if operands > 0 =>
        {
            Some("takes selectors alone, such as `metric = appeals`")
        }
        _ => None,
    }
}

fn select(selection: &mut Selection, key: &Word, value: &Word, scope: &Scope<'_>) -> Result<(), Fault> {
    let term = || ClaimTerm { text: value.text.clone(), location: (scope.place)(value.range.clone()) };
    let slot = match key.text.as_str() {
        "publisher" => &mut selection.publisher,
        "subject" => &mut selection.subject,
        "company" => &mut selection.company,
        "metric" => &mut selection.metric,
        "category" => &mut selection.category,
        "jurisdiction" => &mut selection.jurisdiction,
        "unit" => {
            selection.unit = Some(unit(value)?);
            return Ok(());
        }
        "period" => {
            let periods = Periods::parse(&value.text).ok_or_else(|| Fault {
                help: Some(
                    "write `2024`, `2024-Q3` or a range of one frequency such as `2019..2024`".to_owned(),
                ),
                ..fault(value, format!("`{}` is no period", value.text))
            })?;
            selection.periods = Some(periods);
            return Ok(());
        }
        other => {
            let known = closest(other, SELECTORS).map_or_else(
                || format!("one of {}", SELECTORS.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            return Err(Fault { help: Some(known), ..fault(key, format!("there is no selector `{other}`")) });
        }
    };
    *slot = Some(term());
    if selection.subject.is_some() && selection.company.is_some() {
        return Err(fault(key, "`subject` and `company` exclude each other".to_owned()));
    }
    Ok(())
}

fn unit(value: &Word) -> Result<Unit, Fault> {
    Unit::parse(&value.text).ok_or_else(|| Fault {
        help: closest(&value.text, Unit::ALL.iter().map(|unit| unit.as_str()))
            .map(|known| format!("did you mean `{known}`?")),
        ..fault(value, format!("there is no unit `{}`", value.text))
    })
}

fn fault(word: &Word, message: String) -> Fault {
    Fault { range: word.range.clone(), message, help: None }
}
