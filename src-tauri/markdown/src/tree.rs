//! The typed tree of a reply. It serialises compactly, because patches of it travel to the windows:
//! `t` is the kind, `c` the children, and a text is a plain JSON string.
//!
//! A node has at most one list of children, and a child is found by its index alone. So a path of
//! indices from the root names every node (see [`crate::Patch`]).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// A block: what stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "t", rename_all = "snake_case")]
#[ts(export)]
pub enum Block {
    /// A paragraph. In list items, too, whether the list is tight or loose.
    #[serde(rename = "p")]
    Paragraph {
        /// Its text.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// A heading.
    #[serde(rename = "h")]
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its text.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// A quote, or one of GitHub's alerts.
    Quote {
        /// Which alert, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        alert: Option<Alert>,
        /// What is quoted.
        #[serde(rename = "c")]
        children: Vec<Block>,
    },
    /// A code block. One whose closing fence has not arrived is a code block already.
    Code {
        /// The first word after the fence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        lang: Option<String>,
        /// Its text in pieces of a few lines; all but the last end with a line end.
        #[serde(rename = "c")]
        chunks: Vec<Chunk>,
    },
    /// A list.
    List {
        /// The first item's number, if the list is numbered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        start: Option<u32>,
        /// Whether blank lines stand between the items or inside them (CommonMark 5.3).
        loose: bool,
        /// Its items.
        #[serde(rename = "c")]
        items: Vec<Item>,
    },
    /// A table.
    Table {
        /// How each column is aligned. Its length is the number of columns.
        align: Vec<Align>,
        /// The first row is the head.
        #[serde(rename = "c")]
        rows: Vec<Row>,
    },
    /// What a footnote says, at the place where the reply says it.
    #[serde(rename = "footnote")]
    Footnote {
        /// The label its references bear.
        label: String,
        /// What it says.
        #[serde(rename = "c")]
        children: Vec<Block>,
    },
    /// Raw HTML, as text.
    Html {
        /// Its text in pieces of a few lines.
        #[serde(rename = "c")]
        chunks: Vec<Chunk>,
    },
    /// A formula that has a paragraph for itself.
    Math {
        /// LaTeX.
        tex: String,
        /// Its closing sign has not arrived: it cannot be drawn yet.
        #[serde(default, skip_serializing_if = "is_false")]
        #[ts(optional, as = "Option<bool>")]
        open: bool,
    },
    /// A thematic break.
    #[serde(rename = "hr")]
    Rule,
}

impl Block {
    /// Bytes of text that a window lays out again when the block's end grows: those of its last line of
    /// text, which may be a giant paragraph.
    pub(crate) fn heft(&self) -> usize {
        match self {
            Self::Paragraph { children } | Self::Heading { children, .. } => weigh(children),
            Self::Quote { children, .. } | Self::Footnote { children, .. } => {
                children.last().map_or(0, Self::heft)
            }
            Self::List { items, .. } => items
                .last()
                .and_then(|item| item.children.last())
                .map_or(0, Self::heft),
            Self::Code { chunks, .. } | Self::Html { chunks } => chunks
                .last()
                .map_or(0, |chunk| chunk.text().map(str::len).sum()),
            Self::Table { rows, .. } => rows
                .last()
                .map_or(0, |row| row.0.iter().map(|cell| weigh(&cell.0)).sum()),
            Self::Math { .. } | Self::Rule => 0,
        }
    }
}

fn weigh(children: &[Inline]) -> usize {
    children
        .iter()
        .map(|child| match child {
            Inline::Text(text) | Inline::Code { text } => text.len(),
            Inline::Em { children }
            | Inline::Strong { children }
            | Inline::Strike { children }
            | Inline::Link { children, .. } => weigh(children),
            Inline::Math { tex, .. } => tex.len(),
            Inline::Image { .. } | Inline::FootnoteRef { .. } | Inline::Break => 1,
        })
        .sum()
}

/// What stands inside a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "t", rename_all = "snake_case")]
#[ts(export)]
pub enum Inline {
    /// Emphasis.
    Em {
        /// What is emphasised.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// Strong emphasis.
    Strong {
        /// What is emphasised.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// Struck through.
    #[serde(rename = "s")]
    Strike {
        /// What is struck.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// Code.
    Code {
        /// Its text.
        text: String,
    },
    /// A formula.
    Math {
        /// LaTeX.
        tex: String,
        /// On a line of its own.
        display: bool,
        /// Its closing sign has not arrived: it cannot be drawn yet.
        #[serde(default, skip_serializing_if = "is_false")]
        #[ts(optional, as = "Option<bool>")]
        open: bool,
    },
    /// A link whose scheme is `http`, `https` or `mailto`. Others never become a link.
    #[serde(rename = "a")]
    Link {
        /// Where it leads.
        href: String,
        /// What it is written on.
        #[serde(rename = "c")]
        children: Vec<Inline>,
    },
    /// An image. One on the web is not loaded unless the user asks: its description and address are shown.
    #[serde(rename = "img")]
    Image {
        /// Its address, of any scheme, cut at [`crate::MAX_LINK`] bytes. One that carries the image itself
        /// (`data:`, with a comma) is whole, has [`crate::MAX_DATA_IMAGE`] bytes at most and says that it is
        /// one of the kinds that are shown; whether it is remains to be checked.
        src: String,
        /// Its description.
        alt: String,
    },
    /// A reference to a footnote.
    #[serde(rename = "ref")]
    FootnoteRef {
        /// The footnote's label.
        label: String,
    },
    /// A line break that was asked for.
    #[serde(rename = "br")]
    Break,
    /// Text. A line end in it is a space. Two texts never stand side by side.
    #[serde(untagged)]
    Text(String),
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Item {
    /// Whether its box is ticked, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub task: Option<bool>,
    /// What it says.
    #[serde(rename = "c")]
    pub children: Vec<Block>,
}

/// A row of a table. Empty cells at its end are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Row(pub Vec<Cell>);

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Cell(pub Vec<Inline>);

/// A piece of code or of raw HTML: at most [`crate::CHUNK_LINES`] lines. No token in it is empty, and no
/// two of the same class stand side by side.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Chunk(pub Vec<Token>);

impl Chunk {
    /// Its text.
    pub fn text(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Token::text)
    }
}

/// A run of code that is coloured alike. On the wire a string: the sign of its class, or a space, and then
/// its text.
#[derive(Debug, Clone, PartialEq, TS)]
#[ts(export, type = "string")]
pub enum Token {
    /// Without a class: punctuation, operators, unknown languages, and a line that is still being written.
    Text(String),
    /// With its class.
    Span(TokenClass, String),
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sign = self.class().map_or(' ', TokenClass::sign);
        serializer.collect_str(&format_args!("{sign}{}", self.text()))
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = String::deserialize(deserializer)?;
        let mut text = token.chars();
        match text.next() {
            Some(' ') => Ok(Self::Text(text.as_str().to_owned())),
            sign => sign
                .and_then(TokenClass::of)
                .map(|class| Self::Span(class, text.as_str().to_owned()))
                .ok_or_else(|| D::Error::custom("a token of no known class")),
        }
    }
}

impl Token {
    /// Its text.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Span(_, text) => text,
        }
    }

