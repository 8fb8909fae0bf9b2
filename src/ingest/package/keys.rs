//! Keys of tables: values that may stand once, and values that must stand in another table.

use std::collections::{HashMap, HashSet};

use super::super::{ProblemKind, Reader, separator_of};
use super::report::Pass;
use super::table::{Layout, headings_of};
use super::{Field, ForeignKey, Key, Resource, TableSchema};
use crate::diag::{Location, listing};
use crate::ingest::package::field::Value;
use crate::load::csv::Rows;
use crate::source::{Cell, Sources, Span};

/// How many columns a message names.
const COLUMNS_SHOWN: usize = 3;

/// A row that has as many cells as the header.
struct KeyRow<'a> {
    cells: Vec<&'a str>,
    spans: Vec<Span>,
    span: Span,
    number: u32,
}

/// A table with the places of its fields.
struct KeyTable<'a> {
    input: usize,
    layout: Layout,
    headings: Vec<String>,
    /// Whether blanks before a value are no part of it.
    skips_space: bool,
    rows: Vec<KeyRow<'a>>,
}

impl KeyTable<'_> {
    /// The values of some fields of a row as one text; none where one of them is missing.
    fn key(&self, schema: &TableSchema, fields: &[usize], row: &KeyRow<'_>) -> Option<Vec<String>> {
        let text = |field: &usize| {
            let field_of = &schema.fields[*field];
            let cell = crate::load::csv::unquote(row.cells[self.layout.columns[*field]?]);
            key_text(field_of, if self.skips_space { cell.trim_start() } else { &cell })
        };
        fields.iter().map(text).collect()
    }

    /// The first column of a key.
    fn column(&self, key: &Key) -> usize {
        key.fields.iter().find_map(|field| self.layout.columns[*field]).unwrap_or_default()
    }

    fn place(&self, row: &KeyRow<'_>, column: usize) -> (Span, Cell) {
        let span = row.spans.get(column).copied().unwrap_or(row.span);
        (span, Cell::at(row.number, column))
    }
}

/// A value as it is compared: numbers by their value, whatever they are written like.
fn key_text(field: &Field, text: &str) -> Option<String> {
    if field.absence(text).is_some() {
        return None;
    }
    Some(match field.value(text) {
        Some(Value::Number(number)) => number.normalize().to_string(),
        _ => text.to_owned(),
    })
}

/// The tables of a resource, row by row.
fn tables<'a>(
    sources: &'a Sources,
    pass: &Pass<'_>,
    resource: &Resource,
    inputs: &[usize],
) -> Vec<KeyTable<'a>> {
    let Some(schema) = resource.schema.as_ref().filter(|_| resource.is_checked()) else { return Vec::new() };
    let mut tables = Vec::new();
    for input in inputs {
        let source = sources.get(pass.inputs[*input].source);
        if source.sheet.is_some() {
            continue;
        }
        let mut rows = Rows::new(&source.text, separator_of(source, Some(resource)), &sources.limits);
        if !rows.advance() {
            continue;
        }
        let headings = headings_of(&rows);
        let layout = Layout::new(resource, schema, &headings);
        let mut table = KeyTable {
            input: *input,
            layout,
            headings,
            skips_space: resource.dialect.skips_space,
            rows: Vec::new(),
        };
        let mut is_row = !resource.dialect.has_header;
        while is_row || rows.advance() {
            is_row = false;
            if !rows.is_blank() && rows.cells.len() == table.layout.width {
                table.rows.push(KeyRow {
                    cells: (0..rows.cells.len()).map(|column| rows.raw(column)).collect(),
                    spans: rows.cells.clone(),
                    span: rows.span,
                    number: rows.number,
                });
            }
        }
        tables.push(table);
    }
    tables
}

