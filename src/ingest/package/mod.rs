//! Frictionless data packages: what a `datapackage.json` says of the tables beside it.
//!
//! A package lists resources, each with a path, and may give each a table schema: fields with types and constraints, keys,
//! texts for missing values, the separator, the encoding, and where the data come from. [`Packages`] reads all packages
//! among the inputs and says for each other input which resource it is. `table` holds its rows against the fields,
//! `keys` against rows of this and other tables. Both versions of the standard are read
//! (<https://specs.frictionlessdata.io>, <https://datapackage.org/standard>).
//!
//! Nothing is read because a package says so: paths are those of inputs that were read anyway, and the command line adds
//! only files that lie in the folder of a package.

mod constraint;
mod descriptor;
mod field;
mod keys;
mod report;
mod table;

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use super::{Input, TableHeader};
use crate::diag::Location;
use crate::load::{self, Node};
use crate::source::{Limits, SourceId, Span};
pub use field::{Field, Marks};
pub(super) use report::Pass;

/// Name that the file of a package has.
pub const FILE_NAME: &str = "datapackage.json";

/// Whether a path is that of a package.
pub fn is_package(path: &str) -> bool {
    path.rsplit(['/', '\\']).next() == Some(FILE_NAME)
}

/// What a path of a package leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file in the folder of the package.
    File(PathBuf),
    /// Something outside of it, which the standard does not allow.
    Outside,
    /// An address, which is not followed.
    Remote,
}

/// What a path in a package in this folder leads to.
fn target(folder: &Path, path: &str) -> Target {
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    if path.contains("://") {
        return Target::Remote;
    }
    if is_drive || path.contains('\\') {
        return Target::Outside;
    }
    let mut file = folder.to_path_buf();
    for component in Path::new(path).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => file.push(name),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Target::Outside,
        }
    }
    Target::File(file)
}

/// A file that a package names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// The path as the package writes it.
    pub path: String,
    /// Where the file is.
    pub file: PathBuf,
    /// The encoding that the package states for it.
    pub encoding: Option<String>,
    /// Whether candor reads such files: tables, and schemas in files of their own.
    pub is_readable: bool,
}

/// Endings and formats of tables that candor reads, beside schemas.
const READABLE: [&str; 4] = ["csv", "tsv", "xlsx", "json"];

/// The files within its folder that a package names; none where the text is no package.
pub fn listed_files(text: &str, folder: &Path, limits: &Limits) -> Vec<ListedFile> {
    let tree = load::json::parse_within(text, limits);
    let mut files = Vec::new();
    for resource in tree.root().and_then(|root| root.get("resources")).into_iter().flat_map(Node::items) {
        let stated = |name: &str| resource.get(name).and_then(Node::as_str);
        let own_files = ["schema", "dialect"].into_iter().filter_map(|name| resource.get(name));
        for node in paths_of(resource).chain(own_files) {
            let Some(path) = node.as_str() else { continue };
            let Target::File(file) = target(folder, path) else { continue };
            let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            let is_known = |word: &str| READABLE.contains(&word);
            files.push(ListedFile {
                path: path.to_owned(),
                file,
                encoding: stated("encoding").map(str::to_owned),
                is_readable: stated("format").is_some_and(is_known)
                    || ending.as_deref().is_some_and(is_known),
            });
        }
    }
    files
}

/// The values of `path`: one, or several.
fn paths_of(resource: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let path = resource.get("path");
    path.filter(|path| path.as_str().is_some()).into_iter().chain(path.into_iter().flat_map(Node::items))
}

/// Something wrong with a package itself.
#[derive(Debug, Clone)]
struct Fault {
    at: Location,
    message: String,
    help: Option<String>,
    /// Whether it is no more than worth knowing.
    minor: bool,
}

/// A path of a resource.
#[derive(Debug, Clone)]
struct Listed {
    text: String,
    at: Location,
    target: Target,
}

/// Fields whose values together are a key.
#[derive(Debug, Clone)]
struct Key {
    at: Location,
    /// Places of the fields in the schema.
    fields: Vec<usize>,
}

/// A key whose values stand in another table.
#[derive(Debug, Clone)]
struct ForeignKey {
    key: Key,
    /// The resource; none for the table itself.
    resource: Option<String>,
    /// Names of its fields.
    fields: Vec<String>,
}

/// How the columns of a file and the fields of a schema match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldsMatch {
    /// The same ones in the same order.
    Exact,
    /// The same ones in the same order, but the order is only recommended, as in version 1 of the standard.
    Version1,
    /// The same ones.
    Equal,
    /// The file may have more.
    Subset,
    /// The file may have fewer.
    Superset,
    /// One in common is enough.
    Partial,
}

/// What a package says of a table's columns and rows.
#[derive(Debug, Clone)]
pub struct TableSchema {
    at: Location,
    fields: Vec<Field>,
    fields_match: FieldsMatch,
    primary: Option<Key>,
    unique: Vec<Key>,
    foreign: Vec<ForeignKey>,
}

/// How a file is written.
#[derive(Debug, Clone)]
struct Dialect {
    separator: Option<u8>,
    has_header: bool,
    skips_space: bool,
    case_matters: bool,
    /// What it states that candor does not follow; its table is not held against the schema then.
    unsupported: Option<(Location, String)>,
}

