//! From pulldown-cmark's events to the typed tree, with the bounds on what comes from outside.

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::code::{self, Colours};
use crate::image;
use crate::inline;
use crate::math::Formulas;
use crate::reading::Start;
use crate::tree::{Alert, Align, Block, Cell, Inline, Item, Row};
use crate::{MAX_DEPTH, MAX_LANG};

/// A node that is being read.
enum Frame {
    Blocks(Container, Vec<Block>),
    List(Option<u32>, bool, Vec<Item>),
    Leaf(Leaf, Vec<Inline>),
    Code(Option<String>, String),
    Html(String),
    Table(Vec<Align>, Vec<Row>),
    Row(Vec<Cell>),
    Cell(Vec<Inline>),
    Inlines(Span, Vec<Inline>),
}

enum Container {
    Root,
    Quote(Option<Alert>),
    Item(Option<bool>),
    Footnote(String),
}

enum Leaf {
    /// A paragraph the parser named.
    Paragraph,
    /// The text of a tight item, which the parser does not name.
    Bare,
    Heading(u8),
}

enum Span {
    Em,
    Strong,
    Strike,
    /// A link; without an address, its text stays and the link does not.
    Link(Option<String>),
    Image(String),
}

/// Makes the tree of the events of a text whose formulas have been replaced by signs.
pub(crate) struct Reader<'f> {
    formulas: &'f Formulas<'f>,
    colours: &'f mut Colours,
    /// The text is whole, and so is its last line of code.
    finished: bool,
    stack: Vec<Frame>,
    /// Where the blocks of the root begin; for the one being read, once that is known.
    starts: Vec<Start>,
    start: Start,
    /// Bytes that references took from definitions.
    expanded: usize,
    /// Open quotes, lists and footnotes.
    blocks: usize,
    /// Open spans.
    inlines: usize,
    /// Open containers that were too deep: their content belongs to the deepest that was not.
    skipped_blocks: usize,
    /// The same for spans.
    skipped_inlines: usize,
}

impl<'f> Reader<'f> {
    pub(crate) fn new(
        formulas: &'f Formulas<'f>,
        colours: &'f mut Colours,
        finished: bool,
    ) -> Self {
        Self {
            formulas,
            colours,
            finished,
            stack: vec![Frame::Blocks(Container::Root, Vec::new())],
            starts: Vec::new(),
            start: Start { at: None, codes: 0 },
            expanded: 0,
            blocks: 0,
            inlines: 0,
            skipped_blocks: 0,
            skipped_inlines: 0,
        }
    }

