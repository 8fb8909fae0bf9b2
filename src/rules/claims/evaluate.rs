//! Computes expressions, and keeps how.

use rust_decimal::Decimal;

use super::bounds::{Bounds, Undefined};
use super::select::{Figures, Index, Missing, bounds, range};
use crate::diag::{grouped, listing};
use crate::model::{Expression, Function, Observation, Operation, Periods, Quantity, Selection, Series};

/// Names in a sum that are written out.
const NAMED: usize = 8;

/// What a number is a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Counted things, or whatever the figures are.
    Figure,
    /// Parts of a hundred.
    Percent,
    /// A quotient or a place.
    Plain,
}

/// How a number came about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Words {
    /// It stands there.
    Figure(String),
    /// By this calculation.
    Formula(String),
    /// It counts, or is found among, these.
    Listing(String),
}

/// A number that the data give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Computed {
    pub bounds: Bounds,
    measure: Measure,
    words: Words,
}

impl Computed {
    /// Whether it is in parts of a hundred.
    pub fn is_percentage(&self) -> bool {
        self.measure == Measure::Percent
    }

    /// The same number where no more is known of it than this.
    pub fn within(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The number, or the two that it lies between, as printed.
    pub fn result(&self) -> String {
        if let (Words::Figure(figure), Measure::Figure) = (&self.words, self.measure) {
            return figure.clone();
        }
        let number = |end: Decimal| match self.measure {
            Measure::Figure => grouped(end.round_dp(1).normalize()),
            Measure::Percent => format!("{} %", grouped(end.round_dp(2))),
            Measure::Plain => grouped(end.round_dp(4).normalize()),
        };
        match (self.bounds.low, self.bounds.high) {
            (Some(low), Some(high)) if number(low) == number(high) => number(low),
            (Some(low), Some(high)) => format!("{} to {}", number(low), number(high)),
            (Some(low), None) => format!("at least {}", number(low)),
            (None, Some(high)) => format!("at most {}", number(high)),
            (None, None) => "anything".to_owned(),
        }
    }

    /// Calculation and result.
    pub fn arithmetic(&self) -> String {
        let result = self.result();
        match &self.words {
            Words::Figure(_) => result,
            Words::Formula(formula) => format!("{formula} = {result}"),
            Words::Listing(listing) => format!("{result} ({listing})"),
        }
    }

    /// As a part of a larger calculation.
    fn operand(&self) -> String {
        match &self.words {
            Words::Figure(figure) => figure.clone(),
            Words::Formula(formula) => format!("({formula})"),
            Words::Listing(listing) => format!("({}: {listing})", self.result()),
        }
    }
}

/// A number of a list and the name of its place: `2019`, `Facebook`.
struct Item {
    name: String,
    computed: Computed,
}

/// Computes one expression.
pub(super) struct Evaluation<'a, 'd> {
    index: &'a Index<'d>,
    /// The figures that the result rests on, in the order in which they were looked up.
    pub figures: Vec<&'d Observation>,
}

impl<'a, 'd> Evaluation<'a, 'd> {
    pub fn new(index: &'a Index<'d>) -> Self {
        Self { index, figures: Vec::new() }
    }

    pub fn compute(&mut self, expression: &Expression) -> Result<Computed, Missing> {
        match expression {
            Expression::Number(number) => Ok(Computed {
                bounds: Bounds::point(*number),
                measure: Measure::Plain,
                words: Words::Figure(grouped(*number)),
            }),
            Expression::Of(function, selection) => self.of_selection(*function, selection),
            Expression::Operands(function, operands) => self.of_operands(*function, operands),
            Expression::Binary(operation, left, right) => {
                let (left, right) = (self.compute(left)?, self.compute(right)?);
                let (symbol, result) = match operation {
                    Operation::Plus => ("+", left.bounds.plus(right.bounds)),
                    Operation::Minus => ("−", left.bounds.minus(right.bounds)),
                    Operation::Times => ("×", left.bounds.times(right.bounds)),
                    Operation::Over => ("/", left.bounds.over(right.bounds)),
                };
                let measure = match operation {
                    Operation::Over => Measure::Plain,
                    _ if left.measure == Measure::Plain => right.measure,
                    _ => left.measure,
                };
                // What is added or subtracted first needs no parentheses.
                let left = match (&left.words, operation) {
                    (Words::Formula(formula), Operation::Plus | Operation::Minus)
                        if !left.is_percentage() =>
                    {
                        formula.clone()
                    }
                    _ => left.operand(),
                };
                formula(format!("{left} {symbol} {}", right.operand()), result, measure)
            }
        }
    }

