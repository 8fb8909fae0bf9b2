//! Our tree as the `jsonschema` crate wants to see it.
//!
//! In every error the crate hands back the offending value, and asks the representation for a copy of it. That is put to
//! use here: instead of a copy it gets the number of the slot, so that an error leads back to its node in one step,
//! however large the document, and costs no memory. [`node_of`] is the way back.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use jsonschema_value::LazyInstance;
use serde_json::{Map, Value};

use crate::load::tree::{Items, Kind, Members, Node, Tree};

/// The representation: documents are [`Tree`]s.
pub(super) struct TreeJson;

/// A value under validation.
#[derive(Clone, Copy)]
pub(super) enum Instance<'t> {
    /// A value of the document.
    Node(Node<'t>),
    /// A property name, which `propertyNames` looks at as if it were a value.
    Name(&'t str),
}

/// What an error is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'e, 't> {
    /// A value of the document.
    Node(Node<'t>),
    /// The name of a property.
    Name(&'e str),
}

/// Resolves the instance that an error carries.
pub(super) fn node_of<'e, 't>(instance: &'e Value, tree: &'t Tree<'t>) -> Option<Subject<'e, 't>> {
    match instance {
        Value::String(name) => Some(Subject::Name(name)),
        slot => tree.node_at(u32::try_from(slot.as_u64()?).ok()?).map(Subject::Node),
    }
}

impl Json for TreeJson {
    type Node<'a> = Instance<'a>;
    type PreparedKey = Box<str>;
    type StringBuffer = String;

    /// A lookup walks the members, which costs about as much as looking at so many keys in passing.
    const KEYS_PER_LOOKUP: usize = 4;

    fn prepare_key(key: &str) -> Box<str> {
        key.into()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, f: impl FnOnce(Instance<'_>) -> T) -> T {
        buffer.clear();
        buffer.push_str(string);
        f(Instance::Name(buffer))
    }
}

impl<'a> JsonNode<'a, TreeJson> for Instance<'a> {
    type Object = ObjectNode<'a>;
    type Array = ArrayNode<'a>;
    type Number = Number<'a>;

    fn as_object(&self) -> Option<ObjectNode<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Object => Some(ObjectNode(*node)),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<ArrayNode<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Array => Some(ArrayNode(*node)),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => node.as_str().map(Cow::Borrowed),
            Self::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Number<'a>> {
        match self {
            Self::Node(node) if node.kind() == Kind::Number => Some(Number(node.scalar_text())),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.as_bool(),
            Self::Name(_) => None,
        }
    }

    fn is_null(&self) -> bool {
        self.json_type() == JsonType::Null
    }

    fn is_number(&self) -> bool {
        self.json_type() == JsonType::Number
    }

    fn json_type(&self) -> JsonType {
        let Self::Node(node) = self else { return JsonType::String };
        match node.kind() {
            Kind::Null => JsonType::Null,
            Kind::Bool => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match self {
            Self::Node(node) => equal(*node, expected),
            Self::Name(name) => expected.as_str() == Some(name),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            Self::Node(node) => to_value(*node),
            Self::Name(name) => Value::from(*name),
        })
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        LazyInstance::Ready(Cow::Owned(match self {
            Self::Node(node) => Value::from(node.index()),
            Self::Name(name) => Value::from(*name),
        }))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        match self {
            Self::Node(node) => {
                Some(NodeIdentity::tagged(std::ptr::from_ref(node.tree()).addr(), node.index()))
            }
            Self::Name(_) => None,
        }
    }
}

/// An object under validation.
pub(super) struct ObjectNode<'a>(Node<'a>);

impl<'a> Object<'a, TreeJson> for ObjectNode<'a> {
    type Node = Instance<'a>;
    type MemberName = &'a str;
    type MembersIter = Pairs<'a>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, key: &Box<str>) -> Option<Instance<'a>> {
        self.0.get(key).map(Instance::Node)
    }

    fn members(&self) -> Pairs<'a> {
        Pairs(self.0.members())
    }
}

/// The members of an object under validation.
pub(super) struct Pairs<'a>(Members<'a>);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, Instance<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_pair().map(|(name, node)| (name, Instance::Node(node)))
    }
}

/// A list under validation.
pub(super) struct ArrayNode<'a>(Node<'a>);

impl<'a> Array<'a, TreeJson> for ArrayNode<'a> {
    type Node = Instance<'a>;
    type ElementsIter = std::iter::Map<Items<'a>, fn(Node<'a>) -> Instance<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.items().map(Instance::Node)
    }
}

/// A number by its text, which has all its digits.
pub(super) struct Number<'a>(&'a str);

impl JsonNumber for Number<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(to_number(self.0))
    }

    fn is_integer(&self) -> bool {
        is_whole(self.0)
    }
}

/// Whether a number has no fraction, however it is written: `3`, `3.0` and `3.5e1` have none.
pub(super) fn is_whole(text: &str) -> bool {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zero = |digits: &str| digits.bytes().all(|byte| matches!(byte, b'0' | b'+' | b'-'));
    if zero(whole) && fraction.is_empty() {
        return true;
    }
    // An exponent of more digits than fit only ever shifts everything to one side.
    let exponent: i64 =
        exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN } else { i64::MAX });
    if !fraction.is_empty() {
        return exponent >= fraction.len() as i64;
    }
    let trailing_zeros = whole.len() - whole.trim_end_matches('0').len();
    exponent >= -(trailing_zeros as i64)
}

fn to_number(text: &str) -> serde_json::Number {
    if let Ok(number) = text.parse::<u64>() {
        return number.into();
    }
    if let Ok(number) = text.parse::<i64>() {
        return number.into();
    }
    let float: f64 = text.parse().unwrap_or(0.0);
    serde_json::Number::from_f64(float.clamp(f64::MIN, f64::MAX)).unwrap_or_else(|| 0.into())
}

/// A copy of a value. Recurses at most as deep as documents may be nested.
pub(super) fn to_value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
        Kind::Number => Value::Number(to_number(node.scalar_text())),
        Kind::String => Value::from(node.scalar_text()),
        Kind::Array => Value::Array(node.items().map(to_value).collect()),
        Kind::Object => {
            let mut map = Map::new();
            for member in node.members() {
                map.entry(member.key.into_owned()).or_insert_with(|| to_value(member.value));
            }
            Value::Object(map)
        }
    }
}

/// Equality as JSON Schema has it: numbers by what they are, not how they are written.
fn equal(node: Node<'_>, expected: &Value) -> bool {
    match (node.kind(), expected) {
        (Kind::Null, Value::Null) => true,
        (Kind::Bool, Value::Bool(truth)) => node.as_bool() == Some(*truth),
        (Kind::Number, Value::Number(number)) => equal_numbers(&Number(node.scalar_text()), number),
        (Kind::String, Value::String(text)) => node.scalar_text() == text,
        (Kind::Array, Value::Array(items)) => {
            node.len() == items.len() && node.items().zip(items).all(|(item, value)| equal(item, value))
        }
        (Kind::Object, Value::Object(map)) => {
            node.len() == map.len()
                && map.iter().all(|(key, value)| node.get(key).is_some_and(|member| equal(member, value)))
        }
        _ => false,
    }
}

fn equal_numbers(left: &Number<'_>, right: &serde_json::Number) -> bool {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => left == right,
        _ => match (left.as_u64(), right.as_u64()) {
            (Some(left), Some(right)) => left == right,
            _ => left.as_f64() == right.as_f64(),
        },
    }
}
