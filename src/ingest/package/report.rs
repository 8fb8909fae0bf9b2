//! What is to be said of a package as a whole: its files, and what of it is not followed.

use super::super::{Input, ProblemKind, Reader};
use super::{Fault, Package, Packages, Resource, Target, at};
use crate::diag::{listing, quantity_of};
use crate::ingest::profile::Profile;
use crate::model::Builder;
use crate::source::{Sources, Span, encoding_of_label};

/// How many files a message names.
const FILES_SHOWN: usize = 5;

/// What packages are held against once all inputs have been read.
pub(in super::super) struct Pass<'a> {
    pub sources: &'a Sources,
    pub inputs: &'a [Input],
    pub packages: &'a Packages,
    pub profiles: &'a [Profile],
    pub builder: &'a mut Builder,
}

impl<'a> Pass<'a> {
    /// Reports on all packages.
    pub fn run(&mut self) {
        let packages = self.packages;
        for (number, package) in packages.list.iter().enumerate() {
            for fault in &package.faults {
                self.fault(package, fault);
            }
            self.absent(package);
            self.unlisted(number, package);
            for (place, resource) in package.resources.iter().enumerate() {
                let inputs = packages.inputs_of(number, place);
                self.encoding(package, resource, &inputs);
                self.not_followed(package, resource, &inputs);
                self.check_keys(number, resource, &inputs);
            }
        }
    }

    /// A reader of one of the inputs.
    pub(super) fn reader(&mut self, input: usize) -> Reader<'_> {
        let of = &self.inputs[input];
        Reader {
            source: self.sources.get(of.source),
            limits: &self.sources.limits,
            input: of,
            profiles: self.profiles,
            builder: self.builder,
            resource: self.packages.resource(input),
        }
    }

    fn fault(&mut self, package: &Package, fault: &Fault) {
        // A schema may stand in a file of its own.
        let input =
            self.inputs.iter().position(|input| input.source == fault.at.source).unwrap_or(package.input);
        let reader = self.reader(input);
        let mut problem = reader.problem(ProblemKind::Schema, fault.at.span, fault.message.clone());
        problem.minor = fault.minor;
        problem.help.clone_from(&fault.help);
        reader.builder.problem(problem);
    }

    /// Files that the package lists and that cannot be taken from its folder.
    fn absent(&mut self, package: &Package) {
        let inputs = self.inputs;
        for (text, why) in &inputs[package.input].absent {
            let listed = package.resources.iter().flat_map(|one| &one.paths).find(|one| one.text == *text);
            let Some(listed) = listed else { continue };
            let help = "add the file, or correct the path; it is relative to the folder of the package";
            let message = format!("`{text}` {why}");
            let fault = Fault { at: listed.at, message, help: Some(help.to_owned()), minor: false };
            self.fault(package, &fault);
        }
    }

    /// Tables in the folder of a package that it does not list.
    fn unlisted(&mut self, number: usize, package: &Package) {
        let folder = |one: &Package| one.folder.components().count();
        let is_nearest = |input: &Input| {
            let others = self.packages.list.iter().enumerate().filter(|(other, _)| *other != number);
            input.path.starts_with(&package.folder)
                && others
                    .filter(|(_, other)| input.path.starts_with(&other.folder))
                    .all(|(_, other)| folder(other) < folder(package))
        };
        let is_table = |input: &Input| {
            let ending =
                input.path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
            ending.is_some_and(|ending| ["csv", "tsv", "xlsx"].contains(&ending.as_str()))
        };
        let files = self.inputs.iter().enumerate().filter(|(index, input)| {
            self.packages.resource(*index).is_none() && is_table(input) && is_nearest(input)
        });
        let mut names: Vec<String> = files
            .filter_map(|(_, input)| input.path.strip_prefix(&package.folder).ok())
            .map(|path| format!("`{}`", path.to_string_lossy().replace('\\', "/")))
            .collect();
        names.dedup();
        if names.is_empty() {
            return;
        }
        let message = format!(
            "{} in the folder of the package {} not listed in it: {}",
            quantity_of(names.len(), "table"),
            if names.len() == 1 { "is" } else { "are" },
            listing(&names, FILES_SHOWN)
        );
        let help =
            Some("list it under `resources`, or leave it out with `exclude` in candor.toml".to_owned());
        self.fault(package, &Fault { at: package.head, message, help, minor: true });
    }

    /// A file in another encoding than the package states.
    fn encoding(&mut self, package: &Package, resource: &Resource, inputs: &[usize]) {
        let Some((label, stated_at)) = &resource.encoding else { return };
        let Some(stated) = encoding_of_label(label) else { return };
        for index in inputs {
            let source = self.sources.get(self.inputs[*index].source);
            let found = source.encoding.unwrap_or("UTF-8");
            let is_same = found.eq_ignore_ascii_case(stated)
                || (found.starts_with("UTF-16") && stated.starts_with("UTF-16"))
                || (found == "UTF-8" && source.text.is_ascii());
            if is_same || source.sheet.is_some() || source.failure.is_some() {
                continue;
            }
            let message = format!("the package states `{label}`, and `{}` is in {found}", source.path);
            let help = Some(format!("state `{}`; the file is read as that", found.to_ascii_lowercase()));
            self.fault(package, &Fault { at: *stated_at, message, help, minor: false });
        }
    }

    /// What a package states and candor does not follow.
    fn not_followed(&mut self, package: &Package, resource: &Resource, inputs: &[usize]) {
        let mut note = |at, message: String| {
            self.fault(package, &Fault { at, message, help: None, minor: true });
        };
        if let Some((place, name)) = &resource.dialect.unsupported {
            note(
                *place,
                format!(
                    "`{name}` is not followed, so that `{}` is not checked against its schema",
                    resource.name
                ),
            );
        }
        let Some(schema) = &resource.schema else { return };
        let is_other = |index: &usize| {
            let ending = self.inputs[*index].path.extension().map(|one| one.to_ascii_lowercase());
            ending.is_some_and(|ending| ending == "xlsx" || ending == "json")
        };
        if inputs.iter().any(is_other) {
            let start = at(schema.at.source, Span::new(schema.at.span.start, schema.at.span.start));
            let fault = Fault {
                at: start,
                message: format!("`{}` is not checked against this schema: it is no CSV file", resource.name),
                help: None,
                minor: true,
            };
            self.fault(package, &fault);
        }
    }

    /// Whether a path of a package leads to a file.
    pub(super) fn has_file(resource: &Resource) -> bool {
        resource.paths.iter().any(|path| matches!(path.target, Target::File(_)))
    }
}