    /// Its class, if it has one.
    pub fn class(&self) -> Option<TokenClass> {
        match self {
            Self::Text(_) => None,
            Self::Span(class, _) => Some(*class),
        }
    }
}

/// What a run of code is, for its colour. On the wire a sign each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum TokenClass {
    /// A comment.
    #[serde(rename = "c")]
    Comment,
    /// A keyword, or what declares something.
    #[serde(rename = "k")]
    Keyword,
    /// A text or a regular expression.
    #[serde(rename = "s")]
    String,
    /// A number.
    #[serde(rename = "n")]
    Number,
    /// A function's or a macro's name.
    #[serde(rename = "f")]
    Function,
    /// A type's name.
    #[serde(rename = "t")]
    Type,
    /// A constant of the language: `true`, `nil`.
    #[serde(rename = "b")]
    Constant,
    /// A property's or a key's name.
    #[serde(rename = "p")]
    Property,
    /// A tag's name.
    #[serde(rename = "g")]
    Tag,
    /// An attribute's or an annotation's name.
    #[serde(rename = "a")]
    Attribute,
    /// An escape inside a text.
    #[serde(rename = "e")]
    Escape,
    /// A line that a diff adds.
    #[serde(rename = "+")]
    Inserted,
    /// A line that a diff takes away.
    #[serde(rename = "-")]
    Deleted,
    /// A heading: of a diff's part, of a Markdown text.
    #[serde(rename = "@")]
    Heading,
}

impl TokenClass {
    const ALL: [(Self, char); 14] = [
        (Self::Comment, 'c'),
        (Self::Keyword, 'k'),
        (Self::String, 's'),
        (Self::Number, 'n'),
        (Self::Function, 'f'),
        (Self::Type, 't'),
        (Self::Constant, 'b'),
        (Self::Property, 'p'),
        (Self::Tag, 'g'),
        (Self::Attribute, 'a'),
        (Self::Escape, 'e'),
        (Self::Inserted, '+'),
        (Self::Deleted, '-'),
        (Self::Heading, '@'),
    ];

    /// Its sign on the wire.
    pub fn sign(self) -> char {
        Self::ALL
            .iter()
            .find(|(class, _)| *class == self)
            .map_or(' ', |(_, sign)| *sign)
    }

    /// The class with a sign.
    pub fn of(sign: char) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, other)| *other == sign);
        found.map(|(class, _)| *class)
    }
}

/// How a table's column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Align {
    /// As the script runs.
    None,
    /// Left.
    Left,
    /// Centred.
    Center,
    /// Right.
    Right,
}

/// GitHub's alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Alert {
    /// `[!NOTE]`
    Note,
    /// `[!TIP]`
    Tip,
    /// `[!IMPORTANT]`
    Important,
    /// `[!WARNING]`
    Warning,
    /// `[!CAUTION]`
    Caution,
}

fn is_false(value: &bool) -> bool {
    !value
}