    fn of_selection(&mut self, function: Function, selection: &Selection) -> Result<Computed, Missing> {
        match function {
            Function::Value => self.value(selection),
            Function::Sum => {
                let items = self.items(selection)?;
                sum(&items)
            }
            Function::Minimum | Function::Maximum => {
                let items = self.items(selection)?;
                extreme(&items, function == Function::Maximum)
            }
            Function::Change | Function::PercentChange => {
                let (first, last) = self.ends(selection)?;
                change(function == Function::PercentChange, &first, &last)
            }
            Function::Rank => self.rank(selection),
            Function::Declines => self.declines(selection),
            Function::Changes | Function::PercentChanges => Err(Missing::new(format!(
                "`{}` is a list, from which `minimum` or `maximum` takes one",
                function.as_str()
            ))),
            Function::Share | Function::Ratio => Err(Missing::new("a quotient needs two operands")),
        }
    }

    fn of_operands(&mut self, function: Function, operands: &[Expression]) -> Result<Computed, Missing> {
        if let (Function::Minimum | Function::Maximum, [Expression::Of(list, selection)]) =
            (function, operands)
            && let Function::Changes | Function::PercentChanges = list
        {
            let items = self.changes(selection, *list == Function::PercentChanges)?;
            return extreme(&items, function == Function::Maximum);
        }
        let computed: Vec<Computed> =
            operands.iter().map(|one| self.compute(one)).collect::<Result<_, _>>()?;
        let items = || computed.iter().map(|one| Item { name: String::new(), computed: one.clone() });
        match (function, computed.as_slice()) {
            (Function::Change | Function::PercentChange, [first, last]) => {
                change(function == Function::PercentChange, first, last)
            }
            (Function::Share, [part, whole]) => {
                let hundred = Bounds::point(Decimal::ONE_HUNDRED);
                let share = part.bounds.over(whole.bounds).and_then(|share| share.times(hundred));
                formula(format!("{} / {}", part.operand(), whole.operand()), share, Measure::Percent)
            }
            (Function::Ratio, [part, whole]) => {
                let words = format!("{} / {}", part.operand(), whole.operand());
                formula(words, part.bounds.over(whole.bounds), Measure::Plain)
            }
            (Function::Sum, [_, ..]) => sum(&items().collect::<Vec<_>>()),
            (Function::Minimum | Function::Maximum, [_, ..]) => {
                extreme(&items().collect::<Vec<_>>(), function == Function::Maximum)
            }
            _ => Err(Missing::new(format!("`{}` does not take these operands", function.as_str()))),
        }
    }

    /// The figure of one period; of a company the sum of its brands.
    fn value(&mut self, selection: &Selection) -> Result<Computed, Missing> {
        if selection.periods.is_some_and(|periods| !periods.is_single()) {
            return Err(Missing::new("a value has one period; `sum` adds up a range"));
        }
        let items = self.items(selection)?;
        sum(&items)
    }

    /// The figures of a selection one by one.
    fn items(&mut self, selection: &Selection) -> Result<Vec<Item>, Missing> {
        let several_periods = selection.periods.is_some_and(|periods| !periods.is_single());
        let mut items = Vec::new();
        for Figures { period, figures } in self.index.figures(selection)? {
            for (series, figure) in figures {
                let mut item = self.item(series, figure)?;
                item.name = match (several_periods, selection.company.is_some()) {
                    (true, true) => format!("{} {period}", item.name),
                    (true, false) => period.to_string(),
                    _ => item.name,
                };
                items.push(item);
            }
        }
        Ok(items)
    }

    fn item(&mut self, series: &Series, figure: &'d Observation) -> Result<Item, Missing> {
        self.figures.push(figure);
        let name = self.index.dataset.registry.entity_name(&series.key.subject).to_owned();
        Ok(Item { name, computed: stated(figure)? })
    }

