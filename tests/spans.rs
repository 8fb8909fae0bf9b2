//! Every value knows exactly where it stands: documents are generated together with their text, read back, and the
//! bytes under each span are read once more on their own.

// A test may be blunt, and so may what helps it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use candor::load::tree::{Kind, Node, Tree};
use candor::load::{json, yaml};
use proptest::prelude::*;
use serde_json::Value;

/// Text with everything that is awkward in it: quotes, breaks, colons, words that mean something, other scripts.
fn awkward_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[ -~]{0,12}",
        "[a-zé😀ß中 \\n\\t\"'\\\\:#{}\\[\\],&*!|>%@-]{0,10}",
        prop::sample::select(vec![
            "NO", "yes", "null", "~", "true", "1.0", "0x1F", ".inf", "-", "? a", "- b", "<<", "---", ""
        ])
        .prop_map(str::to_owned),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000_000i32..1_000_000, 0u8..4)
            .prop_map(|(digits, places)| Value::from(f64::from(digits) / 10f64.powi(places.into()))),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        awkward_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(awkward_text(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The tree as serde_json would have it.
fn to_value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::from(node.as_bool().unwrap()),
        Kind::Number => {
            node.text().parse::<serde_json::Number>().map_or_else(|_| Value::from(node.text()), Value::Number)
        }
        Kind::String => Value::from(node.text()),
        Kind::Array => node.items().map(to_value).collect(),
        Kind::Object => Value::Object(
            node.members().map(|member| (member.key.into_owned(), to_value(member.value))).collect(),
        ),
    }
}

/// Every value of the tree, containers included.
fn every_node<'t>(tree: &'t Tree<'_>) -> Vec<Node<'t>> {
    let mut nodes: Vec<Node<'t>> = tree.root().into_iter().collect();
    let mut at = 0;
    while let Some(&node) = nodes.get(at) {
        nodes.extend(node.items());
        nodes.extend(node.members().map(|member| member.value));
        at += 1;
    }
    nodes
}

/// The bytes under every span, read alone, are the same value again.
fn assert_spans_read_back(tree: &Tree<'_>, read: fn(&str) -> Tree<'_>) {
    for node in every_node(tree) {
        let source = node.source_text();
        // A block over several lines depends on the indentation of what is around it.
        let starts: &[char] = if node.kind() == Kind::String { &['"', '\''] } else { &['[', '{'] };
        let stands_alone = node.span().is_empty() || !source.contains('\n') || source.starts_with(starts);
        if !stands_alone {
            assert_eq!(source.trim(), source, "no blank at either end");
            continue;
        }
        let again = read(source);
        if node.span().is_empty() {
            assert_eq!(node.kind(), Kind::Null);
            continue;
        }
        assert_eq!(again.failure, None, "{source:?}");
        let root = again.root().unwrap();
        assert_eq!(to_value(root), to_value(node), "{source:?}");
        assert_eq!(root.span().len() as usize, source.len(), "{source:?}");
    }
}

/// Writes a value as YAML in block style, each scalar in one of the styles that can hold it.
fn write_yaml(value: &Value, indent: usize, style: u8, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{pad}-"));
                write_yaml(item, indent + 2, style.wrapping_mul(5).wrapping_add(1), out);
            }
        }
        Value::Object(map) if !map.is_empty() => {
            for (key, item) in map {
                out.push_str(&format!("\n{pad}{}:", Value::from(key.as_str())));
                write_yaml(item, indent + 2, style.wrapping_mul(7).wrapping_add(3), out);
            }
        }
        Value::String(text) => out.push_str(&yaml_text(text, style)),
        other => out.push_str(&format!(" {other}")),
    }
    if style.is_multiple_of(5) && !value.is_array() && !value.is_object() {
        out.push_str("  # é note");
    }
}

