//! The library that is measured: made up by a recipe, the same every time, and kept for the next run.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, params};
use serein_core::library::Library;
use serein_core::message::Part;

/// Another recipe is another library.
const RECIPE: u32 = 4;
/// When the last conversation began, and how long before it the first.
const LAST: i64 = 1_790_000_000_000;
const SPAN: i64 = 3 * 365 * 86_400_000;
/// Conversations written at once.
const AT_ONCE: usize = 100;
/// Words there are, and how many of them everybody uses.
const WORDS: usize = 40_000;
/// Characters of the Chinese that is made up.
const HAN: usize = 3_000;

/// How large it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) conversations: usize,
    pub(crate) messages: usize,
    /// Messages of the first conversation, which is the largest.
    pub(crate) largest: usize,
}

/// What the issue asks for.
pub(crate) const MILLION: Size = Size {
    conversations: 10_000,
    messages: 1_000_000,
    largest: 20_000,
};

/// A little luck, the same every time (SplitMix64).
pub(crate) struct Luck(u64);

impl Luck {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Less than `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank, the first ones by far the most often, as words are.
    fn zipf(&mut self, ranks: usize) -> usize {
        let rank = (ranks as f64 + 1.0).powf(self.share()) - 1.0;
        (rank as usize).min(ranks - 1)
    }
}

const COMMON: &[&str] = &[
    "the", "of", "and", "to", "a", "in", "is", "you", "that", "it", "for", "on", "with", "as",
    "are", "this", "be", "can", "function", "if", "not", "use", "or", "an", "value", "from", "by",
    "your", "which", "code", "will", "one", "at", "when", "string", "there", "type", "have",
    "data", "return", "example", "list", "file", "error", "new", "each", "more", "time", "key",
    "number",
];
const STOCK: &[&str] = &[
    "how do i",
    "for example",
    "in this case",
    "as you can see",
    "the function returns",
    "make sure that",
    "on the other hand",
    "let me know if",
    "what is the difference between",
    "error handling",
    "the following code",
    "pull request",
    "file system",
    "step by step",
    "state of the art",
];
const SYLLABLES: &[&str] = &[
    "ba", "con", "ter", "pro", "mi", "lo", "ver", "sta", "ri", "men", "tion", "al", "per", "de",
    "su", "kin", "or", "ex", "la", "pre", "form", "gra", "in", "com", "pa", "ne", "to", "fi", "ul",
    "que",
];
const MODELS: &[&str] = &[
    "serein-large",
    "serein-small",
    "aurora-2",
    "north-mini",
    "plain",
];

/// The word of a rank.
pub(crate) fn word(rank: usize) -> String {
    if let Some(word) = COMMON.get(rank) {
        return (*word).to_owned();
    }
    let mut word = String::new();
    let mut rest = rank;
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}

/// A word that hardly any message has.
pub(crate) fn rare_word(luck: &mut Luck) -> String {
    word(WORDS / 2 + luck.below(WORDS / 2))
}

/// A word of those that most messages have.
pub(crate) fn common_word(luck: &mut Luck) -> String {
    word(luck.below(20))
}

/// Any word, as often as it is used.
pub(crate) fn any_word(luck: &mut Luck) -> String {
    word(luck.zipf(WORDS))
}

/// Some Chinese characters.
pub(crate) fn han(luck: &mut Luck, count: usize) -> String {
    (0..count)
        .filter_map(|_| char::from_u32(0x4E00 + u32::try_from(luck.zipf(HAN) * 7 % 20_000).ok()?))
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    English,
    Chinese,
    Arabic,
}

fn sentence(luck: &mut Luck, tongue: Tongue, out: &mut String) {
    match tongue {
        Tongue::English => {
            if luck.below(10) < 3 {
                out.push_str(STOCK[luck.below(STOCK.len())]);
                out.push(' ');
            }
            for n in 0..6 + luck.below(9) {
                out.push_str(if n == 0 { "" } else { " " });
                out.push_str(&any_word(luck));
            }
            out.push_str(". ");
        }
        Tongue::Chinese => {
            let length = 8 + luck.below(20);
            out.push_str(&han(luck, length));
            out.push('。');
        }
        Tongue::Arabic => {
            for _ in 0..5 + luck.below(8) {
                for _ in 0..2 + luck.below(5) {
                    out.extend(char::from_u32(
                        0x627 + u32::try_from(luck.below(36)).unwrap_or(0),
                    ));
                }
                out.push(' ');
            }
        }
    }
}

fn question(luck: &mut Luck, tongue: Tongue) -> String {
    let mut text = String::new();
    for _ in 0..1 + luck.below(2) {
        sentence(luck, tongue, &mut text);
    }
    text.trim_end().to_owned()
}

fn answer(luck: &mut Luck, tongue: Tongue) -> String {
    let mut text = String::new();
    for n in 0..4 + luck.below(14) {
        if n > 0 && luck.below(4) == 0 {
            text.push_str("\n\n");
        }
        if luck.below(20) == 0 {
            text.push_str("\n- ");
        }
        sentence(luck, tongue, &mut text);
    }
    if luck.below(4) == 0 {
        text.push_str("\n\n```rust\n");
        for _ in 0..3 + luck.below(8) {
            let (name, value) = (any_word(luck), any_word(luck));
            text.push_str(&format!("let {name} = {value}({});\n", luck.below(1_000)));
        }
        text.push_str("```\n");
    }
    text
}

