//! Rows of cells, wherever they stand: in a CSV text, or as objects and lists in JSON.
//!
//! Publishers write tables in JSON in a few ways: a list of objects with the same keys; an object of such lists, whose
//! keys say what tells them apart; an object with `columns` and `rows`. [`tables`] finds them all; what is no table is
//! left alone.

use std::borrow::Cow;

use super::csv::Rows;
use super::tree::{Kind, Node};
use crate::source::Span;

/// A row of cells.
pub trait Row<'a> {
    /// Number of cells.
    fn width(&self) -> usize;
    /// A cell as it is written; empty where there is none.
    fn raw(&self, column: usize) -> &'a str;
    /// The text of a cell; empty where there is none.
    fn cell(&self, column: usize) -> Cow<'a, str>;
    /// Where a cell stands.
    fn cell_span(&self, column: usize) -> Span;
    /// Where the row stands.
    fn span(&self) -> Span;
    /// Number of the row, where rows are counted.
    fn number(&self) -> Option<u32>;

    /// Whether the row has this cell at all: an object may lack a key that others have.
    fn has(&self, column: usize) -> bool {
        column < self.width()
    }

    /// Whether nothing stands in any cell.
    fn is_blank(&self) -> bool {
        (0..self.width()).all(|column| self.raw(column).trim().is_empty())
    }
}

impl<'a> Row<'a> for Rows<'a> {
    fn width(&self) -> usize {
        self.cells.len()
    }

    fn raw(&self, column: usize) -> &'a str {
        Rows::raw(self, column)
    }

    fn cell(&self, column: usize) -> Cow<'a, str> {
        Rows::cell(self, column)
    }

    fn cell_span(&self, column: usize) -> Span {
        self.cells.get(column).copied().unwrap_or(self.span)
    }

    fn span(&self) -> Span {
        self.span
    }

    fn number(&self) -> Option<u32> {
        Some(self.number)
    }
}

/// A cell of a table in JSON.
#[derive(Debug, Clone, Copy)]
enum JsonCell<'t> {
    /// The key of the row's object, or of the object that a table stands under.
    Key(Node<'t>),
    /// A value.
    Value(Node<'t>),
    /// The object has no such key.
    Missing,
}

/// A row of a table in JSON.
#[derive(Debug, Clone)]
pub struct JsonRow<'t> {
    cells: Vec<JsonCell<'t>>,
    node: Node<'t>,
}

impl<'t> Row<'t> for JsonRow<'t> {
    fn has(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|cell| !matches!(cell, JsonCell::Missing))
    }

    fn width(&self) -> usize {
        self.cells.len()
    }

    fn raw(&self, column: usize) -> &'t str {
        let text = self.node.tree().text();
        match self.cells.get(column) {
            Some(JsonCell::Value(node)) if node.kind() != Kind::Null => &text[node.span().range()],
            Some(JsonCell::Key(node)) => node.key_span().map_or("", |span| &text[span.range()]),
            _ => "",
        }
    }

    fn cell(&self, column: usize) -> Cow<'t, str> {
        match self.cells.get(column) {
            Some(JsonCell::Value(node)) if node.kind() != Kind::Null => node.text(),
            Some(JsonCell::Key(node)) => node.key().unwrap_or_default(),
            _ => Cow::Borrowed(""),
        }
    }

    fn cell_span(&self, column: usize) -> Span {
        match self.cells.get(column) {
            Some(JsonCell::Value(node)) => node.span(),
            Some(JsonCell::Key(node)) => node.key_span().unwrap_or_else(|| node.span()),
            _ => self.span(),
        }
    }

    fn span(&self) -> Span {
        self.node.span()
    }

    fn number(&self) -> Option<u32> {
        None
    }
}

