use super::{parse, parse_within};
use crate::load::tree::{Kind, Node, Tree};
use crate::source::Limits;
use crate::source::Span;
use crate::source::limits::NESTING_DEPTH;

/// Reads a text that must be right.
fn good(text: &str) -> Tree<'_> {
    let tree = parse(text);
    assert_eq!(tree.failure, None, "{text}");
    tree
}

/// Message and erring text of a text that must be wrong.
fn bad(text: &str) -> (String, &str) {
    let failure = parse(text).failure.unwrap_or_else(|| panic!("{text:?} was accepted"));
    (failure.message, &text[failure.span.range()])
}

/// Writes a tree down in one line, to compare shapes.
fn outline(node: Node<'_>) -> String {
    let mark = if node.is_incomplete() { "~" } else { "" };
    match node.kind() {
        Kind::Object => {
            let members: Vec<_> =
                node.members().map(|member| format!("{}:{}", member.key, outline(member.value))).collect();
            format!("{{{}{mark}}}", members.join(","))
        }
        Kind::Array => {
            let items: Vec<_> = node.items().map(outline).collect();
            format!("[{}{mark}]", items.join(","))
        }
        _ => node.source_text().to_owned(),
    }
}

fn partial(text: &str) -> String {
    parse(text).root().map_or_else(|| "nothing".to_owned(), outline)
}

#[test]
fn a_document_is_read_with_all_its_places() {
    let text = "\u{feff}{ \"a\": [1, -2.50, 1e400],\r\n \"é\": {\"k\\u0041\": \"x\\n😀\"}, \"t\": true, \"n\": null }\n";
    let tree = good(text);
    let root = tree.root().unwrap();
    assert_eq!(root.span(), Span::new(3, text.len() as u32 - 1));
    assert_eq!((root.len(), root.get("a").unwrap().len()), (4, 3));
    let located = tree.locate("/é/kA").unwrap();
    assert_eq!(located.node.text(), "x\n😀");
    assert_eq!(&text[located.key_span.unwrap().range()], "\"k\\u0041\"");
    assert_eq!(tree.locate("/a/1").unwrap().node.text(), "-2.50");
    assert_eq!(tree.locate("/a/2").unwrap().node.text(), "1e400");
    assert_eq!(tree.locate("/t").unwrap().node.as_bool(), Some(true));
    assert_eq!(tree.locate("/n").unwrap().node.kind(), Kind::Null);
    assert!(tree.locate("/a/3").is_none() && tree.locate("/a/01").is_none() && tree.locate("x").is_none());
}

#[test]
fn numbers_keep_every_digit() {
    let digits = "123456789012345678901234567890.000000000000000000000000000001";
    assert_eq!(good(digits).root().unwrap().text(), digits);
}