/// How many messages each conversation has.
fn lengths(luck: &mut Luck, size: Size) -> Vec<usize> {
    let others = size.conversations - 1;
    let weights: Vec<f64> = (0..others)
        .map(|_| -(1.0 - luck.share()).ln() + 0.02)
        .collect();
    let sum: f64 = weights.iter().sum();
    let rest = (size.messages - size.largest) as f64;
    let mut lengths = vec![size.largest];
    lengths.extend(
        weights
            .iter()
            .map(|weight| ((weight / sum * rest) as usize).max(2)),
    );
    let made: usize = lengths.iter().sum();
    if let Some(last) = lengths.last_mut() {
        *last += size.messages.saturating_sub(made);
    }
    lengths
}

/// The id of a message.
fn id(number: usize) -> String {
    format!(
        "{:08x}-{:04x}-7000-8000-{:012x}",
        number >> 8,
        number & 0xFFFF,
        number
    )
}

/// The id of a conversation, from 0.
pub(crate) fn conversation_id(number: usize) -> String {
    format!("c0000000-0000-7000-8000-{number:012x}")
}

/// A conversation's title: its number tells it from all others.
fn title(number: usize, words: &str) -> String {
    format!("{} {words}", title_begin(number))
}

/// What a conversation's title begins with, and no other's.
pub(crate) fn title_begin(number: usize) -> String {
    format!("No. {number}:")
}

/// What a conversation ends with, and no other.
pub(crate) fn last_words(number: usize) -> String {
    format!("These are the last words of number {number}.")
}

/// The library of this size in `folder`, made if it is not there.
pub(crate) fn made(folder: &Path, size: Size) -> PathBuf {
    let name = format!(
        "library-{}-{}-{RECIPE}.db",
        size.conversations, size.messages
    );
    let path = folder.join(&name);
    if path.is_file() {
        return path;
    }
    fs::create_dir_all(folder).unwrap();
    let unfinished = folder.join(format!("{name}.unfinished"));
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("{name}.unfinished{end}")));
    }
    // Closed again: its schema is what is needed of it.
    drop(Library::open(&unfinished).unwrap());
    fill(&unfinished, size);
    let library = Library::open(&unfinished).unwrap();
    let began = std::time::Instant::now();
    while library.index_step().unwrap() {}
    let took = began.elapsed();
    let mut begins = true;
    while library.order_index_step(begins).unwrap() {
        begins = false;
    }
    library.checkpoint().unwrap();
    println!(
        "made {name}: indexed in {:.1} s, put in order in {:.1} s",
        took.as_secs_f64(),
        (began.elapsed() - took).as_secs_f64()
    );
    drop(library);
    fs::rename(&unfinished, &path).unwrap();
    path
}

