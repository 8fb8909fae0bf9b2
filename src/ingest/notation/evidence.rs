//! What the figures of one column say together about how they are written.
//!
//! `1,234` alone is a thousand or one and a quarter. In a column that is written one way throughout, another figure
//! mostly tells: `1,234,567` can only have thousands separators, `0,5` only a decimal comma. [`Evidence`] sees every figure
//! of a column; its [`Verdict`] is the one notation in which all of them can be read, or that there is none, or more than
//! one.

use super::number::{NumberNotation, mark_family};

/// How the figures of a column are written.
///
/// For a comma or a dot, one figure may be proof of either use, or of none:
///
/// | in a figure | proves |
/// |---|---|
/// | twice or more, each before three digits: `1,234,567` | thousands |
/// | once, before three digits, then the other mark: `1,234.5` | thousands, and the other is decimal |
/// | once, not before exactly three digits: `1,5`, `12,3456` | decimal |
/// | once, after a zero or more than three digits: `0,975`, `1234,567` | decimal |
/// | once, after one to three digits and before three: `1,234` | nothing |
///
/// A space or an apostrophe before three digits is always a thousands separator. Where all figures with a mark prove
/// nothing, the rest of the column decides:
///
/// | besides | the mark is |
/// |---|---|
/// | the other mark is decimal | thousands |
/// | another mark separates thousands | decimal |
/// | for a comma: whole numbers without marks, all below 1,000 | thousands |
/// | anything else | ambiguous |
///
/// The last but one does not hold for a dot: programs write decimals with dots, and whole numbers without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// No separators; decimals, where there are any, follow a dot.
    Plain,
    /// This separates thousands. The decimal mark is a dot; a comma, where the dot separates thousands.
    Thousands(char),
    /// This stands before decimals, and nothing separates thousands.
    Decimal(char),
    /// Both, and the decimal mark is not what [`Verdict::Thousands`] would say.
    Both {
        /// What separates thousands.
        thousands: char,
        /// What stands before decimals.
        decimal: char,
    },
    /// Every figure with this mark can be read in two ways.
    Ambiguous(char),
    /// Some figures can only be read with this mark in one use, some only in another.
    Contradictory(char),
}

impl Verdict {
    /// Thousands separator and decimal mark; `None` where these are not settled.
    pub const fn marks(self) -> Option<(Option<char>, char)> {
        match self {
            Self::Plain => Some((None, '.')),
            Self::Thousands('.') => Some((Some('.'), ',')),
            Self::Thousands(thousands) => Some((Some(thousands), '.')),
            Self::Decimal(decimal) => Some((None, decimal)),
            Self::Both { thousands, decimal } => Some((Some(thousands), decimal)),
            Self::Ambiguous(_) | Self::Contradictory(_) => None,
        }
    }

    /// A notation with the marks of this verdict; `None` where these are not settled.
    pub fn notation(self, rest: &NumberNotation) -> Option<NumberNotation> {
        let (thousands, decimal) = self.marks()?;
        Some(NumberNotation { thousands, decimal, ..rest.clone() })
    }
}

/// How many numbers prove which use of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Uses {
    thousands: usize,
    decimal: usize,
    either: usize,
}

/// Marks by their place in [`Evidence::uses`].
const MARKS: [char; 4] = [',', '.', ' ', '\''];

/// What was seen of a column. Parts of it may be seen apart and added.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    uses: [Uses; 4],
    /// Figures that are a whole number below 1,000.
    small: usize,
    /// Numbers from 1,000 on without separators.
    large: usize,
}

