//! The addresses of images, and those that carry the image themselves.

use serde_json::json;
use serein_markdown::{MAX_DATA_IMAGE, MAX_LINK, parse};

use crate::tree;

#[test]
fn an_image_that_the_reply_carries_is_whole_or_only_said_to_be_there() {
    let src = |address: &str| tree(&format!("![a](<{address}>)"))[0]["c"][0]["src"].clone();
    let data = |length: usize| {
        let head = "data:image/png;base64,";
        format!("{head}{}", "A".repeat(length - head.len()))
    };
    let most = data(MAX_DATA_IMAGE);
    assert_eq!(src(&most), *most);
    assert_eq!(src(&data(MAX_DATA_IMAGE + 1)), "data:image/png;base64");
    assert_eq!(
        src("DATA:image/webp;BASE64,AAAA"),
        "DATA:image/webp;BASE64,AAAA"
    );
    for (other, kept) in [
        (
            "data:image/svg+xml;base64,AAAA",
            "data:image/svg+xml;base64",
        ),
        ("data:image/svg+xml,%3Csvg%3E", "data:image/svg+xml"),
        ("data:image/png,AAAA", "data:image/png"),
        ("data:text/html;base64,AAAA", "data:text/html;base64"),
        ("data:", "data:"),
    ] {
        assert_eq!(src(other), kept);
    }
    let long = format!("data:{}", "x".repeat(100_000));
    assert_eq!(src(&long), long[..MAX_LINK]);
}

#[test]
fn the_address_of_an_image_that_is_being_written_is_not_in_the_tree() {
    let whole = format!("a ![cat](data:image/png;base64,{}) b", "A".repeat(200));
    for end in whole.find("](").unwrap() + 2..whole.find(") b").unwrap() {
        assert_eq!(
            json!(parse(&whole[..end])),
            json!([{"t": "p", "c": ["a cat"]}]),
            "{end}"
        );
    }
}