fn fill(path: &Path, size: Size) {
    let mut connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;",
        )
        .unwrap();
    connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39)
             INSERT INTO folder SELECT 'f' || i, 'Folder ' || i, 1 FROM n;",
        )
        .unwrap();
    let mut luck = Luck::new(7);
    let lengths = lengths(&mut luck, size);
    let mut numbers = 0;
    let mut all: Vec<(usize, usize)> = lengths.into_iter().enumerate().collect();
    // The largest is the last one, at the top of the list.
    all.rotate_left(1);
    for some in all.chunks(AT_ONCE) {
        let tx = connection.transaction().unwrap();
        for &(number, length) in some {
            conversation(&tx, &mut luck, size, number, length, &mut numbers);
        }
        tx.commit().unwrap();
    }
    // It is indexed as an older library is: all that was there before.
    connection
        .execute_batch(
            "DELETE FROM index_due;
             UPDATE index_progress SET up_to = (SELECT max(rowid) FROM message);",
        )
        .unwrap();
}

fn conversation(
    tx: &Transaction<'_>,
    luck: &mut Luck,
    size: Size,
    number: usize,
    length: usize,
    numbers: &mut usize,
) {
    let conversation = conversation_id(number);
    let tongue = match luck.below(100) {
        ..6 => Tongue::Chinese,
        6..8 => Tongue::Arabic,
        _ => Tongue::English,
    };
    let tongue = if number == 0 { Tongue::English } else { tongue };
    let place = if number == 0 {
        size.conversations
    } else {
        number
    };
    let began = LAST - SPAN + SPAN / size.conversations as i64 * place as i64;
    let model = MODELS[luck.below(MODELS.len())];
    let words: String = question(luck, tongue).chars().take(60).collect();
    let title = title(number, &words);
    let folder = (number % 4 == 1).then(|| format!("f{}", number / 4 % 40));
    tx.prepare_cached(
        "INSERT INTO conversation (id, title, model, created_at, updated_at, folder, archived)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .unwrap()
    .execute(params![
        conversation,
        title,
        model,
        began,
        began + length as i64 * 60_000,
        folder,
        number % 50 == 3
    ])
    .unwrap();
    let mut insert = tx
        .prepare_cached(
            "INSERT INTO message (id, conversation, parent, role, status, model, parts, text, created_at, finished_at, depth)
             VALUES (?1, ?2, ?3, ?4, 'complete', ?5, ?6, ?7, ?8, ?8 + 5000, ?9)",
        )
        .unwrap();
    let mut last: Option<String> = None;
    let mut asked: Option<String> = None;
    let mut depth = 0;
    for n in 0..length {
        // Now and then another version of the same reply.
        let again = asked.is_some() && last != asked && n + 1 < length && luck.below(33) == 0;
        if again {
            depth -= 1;
            last.clone_from(&asked);
        }
        let is_reply = last.is_some() && last == asked;
        let mut text = if is_reply {
            answer(luck, tongue)
        } else {
            question(luck, tongue)
        };
        if n + 1 == length {
            text.push_str("\n\n");
            text.push_str(&last_words(number));
        }
        let message = id(*numbers);
        *numbers += 1;
        insert
            .execute(params![
                message,
                conversation,
                last,
                if is_reply { "assistant" } else { "user" },
                is_reply.then_some(model),
                serde_json::to_string(&[Part::text(text.as_str())]).unwrap(),
                text,
                began + n as i64 * 60_000,
                depth
            ])
            .unwrap();
        depth += 1;
        if !is_reply {
            asked = Some(message.clone());
        }
        last = Some(message);
    }
    tx.prepare_cached("UPDATE conversation SET leaf = ?2 WHERE id = ?1")
        .unwrap()
        .execute(params![conversation, last])
        .unwrap();
}