impl Pass<'_> {
    /// Holds the rows of a resource against its keys.
    pub(super) fn check_keys(&mut self, package: usize, resource: &Resource, inputs: &[usize]) {
        let Some(schema) = &resource.schema else { return };
        if schema.primary.is_none() && schema.unique.is_empty() && schema.foreign.is_empty() {
            return;
        }
        let tables = tables(self.sources, self, resource, inputs);
        if let Some(key) = &schema.primary {
            self.once(schema, key, &tables, true);
        }
        for key in &schema.unique {
            self.once(schema, key, &tables, false);
        }
        for foreign in &schema.foreign {
            self.check_foreign(package, resource, foreign, &tables);
        }
    }

    /// Reports keys that stand twice.
    fn once(&mut self, schema: &TableSchema, key: &Key, tables: &[KeyTable<'_>], is_primary: bool) {
        let names: Vec<String> =
            key.fields.iter().map(|field| format!("`{}`", schema.fields[*field].name)).collect();
        let names = listing(&names, COLUMNS_SHOWN);
        let mut known: HashMap<Vec<String>, (usize, usize)> = HashMap::new();
        for (number, table) in tables.iter().enumerate() {
            for (place, row) in table.rows.iter().enumerate() {
                let Some(values) = table.key(schema, &key.fields, row) else {
                    if is_primary && key.fields.iter().all(|field| table.layout.columns[*field].is_some()) {
                        self.blank_key(schema, key, table, row);
                    }
                    continue;
                };
                let text = values.join(", ");
                match known.entry(values) {
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert((number, place));
                    }
                    std::collections::hash_map::Entry::Occupied(entry) => {
                        let (first_table, first_row) = *entry.get();
                        let first = (&tables[first_table], &tables[first_table].rows[first_row]);
                        let stated = format!(
                            "{names} {}",
                            if is_primary { "is the primary key" } else { "stands once" }
                        );
                        self.repeated(&text, key, first, (table, row), is_primary, stated);
                    }
                }
            }
        }
    }

    fn repeated(
        &mut self,
        text: &str,
        key: &Key,
        (first_table, first): (&KeyTable<'_>, &KeyRow<'_>),
        (table, row): (&KeyTable<'_>, &KeyRow<'_>),
        is_primary: bool,
        stated: String,
    ) {
        // The files of one resource may have their columns in another order.
        let first_cell_of = |column: usize| {
            let heading = table.headings.get(column)?;
            first.cells.get(first_table.headings.iter().position(|one| one == heading)?).copied()
        };
        let differing: Vec<usize> = (0..row.cells.len())
            .filter(|column| key.fields.iter().all(|field| table.layout.columns[*field] != Some(*column)))
            .filter(|column| first_cell_of(*column).is_some_and(|cell| cell != row.cells[*column]))
            .collect();
        let is_same = differing.is_empty();
        // One column that differs is the place to look at.
        let column = match differing.as_slice() {
            [only] if is_primary => *only,
            _ => table.column(key),
        };
        let differences: Vec<String> = differing
            .iter()
            .map(|column| {
                format!(
                    "`{}` is {} and {}",
                    table.headings[*column],
                    first_cell_of(*column).unwrap_or_default(),
                    row.cells[*column]
                )
            })
            .collect();
        let (kind, message) = match (is_primary, is_same) {
            (true, true) => {
                (ProblemKind::DuplicateKey, format!("the key {text} stands twice, in rows that are the same"))
            }
            (true, false) => (
                ProblemKind::ConflictingKey,
                format!("the key {text} stands twice: {}", listing(&differences, COLUMNS_SHOWN)),
            ),
            (false, _) => {
                (ProblemKind::Schema, format!("{text} stands twice where the table schema allows it once"))
            }
        };
        let first_source = self.inputs[first_table.input].source;
        let (first_span, first_cell) = first_table.place(first, first_table.column(key));
        let (span, cell) = table.place(row, column);
        let reader = self.reader(table.input);
        let mut problem = reader.problem(kind, span, message);
        problem.location.cell = Some(cell);
        problem.path = format!("{}#key {text}", reader.source.path);
        "again".clone_into(&mut problem.label);
        problem.related = vec![
            (Location { source: first_source, span: first_span, cell: Some(first_cell) }, "first".to_owned()),
            (key.at, stated),
        ];
        problem.help = is_primary
            .then(|| "keep one of the rows, or add the field that tells them apart to the key".to_owned());
        problem.group = Some(format!("key {} {kind:?}", key.at.span.start));
        reader.builder.problem(problem);
    }

    fn blank_key(&mut self, schema: &TableSchema, key: &Key, table: &KeyTable<'_>, row: &KeyRow<'_>) {
        let is_blank = |field: &&usize| table.key(schema, &[**field], row).is_none();
        let Some(field) = key.fields.iter().find(is_blank) else { return };
        let column = table.layout.columns[*field].unwrap_or_default();
        let (span, cell) = table.place(row, column);
        let name = &schema.fields[*field].name;
        let reader = self.reader(table.input);
        let mut problem = reader.problem(
            ProblemKind::Schema,
            span,
            format!("`{name}` is a part of the primary key and has no value in this row"),
        );
        problem.location.cell = Some(cell);
        problem.path = format!("{}/{name}", reader.path_of(row.span));
        "no value".clone_into(&mut problem.label);
        problem.related = vec![(key.at, "the primary key".to_owned())];
        problem.group = Some(format!("key {} blank", key.at.span.start));
        // `required` may have said so already.
        if !reader.builder.problems_from(0).iter().any(|one| one.location == problem.location) {
            reader.builder.problem(problem);
        }
    }

    /// Reports values that do not stand in the table that a foreign key leads to.
    fn check_foreign(
        &mut self,
        package: usize,
        resource: &Resource,
        foreign: &ForeignKey,
        own: &[KeyTable<'_>],
    ) {
        let Some(schema) = &resource.schema else { return };
        let all = &self.packages.list[package].resources;
        let place = match &foreign.resource {
            None => all.iter().position(|one| std::ptr::eq(one, resource)),
            Some(name) => all.iter().position(|one| one.name == *name),
        };
        let Some((place, other)) = place.and_then(|place| Some((place, all.get(place)?))) else { return };
        let inputs = self.packages.inputs_of(package, place);
        let tables = tables(self.sources, self, other, &inputs);
        let (Some(other_schema), false) = (&other.schema, tables.is_empty()) else {
            if !own.is_empty() && Self::has_file(other) {
                self.not_held(resource, foreign, &other.name);
            }
            return;
        };
        let fields: Option<Vec<usize>> = foreign
            .fields
            .iter()
            .map(|name| other_schema.fields.iter().position(|field| field.name == *name))
            .collect();
        let Some(fields) = fields else { return };
        let known: HashSet<Vec<String>> = tables
            .iter()
            .flat_map(|table| table.rows.iter().filter_map(|row| table.key(other_schema, &fields, row)))
            .collect();
        for table in own {
            for row in &table.rows {
                let Some(values) = table.key(schema, &foreign.key.fields, row) else { continue };
                if known.contains(&values) {
                    continue;
                }
                let text = values.join(", ");
                let wanted: Vec<String> = foreign.fields.iter().map(|name| format!("`{name}`")).collect();
                let wanted = listing(&wanted, COLUMNS_SHOWN);
                let message = format!("`{text}` stands nowhere in {wanted} of `{}`", other.name);
                let (span, cell) = table.place(row, table.column(&foreign.key));
                let stated = format!("refers to {wanted} of `{}`", other.name);
                let reader = self.reader(table.input);
                let mut problem = reader.problem(ProblemKind::Schema, span, message);
                problem.location.cell = Some(cell);
                problem.path = format!("{}#{text}", reader.path_of(row.span));
                problem.label = format!("not in `{}`", other.name);
                problem.related = vec![(foreign.key.at, stated)];
                problem.group = Some(format!("key {} {text}", foreign.key.at.span.start));
                reader.builder.problem(problem);
            }
        }
    }

    /// Notes that a foreign key could not be held against its table.
    fn not_held(&mut self, resource: &Resource, foreign: &ForeignKey, other: &str) {
        let at = foreign.key.at;
        let Some(input) = self.inputs.iter().position(|input| input.source == at.source) else { return };
        let reader: Reader<'_> = self.reader(input);
        let message = format!(
            "this foreign key of `{}` is not checked: `{other}` is not among the files that were read",
            resource.name
        );
        let mut problem = reader.problem(ProblemKind::Schema, at.span, message);
        problem.minor = true;
        problem.help = Some("check the folder of the package".to_owned());
        reader.builder.problem(problem);
    }
}