/// A table in JSON.
#[derive(Debug, Clone)]
pub struct JsonTable<'t> {
    /// The keys that it stands under, joined.
    pub title: String,
    /// The headings.
    pub headings: Vec<String>,
    /// Where it begins.
    pub head: Span,
    /// Its rows.
    pub rows: Vec<JsonRow<'t>>,
    /// The list of rows, or the object with `columns` and `rows`, which may say more of them.
    pub node: Node<'t>,
}

/// How deep tables are looked for.
const DEPTH: usize = 4;

/// Every table in a JSON document, in its order.
pub fn tables(root: Node<'_>) -> Vec<JsonTable<'_>> {
    let mut found = Vec::new();
    find(root, String::new(), DEPTH, &mut found);
    found
}

/// A list of objects that is no table.
#[derive(Debug, Clone)]
pub struct NoTable<'t> {
    /// The keys that it stands under, joined.
    pub title: String,
    /// The list.
    pub list: Node<'t>,
    /// The first of its items, or of their values, that no table has.
    pub misfit: Node<'t>,
}

/// The lists of objects beside these tables that are none.
pub fn lists_beside_tables(root: Node<'_>) -> Vec<NoTable<'_>> {
    let mut lists = Vec::new();
    walk(root, String::new(), DEPTH, &mut |node, title| {
        if table_of(node, title).is_some() {
            return true;
        }
        if node.kind() == Kind::Array && node.items().any(|item| item.kind() == Kind::Object) {
            let misfit = node.items().find_map(misfit_of).unwrap_or(node);
            lists.push(NoTable { title: title.to_owned(), list: node, misfit });
        }
        false
    });
    lists
}

/// What keeps an item of a list from being a row.
fn misfit_of(item: Node<'_>) -> Option<Node<'_>> {
    if item.kind() != Kind::Object {
        return Some(item);
    }
    item.members().map(|member| member.value).find(|value| !is_scalar(*value))
}

fn find<'t>(node: Node<'t>, title: String, depth: usize, found: &mut Vec<JsonTable<'t>>) {
    walk(node, title, depth, &mut |node, title| {
        let table = table_of(node, title);
        let is_table = table.is_some();
        found.extend(table);
        is_table
    });
}

/// Shows every value that stands under keys, with these, down to those that are taken.
fn walk<'t>(node: Node<'t>, title: String, depth: usize, take: &mut impl FnMut(Node<'t>, &str) -> bool) {
    if take(node, &title) || depth == 0 || node.kind() != Kind::Object {
        return;
    }
    for member in node.members() {
        let title =
            if title.is_empty() { member.key.into_owned() } else { format!("{title} / {}", member.key) };
        walk(member.value, title, depth - 1, take);
    }
}

fn table_of<'t>(node: Node<'t>, title: &str) -> Option<JsonTable<'t>> {
    match node.kind() {
        Kind::Array => table_of_objects(node, title),
        Kind::Object => table_of_columns(node, title),
        _ => None,
    }
}

fn is_scalar(node: Node<'_>) -> bool {
    !matches!(node.kind(), Kind::Object | Kind::Array)
}

/// A list of objects with plain values.
fn table_of_objects<'t>(list: Node<'t>, title: &str) -> Option<JsonTable<'t>> {
    let mut headings: Vec<String> = Vec::new();
    for item in list.items() {
        if item.kind() != Kind::Object || !item.members().all(|member| is_scalar(member.value)) {
            return None;
        }
        for member in item.members() {
            if !headings.iter().any(|heading| *heading == member.key) {
                headings.push(member.key.into_owned());
            }
        }
    }
    if headings.is_empty() {
        return None;
    }
    let row = |node: Node<'t>| {
        let cell = |heading: &String| node.get(heading).map_or(JsonCell::Missing, JsonCell::Value);
        JsonRow { cells: headings.iter().map(cell).collect(), node }
    };
    let rows = list.items().map(row).collect();
    Some(JsonTable { title: title.to_owned(), head: list.span(), rows, headings, node: list })
}

