//! Colours for code: classes, not colours, line by line.
//!
//! A line is coloured once, when its line end has arrived; until then it is plain. What was coloured is
//! remembered from one reading of a growing text to the next, together with the grammar's state, so that
//! only new lines cost anything. It is remembered by the text itself: a block whose text is not a
//! continuation of what is remembered is coloured anew, so the result never depends on how a text arrived.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::CHUNK_LINES;
use crate::tree::{Chunk, Token, TokenClass};

/// Bytes of a line; a longer one is plain, and so is what it would have told of the lines below.
const MAX_LINE: usize = 1_000;

/// Bytes of a block; what follows them is plain.
const MAX_COLOURED: usize = 256 << 10;

/// The code blocks of a text, as they were coloured at its last reading.
#[derive(Debug, Clone, Default)]
pub(crate) struct Colours {
    blocks: Vec<Block>,
    /// Blocks that stand before what is read.
    before: usize,
    /// Blocks that this reading has met.
    met: usize,
    /// There are none: nobody sees the code.
    none: bool,
}

impl Colours {
    /// Leaves all code plain, for who wants its words alone.
    pub(crate) fn none() -> Self {
        Self {
            none: true,
            ..Self::default()
        }
    }

    /// A reading begins.
    pub(crate) fn begin(&mut self) {
        self.met = 0;
    }

    /// How many blocks this reading has met.
    pub(crate) fn met(&self) -> usize {
        self.met
    }

    /// Later readings begin behind the next `n` blocks.
    pub(crate) fn pass(&mut self, n: usize) {
        self.before += n;
    }

    /// Later readings begin with the first block again.
    pub(crate) fn rewind(&mut self) {
        self.before = 0;
    }

    /// The next block in pieces. Unless the text is `whole`, a last line without an end waits for it.
    pub(crate) fn chunks(&mut self, lang: Option<&str>, text: &str, whole: bool) -> Vec<Chunk> {
        let index = self.before + self.met;
        self.met += 1;
        if self.none {
            return plain(text);
        }
        if self.blocks.len() <= index {
            self.blocks.resize_with(index + 1, Block::default);
        }
        match self.blocks.get_mut(index) {
            Some(block) => block.read(lang, text, whole),
            None => plain(text),
        }
    }
}

/// A text without colours, in pieces.
pub(crate) fn plain(text: &str) -> Vec<Chunk> {
    let mut pieces = Pieces::default();
    for line in text.split_inclusive('\n') {
        pieces.begin_line();
        pieces.push(None, line);
    }
    pieces.chunks
}

/// One block, as far as it is coloured.
#[derive(Debug, Clone, Default)]
struct Block {
    lang: Option<String>,
    /// The text of the lines in `pieces`.
    done: String,
    pieces: Pieces,
    /// The grammar, after those lines; none if the language is not known, or its grammar failed.
    grammar: Option<Grammar>,
}

impl Block {
    fn read(&mut self, lang: Option<&str>, text: &str, whole: bool) -> Vec<Chunk> {
        if self.lang.as_deref() != lang || !text.starts_with(&self.done) {
            *self = Self {
                lang: lang.map(str::to_owned),
                grammar: lang.and_then(Grammar::of),
                ..Self::default()
            };
        } else if self.done.is_empty() && self.grammar.is_none() {
            self.grammar = lang.and_then(Grammar::of);
        }
        let complete = text.rfind('\n').map_or(0, |end| end + 1);
        for line in text[self.done.len()..complete].split_inclusive('\n') {
            self.pieces.line(&mut self.grammar, self.done.len(), line);
            self.done.push_str(line);
        }
        let mut pieces = self.pieces.clone();
        let rest = &text[complete..];
        if !rest.is_empty() {
            let mut grammar = if whole { self.grammar.clone() } else { None };
            pieces.line(&mut grammar, self.done.len(), rest);
        }
        pieces.chunks
    }
}

/// Coloured text in pieces of [`CHUNK_LINES`] lines.
#[derive(Debug, Clone, Default)]
struct Pieces {
    chunks: Vec<Chunk>,
    /// Lines in the last piece.
    lines: usize,
}

