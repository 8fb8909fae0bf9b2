//! Profiles: how publishers write their files, as data.
//!
//! A profile says by which header a table is recognised, which column carries which field of an observation, how
//! numbers are written, and which words of the publisher mean which terms of the registry. It is a TOML file; those
//! that ship with candor stand in `profiles/`, and a dataset may bring its own. [`Profile`] is what such a file says;
//! [`recognise`] finds the profile of a file, and the table reader turns rows into observations by it.

pub mod draft;
pub mod recognise;

use std::borrow::Cow;
use std::sync::OnceLock;

use rust_decimal::Decimal;

use super::notation::number::{GridStep, NumberNotation, Shares};
use crate::load::{self, Node, SyntaxError};
use crate::model::{Absence, Relation};
use crate::schema::{self, SchemaName, Violation};

/// What a column, a heading or a constant may say of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Who states the number.
    Publisher,
    /// Whose activity it is about.
    Subject,
    /// What is measured.
    Metric,
    /// What one of the counted things is.
    Unit,
    /// The publisher's category.
    Category,
    /// How it came in.
    Channel,
    /// How it was found.
    Detection,
    /// Where on the product.
    Surface,
    /// Where in the world.
    Jurisdiction,
    /// What the number is the total of.
    TotalOf,
    /// The publisher's wording for the subject.
    Label,
    /// Whether it repeats what is stated elsewhere: `true`, or anything else.
    Redundant,
    /// The period as a whole.
    Period,
    /// Its year.
    Year,
    /// Its quarter, as a day in it.
    Quarter,
    /// Its half-year, as 1 or 2.
    Half,
    /// Its month, as a number or a name.
    Month,
    /// Its first day.
    From,
    /// Its last day.
    To,
}

impl Field {
    /// Every field with the word that profiles use.
    pub const ALL: [(Self, &'static str); 19] = [
        (Self::Publisher, "publisher"),
        (Self::Subject, "subject"),
        (Self::Metric, "metric"),
        (Self::Unit, "unit"),
        (Self::Category, "category"),
        (Self::Channel, "channel"),
        (Self::Detection, "detection"),
        (Self::Surface, "surface"),
        (Self::Jurisdiction, "jurisdiction"),
        (Self::TotalOf, "total_of"),
        (Self::Label, "label"),
        (Self::Redundant, "redundant"),
        (Self::Period, "period"),
        (Self::Year, "year"),
        (Self::Quarter, "quarter"),
        (Self::Half, "half"),
        (Self::Month, "month"),
        (Self::From, "from"),
        (Self::To, "to"),
    ];

    /// The field with this name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(field, _)| field)
    }

    /// Whether it is part of a period, and not of what a series is about.
    pub const fn is_of_period(self) -> bool {
        matches!(
            self,
            Self::Period | Self::Year | Self::Quarter | Self::Half | Self::Month | Self::From | Self::To
        )
    }
}

/// Where a field's text is taken from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A column, by its heading.
    Column(Pattern),
    /// The heading of the column that the value stands in.
    Header,
    /// The heading above that heading.
    Group,
    /// The title above the table.
    Title,
    /// The name of the sheet.
    Sheet,
    /// The name of the file.
    File,
}

impl Origin {
    fn parse(text: &str) -> Self {
        match text {
            "@header" => Self::Header,
            "@group" => Self::Group,
            "@title" => Self::Title,
            "@sheet" => Self::Sheet,
            "@file" => Self::File,
            column => Self::Column(Pattern::new(column)),
        }
    }
}

/// Fields with fixed texts.
pub type Constants = Vec<(Field, String)>;

/// What of a cell is a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CellPart {
    /// All of it.
    #[default]
    Whole,
    /// The percentage in `2.51 / 100 * 1,355,163`.
    Share,
    /// The number that it is a percentage of.
    Base,
}

/// A column with figures.
#[derive(Debug, Clone)]
pub struct ValueColumn {
    /// Headings that it holds for.
    pub column: Pattern,
    /// Whether the figures are percentages although no sign says so.
    pub percent: bool,
    /// What of a cell is the figure.
    pub part: CellPart,
    /// What its figures have in common.
    pub constants: Constants,
    /// What is taken from elsewhere for these figures only.
    pub fields: Vec<(Field, Vec<Origin>)>,
}

