//! A text as the batches of a reply: the patches of the app's own renderer, and the bare text.

use std::time::Instant;

use serein_markdown::Document;

use crate::texts::Text;

/// Characters of a batch: what a fast model writes in a sixtieth of a second, and more.
pub(crate) const BATCH: usize = 80;

/// A reply, cut into batches.
pub(crate) struct Reply {
    pub(crate) name: &'static str,
    pub(crate) characters: usize,
    /// The text of each batch, as JSON.
    pub(crate) texts: Vec<String>,
    /// The patch of each batch, as JSON. As in the app, a giant paragraph is told every few frames only
    /// ([`Document::frames`]): the batches between have an empty one.
    pub(crate) patches: Vec<String>,
    /// Milliseconds each patch took to be made.
    pub(crate) making: Vec<f64>,
    /// Bytes of all patches, in bytes of the text.
    pub(crate) bytes: f64,
}

/// Reads `text` as it would arrive.
pub(crate) fn reply(text: &Text) -> Reply {
    let characters: Vec<char> = text.text.chars().collect();
    let mut document = Document::new();
    let (mut texts, mut patches, mut making) = (Vec::new(), Vec::new(), Vec::new());
    let (mut waiting, mut frames) = (String::new(), 1);
    let mut batches = characters.chunks(BATCH).peekable();
    while let Some(batch) = batches.next() {
        let batch: String = batch.iter().collect();
        texts.push(serde_json::to_string(&batch).unwrap());
        waiting.push_str(&batch);
        if frames > 1 && batches.peek().is_some() {
            frames -= 1;
            patches.push("[]".to_owned());
            continue;
        }
        let began = Instant::now();
        let patch = document.push(&std::mem::take(&mut waiting));
        making.push(began.elapsed().as_secs_f64() * 1_000.0);
        patches.push(serde_json::to_string(&patch).unwrap());
        frames = document.frames();
    }
    let bytes: usize = patches.iter().map(String::len).sum();
    Reply {
        name: text.name,
        characters: characters.len(),
        bytes: bytes as f64 / text.text.len() as f64,
        texts,
        patches,
        making,
    }
}