impl Pieces {
    fn begin_line(&mut self) {
        if self.chunks.is_empty() || self.lines == CHUNK_LINES {
            self.chunks.push(Chunk::default());
            self.lines = 0;
        }
        self.lines += 1;
    }

    fn push(&mut self, class: Option<TokenClass>, text: &str) {
        let Some(Chunk(tokens)) = self.chunks.last_mut() else {
            return;
        };
        // Space has no colour: it belongs to what stands before it, which saves the window a node. The
        // lines of a diff have a ground of their own.
        let is_line = |class| matches!(class, Some(TokenClass::Inserted | TokenClass::Deleted));
        let joins = |last: &Token| {
            last.class() == class || (text.trim().is_empty() && !is_line(last.class()))
        };
        match tokens.last_mut().filter(|last| joins(last)) {
            Some(Token::Text(last) | Token::Span(_, last)) => last.push_str(text),
            None => tokens.push(match class {
                Some(class) => Token::Span(class, text.to_owned()),
                None => Token::Text(text.to_owned()),
            }),
        }
    }

    /// Adds a line, `before` bytes into its block.
    fn line(&mut self, grammar: &mut Option<Grammar>, before: usize, line: &str) {
        self.begin_line();
        let coloured = match grammar {
            Some(grammar) if line.len() <= MAX_LINE && before < MAX_COLOURED => {
                grammar.colour(line, |class, text| self.push(class, text))
            }
            _ => {
                self.push(None, line);
                true
            }
        };
        if !coloured {
            *grammar = None;
        }
    }
}

/// Where a grammar stands between two lines.
#[derive(Debug, Clone)]
struct Grammar {
    state: ParseState,
    stack: ScopeStack,
}

// SAFETY: of all that a parse state holds, only where an expression has matched (`onig::Region`) is not
// `Send`, because it has raw pointers. They lead to memory that the region alone owns, and nothing in
// Oniguruma ties that memory to a thread.
#[expect(unsafe_code, reason = "a reply is read wherever its turn's task runs")]
unsafe impl Send for Grammar {}

impl Grammar {
    /// The grammar of a language, by the word that stands behind a fence.
    fn of(lang: &str) -> Option<Self> {
        let syntax = syntax(lang)?;
        Some(Self {
            state: ParseState::new(syntax),
            stack: ScopeStack::new(),
        })
    }

    /// Tells the runs of a line. A grammar that fails says so: then the line is told as one run, and
    /// what follows is better left plain.
    fn colour(&mut self, line: &str, mut run: impl FnMut(Option<TokenClass>, &str)) -> bool {
        // Oniguruma gives up on an expression that takes too long, and its binding panics then.
        let parsed = catch_unwind(AssertUnwindSafe(|| self.state.parse_line(line, &SYNTAXES)));
        let Ok(Ok(ops)) = parsed else {
            run(None, line);
            return false;
        };
        let mut from = 0;
        for (at, op) in ops {
            if let Some(text) = line.get(from..at)
                && !text.is_empty()
            {
                run(class(&self.stack), text);
                from = at;
            }
            if self.stack.apply(&op).is_err() {
                run(None, &line[from..]);
                return false;
            }
        }
        if from < line.len() {
            run(class(&self.stack), &line[from..]);
        }
        true
    }
}

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

fn syntax(lang: &str) -> Option<&'static SyntaxReference> {
    let lang = lang.to_ascii_lowercase();
    let name = ALIASES
        .iter()
        .find(|(alias, _)| *alias == lang)
        .map_or(lang.as_str(), |(_, name)| name);
    SYNTAXES
        .find_syntax_by_token(name)
        .filter(|syntax| syntax.name != "Plain Text")
}