impl Evidence {
    /// Takes the text of a cell into account.
    pub fn see(&mut self, text: &str) {
        let text = text.trim();
        // Most cells hold nothing but digits.
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            if text.len() > 3 {
                self.large += 1;
            } else {
                self.small += 1;
            }
            return;
        }
        let mut rest = text;
        while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
            // `.5` has a decimal mark too.
            let leading = rest[..start].chars().next_back().filter(|mark| matches!(mark, ',' | '.'));
            let number = Shape::of(&rest[start..]);
            self.see_number(&number, leading);
            rest = &rest[start + number.length..];
        }
    }

    /// Adds what was seen of other cells of the same column.
    pub fn add(&mut self, other: &Self) {
        for (uses, more) in self.uses.iter_mut().zip(other.uses) {
            uses.thousands += more.thousands;
            uses.decimal += more.decimal;
            uses.either += more.either;
        }
        self.small += other.small;
        self.large += other.large;
    }

    /// Numbers that have this mark as their thousands separator, if it is one.
    pub fn with_separators(&self, thousands: char) -> usize {
        let place = mark_family(thousands).and_then(|mark| MARKS.iter().position(|one| *one == mark));
        place.map_or(0, |place| self.uses[place].thousands + self.uses[place].either)
    }

    /// Numbers from 1,000 on without separators.
    pub const fn without_separators(&self) -> usize {
        self.large
    }

    /// How the column is written.
    pub fn verdict(&self) -> Verdict {
        let marks = |holds: fn(&Uses) -> bool| -> Vec<char> {
            MARKS.iter().zip(&self.uses).filter(|one| holds(one.1)).map(|one| *one.0).collect()
        };
        let separators = marks(|uses| uses.thousands > 0);
        let decimals = marks(|uses| uses.decimal > 0);
        let open = marks(|uses| uses.either > 0 && uses.thousands == 0 && uses.decimal == 0);
        if let Some(mark) = separators.iter().find(|mark| decimals.contains(mark)) {
            return Verdict::Contradictory(*mark);
        }
        // One notation has one mark for each use; each open mark needs a use that is not taken.
        if let Some(mark) = separators.get(1).or(decimals.get(1)) {
            return Verdict::Contradictory(*mark);
        }
        let (thousands, decimal) = (separators.first().copied(), decimals.first().copied());
        match (open.as_slice(), thousands, decimal) {
            ([], ..) => verdict_of(thousands, decimal),
            ([mark], None, Some(_)) => verdict_of(Some(*mark), decimal),
            ([mark], Some(_), None) => verdict_of(thousands, Some(*mark)),
            ([','], None, None) if self.small > 0 && self.large == 0 => Verdict::Thousands(','),
            ([mark, ..], None, None) => Verdict::Ambiguous(*mark),
            ([mark, ..], ..) => Verdict::Contradictory(*mark),
        }
    }

    fn see_number(&mut self, number: &Shape, leading: Option<char>) {
        let grouped = number.is_grouped();
        let mut count = |mark: char, count: fn(&mut Uses)| {
            if let Some(place) = MARKS.iter().position(|one| *one == mark) {
                count(&mut self.uses[place]);
            }
        };
        match (number.marks.as_slice(), leading) {
            ([], Some(mark)) => return count(mark, |uses| uses.decimal += 1),
            ([mark @ (',' | '.')], _) if grouped => return count(*mark, |uses| uses.either += 1),
            ([mark @ (',' | '.')], _) => count(*mark, |uses| uses.decimal += 1),
            ([first @ .., last], _)
                if !first.is_empty() && !first.contains(last) && number.is_grouped_before_last() =>
            {
                count(first[0], |uses| uses.thousands += 1);
                return count(*last, |uses| uses.decimal += 1);
            }
            ([mark, ..], _) if grouped => return count(*mark, |uses| uses.thousands += 1),
            _ => {}
        }
        match number.groups.first() {
            Some(4..) => self.large += 1,
            Some(1..=3) if number.marks.is_empty() => self.small += 1,
            _ => {}
        }
    }
}