/// A pattern for headings, titles and names, in which `*` stands for anything. Letter case, blanks, underscores and a
/// colon at the end do not matter.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it is written.
    pub text: String,
    /// What is compared: the parts before, between and after each `*`.
    parts: Vec<String>,
}

impl Pattern {
    /// A pattern.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), parts: normal(text).split('*').map(str::to_owned).collect() }
    }

    /// Whether it matches a text.
    pub fn matches(&self, text: &str) -> bool {
        let text = normal(text);
        let [first, others @ ..] = self.parts.as_slice() else { return false };
        let [between @ .., last] = others else { return text == *first };
        let Some(rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some(rest) = rest.strip_suffix(last.as_str()) else { return false };
        // The first place of each part leaves the most for those after it.
        let mut parts = between.iter();
        parts.try_fold(rest, |rest, part| rest.split_once(part.as_str()).map(|one| one.1)).is_some()
    }

    /// What a `*` stands for in a text that this matches, as it is written there; of several, all together.
    pub fn wildcard<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (start, end) = (self.text.split('*').next()?, self.text.rsplit('*').next()?);
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        // Blanks may be written otherwise than in the pattern, so that its length says nothing.
        let from = ends.iter().rev().copied().find(|at| normal(&text[..*at]) == normal(start))?;
        let to = ends.iter().copied().find(|at| *at >= from && normal(&text[*at..]) == normal(end))?;
        Some(text[from..to].trim())
    }
}

/// A text as it is compared: lower case, blanks and underscores as one blank, no colon at the end.
pub fn normal(text: &str) -> String {
    let words: Vec<&str> = text
        .trim_start_matches('\u{feff}')
        .split(|one: char| one.is_whitespace() || one == '_')
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").trim_end_matches(':').to_lowercase()
}

/// One kind of table in a file.
#[derive(Debug, Clone)]
pub struct TableShape {
    /// Names of files or sheets that it stands in; empty for any.
    pub files: Vec<Pattern>,
    /// The title above it, where that tells tables with the same header apart.
    pub title: Option<Pattern>,
    /// Headings that the header has, in any order.
    pub header: Vec<Pattern>,
    /// What the rows have in common.
    pub constants: Constants,
    /// Where the fields stand.
    pub fields: Vec<(Field, Vec<Origin>)>,
    /// Columns with figures.
    pub values: Vec<ValueColumn>,
    /// Columns that hold no figures and say nothing that is kept.
    pub ignored: Vec<Pattern>,
    /// Whether rows that say the same of series and period are parts of one figure, which is their sum.
    pub rows_add_up: bool,
    /// The key beside `columns` and `rows` in JSON that says which headings are the sum of which columns.
    pub sums: Option<String>,
}

impl TableShape {
    /// Whether it may stand in a file or sheet of this name.
    pub fn is_for(&self, path: &str) -> bool {
        is_one_of(&self.files, path)
    }
}

/// Whether the name at the end of a path is one of these; any is where there are none.
fn is_one_of(names: &[Pattern], path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    names.is_empty() || names.iter().any(|one| one.matches(name))
}

/// What one label of the publisher means.
#[derive(Debug, Clone)]
pub struct Term {
    /// Where the label stands.
    pub field: Field,
    /// The label as it is printed.
    pub label: Pattern,
    /// What it says of an observation; a `*` stands for the same as in the label.
    pub means: Constants,
}

/// Words that stand where a label would, in the row or column of a total.
#[derive(Debug, Clone)]
pub struct TotalWords {
    /// The field.
    pub field: Field,
    /// The words.
    pub words: Vec<Pattern>,
    /// What such a row is the total of, where its parts are in the same table.
    pub total_of: Option<String>,
}

impl TotalWords {
    /// Whether a text is one of them.
    pub fn has(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.matches(text))
    }
}

/// How one publisher writes one kind of file.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Identifier.
    pub id: String,
    /// Publisher and file in words.
    pub title: String,
    /// Where the publisher offers such files.
    pub url: Option<String>,
    /// Whether such files are computed or copied from other publications.
    pub derived: bool,
    /// Names of files; empty for any.
    pub files: Vec<Pattern>,
    /// Fields that are the same in the whole file.
    pub constants: Constants,
    /// How numbers are written.
    pub numbers: NumberNotation,
    /// Whether it says which marks stand in them; else each column shows it by its own figures.
    pub declares_marks: bool,
    /// Kinds of tables.
    pub tables: Vec<TableShape>,
    /// Labels and what they mean.
    pub terms: Vec<Term>,
    /// Words for totals.
    pub totals: Vec<TotalWords>,
    /// What its figures have to do with each other.
    pub relations: Vec<Relation>,
}