/// What models write behind a fence, and no grammar calls itself.
const ALIASES: &[(&str, &str)] = &[
    ("cjs", "js"),
    ("console", "bash"),
    ("csharp", "cs"),
    ("docker", "dockerfile"),
    ("fsharp", "fs"),
    ("golang", "go"),
    ("js", "JavaScript (Babel)"),
    ("javascript", "JavaScript (Babel)"),
    ("json5", "json"),
    ("jsonc", "json"),
    ("jsonl", "json"),
    ("jsx", "JavaScript (Babel)"),
    ("latex", "tex"),
    ("make", "makefile"),
    ("mjs", "js"),
    ("mts", "ts"),
    ("node", "js"),
    ("objc", "m"),
    ("objective-c", "m"),
    ("postgres", "sql"),
    ("postgresql", "sql"),
    ("powershell", "ps1"),
    ("proto", "Protocol Buffer"),
    ("protobuf", "Protocol Buffer"),
    ("ps", "ps1"),
    ("pwsh", "ps1"),
    ("python3", "py"),
    ("sh-session", "bash"),
    ("shell", "bash"),
    ("shell-session", "bash"),
    ("shellscript", "bash"),
    ("shellsession", "bash"),
    ("terraform", "tf"),
    ("udiff", "diff"),
    ("yml", "yaml"),
];

/// The scopes of Sublime Text's grammars that mean a class; `None`: an
/// operator, or code inside something else, which has no colour from there. The first that fits wins, so a special one stands before its kind.
static RULES: LazyLock<Vec<(Scope, Option<TokenClass>)>> = LazyLock::new(|| {
    use TokenClass as C;
    let rules: &[(&str, Option<C>)] = &[
        ("comment", Some(C::Comment)),
        ("constant.character.escape", Some(C::Escape)),
        ("constant.other.placeholder", Some(C::Escape)),
        ("string", Some(C::String)),
        ("constant.numeric", Some(C::Number)),
        ("constant.other.color", Some(C::Number)),
        ("constant.character", Some(C::String)),
        ("constant", Some(C::Constant)),
        ("keyword.other.unit", Some(C::Number)),
        ("keyword.operator.word", Some(C::Keyword)),
        ("keyword.operator", None),
        ("keyword", Some(C::Keyword)),
        ("storage", Some(C::Keyword)),
        ("entity.name.function", Some(C::Function)),
        ("entity.name.macro", Some(C::Function)),
        ("support.function", Some(C::Function)),
        ("support.macro", Some(C::Function)),
        ("variable.function", Some(C::Function)),
        ("entity.name.tag", Some(C::Tag)),
        ("entity.other.attribute-name", Some(C::Attribute)),
        ("variable.annotation", Some(C::Attribute)),
        ("meta.annotation.identifier", Some(C::Attribute)),
        ("entity.name.section", Some(C::Heading)),
        ("markup.heading", Some(C::Heading)),
        ("meta.diff.header", Some(C::Heading)),
        ("meta.diff.range", Some(C::Heading)),
        ("meta.diff.index", Some(C::Heading)),
        ("markup.inserted", Some(C::Inserted)),
        ("markup.deleted", Some(C::Deleted)),
        ("support.type.property-name", Some(C::Property)),
        ("variable.other.member", Some(C::Property)),
        ("meta.mapping.key", Some(C::Property)),
        ("meta.object-literal.key", Some(C::Property)),
        ("entity.name.label", Some(C::Property)),
        ("entity.name", Some(C::Type)),
        ("entity.other.inherited-class", Some(C::Type)),
        ("support.type", Some(C::Type)),
        ("support.class", Some(C::Type)),
        ("support.constant", Some(C::Constant)),
        ("variable.language", None),
        ("variable.parameter", None),
        ("variable.other.readwrite.shell", None),
        ("meta.interpolation", None),
        ("meta.embedded", None),
        ("source", None),
        ("text", None),
    ];
    rules
        .iter()
        // A name that is no scope would be a mistake above, and a test would say so.
        .filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class)))
        .collect()
});

/// The class of what stands under these scopes: the innermost that means one decides.
fn class(stack: &ScopeStack) -> Option<TokenClass> {
    stack.as_slice().iter().rev().find_map(|scope| {
        RULES
            .iter()
            .find(|(prefix, _)| prefix.is_prefix_of(*scope))
            .map(|(_, class)| *class)
    })?
}

#[cfg(test)]
mod tests;