/// An object with `columns`, a list of headings, and `rows`, each an object with one list of values under a key and, it
/// may be, further keys with plain values. The key stands in a first column, headed `rows`; further keys in columns of
/// their own.
fn table_of_columns<'t>(object: Node<'t>, title: &str) -> Option<JsonTable<'t>> {
    let (columns, rows) = (object.get("columns")?, object.get("rows")?);
    let mut headings = vec!["rows".to_owned()];
    headings.extend(columns.items().map(|heading| heading.text().into_owned()));
    let width = headings.len();
    for member in rows.items().flat_map(Node::members).filter(|member| is_scalar(member.value)) {
        if !headings[width..].iter().any(|heading| *heading == member.key) {
            headings.push(member.key.into_owned());
        }
    }
    let row = |node: Node<'t>| {
        let list = node.members().find(|member| member.value.kind() == Kind::Array)?.value;
        let mut cells = vec![JsonCell::Key(list)];
        cells.extend(list.items().map(JsonCell::Value));
        // A list that is too long or too short is left as it is: the reader says so.
        if cells.len() == width {
            let further = headings[width..].iter();
            cells.extend(further.map(|heading| node.get(heading).map_or(JsonCell::Missing, JsonCell::Value)));
        }
        Some(JsonRow { cells, node })
    };
    let rows: Vec<JsonRow<'_>> = rows.items().filter_map(row).collect();
    let (title, head) = (title.to_owned(), columns.span());
    (!rows.is_empty()).then_some(JsonTable { title, head, rows, headings, node: object })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::json;

    fn texts(table: &JsonTable<'_>) -> Vec<Vec<String>> {
        let row = |row: &JsonRow<'_>| (0..row.width()).map(|column| row.cell(column).into_owned()).collect();
        table.rows.iter().map(row).collect()
    }

    #[test]
    fn lists_of_objects_are_tables_under_their_keys() {
        let text = r#"{"about": {"by": ["x"]}, "FRA": [{"from": "20240101", "requests": 4}, {"users": null}], "USA": []}"#;
        let tree = json::parse(text);
        let tables = tables(tree.root().unwrap());
        assert_eq!(tables.len(), 1);
        assert_eq!(
            (tables[0].title.as_str(), tables[0].headings.join(" ")),
            ("FRA", "from requests users".to_owned())
        );
        assert_eq!(texts(&tables[0]), [["20240101", "4", ""], ["", "", ""]]);
        assert_eq!(tables[0].rows[0].raw(0), "\"20240101\"");
    }

    #[test]
    fn columns_and_rows_are_a_table() {
        let text = r#"{"Snap": {"columns": ["a", "b"], "rows": [{"2021 H1": [1, null]}, {"2021": [2, 3], "redundant": true}]}}"#;
        let tree = json::parse(text);
        let tables = tables(tree.root().unwrap());
        assert_eq!(tables[0].headings, ["rows", "a", "b", "redundant"]);
        assert_eq!(texts(&tables[0]), [["2021 H1", "1", "", ""], ["2021", "2", "3", "true"]]);
        let span = tables[0].rows[1].cell_span(0);
        assert!(text[span.range()].contains("2021"));
    }

    #[test]
    fn lists_of_objects_that_are_no_tables_are_told() {
        let text = r#"{"a": [{"x": 1, "y": {"z": 2}}, {"x": 3}], "b": {"c": [{"x": 1}, 5]}, "d": [1, 2], "e": [{"x": 1}]}"#;
        let tree = json::parse(text);
        let root = tree.root().unwrap();
        let lists = lists_beside_tables(root);
        let told: Vec<(&str, &str)> =
            lists.iter().map(|list| (list.title.as_str(), &text[list.misfit.span().range()])).collect();
        assert_eq!(told, [("a", r#"{"z": 2}"#), ("b / c", "5")]);
        assert_eq!(tables(root).len(), 1);
    }
}