#[test]
fn repeated_keys_are_all_reported_and_the_first_one_counts() {
    let tree = good(r#"{"a": 1, "b": {"c": 1, "c": 2}, "\u0061": 2, "a": 3}"#);
    let found: Vec<_> =
        tree.duplicates.iter().map(|d| (d.key.as_str(), d.first.start, d.second.start)).collect();
    assert_eq!(found, [("c", 15, 23), ("a", 1, 32), ("a", 1, 45)]);
    let root = tree.root().unwrap();
    assert_eq!((root.len(), root.get("a").unwrap().text().as_ref()), (4, "1"));
}

#[test]
fn repeated_keys_are_found_in_large_objects() {
    let members: Vec<_> = (0..1000).map(|number| format!("\"key{}\": 0", number % 990)).collect();
    let text = format!("{{{}}}", members.join(","));
    assert_eq!(good(&text).duplicates.len(), 10);
}

#[test]
fn what_rfc_8259_allows_is_accepted() {
    for text in [
        "0",
        "-0",
        "1E+2",
        "0.0e-0",
        "\"\"",
        "[]",
        "{}",
        " [ ] ",
        "[{}]",
        "\"\\ud83d\\ude00\"",
        "\"\u{7f}\"",
        "\"\\/\"",
    ] {
        good(text);
    }
}

#[test]
fn what_rfc_8259_forbids_is_rejected() {
    let texts = [
        "",
        " ",
        "\u{feff}",
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        "[,1]",
        "[1,]",
        "[1 2]",
        "[1}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "01",
        "-",
        "-x",
        "+1",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "0x1",
        "1_000",
        "NaN",
        "-Infinity",
        "tru",
        "truex",
        "nul",
        "True",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800x\"",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\u{1}\"",
        "\"\\\n\"",
        "1 2",
        "{} x",
        "[]]",
        "// c\n1",
        "1 // c",
        "/* */1",
        "\u{a0}1",
        "[1]\u{feff}",
        "'a'",
        "\\u0031",
        "[\"a\" \"b\"]",
        "{\"a\":1]",
        "\0",
        "1\0",
    ];
    for text in texts {
        bad(text);
    }
}

#[test]
fn messages_name_the_slip() {
    let check = |text: &str, message: &str, at: &str| {
        assert_eq!(bad(text), (message.to_owned(), at), "{text}");
    };
    check("", "the file is empty", "");
    check(" \n", "the file is empty", "");
    check(
        "{\n\"a\": 1",
        "expected `,` or `}` after this value; the object opened at line 1 is not closed",
        "",
    );
    check("[1,\n[2\n", "expected `,` or `]` after this value; the list opened at line 2 is not closed", "");
    check("[1,]", "a comma after the last entry", ",");
    check("{\"a\":1 ,\n}", "a comma after the last entry", ",");
    check("{\"a\": True}", "expected a value, found `True`", "True");
    check("{a: 1}", "expected a key in double quotes, found `a`", "a");
    check("[1}", "the list opened at line 1 closes with `]`, found `}`", "}");
    check("\"a\\qb\"", "`\\q` is not an escape", "\\q");
    check("\"a\\ud800b\"", "`\\ud800` is half of a character", "\\ud800");
    check("[007]", "a number does not start with 0", "007");
    check("\"a\nb\"", "a line break inside the text", "\n");
    check("{} {}", "expected the end of the file, found `{`", "{");
}

#[test]
fn a_broken_text_keeps_what_was_read() {
    assert_eq!(partial(r#"{"a": [1, {"b": 12"#), r#"{a:[1,{~}~]~}"#);
    assert_eq!(partial(r#"{"a": [1, {"b": 12 "#), r#"{a:[1,{b:12~}~]~}"#);
    assert_eq!(partial(r#"{"a": "x""#), r#"{a:"x"~}"#);
    assert_eq!(partial(r#"{"a": "x"#), "{~}");
    assert_eq!(partial(r#"{"a": tru"#), "{~}");
    assert_eq!(partial(r#"{"a": {"b": 1}, "c"#), "{a:{b:1}~}");
    assert_eq!(partial("[1, 2, 3x]"), "[1,2~]");
    assert_eq!(partial("[1,]"), "[1~]");
    assert_eq!(partial("[1] x"), "[1]");
    assert_eq!(partial("12x"), "nothing");
    assert_eq!(partial("nope"), "nothing");
    let tree = parse("[[1],  ");
    assert_eq!(tree.root().unwrap().source_text(), "[[1]");
    assert_eq!(tree.root().unwrap().len(), 1);
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: u64| format!("{}{}", "[".repeat(depth as usize), "]".repeat(depth as usize));
    for depth in [NESTING_DEPTH.range.0, NESTING_DEPTH.default, NESTING_DEPTH.range.1] {
        let limits = Limits { nesting_depth: depth, ..Limits::default() };
        assert_eq!(parse_within(&nested(depth), &limits).failure, None);
        let failure = parse_within(&nested(depth + 1), &limits).failure.unwrap();
        assert_eq!(u64::from(failure.span.start), depth);
        assert_eq!(failure.message, format!("nested {} levels deep; the limit is {depth}", depth + 1));
    }
    good(&nested(NESTING_DEPTH.default));
    let help = parse(&nested(NESTING_DEPTH.default + 1)).failure.unwrap().help.unwrap();
    assert!(help.starts_with("`nesting-depth` under `[limits]` in candor.toml"), "{help}");
    bad(&"[".repeat(1_000_000));
    bad(&"{\"a\":".repeat(1_000_000));
}

#[test]
fn cutting_a_text_anywhere_never_invents_anything() {
    let text = r#"{"total": 1234, "rows": [{"a": true, "bc": "x\u0041y"}, [-1.5e10, null]], "é": "😀"}"#;
    let whole = good(text);
    for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
        let tree = parse(&text[..cut]);
        assert!(tree.failure.is_some());
        for pointer in ["/total", "/rows/0/a", "/rows/0/bc", "/rows/1/0", "/rows/1/1", "/é"] {
            if let Some(found) = tree.locate(pointer) {
                assert_eq!(found.node.text(), whole.locate(pointer).unwrap().node.text(), "{cut}");
            }
        }
    }
}