fn yaml_text(text: &str, style: u8) -> String {
    let single_line = !text.contains(['\n', '\t', '\r']);
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase())
        && !["null", "true", "yes"].contains(&text);
    match style % 3 {
        0 if single_line => format!(" '{}'", text.replace('\'', "''")),
        1 if plain => format!(" {text}"),
        _ => format!(" {}", Value::from(text)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_reads_as_serde_json_does(value in document(), pretty: bool, mark: bool) {
        let body = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let text = if mark { format!("\u{feff}{body}") } else { body };
        let tree = json::parse(&text);
        prop_assert_eq!(&tree.failure, &None);
        prop_assert_eq!(&tree.duplicates, &vec![]);
        prop_assert_eq!(to_value(tree.root().unwrap()), value);
        assert_spans_read_back(&tree, json::parse);
    }

    #[test]
    fn any_text_is_json_exactly_if_serde_json_says_so(text in "[\\[\\]{}:,\"\\\\a-e0-9.+\\- \\ntrufalsn]{0,24}") {
        let ours = json::parse(&text);
        let theirs: Result<Value, _> = serde_json::from_str(&text);
        match theirs {
            Ok(value) => {
                prop_assert_eq!(&ours.failure, &None);
                if ours.duplicates.is_empty() {
                    prop_assert_eq!(to_value(ours.root().unwrap()), value);
                }
            }
            // A number beyond the range of floating point is an error there and a number here.
            Err(error) if error.to_string().contains("out of range") => {}
            Err(_) => prop_assert!(ours.failure.is_some(), "{:?}", text),
        }
    }

    #[test]
    fn broken_json_keeps_only_what_is_there(value in document(), cut in 0.0f64..1.0, junk in "[ -~é]{0,3}") {
        let text = value.to_string();
        let mut at = (text.len() as f64 * cut) as usize;
        while !text.is_char_boundary(at) { at -= 1; }
        let broken = format!("{}{junk}", &text[..at]);
        let tree = json::parse(&broken);
        for node in every_node(&tree) {
            prop_assert!(node.span().end as usize <= broken.len());
            prop_assert!(broken.get(node.span().range()).is_some());
        }
    }

    #[test]
    fn yaml_reads_back_what_was_written(value in document(), style: u8, mark: bool, crlf: bool) {
        let mut text = String::new();
        write_yaml(&value, 0, style, &mut text);
        let text = text.trim_start_matches('\n').to_owned() + "\n\n# tail\n";
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        let text = if mark { format!("\u{feff}{text}") } else { text };
        let tree = yaml::parse(&text);
        prop_assert_eq!(&tree.failure, &None, "{}", text);
        prop_assert_eq!(to_value(tree.root().unwrap()), value, "{}", text);
        assert_spans_read_back(&tree, yaml::parse);
    }

    #[test]
    fn json_is_yaml(value in document(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let tree = yaml::parse(&text);
        prop_assert_eq!(&tree.failure, &None, "{}", text);
        prop_assert_eq!(to_value(tree.root().unwrap()), value);
        assert_spans_read_back(&tree, yaml::parse);
    }

    #[test]
    fn any_text_is_survived(text in "[\\[\\]{}:,\"'\\\\a-c0-9.~&*!|>#?%@\\- \\n\\t\\ré]{0,40}") {
        for tree in [json::parse(&text), yaml::parse(&text), candor::load::toml::parse(&text)] {
            for node in every_node(&tree) {
                prop_assert!(text.get(node.span().range()).is_some(), "{:?} {:?}", text, node);
                prop_assert!(node.key_span().is_none_or(|span| text.get(span.range()).is_some()));
            }
            if let Some(failure) = &tree.failure {
                prop_assert!(text.get(failure.span.range()).is_some(), "{:?} {:?}", text, failure);
            }
        }
    }
}

#[test]
fn a_quoted_text_over_several_lines_keeps_its_place() {
    let text = "\u{feff}a: &x \"é\r\n\r\n  b\"\r\nc: *x\r\nd: 'f\r\n  g'\r\n";
    let tree = yaml::parse(text);
    assert_eq!(tree.failure, None);
    assert_spans_read_back(&tree, yaml::parse);
    let (a, c) = (tree.locate("/a").unwrap().node, tree.locate("/c").unwrap().node);
    assert_eq!((a.text(), a.span()), (c.text(), c.span()));
    assert_eq!(a.source_text(), "\"é\r\n\r\n  b\"");
}
