//! Entities by their identifiers and by the names that they have been published under.
//!
//! Publishers print names as they like: `Twitter, Inc. / Vine.co`, `Facebook*`, `YikYak`. A name is looked up as it is
//! printed, then by its letters and digits alone, without legal suffixes. It is never guessed: a name that is not in the
//! registry, or that several entities go by at the time, belongs to nobody.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use jiff::civil::Date;

use super::{Entity, Period};

/// Words of a name that say what kind of company it is.
const LEGAL_FORMS: [&str; 24] = [
    "inc",
    "incorporated",
    "llc",
    "ltd",
    "limited",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "plc",
    "sa",
    "bv",
    "ag",
    "ab",
    "as",
    "oy",
    "pte",
    "pty",
    "lp",
    "llp",
    "srl",
    "kft",
    "a/s",
];

/// Whether a word of a name, in lower case, says what kind of company it is.
pub fn is_legal_form(word: &str) -> bool {
    LEGAL_FORMS.contains(&word)
}

/// Entities by identifier and by name.
#[derive(Debug, Clone, Default)]
pub struct Entities {
    by_id: BTreeMap<String, Entity>,
    by_form: OnceLock<HashMap<String, Vec<Printed>>>,
}

/// A name of an entity.
#[derive(Debug, Clone)]
struct Printed {
    entity: String,
    name: String,
    from: Option<Date>,
    until: Option<Date>,
}

impl Printed {
    fn holds_in(&self, period: Option<Period>) -> bool {
        period.is_none_or(|period| {
            self.from.is_none_or(|from| from <= period.end)
                && self.until.is_none_or(|until| until >= period.start)
        })
    }
}

/// Whose name a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Identifier of the entity.
    pub id: &'a str,
    /// Whether it has been the name of others too, so that the period decides.
    pub depends_on_period: bool,
}

impl Entities {
    /// Adds an entity; a later one with the same identifier replaces it.
    pub fn add(&mut self, entity: Entity) {
        self.by_form.take();
        self.by_id.insert(entity.id.clone(), entity);
    }

    /// The entity with this identifier.
    pub fn get(&self, id: &str) -> Option<&Entity> {
        self.by_id.get(id)
    }

    /// All of them by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &Entity> {
        self.by_id.values()
    }

    /// The entity that goes by a name; of several, the one that does so in the period.
    pub fn named(&self, name: &str, period: Option<Period>) -> Option<Named<'_>> {
        let alike = self.by_form.get_or_init(|| self.forms()).get(&form(name))?;
        let as_printed: Vec<&Printed> = alike.iter().filter(|one| one.name == name.trim()).collect();
        let all: Vec<&Printed> = alike.iter().collect();
        one_of(&as_printed, period).or_else(|| one_of(&all, period))
    }

    fn forms(&self) -> HashMap<String, Vec<Printed>> {
        let mut forms: HashMap<String, Vec<Printed>> = HashMap::new();
        for Entity { id, name, aliases, .. } in self.iter() {
            let always = [id, name].map(|name| (name, None, None));
            let names = always.into_iter().chain(aliases.iter().map(|one| (&one.name, one.from, one.until)));
            for (name, from, until) in names {
                let printed = Printed { entity: id.clone(), name: name.clone(), from, until };
                forms.entry(form(name)).or_default().push(printed);
            }
        }
        forms
    }
}

/// The one entity among these names: of those that hold in the period, or else at any time.
fn one_of<'a>(names: &[&'a Printed], period: Option<Period>) -> Option<Named<'a>> {
    if let Some(id) = only(names.iter().copied()) {
        return Some(Named { id, depends_on_period: false });
    }
    let id = only(names.iter().copied().filter(|one| one.holds_in(period)))?;
    Some(Named { id, depends_on_period: true })
}

fn only<'a>(mut names: impl Iterator<Item = &'a Printed>) -> Option<&'a str> {
    let first = names.next()?;
    names.all(|other| other.entity == first.entity).then_some(first.entity.as_str())
}

/// Letters and digits of a name in lower case, without legal suffixes: what two spellings of it share.
fn form(name: &str) -> String {
    let lower = name.to_lowercase();
    // `A/S` is one word; any other slash stands between two.
    let parted = lower.split_whitespace().flat_map(|word| match word.trim_matches([',', '.', ';']) {
        form if is_legal_form(form) => vec![form],
        _ => word.split(|one: char| !one.is_alphanumeric()).filter(|part| !part.is_empty()).collect(),
    });
    let mut words: Vec<&str> = parted.collect();
    while let [_, .., last] = words.as_slice()
        && is_legal_form(last)
    {
        words.pop();
    }
    words.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Alias, EntityKind};

    fn entity(id: &str, name: &str, aliases: &[(&str, Option<i16>, Option<i16>)]) -> Entity {
        let day = |year: Option<i16>, month, day| year.map(|year| jiff::civil::date(year, month, day));
        let alias = |(name, from, until): &(&str, Option<i16>, Option<i16>)| Alias {
            name: (*name).to_owned(),
            from: day(*from, 1, 1),
            until: day(*until, 12, 31),
        };
        Entity {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: EntityKind::Company,
            services: Vec::new(),
            aliases: aliases.iter().map(alias).collect(),
            parents: Vec::new(),
            until: None,
            location: None,
        }
    }

    #[test]
    fn spelling_does_not_matter_and_nothing_is_guessed() {
        let mut entities = Entities::default();
        entities.add(entity("yikyak", "Yik Yak", &[]));
        entities.add(entity("meta", "Meta", &[("Facebook*", Some(2019), Some(2020))]));
        entities.add(entity("facebook", "Facebook", &[]));
        let id = |name: &str| entities.named(name, None).map(|named| named.id);
        for name in ["YikYak", "yik-yak, Inc.", "Yik Yak *", "YIK YAK LLC", "Yik Yak A/S", "Yik Yak, A/S."] {
            assert_eq!(id(name), Some("yikyak"), "{name}");
        }
        // As it is printed, before any other spelling.
        assert_eq!((id("Facebook*"), id("Facebook")), (Some("meta"), Some("facebook")));
        assert_eq!((id("Yik"), id("Yik Yaks"), id("")), (None, None, None));
    }

    #[test]
    fn the_period_decides_whose_name_it_was() {
        let mut entities = Entities::default();
        entities.add(entity("old", "Old", &[("Example", None, Some(2020))]));
        entities.add(entity("new", "New", &[("Example", Some(2021), None)]));
        let id = |year: &str| entities.named("Example, Inc.", Period::parse(year)).map(|named| named.id);
        assert_eq!((id("2020"), id("2021")), (Some("old"), Some("new")));
        assert!(
            entities.named("Example", Period::parse("2021")).is_some_and(|named| named.depends_on_period)
        );
        assert_eq!(entities.named("Example", None), None);
    }
}
