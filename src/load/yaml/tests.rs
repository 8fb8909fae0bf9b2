use super::{parse, parse_within};
use crate::load::tree::{Kind, Node, Tree};
use crate::source::Limits;
use crate::source::Span;
use crate::source::limits::NESTING_DEPTH;

fn good(text: &str) -> Tree<'_> {
    let tree = parse(text);
    assert_eq!(tree.failure, None, "{text}");
    tree
}

fn bad(text: &str) -> (String, &str) {
    let failure = parse(text).failure.unwrap_or_else(|| panic!("{text:?} was accepted"));
    (failure.message, &text[failure.span.range()])
}

fn at<'t>(tree: &'t Tree<'_>, pointer: &str) -> Node<'t> {
    tree.locate(pointer).unwrap_or_else(|| panic!("nothing at {pointer}")).node
}

fn written<'t>(tree: &'t Tree<'_>, pointer: &str) -> &'t str {
    at(tree, pointer).source_text()
}

#[test]
fn scalars_stand_where_they_are_written() {
    let text = "\u{feff}é: ü # c\r\nq: \"x\r\n  é\"\r\ns: 'it''s'\r\nl: [1, {k: v}]\r\n\"quoted\": 2\r\n";
    let tree = good(text);
    assert_eq!(written(&tree, "/é"), "ü");
    assert_eq!(written(&tree, "/q"), "\"x\r\n  é\"");
    assert_eq!(at(&tree, "/q").text(), "x é");
    assert_eq!((written(&tree, "/s"), at(&tree, "/s").text().as_ref()), ("'it''s'", "it's"));
    assert_eq!(written(&tree, "/l"), "[1, {k: v}]");
    assert_eq!(written(&tree, "/l/1"), "{k: v}");
    assert_eq!(&text[tree.locate("/quoted").unwrap().key_span.unwrap().range()], "\"quoted\"");
}

#[test]
fn block_containers_end_with_their_last_content() {
    let tree = good("a:\n  b: 1\n  c:\n    - x\n    - y   # note\n\n  # tail\n\nd: 2\n\n");
    assert_eq!(written(&tree, "/a"), "b: 1\n  c:\n    - x\n    - y");
    assert_eq!(written(&tree, "/a/c"), "- x\n    - y");
    assert!(written(&tree, "").ends_with("d: 2"));
    let tree = good("l:  # c\n-\n- 2\nm: !t\n- - - 1\n  - [2]\n");
    assert_eq!(written(&tree, "/l"), "-\n- 2");
    assert_eq!(written(&tree, "/m"), "- - - 1\n  - [2]");
    assert_eq!(written(&tree, "/m/0/0"), "- 1");
}

#[test]
fn block_text_spans_from_its_header_to_its_last_line() {
    let tree = good("a: |-\n  one\n  two\n\n\nb: !!str >+ # c\r\n  x\r\n\r\nc: |\n");
    assert_eq!((written(&tree, "/a"), at(&tree, "/a").text().as_ref()), ("|-\n  one\n  two", "one\ntwo"));
    assert_eq!((written(&tree, "/b"), at(&tree, "/b").text().as_ref()), (">+ # c\r\n  x", "x\n\n"));
    assert_eq!((written(&tree, "/c"), at(&tree, "/c").text().as_ref()), ("|", ""));
}

#[test]
fn the_core_schema_decides_what_unquoted_text_means() {
    let kind = |text: &str| at(&good(&format!("k: {text}\n")), "/k").kind();
    for text in
        ["1", "-1", "+12", "007", "1.5", ".5", "5.", "1e400", "1E-3", "123456789012345678901234567890"]
    {
        assert_eq!(kind(text), Kind::Number, "{text}");
        assert_eq!(written(&good(&format!("k: {text}\n")), "/k"), text);
    }
    for text in [
        "NO",
        "on",
        "yes",
        "0x1F",
        "0o17",
        ".inf",
        "-.inf",
        ".nan",
        "1_000",
        "1,000",
        "1e",
        ".",
        "-",
        "2024-01-01",
        "1:30",
        "nUll",
        "'1'",
        "!!str 1",
        "! 1",
    ] {
        if text != "-" {
            assert_eq!(kind(text), Kind::String, "{text}");
        }
    }
    for text in ["true", "True", "FALSE"] {
        assert_eq!(kind(text), Kind::Bool, "{text}");
    }
    for text in ["", "~", "null", "Null", "NULL"] {
        assert_eq!(kind(text), Kind::Null, "{text}");
    }
    assert_eq!(kind("!!int \"3\""), Kind::Number);
}

#[test]
fn a_missing_value_stands_after_its_colon_or_dash() {
    let text = "a:\nb:   # c\nc: &x\nd: [1, ]\ne: {f, g: , h}\nl:\n-   # c\n-\n- 1\n";
    let tree = good(text);
    let before = |pointer: &str| {
        let span = at(&tree, pointer).span();
        assert!(span.is_empty(), "{pointer}");
        &text[..span.start as usize]
    };
    assert!(before("/a").ends_with("a:"));
    assert!(before("/b").ends_with("b:"));
    assert!(before("/c").ends_with("&x"));
    assert!(before("/e/f").ends_with("{f"));
    assert!(before("/e/g").ends_with("g:"));
    assert!(before("/l/0").ends_with("l:\n-"));
    assert!(before("/l/1").ends_with("# c\n-"));
}

