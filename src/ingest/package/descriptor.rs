//! From the tree of a `datapackage.json` to resources.

use std::collections::HashMap;
use std::path::Path;

use super::constraint::{Constraint, Demand};
use super::field::{Field, Marks, Missing, Type};
use super::{
    Dialect, Fault, FieldsMatch, ForeignKey, Key, Listed, Resource, TableHeader, TableSchema, Target, at,
    paths_of, target,
};
use crate::diag::Location;
use crate::load::{Kind, Node};
use crate::model::{Absence, Provenance};
use crate::source::SourceId;

/// Columns of a tidy table that a package may state for all rows.
const FACTS: [&str; 14] = [
    "publisher",
    "subject",
    "label",
    "metric",
    "unit",
    "category",
    "channel",
    "detection",
    "surface",
    "jurisdiction",
    "basis_bundled",
    "basis_counted_when",
    "total_of",
    "parts",
];

/// Reads a package. `file` gives the tree of another file that it names.
pub(super) fn read<'t>(
    root: Node<'t>,
    source: SourceId,
    folder: &Path,
    mut file: impl FnMut(&Path, &'static str) -> Option<(SourceId, Node<'t>)>,
) -> (Vec<Resource>, Vec<Fault>) {
    let mut reader = Descriptor { source, folder, file: &mut file, faults: Vec::new(), root };
    let mut resources: Vec<Resource> = Vec::new();
    for node in root.get("resources").into_iter().flat_map(Node::items) {
        let resource = reader.resource(node);
        if let Some(first) = resources.iter().find(|one| one.name == resource.name && !one.name.is_empty()) {
            let message =
                format!("two resources are named `{}`; keys that refer to it mean the first", first.name);
            reader.fault(resource.name_at, message, Some("give each resource a name of its own"));
        }
        resources.push(resource);
    }
    reader.references(&resources);
    (resources, reader.faults)
}