fn verdict_of(thousands: Option<char>, decimal: Option<char>) -> Verdict {
    match (thousands, decimal) {
        (None, None | Some('.')) => Verdict::Plain,
        (None, Some(decimal)) => Verdict::Decimal(decimal),
        (Some('.'), Some(',')) | (Some(_), None) | (Some(',' | ' ' | '\''), Some('.')) => {
            Verdict::Thousands(thousands.unwrap_or(','))
        }
        (Some(thousands), Some(decimal)) => Verdict::Both { thousands, decimal },
    }
}

/// Digits and the marks between them.
struct Shape {
    /// How many digits stand before, between and after the marks.
    groups: Vec<usize>,
    /// The marks, each by its family.
    marks: Vec<char>,
    starts_with_zero: bool,
    /// Bytes it takes.
    length: usize,
}

impl Shape {
    /// The number at the beginning of a text.
    fn of(text: &str) -> Self {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut shape = Self {
            groups: vec![digits(text)],
            marks: Vec::new(),
            starts_with_zero: text.starts_with('0'),
            length: 0,
        };
        shape.length = shape.groups[0];
        while let Some(letter) = text[shape.length..].chars().next() {
            let after = shape.length + letter.len_utf8();
            let group = digits(&text[after..]);
            let Some(mark) = mark_family(letter).filter(|_| group > 0) else { break };
            // Words are apart by a space, and so may be two numbers.
            if mark == ' ' && group != 3 {
                break;
            }
            shape.marks.push(mark);
            shape.groups.push(group);
            shape.length = after + group;
        }
        shape
    }

    /// Whether all marks can be thousands separators.
    fn is_grouped(&self) -> bool {
        self.marks.windows(2).all(|pair| pair[0] == pair[1]) && self.are_groups(&self.groups)
    }

    /// Whether all marks but the last can be.
    fn is_grouped_before_last(&self) -> bool {
        let (before, last) = (&self.marks[..self.marks.len() - 1], self.marks[self.marks.len() - 1]);
        matches!(last, ',' | '.')
            && before.windows(2).all(|pair| pair[0] == pair[1])
            && self.are_groups(&self.groups[..before.len() + 1])
    }