#[test]
fn aliases_stand_for_their_definition() {
    let text = "base: &b\n  x: 1\n  y: [2, 3]\ncopy: *b\nl: &l [*b, &n 5, *n]\n&k key: 1\nv: *k\n*n : six\n";
    let tree = good(text);
    assert_eq!(at(&tree, "/copy/y/1").span(), at(&tree, "/base/y/1").span());
    assert_eq!(at(&tree, "/copy").len(), 2);
    assert_eq!(written(&tree, "/base"), "x: 1\n  y: [2, 3]");
    assert_eq!(written(&tree, "/l"), "[*b, &n 5, *n]");
    assert_eq!((at(&tree, "/l/2").kind(), written(&tree, "/l/2")), (Kind::Number, "5"));
    assert_eq!((at(&tree, "/v").kind(), at(&tree, "/v").text().as_ref()), (Kind::String, "key"));
    assert_eq!(at(&tree, "/5").text(), "six");
}

#[test]
fn a_container_ends_after_an_alias_in_it() {
    let tree = good("a: &x 1\nb:\n  - *x\n\nc: 2\n");
    assert_eq!(written(&tree, "/b"), "- *x");
}

#[test]
fn aliases_cannot_fill_the_memory() {
    let mut text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    let tree = parse(&text);
    let failure = tree.failure.unwrap();
    assert_eq!(failure.message, "the aliases up to here stand for 141148 values; the limit is 100000");
    assert!(failure.help.unwrap().contains("`alias-values` under `[limits]`"));
    assert!(text[failure.span.range()].starts_with("*a"));
    let few = Limits { alias_values: 2, ..Limits::default() };
    assert_eq!(parse_within("a: &a 1\nb: [*a, *a]\n", &few).failure, None);
    assert!(parse_within("a: &a 1\nb: [*a, *a, *a]\n", &few).failure.is_some());
    assert!(parse("a: &a [*a]\n").failure.is_some());
    let chain: String = (1..400).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect();
    let message = parse(&format!("a0: &a0 1\n{chain}")).failure.unwrap().message;
    assert!(message.contains("levels deep"), "{message}");
}

#[test]
fn keys_are_text_as_written_and_repetition_is_reported() {
    let tree = good("2024: 1\n2024-01: 2\n\"2024\": 3\ntrue: 4\n");
    assert_eq!(at(&tree, "/2024-01").text(), "2");
    assert_eq!(at(&tree, "/true").text(), "4");
    assert_eq!(tree.duplicates.len(), 1);
    assert_eq!((tree.duplicates[0].first.start, tree.duplicates[0].second.start), (0, 19));
}

#[test]
fn errors_are_placed_and_explained() {
    let check =
        |text: &str, message: &str, place: &str| assert_eq!(bad(text), (message.to_owned(), place), "{text}");
    check("", "the file is empty", "");
    check("# c\n", "the file holds nothing but comments", "");
    check("a: 1\n---\nb: 2\n", "a second document starts here", "---");
    check("[a]: 1\n", "a list or mapping is used as a key", "[");
    check("? {a: 1}\n: 2\n", "a list or mapping is used as a key", "{");
    check("a: *é\n", "this alias has no anchor before it", "*");
    check("é: x\nb: @x\n", "unquoted text cannot start with `@`", "@");
    check("a: foo: bar\n", "a `:` that YAML does not expect here", ":");
    check("a: 'x\nb: 1\n", "the text in quotes that starts here is not closed", "'");
    check("a:\n\t- b\n", "a tab where YAML wants spaces", "-");
}

#[test]
fn an_open_bracket_is_named() {
    for text in ["a: 1\nb: [1, 2\nc: 3\n", "a: 1\nb: [1, 2\n", "a: 1\nb: [{x: 1}\nc: 3"] {
        let failure = parse(text).failure.unwrap();
        assert_eq!(failure.message, "the `[` that opens here is never closed", "{text}");
        assert_eq!(failure.span, Span::new(8, 9), "{text}");
    }
    let failure = parse("a: [1 2]: 3\n").failure.unwrap();
    assert!(failure.span.start > 3, "{failure:?}");
}

#[test]
fn a_broken_text_keeps_what_was_read() {
    let tree = parse("a: 1\nb:\n  - x\n  - {k: v, n: 12");
    assert!(tree.failure.is_some());
    assert_eq!(at(&tree, "/a").text(), "1");
    assert_eq!(at(&tree, "/b/1/k").text(), "v");
    assert!(tree.locate("/b/1/n").is_none());
    assert!(at(&tree, "/b/1").is_incomplete() && at(&tree, "").is_incomplete());
    let tree = parse("a: 1\n---\nb: 2\n");
    assert_eq!(tree.root().unwrap().len(), 1);
    assert!(!tree.root().unwrap().is_incomplete());
}

#[test]
fn depth_is_bounded() {
    for text in ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)] {
        assert!(parse(&text).failure.unwrap().message.ends_with(" levels deep; the limit is 128"));
    }
    let flow = |depth: u64| format!("{}{}", "[".repeat(depth as usize), "]".repeat(depth as usize));
    let block = |depth: u64| format!("{}x", "- ".repeat(depth as usize));
    for depth in [NESTING_DEPTH.range.0, NESTING_DEPTH.default, NESTING_DEPTH.range.1] {
        let limits = Limits { nesting_depth: depth, ..Limits::default() };
        for text in [flow, block] {
            assert_eq!(parse_within(&text(depth), &limits).failure, None);
            let failure = parse_within(&text(depth + 1), &limits).failure.unwrap();
            assert_eq!(failure.message, format!("nested {} levels deep; the limit is {depth}", depth + 1));
        }
    }
}

#[test]
fn cutting_a_text_anywhere_is_survived() {
    let text = "é: &a \"x\\u0041\"\r\nb: |\r\n  t\r\nc: [1, *a, {k: !!str v}]\r\n? d\r\n: 'q'\r\n";
    for cut in (0..text.len()).filter(|&cut| text.is_char_boundary(cut)) {
        let tree = parse(&text[..cut]);
        assert!(tree.root().is_none_or(|root| root.span().end as usize <= cut));
    }
}