/// Gives the tree of a file that a package names, of which it is this part.
type Files<'f, 't> = &'f mut dyn FnMut(&Path, &'static str) -> Option<(SourceId, Node<'t>)>;

struct Descriptor<'f, 't> {
    source: SourceId,
    folder: &'f Path,
    file: Files<'f, 't>,
    faults: Vec<Fault>,
    root: Node<'t>,
}

impl<'t> Descriptor<'_, 't> {
    fn fault(&mut self, at: Location, message: String, help: Option<&str>) {
        self.faults.push(Fault { at, message, help: help.map(str::to_owned), minor: false });
    }

    fn resource(&mut self, node: Node<'t>) -> Resource {
        let name_node = node.get("name");
        let name = text(name_node).unwrap_or_default();
        let listed = |path: Node<'_>| Listed {
            text: path.text().into_owned(),
            at: at(self.source, path.span()),
            target: target(self.folder, &path.text()),
        };
        let paths: Vec<Listed> = paths_of(node).map(listed).collect();
        for path in &paths {
            let (message, help, minor) = match path.target {
                Target::File(_) => continue,
                Target::Outside => (
                    format!("`{}` leads out of the folder of the package; it is not read", path.text),
                    "paths of a package are relative to its folder and hold no `..`",
                    false,
                ),
                Target::Remote => (
                    format!("`{}` is an address; it is not followed", path.text),
                    "put a copy of the file into the folder of the package, and state its path",
                    true,
                ),
            };
            self.faults.push(Fault { at: path.at, message, help: Some(help.to_owned()), minor });
        }
        if paths.is_empty() && node.get("data").is_some() {
            let message = format!("the data of `{name}` stand in the package itself; they are not read");
            let place = at(self.source, name_node.unwrap_or(node).span());
            self.faults.push(Fault { at: place, message, help: None, minor: true });
        }
        let is_v2 = text(self.root.get("$schema")).is_some_and(|profile| profile.contains("/2."));
        let schema = self
            .external(node.get("schema"), "table_schema")
            .map(|(source, schema)| self.schema(source, schema, is_v2));
        let dialect = self.external(node.get("dialect"), "dialect");
        Resource {
            name,
            name_at: at(self.source, name_node.unwrap_or(node).span()),
            paths,
            schema,
            dialect: dialect_of(dialect, is_v2),
            encoding: node
                .get("encoding")
                .map(|node| (node.text().into_owned(), at(self.source, node.span()))),
            facts: self.facts(node),
        }
    }

    /// A schema or dialect: written here, or in a file of its own.
    fn external(&mut self, node: Option<Node<'t>>, part: &'static str) -> Option<(SourceId, Node<'t>)> {
        let node = node?;
        let Some(path) = node.as_str() else { return Some((self.source, node)) };
        let found = match target(self.folder, path) {
            Target::File(file) => (self.file)(&file, part),
            Target::Outside | Target::Remote => None,
        };
        if found.is_none() {
            let message = format!("`{path}` is not read, so that its table is not checked against it");
            let place = at(self.source, node.span());
            self.fault(place, message, Some("name a JSON file in the folder of the package"));
        }
        found
    }

    fn schema(&mut self, source: SourceId, node: Node<'t>, is_v2: bool) -> TableSchema {
        let missing = missing_of(node.get("missingValues"))
            .or_else(|| missing_of(self.root.get("missingValues")))
            .unwrap_or_else(|| vec![Missing { text: String::new(), absence: Absence::NotReported }]);
        let mut fields: Vec<Field> = Vec::new();
        for item in node.get("fields").into_iter().flat_map(Node::items) {
            let field = self.field(source, item, &missing);
            if fields.iter().any(|one| one.name == field.name) {
                let message = format!("two fields are named `{}`", field.name);
                self.fault(field.at, message, Some("give each field a name of its own"));
            }
            fields.push(field);
        }
        let key = |reader: &mut Self, node: Node<'_>| {
            let names = names_of(node);
            let places: Vec<usize> =
                names.iter().filter_map(|name| fields.iter().position(|field| field.name == *name)).collect();
            let place = at(source, node.span());
            if places.len() < names.len() {
                let is_unknown = |name: &&String| fields.iter().all(|field| field.name != **name);
                let name = names.iter().find(is_unknown).cloned().unwrap_or_default();
                let message = format!("the key names a field `{name}`, which the schema does not have");
                reader.fault(place, message, None);
                return None;
            }
            Some(Key { at: place, fields: places })
        };
        let primary = node.get("primaryKey").and_then(|node| key(self, node));
        let mut unique: Vec<Key> = Vec::new();
        for item in node.get("uniqueKeys").into_iter().flat_map(Node::items) {
            unique.extend(key(self, item));
        }
        for (place, field) in fields.iter().enumerate() {
            let constraint = field.constraints.iter().find(|one| matches!(one.demand, Demand::Unique));
            unique.extend(constraint.map(|one| Key { at: one.at, fields: vec![place] }));
        }
        let mut foreign = Vec::new();
        for item in node.get("foreignKeys").into_iter().flat_map(Node::items) {
            let reference = item.get("reference");
            let own = item.get("fields").and_then(|node| key(self, node));
            let fields = reference.and_then(|one| one.get("fields")).map(names_of).unwrap_or_default();
            let resource =
                text(reference.and_then(|one| one.get("resource"))).filter(|name| !name.is_empty());
            if let Some(key) = own.filter(|key| key.fields.len() == fields.len()) {
                let key = Key { at: at(source, item.span()), ..key };
                foreign.push(ForeignKey { key, resource, fields });
            }
        }
        let word =
            node.get("fieldsMatch").map(|node| node.items().next().unwrap_or(node).text().into_owned());
        let fields_match = match word.as_deref() {
            Some("equal") => FieldsMatch::Equal,
            Some("subset") => FieldsMatch::Subset,
            Some("superset") => FieldsMatch::Superset,
            Some("partial") => FieldsMatch::Partial,
            Some(_) => FieldsMatch::Exact,
            None if is_v2 => FieldsMatch::Exact,
            None => FieldsMatch::Version1,
        };
        TableSchema { at: at(source, node.span()), fields, fields_match, primary, unique, foreign }
    }

    fn field(&mut self, source: SourceId, node: Node<'_>, missing: &[Missing]) -> Field {
        let place = |node: Option<Node<'_>>| node.map(|node| at(source, node.span()));
        let character = |name: &str| node.get(name).and_then(|node| node.text().chars().next());
        let usual = Marks::default();
        let words = |name: &str, usual: [&str; 4]| -> Vec<String> {
            let stated: Option<Vec<String>> =
                node.get(name).map(|node| node.items().map(|item| item.text().into_owned()).collect());
            stated.unwrap_or_else(|| usual.map(str::to_owned).to_vec())
        };
        let name_at = place(node.get("name")).unwrap_or(at(source, node.span()));
        let mut field = Field {
            name: text(node.get("name")).unwrap_or_default(),
            at: name_at,
            kind: node.get("type").map_or(Type::Text, |node| Type::parse(&node.text())),
            kind_at: place(node.get("type")).unwrap_or(name_at),
            format: text(node.get("format")),
            missing: missing_of(node.get("missingValues")).unwrap_or_else(|| missing.to_vec()),
            marks: Marks {
                decimal: character("decimalChar").unwrap_or(usual.decimal),
                group: character("groupChar"),
                bare: node.get("bareNumber").and_then(Node::as_bool).unwrap_or(usual.bare),
            },
            truths: (
                words("trueValues", ["true", "True", "TRUE", "1"]),
                words("falseValues", ["false", "False", "FALSE", "0"]),
            ),
            constraints: Vec::new(),
        };
        let mut constraints = Vec::new();
        for member in node.get("constraints").into_iter().flat_map(Node::members) {
            let place = at(source, member.value.span());
            match Constraint::read(&member.key, member.value, &field, place) {
                Ok(constraint) => constraints.extend(constraint),
                Err(message) => {
                    self.fault(place, message, Some("values are not held against it as it stands"))
                }
            }
        }
        field.constraints = constraints;
        field
    }

    /// What the package says that the tables do not: its own facts for candor, its sources and its dates.
    fn facts(&self, resource: Node<'_>) -> TableHeader {
        let mut facts = TableHeader::default();
        for node in [resource.get("candor"), self.root.get("candor")].into_iter().flatten() {
            let source = node.get("source");
            let columns = FACTS.iter().filter_map(|name| Some(((*name).to_owned(), text(node.get(name))?)));
            facts.add(&TableHeader {
                columns: columns.collect(),
                published: text(node.get("published")),
                methodology: text(node.get("methodology")),
                provenance: Provenance {
                    url: text(source.and_then(|source| source.get("url"))),
                    retrieved: text(source.and_then(|source| source.get("retrieved"))),
                    is_packaged: false,
                },
                ..TableHeader::default()
            });
        }
        let sources = [resource, self.root].into_iter().filter_map(|node| node.get("sources"));
        let address = sources.flat_map(Node::items).find_map(|source| text(source.get("path")));
        let address = address.or_else(|| text(self.root.get("homepage")));
        facts.add(&TableHeader {
            published: text(self.root.get("created")).and_then(|moment| moment.get(..10).map(str::to_owned)),
            vintage: text(self.root.get("version")),
            provenance: Provenance { is_packaged: address.is_some(), url: address, retrieved: None },
            ..TableHeader::default()
        });
        facts
    }

    /// Reports foreign keys that lead to no resource or field.
    fn references(&mut self, resources: &[Resource]) {
        let by_name: HashMap<&str, &Resource> =
            resources.iter().rev().map(|resource| (resource.name.as_str(), resource)).collect();
        for resource in resources {
            for foreign in resource.schema.iter().flat_map(|schema| &schema.foreign) {
                let other = match &foreign.resource {
                    None => Some(resource),
                    Some(name) => by_name.get(name.as_str()).copied(),
                };
                let message = match (other, &foreign.resource) {
                    (None, name) => {
                        format!("the package has no resource `{}`", name.clone().unwrap_or_default())
                    }
                    (Some(other), _) => {
                        let is_unknown = |name: &&String| other.field(name).is_none();
                        match foreign.fields.iter().find(is_unknown) {
                            Some(name) if other.schema.is_some() => {
                                format!("`{}` has no field `{name}`", other.name)
                            }
                            _ => continue,
                        }
                    }
                };
                self.fault(foreign.key.at, format!("this foreign key leads nowhere: {message}"), None);
            }
        }
    }
}

