//! Where Serein reads Markdown otherwise than the specifications, by the examples' numbers, and why.
//! `docs/markdown.md` tells the same to people; a test keeps the two alike.

use std::fmt::Write;

/// Why an example is read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Raw HTML is text.
    RawHtml,
    /// A link that leads elsewhere than to `http`, `https` or `mailto` is its text.
    UnsafeLink,
    /// An address written bare is a link. CommonMark has no such thing; GitHub has.
    BareLink,
    /// A bare e-mail address is no link.
    BareMail,
    /// `\[…\]` is a formula.
    Formula,
}

/// The examples of CommonMark 0.31.2 that are read otherwise.
pub(crate) const COMMONMARK: &[(Reason, &[u32])] = &[
    (
        Reason::RawHtml,
        &[
            21, 31, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 160, 161, 162, 163,
            164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180,
            181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 201, 308, 309, 344, 475, 476,
            477, 491, 494, 524, 536, 613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630,
            631, 642, 643,
        ],
    ),
    (
        Reason::UnsafeLink,
        &[
            22, 23, 32, 33, 192, 193, 194, 195, 196, 198, 200, 202, 203, 204, 205, 206, 214, 215,
            216, 217, 218, 404, 419, 422, 433, 473, 474, 482, 483, 484, 485, 486, 487, 489, 492,
            495, 496, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 509, 510, 512, 514, 515,
            516, 517, 518, 519, 521, 522, 527, 528, 529, 530, 531, 532, 533, 534, 535, 539, 540,
            541, 542, 543, 544, 549, 550, 553, 554, 555, 556, 557, 558, 559, 560, 561, 562, 564,
            565, 566, 567, 568, 569, 570, 571, 593, 596, 598, 599, 601,
        ],
    ),
    (Reason::BareLink, &[602, 608, 611]),
    (Reason::Formula, &[12]),
];

/// The examples of GitHub's extensions, as GFM 0.29 numbers them, that are read otherwise.
pub(crate) const EXTENSIONS: &[(Reason, &[u32])] = &[
    (Reason::RawHtml, &[652]),
    (Reason::UnsafeLink, &[628]),
    (Reason::BareMail, &[629, 630, 631]),
];

impl Reason {
    /// All there are.
    pub(crate) const ALL: [Self; 5] = [
        Self::RawHtml,
        Self::UnsafeLink,
        Self::BareLink,
        Self::BareMail,
        Self::Formula,
    ];

    /// `html` without what this reason explains, and with all else. A reading that deviates for this
    /// reason and for no other is the same as the specification's then.
    pub(crate) fn forgive(self, html: &str) -> String {
        match self {
            // Text and markup look alike then: `&lt;b&gt;` and `<b>`.
            Self::RawHtml => html
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&amp;", "&"),
            Self::UnsafeLink => without_links(html, |href, _| {
                let scheme = href.split(':').next().unwrap_or_default();
                !["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str())
            }),
            Self::BareLink => without_links(html, |href, text| {
                href.strip_prefix("http://") == Some(text) || href == text
            }),
            Self::BareMail => without_links(html, |href, _| href.starts_with("mailto:")),
            Self::Formula => html.replace(r"<math>\\</math>", r"[\]"),
        }
    }

    /// For people.
    fn in_words(self) -> &'static str {
        match self {
            Self::RawHtml => {
                "Raw HTML is shown as text, never read as markup; only `<br>` breaks a line."
            }
            Self::UnsafeLink => {
                "Links lead to `http`, `https` and `mailto` only. Others, relative ones too, are their text."
            }
            Self::BareLink => "An address written bare is a link, as on GitHub.",
            Self::BareMail => {
                "A bare e-mail address is no link: too much in technical text looks like one."
            }
            Self::Formula => r"`\[…\]` is a formula; nothing but a backslash is in this one.",
        }
    }
}

/// `html` with only the texts of the links that `is_one` names by address and text.
fn without_links(html: &str, is_one: impl Fn(&str, &str) -> bool) -> String {
    let mut out = String::new();
    let mut rest = html;
    // Links do not nest (CommonMark 6.3).
    while let Some((before, link)) = rest.split_once("<a href=\"") {
        let Some((href, (text, after))) = link
            .split_once("\">")
            .and_then(|(href, rest)| Some((href, rest.split_once("</a>")?)))
        else {
            break;
        };
        out.push_str(before);
        if is_one(href, text) {
            out.push_str(text);
        } else {
            write!(out, "<a href=\"{href}\">{text}</a>").expect("a string can be written to");
        }
        rest = after;
    }
    out + rest
}

/// The reasons of the example with this number.
pub(crate) fn of(listed: &[(Reason, &[u32])], number: u32) -> Vec<Reason> {
    listed
        .iter()
        .filter(|(_, numbers)| numbers.contains(&number))
        .map(|(reason, _)| *reason)
        .collect()
}

/// The table in `docs/markdown.md`.
fn table() -> String {
    let mut out =
        "| what Serein does | CommonMark 0.31.2 | GFM 0.29, extensions |\n|---|---|---|\n"
            .to_owned();
    for reason in Reason::ALL {
        let cell = |listed: &[(Reason, &[u32])]| -> String {
            listed
                .iter()
                .find(|(listed, _)| *listed == reason)
                .map_or_else(|| "none".to_owned(), |(_, numbers)| in_ranges(numbers))
        };
        let (words, core, extensions) = (reason.in_words(), cell(COMMONMARK), cell(EXTENSIONS));
        writeln!(out, "| {words} | {core} | {extensions} |").expect("a string can be written to");
    }
    out
}

/// `1, 2, 3, 5` as `1–3, 5`.
fn in_ranges(numbers: &[u32]) -> String {
    numbers
        .chunk_by(|a, b| a + 1 == *b)
        .map(|run| match run {
            [first, .., last] if run.len() > 2 => format!("{first}–{last}"),
            _ => run
                .iter()
                .map(u32::to_string)
                .collect::<Vec<_>>()
                .join(", "),
        })
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn the_page_for_people_has_the_same_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/markdown.md");
    let page = std::fs::read_to_string(path).expect("docs/markdown.md is there");
    assert!(
        page.contains(&table()),
        "docs/markdown.md has another table than this:\n\n{}",
        table()
    );
}