impl Profile {
    /// How the figures of a column are written.
    pub fn notation_of(&self, column: &ValueColumn) -> Cow<'_, NumberNotation> {
        if column.percent {
            Cow::Owned(NumberNotation { shares: Shares::InPercent, ..self.numbers.clone() })
        } else {
            Cow::Borrowed(&self.numbers)
        }
    }

    /// Whether it is for a file of this name.
    pub fn is_for(&self, path: &str) -> bool {
        is_one_of(&self.files, path)
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places in the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Violation>> {
        let tree = load::toml::parse(text);
        if let Some(failure) = tree.failure {
            let SyntaxError { span, message, help } = failure;
            let (pointer, keyword, label) = (String::new(), "syntax".to_owned(), "here".to_owned());
            return Err(vec![Violation {
                span,
                pointer,
                keyword,
                message,
                label,
                help,
                related: Vec::new(),
            }]);
        }
        let Some(root) = tree.root() else { return Err(Vec::new()) };
        let violations = schema::validate(SchemaName::Profile, root);
        if violations.is_empty() { Ok(read(root)) } else { Err(violations) }
    }
}

/// The profiles that ship with candor, by their identifiers.
pub fn shipped() -> &'static [Profile] {
    static PROFILES: OnceLock<Vec<Profile>> = OnceLock::new();
    // A test holds each of them to the schema, which takes longer than reading them.
    PROFILES
        .get_or_init(|| SHIPPED.iter().filter_map(|text| load::toml::parse(text).root().map(read)).collect())
}

/// Texts of the profiles that ship with candor.
pub const SHIPPED: &[&str] = &[
    include_str!("../../../profiles/comparable-reports.toml"),
    include_str!("../../../profiles/curated-csam-disclosures.toml"),
    include_str!("../../../profiles/discord-transparency.toml"),
    include_str!("../../../profiles/eu-dsa-template.toml"),
    include_str!("../../../profiles/github-transparency.toml"),
    include_str!("../../../profiles/meta-community-standards.toml"),
    include_str!("../../../profiles/microsoft-digital-safety.toml"),
    include_str!("../../../profiles/ncmec-report-contents.toml"),
    include_str!("../../../profiles/ncmec-report-recipients.toml"),
    include_str!("../../../profiles/ncmec-reports-by-country.toml"),
    include_str!("../../../profiles/ncmec-reports-by-provider.toml"),
    include_str!("../../../profiles/ncmec-reports-per-year.toml"),
    include_str!("../../../profiles/snap-transparency.toml"),
    include_str!("../../../profiles/telegram-government-requests.toml"),
    include_str!("../../../profiles/tiktok-community-guidelines-workbook.toml"),
    include_str!("../../../profiles/tiktok-community-guidelines.toml"),
];

fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.get(name).map(|node| node.text().into_owned())
}

fn patterns(node: Node<'_>, name: &str) -> Vec<Pattern> {
    node.get(name).into_iter().flat_map(Node::items).map(|item| Pattern::new(&item.text())).collect()
}

fn constants(node: Option<Node<'_>>) -> Constants {
    let members = node.into_iter().flat_map(Node::members);
    members
        .filter_map(|member| Some((Field::parse(&member.key)?, member.value.text().into_owned())))
        .collect()
}

fn origins(node: Node<'_>) -> Vec<Origin> {
    match node.as_str() {
        Some(text) => vec![Origin::parse(text)],
        None => node.items().map(|item| Origin::parse(&item.text())).collect(),
    }
}

fn fields(node: Option<Node<'_>>) -> Vec<(Field, Vec<Origin>)> {
    let members = node.into_iter().flat_map(Node::members);
    members.filter_map(|member| Some((Field::parse(&member.key)?, origins(member.value)))).collect()
}