fn text(node: Option<Node<'_>>) -> Option<String> {
    node.filter(|node| matches!(node.kind(), Kind::String | Kind::Number))
        .map(|node| node.text().into_owned())
}

/// One name, or several.
fn names_of(node: Node<'_>) -> Vec<String> {
    match node.as_str() {
        Some(name) => vec![name.to_owned()],
        None => node.items().map(|item| item.text().into_owned()).collect(),
    }
}

/// Texts in place of a value, with what their labels say where these are candor's own words.
fn missing_of(node: Option<Node<'_>>) -> Option<Vec<Missing>> {
    let missing = |item: Node<'_>| {
        let label = text(item.get("label")).unwrap_or_default().replace(' ', "_").to_lowercase();
        Missing {
            text: item.get("value").unwrap_or(item).text().into_owned(),
            absence: Absence::parse(&label).unwrap_or(Absence::NotReported),
        }
    };
    node.map(|node| node.items().map(missing).collect())
}

/// How files are written; version 1 of the standard passes over blanks after a separator unless told otherwise.
fn dialect_of(stated: Option<(SourceId, Node<'_>)>, is_v2: bool) -> Dialect {
    let usual = Dialect {
        separator: None,
        has_header: true,
        skips_space: !is_v2,
        case_matters: false,
        unsupported: None,
    };
    let Some((source, node)) = stated else { return usual };
    let truth = |name: &str, usual: bool| node.get(name).and_then(Node::as_bool).unwrap_or(usual);
    let is_usual = |name: &str, node: Node<'_>| match name {
        "quoteChar" => node.text() == "\"",
        "doubleQuote" => node.as_bool() != Some(false),
        "headerRows" => node.items().map(Node::text).eq(["1"]),
        _ => node.is_empty() && node.text().is_empty(),
    };
    let others = ["quoteChar", "doubleQuote", "escapeChar", "commentChar", "headerRows", "commentRows"];
    let unsupported = others.into_iter().find_map(|name| {
        let stated = node.get(name).filter(|one| !is_usual(name, *one))?;
        Some((at(source, stated.span()), name.to_owned()))
    });
    let delimiter = text(node.get("delimiter"));
    Dialect {
        separator: delimiter.and_then(|text| text.bytes().next().filter(u8::is_ascii)),
        has_header: truth("header", usual.has_header),
        skips_space: truth("skipInitialSpace", usual.skips_space),
        case_matters: truth("caseSensitiveHeader", usual.case_matters),
        unsupported,
    }
}