    /// The figures of the first and the last period. Of a company, a brand that one of them does not list is left out on
    /// both sides unless it is known to have had nothing: it no longer existed, or the list is whole.
    fn ends(&mut self, selection: &Selection) -> Result<(Computed, Computed), Missing> {
        let periods = range(selection)?;
        let at = |period| {
            let periods = Some(Periods { first: period, last: period });
            let mut figures = self.index.figures(&Selection { periods, ..selection.clone() })?;
            figures.pop().ok_or_else(|| Missing::new("no period is named"))
        };
        let (first, last) = (at(periods.first)?, at(periods.last)?);
        let mut total = |own: &Figures<'d>, other: &Figures<'d>| {
            let index = self.index;
            let is_comparable = |series: &Series| {
                other.figures.iter().any(|(one, _)| std::ptr::eq(*one, series))
                    || index.had_nothing(series, other.period)
            };
            let both = own.figures.iter().filter(|(series, _)| is_comparable(series));
            let items: Vec<Item> =
                both.map(|(series, figure)| self.item(series, figure)).collect::<Result<_, _>>()?;
            match items.is_empty() {
                true => Err(Missing::new("no brand of the company is stated in both periods")),
                false => sum(&items),
            }
        };
        Ok((total(&first, &last)?, total(&last, &first)?))
    }

    /// The figure of every period of a range; those it rests on are for the caller to name.
    fn over_time(&self, selection: &Selection) -> Result<Vec<(Figures<'d>, Computed)>, Missing> {
        range(selection)?;
        let total = |of_period: Figures<'d>| {
            let items: Vec<Item> = of_period
                .figures
                .iter()
                .map(|(_, figure)| Ok(Item { name: String::new(), computed: stated(figure)? }))
                .collect::<Result<_, Missing>>()?;
            let total = sum(&items)?;
            Ok((of_period, total))
        };
        self.index.figures(selection)?.into_iter().map(total).collect()
    }