/// One resource of a package.
#[derive(Debug, Clone)]
pub struct Resource {
    name: String,
    name_at: Location,
    paths: Vec<Listed>,
    schema: Option<TableSchema>,
    dialect: Dialect,
    encoding: Option<(String, Location)>,
    /// What the package says that a table does not say of itself.
    facts: TableHeader,
}

impl Resource {
    /// What separates cells, where the package states it.
    pub fn separator(&self) -> Option<u8> {
        self.dialect.separator
    }

    /// The names of the columns, where the file has no header and the package says so.
    pub fn headings(&self) -> Option<Vec<String>> {
        let schema = self.schema.as_ref().filter(|_| !self.dialect.has_header)?;
        Some(schema.fields.iter().map(|field| field.name.clone()).collect())
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.schema.as_ref()?.fields.iter().find(|field| field.name == name)
    }

    /// Whether its table is held against a schema.
    pub fn is_checked(&self) -> bool {
        self.schema.is_some() && self.dialect.unsupported.is_none()
    }
}

/// One package.
#[derive(Debug)]
struct Package {
    /// Number of its input.
    input: usize,
    folder: PathBuf,
    resources: Vec<Resource>,
    faults: Vec<Fault>,
    /// Where findings about the whole point.
    head: Location,
}

/// All packages among some inputs.
#[derive(Debug, Default)]
pub struct Packages {
    list: Vec<Package>,
    /// Package and resource of each input that is one.
    resources: HashMap<usize, (usize, usize)>,
    /// Inputs that are schemas or dialects of resources, with their names in the schema of packages.
    descriptors: HashMap<usize, &'static str>,
}

impl Packages {
    /// Reads the packages among some inputs. `root` gives the outermost value of an input in JSON that was read whole.
    pub fn read<'t>(inputs: &[Input], root: impl Fn(usize) -> Option<Node<'t>>) -> Self {
        let mut packages = Self::default();
        let is_package = |input: &Input| input.path.file_name().is_some_and(|name| name == FILE_NAME);
        let found: Vec<usize> = (0..inputs.len()).filter(|index| is_package(&inputs[*index])).collect();
        if found.is_empty() {
            return packages;
        }
        let by_path: HashMap<&Path, usize> = inputs
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, input)| !input.path.as_os_str().is_empty())
            .map(|(index, input)| (input.path.as_path(), index))
            .collect();
        for index in found {
            let Some(node) = root(index) else { continue };
            let folder = inputs[index].path.parent().unwrap_or(Path::new("")).to_path_buf();
            let mut descriptors = HashMap::new();
            let file = |path: &Path, part: &'static str| {
                let index = *by_path.get(path)?;
                descriptors.insert(index, part);
                Some((inputs[index].source, root(index)?))
            };
            let (resources, faults) = descriptor::read(node, inputs[index].source, &folder, file);
            packages.descriptors.extend(descriptors);
            packages.list.push(Package {
                input: index,
                resources,
                faults,
                head: at(inputs[index].source, Span::new(node.span().start, node.span().start)),
                folder,
            });
        }
        packages.assign(inputs);
        packages
    }

    /// Says of each input which resource it is: of the package nearest to it, where several list it.
    fn assign(&mut self, inputs: &[Input]) {
        let mut listed: HashMap<&Path, (usize, usize)> = HashMap::new();
        let mut order: Vec<usize> = (0..self.list.len()).collect();
        order.sort_by_key(|package| self.list[*package].folder.components().count());
        for package in order {
            let absent = &inputs[self.list[package].input].absent;
            for (resource, one) in self.list[package].resources.iter().enumerate().rev() {
                for path in one.paths.iter().filter(|path| absent.iter().all(|(text, _)| *text != path.text))
                {
                    if let Target::File(file) = &path.target {
                        listed.insert(file, (package, resource));
                    }
                }
            }
        }
        let resource = |(index, input): (usize, &Input)| Some((index, *listed.get(input.path.as_path())?));
        self.resources = inputs.iter().enumerate().filter_map(resource).collect();
    }

    /// The resource that an input is.
    pub fn resource(&self, input: usize) -> Option<&Resource> {
        let (package, resource) = self.resources.get(&input)?;
        Some(&self.list[*package].resources[*resource])
    }

    /// The part of a package that an input is: a `table_schema` or `dialect` in a file of its own.
    pub fn part(&self, input: usize) -> Option<&'static str> {
        self.descriptors.get(&input).copied()
    }

    /// What is known of an input beforehand, with what its package says; the configuration comes first.
    pub fn complete(&self, index: usize, input: &Input) -> Input {
        let mut input = input.clone();
        if let Some(resource) = self.resource(index) {
            input.header.add(&resource.facts);
        }
        input
    }

    /// The inputs of a package that hold tables of one of its resources, in their order.
    fn inputs_of(&self, package: usize, resource: usize) -> Vec<usize> {
        let mut inputs: Vec<usize> = self
            .resources
            .iter()
            .filter(|(_, one)| **one == (package, resource))
            .map(|(input, _)| *input)
            .collect();
        inputs.sort_unstable();
        inputs
    }
}

fn at(source: SourceId, span: Span) -> Location {
    Location { source, span, cell: None }
}