    fn are_groups(&self, groups: &[usize]) -> bool {
        groups.len() > 1
            && !self.starts_with_zero
            && (1..=3).contains(&groups[0])
            && groups[1..].iter().all(|group| *group == 3)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ingest::notation::number;

    fn evidence(column: &[&str]) -> Evidence {
        let mut evidence = Evidence::default();
        column.iter().for_each(|text| evidence.see(text));
        evidence
    }

    #[test]
    fn the_table_of_verdicts_holds() {
        let both = |thousands, decimal| Verdict::Both { thousands, decimal };
        let cases: [(&[&str], Verdict); 36] = [
            (&[], Verdict::Plain),
            (&["1", "1234", "N/A", "", "12%"], Verdict::Plain),
            (&["0.947", "1234.5"], Verdict::Plain),
            (&["1,234,567"], Verdict::Thousands(',')),
            (&["1,234", "1,234,567"], Verdict::Thousands(',')),
            (&["1,234", "1,234,567", "920793"], Verdict::Thousands(',')),
            (&["1,234", "999", "0"], Verdict::Thousands(',')),
            (&["1,234", "0.5"], Verdict::Thousands(',')),
            (&["1,234", "99.10%"], Verdict::Thousands(',')),
            (&["1,234.5"], Verdict::Thousands(',')),
            (&["1,000-1,249", "1,250,000+"], Verdict::Thousands(',')),
            (&["0,5"], Verdict::Decimal(',')),
            (&[",5"], Verdict::Decimal(',')),
            (&["1,234", "0,975"], Verdict::Decimal(',')),
            (&["1,234", "12,5"], Verdict::Decimal(',')),
            (&["1234,567"], Verdict::Decimal(',')),
            (&["1.234.567"], Verdict::Thousands('.')),
            (&["1.234,5"], Verdict::Thousands('.')),
            (&["1.234", "0,5"], Verdict::Thousands('.')),
            (&["1 234", "12"], Verdict::Thousands(' ')),
            (&["1\u{a0}234", "1\u{202f}234"], Verdict::Thousands(' ')),
            (&["1'234", "1’234.5"], Verdict::Thousands('\'')),
            (&["1 234,5"], both(' ', ',')),
            (&["1 234", "5,123"], both(' ', ',')),
            (&["1 234", "5.123"], Verdict::Thousands(' ')),
            (&["1,234,567", "1.234"], Verdict::Thousands(',')),
            (&["1.234.567", "1,234"], Verdict::Thousands('.')),
            (&["1,234"], Verdict::Ambiguous(',')),
            (&["1,234", "12,345"], Verdict::Ambiguous(',')),
            (&["1,234", "54321"], Verdict::Ambiguous(',')),
            (&["1,234", "1.234"], Verdict::Ambiguous(',')),
            (&["1.234", "12"], Verdict::Ambiguous('.')),
            (&["1,234,567", "0,5"], Verdict::Contradictory(',')),
            (&["0.5", "0,5"], Verdict::Contradictory('.')),
            (&["1,234,567", "1 234 567"], Verdict::Contradictory(' ')),
            (&["1 234", "0.5", "1,234"], Verdict::Contradictory(',')),
        ];
        for (column, verdict) in cases {
            assert_eq!(evidence(column).verdict(), verdict, "{column:?}");
        }
    }

    #[test]
    fn numbers_with_and_without_separators_are_counted() {
        let mixed = evidence(&["5,477,549", "1,234", "920793", "920793.0", "-4321", "12", "0.5", "N/A"]);
        assert_eq!((mixed.with_separators(','), mixed.with_separators('.')), (2, 0));
        assert_eq!(mixed.without_separators(), 3);
        assert_eq!(evidence(&["1\u{a0}234"]).with_separators('\u{202f}'), 1);
    }

    #[test]
    fn a_settled_verdict_gives_a_notation() {
        let notation = evidence(&["1 234,5"]).verdict().notation(&NumberNotation::default()).unwrap();
        assert_eq!(number::read("1 234,5", &notation).unwrap().quantity.to_string(), "1,234.5");
        assert_eq!(Verdict::Ambiguous(',').notation(&NumberNotation::default()), None);
    }

    fn column() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[0-9]{1,4}([,. '][0-9]{1,3}){0,3}", 0..8)
    }

    proptest! {
        #[test]
        fn parts_of_a_column_add_up(column in column(), cut in 0usize..8) {
            let texts: Vec<&str> = column.iter().map(String::as_str).collect();
            let (above, below) = texts.split_at(cut.min(texts.len()));
            let mut sum = evidence(above);
            sum.add(&evidence(below));
            prop_assert_eq!(sum, evidence(&texts));
        }

        /// Where some notation can read every figure of the column, no verdict is another that cannot.
        #[test]
        fn a_settled_notation_reads_every_figure_that_any_can(column in column()) {
            let texts: Vec<&str> = column.iter().map(String::as_str).collect();
            let reads = |notation: &NumberNotation| texts.iter().all(|text| number::read(text, notation).is_ok());
            let candidates = [
                Verdict::Plain, Verdict::Thousands(','), Verdict::Thousands('.'), Verdict::Thousands(' '),
                Verdict::Thousands('\''), Verdict::Decimal(','), Verdict::Both { thousands: ' ', decimal: ',' },
                Verdict::Both { thousands: '\'', decimal: ',' },
            ];
            let plain = NumberNotation::default();
            let readable = candidates.iter().filter_map(|one| one.notation(&plain)).any(|one| reads(&one));
            if let (true, Some(notation)) = (readable, evidence(&texts).verdict().notation(&plain)) {
                prop_assert!(reads(&notation), "{:?} as {:?}", texts, evidence(&texts).verdict());
            }
        }
    }
}