    fn changes(&mut self, selection: &Selection, as_percentages: bool) -> Result<Vec<Item>, Missing> {
        let over_time = self.over_time(selection)?;
        let item = |pair: &[(Figures<'_>, Computed)]| {
            let computed = change(as_percentages, &pair[0].1, &pair[1].1)?;
            Ok(Item { name: pair[1].0.period.to_string(), computed })
        };
        over_time.windows(2).map(item).collect()
    }

    /// A figure is lower where every number it may be is below every number the one before may be.
    fn declines(&mut self, selection: &Selection) -> Result<Computed, Missing> {
        let over_time = self.over_time(selection)?;
        let (mut certain, mut possible, mut names) = (0usize, 0usize, Vec::new());
        for pair in over_time.windows(2) {
            let (before, after) = (pair[0].1.bounds, pair[1].1.bounds);
            let is_below = |left: Option<Decimal>, right: Option<Decimal>| match (left, right) {
                (Some(left), Some(right)) => left < right,
                _ => false,
            };
            if is_below(after.high, before.low) {
                certain += 1;
                names.push(pair[1].0.period.to_string());
                self.figures.extend(pair[1].0.figures.iter().map(|one| one.1));
            } else if before.high.is_none() || is_below(after.low, before.high) {
                possible += 1;
            }
        }
        let words = match names.len() {
            0 => "none".to_owned(),
            count => listing(&names, count),
        };
        Ok(Computed {
            bounds: Bounds { low: Some(certain.into()), high: Some((certain + possible).into()) },
            measure: Measure::Plain,
            words: Words::Listing(words),
        })
    }

    /// The worst place that an entity has over the periods. Peers are counted by company where a company is ranked.
    fn rank(&mut self, selection: &Selection) -> Result<Computed, Missing> {
        let periods = self.index.figures(selection)?;
        let mut places = Vec::new();
        for Figures { period, figures } in periods {
            self.figures.extend(figures.iter().map(|one| one.1));
            let own: Vec<Item> = figures
                .iter()
                .map(|(_, figure)| Ok(Item { name: String::new(), computed: stated(figure)? }))
                .collect::<Result<_, Missing>>()?;
            let own = sum(&own)?.bounds;
            let is_own = |series: &Series| figures.iter().any(|(one, _)| std::ptr::eq(*one, series));
            let registry = &self.index.dataset.registry;
            let mut rivals: std::collections::BTreeMap<&str, Bounds> = std::collections::BTreeMap::new();
            for (series, figure) in self.index.peers(figures[0].0, period) {
                if is_own(series) || figure.quantity.interval().is_none() {
                    continue;
                }
                let subject = &series.key.subject;
                let name =
                    if selection.company.is_some() { registry.top_of(subject, period) } else { subject };
                let sum = rivals.entry(name).or_insert(Bounds::point(Decimal::ZERO));
                *sum = sum.plus(bounds(figure)?).map_err(undefined)?;
            }
            let above = rivals.values().filter(|rival| rival.low > own.high && own.high.is_some()).count();
            let maybe = rivals.values().filter(|rival| rival.high.is_none() || rival.high > own.low).count();
            let is_company = selection.company.is_some();
            let unknown =
                own.low.and_then(|own| self.index.unknown_above(figures[0].0, period, own, is_company));
            places.push(Item {
                name: period.to_string(),
                computed: Computed {
                    bounds: Bounds {
                        low: Some((1 + above).into()),
                        high: unknown.map(|unknown| (1 + maybe + unknown).into()),
                    },
                    measure: Measure::Plain,
                    words: Words::Figure(String::new()),
                },
            });
        }
        let all: Vec<Bounds> = places.iter().map(|place| place.computed.bounds).collect();
        let bounds = Bounds::extreme(&all, true).ok_or_else(|| Missing::new("no period is named"))?;
        let words: Vec<String> =
            places.iter().map(|place| format!("{} in {}", place.computed.result(), place.name)).collect();
        Ok(Computed { bounds, measure: Measure::Plain, words: Words::Listing(words.join(", ")) })
    }
}

fn stated(figure: &Observation) -> Result<Computed, Missing> {
    let words = match &figure.quantity {
        Quantity::Rounded(rounded) => grouped(rounded.value),
        other => other.to_string(),
    };
    Ok(Computed { bounds: bounds(figure)?, measure: Measure::Figure, words: Words::Figure(words) })
}

fn sum(items: &[Item]) -> Result<Computed, Missing> {
    if let [only] = items {
        return Ok(only.computed.clone());
    }
    let all = items.iter().try_fold(Bounds::point(Decimal::ZERO), |sum, item| sum.plus(item.computed.bounds));
    let word = |item: &Item| format!("{} {}", item.name, item.computed.operand()).trim_start().to_owned();
    let mut words: Vec<String> = items.iter().take(NAMED).map(word).collect();
    if items.len() > NAMED {
        words.push(format!("{} more", items.len() - NAMED));
    }
    formula(words.join(" + "), all, items.first().map_or(Measure::Figure, |item| item.computed.measure))
}

fn extreme(items: &[Item], highest: bool) -> Result<Computed, Missing> {
    let all: Vec<Bounds> = items.iter().map(|item| item.computed.bounds).collect();
    let bounds =
        Bounds::extreme(&all, highest).ok_or_else(|| Missing::new("there is nothing to choose from"))?;
    let end = |item: &&Item| if highest { item.computed.bounds.high } else { item.computed.bounds.low };
    let place = if highest { items.iter().max_by_key(end) } else { items.iter().min_by_key(end) };
    let measure = place.map_or(Measure::Figure, |item| item.computed.measure);
    let kind = if highest { "highest" } else { "lowest" };
    let words = match place.map(|item| item.name.as_str()) {
        Some("") | None => format!("the {kind} of {}", items.len()),
        Some(name) => format!("{name}, the {kind} of {}", items.len()),
    };
    Ok(Computed { bounds, measure, words: Words::Listing(words) })
}

/// The last minus the first, or as a percentage of the first.
fn change(as_percentage: bool, first: &Computed, last: &Computed) -> Result<Computed, Missing> {
    let (from, to) = (first.operand(), last.operand());
    if !as_percentage {
        return formula(format!("{to} − {from}"), last.bounds.minus(first.bounds), first.measure);
    }
    let one = Bounds::point(Decimal::ONE);
    let hundred = Bounds::point(Decimal::ONE_HUNDRED);
    let change = last.bounds.over(first.bounds).and_then(|ratio| ratio.minus(one)?.times(hundred));
    formula(format!("{to} / {from} − 1"), change, Measure::Percent)
}

fn formula(words: String, result: Result<Bounds, Undefined>, measure: Measure) -> Result<Computed, Missing> {
    let bounds = result.map_err(undefined)?;
    Ok(Computed { bounds, measure, words: Words::Formula(words) })
}

fn undefined(why: Undefined) -> Missing {
    Missing::new(match why {
        Undefined::ByZero => "it divides by a figure that is, or may be, 0",
        Undefined::TooLarge => "a result has more digits than can be kept",
    })
}