fn read(root: Node<'_>) -> Profile {
    let constants = constants(root.get("constants"));
    let publisher = constants.iter().find(|(field, _)| *field == Field::Publisher).map(|(_, id)| id.as_str());
    let relations = root.get("relations").into_iter().flat_map(Node::items);
    let relations = relations.filter_map(|node| super::registry::relation(node, None));
    Profile {
        relations: relations.map(|relation| relation_of(relation, publisher)).collect(),
        id: text(root, "id").unwrap_or_default(),
        title: text(root, "title").unwrap_or_default(),
        url: text(root, "url"),
        derived: root.get("derived").and_then(Node::as_bool).unwrap_or_default(),
        files: patterns(root, "files"),
        constants,
        numbers: root.get("numbers").map(numbers).unwrap_or_default(),
        declares_marks: root
            .get("numbers")
            .is_some_and(|numbers| ["thousands", "decimal"].iter().any(|mark| numbers.get(mark).is_some())),
        tables: root.get("tables").into_iter().flat_map(Node::items).map(table).collect(),
        terms: root.get("terms").into_iter().flat_map(terms).collect(),
        totals: root.get("totals").into_iter().flat_map(Node::items).filter_map(totals).collect(),
    }
}

/// A relation of a profile, which holds for its publisher where it names none.
fn relation_of(mut relation: Relation, publisher: Option<&str>) -> Relation {
    let mut terms = relation.kind.terms_mut();
    if let Some(publisher) = publisher.filter(|_| terms.iter().all(|term| term.publisher.is_none())) {
        terms.iter_mut().for_each(|term| term.publisher = Some(publisher.into()));
    }
    relation
}

fn numbers(node: Node<'_>) -> NumberNotation {
    let mark = |name: &str| node.get(name).and_then(|mark| mark.text().chars().next());
    let missing = node.get("missing").into_iter().flat_map(Node::members);
    let missing =
        missing.filter_map(|member| Some((member.key.into_owned(), Absence::parse(&member.value.text())?)));
    let steps = node.get("steps").into_iter().flat_map(Node::items);
    let steps =
        steps.filter_map(|step| Some(GridStep { from: number(step, "from")?, step: number(step, "step")? }));
    let usual = NumberNotation::default();
    NumberNotation {
        thousands: mark("thousands"),
        decimal: mark("decimal").unwrap_or(usual.decimal),
        missing: missing.chain(usual.missing).collect(),
        grid: steps.collect(),
        ..usual
    }
}

fn number(node: Node<'_>, name: &str) -> Option<Decimal> {
    node.get(name).and_then(super::value::plain_number)
}

fn table(node: Node<'_>) -> TableShape {
    TableShape {
        files: patterns(node, "files"),
        title: text(node, "title").map(|title| Pattern::new(&title)),
        header: patterns(node, "header"),
        constants: constants(node.get("constants")),
        fields: fields(node.get("fields")),
        values: node.get("values").into_iter().flat_map(Node::items).map(value_column).collect(),
        ignored: patterns(node, "ignored"),
        rows_add_up: node.get("rows_add_up").and_then(Node::as_bool).unwrap_or_default(),
        sums: text(node, "sums"),
    }
}

fn value_column(node: Node<'_>) -> ValueColumn {
    ValueColumn {
        column: Pattern::new(&text(node, "column").unwrap_or_default()),
        percent: node.get("percent").and_then(Node::as_bool).unwrap_or_default(),
        part: match text(node, "part").as_deref() {
            Some("share") => CellPart::Share,
            Some("base") => CellPart::Base,
            _ => CellPart::Whole,
        },
        constants: constants(node.get("constants")),
        fields: fields(node.get("fields")),
    }
}

fn terms(node: Node<'_>) -> Vec<Term> {
    let mut terms = Vec::new();
    for (field, labels) in
        node.members().filter_map(|member| Some((Field::parse(&member.key)?, member.value)))
    {
        terms.extend(labels.members().map(|member| Term {
            field,
            label: Pattern::new(&member.key),
            means: match member.value.as_str() {
                Some(term) => vec![(field, term.to_owned())],
                None => constants(Some(member.value)),
            },
        }));
    }
    terms
}

fn totals(node: Node<'_>) -> Option<TotalWords> {
    Some(TotalWords {
        field: Field::parse(&text(node, "field")?)?,
        words: patterns(node, "words"),
        total_of: text(node, "total_of"),
    })
}