    /// Takes an event in, which begins at `start` in the text.
    pub(crate) fn event(&mut self, event: Event<'_>, start: usize) {
        if self.stack.len() == 1 && self.start.at.is_none() && !matches!(event, Event::End(_)) {
            self.start = Start {
                at: Some(start),
                codes: self.colours.met(),
            };
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match self.stack.last_mut() {
                Some(Frame::Code(_, code) | Frame::Html(code)) => code.push_str(&text),
                _ => self.text(&text),
            },
            Event::Code(text) => {
                let text = self.formulas.restore(&text);
                self.inline(Inline::Code { text });
            }
            Event::Html(text) => match self.stack.last_mut() {
                Some(Frame::Html(html)) => html.push_str(&text),
                _ => self.text(&text),
            },
            Event::InlineHtml(text) if is_line_break(&text) => self.inline(Inline::Break),
            Event::InlineHtml(text) => self.text(&text),
            // Maths is not asked for: these do not come.
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
            Event::FootnoteReference(label) => {
                let label = cut(self.formulas.restore(&label), MAX_LANG);
                self.inline(Inline::FootnoteRef { label });
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => self.task(done),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.close_bare();
                // CommonMark 5.3: a paragraph the parser names, directly in an item, means a loose list.
                if let [
                    ..,
                    Frame::List(_, loose, _),
                    Frame::Blocks(Container::Item(_), _),
                ] = self.stack.as_mut_slice()
                {
                    *loose = true;
                }
                self.stack.push(Frame::Leaf(Leaf::Paragraph, Vec::new()));
            }
            Tag::Heading { level, .. } => {
                self.close_bare();
                self.stack
                    .push(Frame::Leaf(Leaf::Heading(level as u8), Vec::new()));
            }
            Tag::CodeBlock(kind) => {
                self.close_bare();
                let lang = match kind {
                    CodeBlockKind::Fenced(info) => language(&self.formulas.restore(&info)),
                    CodeBlockKind::Indented => None,
                };
                self.stack.push(Frame::Code(lang, String::new()));
            }
            Tag::HtmlBlock => {
                self.close_bare();
                self.stack.push(Frame::Html(String::new()));
            }
            Tag::Table(align) => {
                self.close_bare();
                let align = align.iter().map(alignment).collect();
                self.stack.push(Frame::Table(align, Vec::new()));
            }
            Tag::TableHead | Tag::TableRow => self.stack.push(Frame::Row(Vec::new())),
            Tag::TableCell => self.stack.push(Frame::Cell(Vec::new())),

            Tag::BlockQuote(kind) => {
                let quote = Container::Quote(kind.map(alert));
                self.open(Frame::Blocks(quote, Vec::new()));
            }
            Tag::List(start) => {
                let start = start.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
                self.open(Frame::List(start, false, Vec::new()));
            }
            // An item is as deep as its list: where the list is too deep, so is the item.
            Tag::Item if matches!(self.stack.last(), Some(Frame::List(..))) => {
                self.stack
                    .push(Frame::Blocks(Container::Item(None), Vec::new()));
            }
            Tag::Item => self.open_skipped(),
            Tag::FootnoteDefinition(label) => {
                let label = cut(self.formulas.restore(&label), MAX_LANG);
                self.open(Frame::Blocks(Container::Footnote(label), Vec::new()));
            }

            Tag::Emphasis => self.open_span(Span::Em),
            Tag::Strong => self.open_span(Span::Strong),
            Tag::Strikethrough => self.open_span(Span::Strike),
            Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            } => {
                self.expand(link_type, dest_url.len() + title.len());
                let href = self.formulas.restore(&dest_url);
                let href = match link_type {
                    LinkType::Email => format!("mailto:{href}"),
                    _ => href,
                };
                self.open_span(Span::Link(inline::is_safe(&href).then_some(href)));
            }
            Tag::Image {
                link_type,
                dest_url,
                title,
                ..
            } => {
                self.expand(link_type, dest_url.len() + title.len());
                let src = image::address(self.formulas.restore(&dest_url));
                self.open_span(Span::Image(src));
            }

            // Extensions that are not asked for: these do not come.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                self.close();
            }
            // Only if it has not been left already.
            TagEnd::Table if matches!(self.stack.last(), Some(Frame::Table(..))) => self.close(),
            TagEnd::TableHead | TagEnd::TableRow
                if matches!(self.stack.last(), Some(Frame::Row(_))) =>
            {
                self.close();
            }
            TagEnd::TableCell if matches!(self.stack.last(), Some(Frame::Cell(_))) => self.close(),
            TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell => {}
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.close_bare();
                if self.skipped_blocks > 0 {
                    self.skipped_blocks -= 1;
                } else {
                    self.close();
                }
            }
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image => {
                if self.skipped_inlines > 0 {
                    self.skipped_inlines -= 1;
                } else {
                    self.close();
                }
            }
            TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn expand(&mut self, link_type: LinkType, bytes: usize) {
        if !matches!(
            link_type,
            LinkType::Inline | LinkType::Autolink | LinkType::Email
        ) {
            self.expanded += bytes;
        }
    }

    /// Opens a container, or, where it would be too deep, only counts it.
    fn open(&mut self, frame: Frame) {
        self.close_bare();
        if self.blocks >= MAX_DEPTH || self.skipped_blocks > 0 {
            self.skipped_blocks += 1;
            return;
        }
        self.blocks += 1;
        self.stack.push(frame);
    }

    fn open_skipped(&mut self) {
        self.close_bare();
        self.skipped_blocks += 1;
    }

    /// Opens a span, or, where it would be too deep, only counts it.
    fn open_span(&mut self, span: Span) {
        self.open_bare();
        if self.inlines >= MAX_DEPTH || self.skipped_inlines > 0 {
            self.skipped_inlines += 1;
            return;
        }
        self.inlines += 1;
        self.stack.push(Frame::Inlines(span, Vec::new()));
    }

    /// Text where only blocks can stand begins a tight item's paragraph.
    fn open_bare(&mut self) {
        if let Some(Frame::Row(_) | Frame::Table(..)) = self.stack.last() {
            self.close_bare();
        }
        if let Some(Frame::Blocks(..)) = self.stack.last() {
            self.stack.push(Frame::Leaf(Leaf::Bare, Vec::new()));
        }
    }

    /// A tight item's paragraph ends where a block begins or the item ends. So does a table: when one
    /// lacks more than 2^18 cells, pulldown-cmark 0.13 leaves what follows it inside its last row.
    fn close_bare(&mut self) {
        while let Some(
            Frame::Leaf(Leaf::Bare, _) | Frame::Cell(_) | Frame::Row(_) | Frame::Table(..),
        ) = self.stack.last()
        {
            self.close();
        }
    }

    fn block(&mut self, block: Block) {
        self.close_bare();
        if self.stack.len() == 1 {
            self.starts.push(self.start);
            self.start.at = None;
        }
        match self.stack.last_mut() {
            Some(Frame::Blocks(_, children)) => children.push(block),
            // The parser puts blocks into nothing else.
            _ => debug_assert!(false, "a block outside of a container"),
        }
    }

    fn inline(&mut self, inline: Inline) {
        self.open_bare();
        if let Some(
            Frame::Leaf(_, children) | Frame::Cell(children) | Frame::Inlines(_, children),
        ) = self.stack.last_mut()
        {
            children.push(inline);
        } else {
            debug_assert!(false, "an inline outside of a leaf");
        }
    }

    fn text(&mut self, text: &str) {
        self.open_bare();
        if let Some(
            Frame::Leaf(_, children) | Frame::Cell(children) | Frame::Inlines(_, children),
        ) = self.stack.last_mut()
        {
            inline::push_text(children, text);
        } else {
            debug_assert!(false, "a text outside of a leaf");
        }
    }

    fn task(&mut self, done: bool) {
        let item = self.stack.iter_mut().rev().find_map(|frame| match frame {
            Frame::Blocks(Container::Item(task), _) => Some(task),
            _ => None,
        });
        match item {
            Some(task) if self.skipped_blocks == 0 => *task = Some(done),
            // The item was too deep.
            _ => self.text(if done { "[x] " } else { "[ ] " }),
        }
    }

    /// Ends the node on top and gives it to the one below.
    fn close(&mut self) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        match frame {
            Frame::Leaf(leaf, children) => {
                let mut children = inline::finish(children, self.formulas);
                if let Leaf::Heading(level) = leaf {
                    return self.block(Block::Heading { level, children });
                }
                // At its end nothing is left to break: not a tight item's last line end, nor a late `<br>`.
                inline::trim(&mut children);
                self.block(match <[Inline; 1]>::try_from(children) {
                    Ok(
                        [
                            Inline::Math {
                                tex,
                                display: true,
                                open,
                            },
                        ],
                    ) => Block::Math { tex, open },
                    Ok(children) => Block::Paragraph {
                        children: children.into(),
                    },
                    Err(children) => Block::Paragraph { children },
                });
            }
            Frame::Code(lang, text) => {
                let text = self.formulas.restore(&text);
                let chunks = self.colours.chunks(lang.as_deref(), &text, self.finished);
                self.block(Block::Code { lang, chunks });
            }
            Frame::Html(text) => {
                let chunks = code::plain(&self.formulas.restore(&text));
                self.block(Block::Html { chunks });
            }
            Frame::Table(align, rows) => self.block(Block::Table { align, rows }),
            Frame::Row(mut cells) => {
                while cells.last().is_some_and(|cell| cell.0.is_empty()) {
                    cells.pop();
                }
                if let Some(Frame::Table(_, rows)) = self.stack.last_mut() {
                    rows.push(Row(cells));
                }
            }
            Frame::Cell(children) => {
                let cell = Cell(inline::finish(children, self.formulas));
                if let Some(Frame::Row(cells)) = self.stack.last_mut() {
                    cells.push(cell);
                }
            }
            Frame::List(start, loose, items) => {
                self.blocks -= 1;
                self.block(Block::List {
                    start,
                    loose,
                    items,
                });
            }
            Frame::Blocks(container, children) => match container {
                Container::Root => {}
                Container::Quote(alert) => {
                    self.blocks -= 1;
                    self.block(Block::Quote { alert, children });
                }
                Container::Footnote(label) => {
                    self.blocks -= 1;
                    self.block(Block::Footnote { label, children });
                }
                Container::Item(task) => {
                    if let Some(Frame::List(_, _, items)) = self.stack.last_mut() {
                        items.push(Item { task, children });
                    }
                }
            },
            Frame::Inlines(span, children) => {
                self.inlines -= 1;
                match span {
                    Span::Em => self.inline(Inline::Em { children }),
                    Span::Strong => self.inline(Inline::Strong { children }),
                    Span::Strike => self.inline(Inline::Strike { children }),
                    Span::Link(Some(href)) => self.inline(Inline::Link { href, children }),
                    Span::Link(None) => {
                        for child in children {
                            match child {
                                Inline::Text(text) => self.text(&text),
                                child => self.inline(child),
                            }
                        }
                    }
                    Span::Image(src) => {
                        let alt = self.formulas.restore(&crate::text::of_inlines(&children));
                        self.inline(Inline::Image { src, alt });
                    }
                }
            }
        }
    }

    /// The tree, where the root's blocks begin, and how many bytes references took from definitions.
    pub(crate) fn finish(mut self) -> (Vec<Block>, Vec<Start>, usize) {
        // The parser balances its events; whatever it does, everything read is kept.
        while self.stack.len() > 1 {
            self.close();
        }
        let blocks = match self.stack.pop() {
            Some(Frame::Blocks(_, blocks)) => blocks,
            _ => Vec::new(),
        };
        (blocks, self.starts, self.expanded)
    }
}

/// Raw HTML is text, but for `<br>`: in a table's cell there is no other way to break a line.
fn is_line_break(html: &str) -> bool {
    let name = html
        .trim_start_matches('<')
        .trim_end_matches('>')
        .trim_end_matches('/');
    name.trim_end().eq_ignore_ascii_case("br")
}

/// The first word after a fence, without what some tools write behind it (`rust,ignore`, `c {.x}`).
fn language(info: &str) -> Option<String> {
    let word = info
        .split(|c: char| c.is_whitespace() || c == ',' || c == '{')
        .next()?;
    (!word.is_empty()).then(|| cut(word.to_owned(), MAX_LANG))
}

pub(crate) fn cut(mut text: String, bytes: usize) -> String {
    text.truncate(text.floor_char_boundary(bytes));
    text
}

fn alignment(align: &Alignment) -> Align {
    match align {
        Alignment::None => Align::None,
        Alignment::Left => Align::Left,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::Right,
    }
}

fn alert(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}
