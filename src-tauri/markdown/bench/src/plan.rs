//! What is drawn, in which ways, at which pace, how often.

/// How the batches come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Pace {
    /// One a frame.
    Frame,
    /// One after the other.
    BackToBack,
}

impl Pace {
    /// Its name, in the page and in the figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::BackToBack => "b2b",
        }
    }
}

/// A way of drawing (`ui/bench/ways.ts`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// The app's own renderer.
    Ours,
    /// The text itself, in chunks: the floor.
    Plain,
    /// `streaming-markdown` with its own renderer.
    StreamingMarkdown,
    /// `marked` on the open tail, and DOMPurify.
    MarkedTail,
    /// `marked` on the whole reply, and DOMPurify.
    MarkedWhole,
}

impl Way {
    /// Its name in the page.
    pub(crate) fn page_name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Plain => "plain",
            Self::StreamingMarkdown => "streaming",
            Self::MarkedTail => "tail",
            Self::MarkedWhole => "whole",
        }
    }

    /// Its name in the figures.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Plain => "plain",
            Self::StreamingMarkdown => "streaming_markdown",
            Self::MarkedTail => "marked_tail",
            Self::MarkedWhole => "marked_whole",
        }
    }
}

/// A text drawn at a pace, in turn in these ways.
pub(crate) struct Run {
    pub(crate) text: &'static str,
    pub(crate) pace: Pace,
    pub(crate) ways: &'static [(Way, usize)],
}

/// Everything. A way is drawn in the first so many rounds.
pub(crate) fn runs() -> Vec<Run> {
    use Pace::{BackToBack, Frame};
    use Way::{MarkedTail, MarkedWhole, Ours, Plain, StreamingMarkdown};
    const SHORT: &[(Way, usize)] = &[
        (Ours, 3),
        (Plain, 3),
        (StreamingMarkdown, 3),
        (MarkedTail, 3),
    ];
    const LONG: &[(Way, usize)] = &[
        (Ours, 3),
        (Plain, 3),
        (StreamingMarkdown, 3),
        (MarkedTail, 1),
    ];
    // Reading the whole reply again and again takes minutes at 20,000 tokens.
    const BEGINNING: &[(Way, usize)] = &[(Ours, 1), (MarkedWhole, 1)];
    const ONCE: &[(Way, usize)] = &[(Ours, 1)];
    const BLOCK: &[(Way, usize)] = &[(Ours, 1), (StreamingMarkdown, 1)];
    let run = |text, pace, ways| Run { text, pace, ways };
    let mut runs = vec![
        run("mix5k", BackToBack, BEGINNING),
        run("mix20k", BackToBack, SHORT),
        run("mix20k", Frame, SHORT),
        run("mix80k", BackToBack, LONG),
        run("mix80k", Frame, ONCE),
    ];
    for text in BLOCKS {
        runs.push(run(text, BackToBack, BLOCK));
        runs.push(run(text, Frame, ONCE));
    }
    runs
}

/// The texts of one block.
pub(crate) const BLOCKS: [&str; 5] = ["p_code", "p_list", "p_table", "p_para", "p_quote"];
