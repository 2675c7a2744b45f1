//! The texts: Markdown as models write it, made up by the dice from a seed, so always the same.

#![allow(dead_code, reason = "the app is measured with one of them")]

use std::fmt::Write as _;

/// A named text.
pub(crate) struct Text {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// Characters of a token, about.
const TOKEN: usize = 4;

/// Characters of a text that is one block.
const BLOCK: usize = 80_000;

/// All of them: mixed replies of 20,000 and 80,000 tokens, and the worst of each kind of block.
pub(crate) fn all() -> Vec<Text> {
    let text = |name, text| Text { name, text };
    vec![
        mixed_reply(),
        text("mix80k", mixed(80_000 * TOKEN)),
        text("p_code", cut("```ts\n", BLOCK, code_line)),
        text("p_list", cut("", BLOCK, list_item)),
        text("p_table", cut(TABLE_HEAD, BLOCK, table_row)),
        text("p_para", cut("", BLOCK, paragraph_part)),
        text("p_quote", cut("", BLOCK, quote_line)),
    ]
}

/// A mixed reply of 20,000 tokens.
pub(crate) fn mixed_reply() -> Text {
    Text {
        name: "mix20k",
        text: mixed(20_000 * TOKEN),
    }
}

/// The first quarter of the mixed reply, for what cannot cope with more.
pub(crate) fn beginning(mixed: &Text) -> Text {
    let text = mixed.text.chars().take(5_000 * TOKEN).collect();
    Text {
        name: "mix5k",
        text,
    }
}

const WORDS: &[&str] = &[
    "a",
    "about",
    "after",
    "along",
    "and",
    "answer",
    "any",
    "as",
    "balance",
    "because",
    "between",
    "bounded",
    "café",
    "careful",
    "chapter",
    "client",
    "code",
    "contain",
    "decide",
    "delay",
    "each",
    "every",
    "explanation",
    "for",
    "formula",
    "frame",
    "from",
    "grows",
    "in",
    "into",
    "is",
    "it",
    "its",
    "list",
    "long",
    "memory",
    "model",
    "must",
    "naïve",
    "of",
    "one",
    "order",
    "painted",
    "paragraph",
    "people",
    "quick",
    "reading",
    "request",
    "returns",
    "scroll",
    "server",
    "so",
    "stays",
    "stream",
    "table",
    "that",
    "the",
    "the",
    "the",
    "through",
    "to",
    "token",
    "value",
    "vector",
    "visible",
    "when",
    "which",
    "while",
    "whole",
    "with",
    "without",
    "интерфейс",
    "模型",
    "数据",
    "über",
];

const NAMES: &[&str] = &[
    "buf", "chunk", "frame", "index", "node", "offset", "result", "state", "token", "value",
];

const SPANS: &[&str] = &[
    "`foo_bar`",
    "`<div>`",
    "`Vec<u8>`",
    "`a && b`",
    "`x => y`",
    "`npm run dev`",
];

const EQUATIONS: &[&str] = &[
    r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}",
    r"\sum_{k=1}^{n} k^2 = \frac{n(n+1)(2n+1)}{6}",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix}",
];

const TABLE_HEAD: &str = "| a | b | c | d |\n|---|--:|:-:|---|\n";

/// The dice: Steele's and Vigna's SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `least` to `most`, both included.
    fn number(&mut self, least: usize, most: usize) -> usize {
        least + (self.roll() % (most - least + 1) as u64) as usize
    }

    /// Whether something happens that does so in `percent` of all cases.
    fn hits(&mut self, percent: usize) -> bool {
        self.number(1, 100) <= percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.number(0, from.len() - 1)]
    }

    /// So many plain words.
    fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.pick(WORDS)).collect();
        words.join(" ")
    }

    /// A name in code, with a number.
    fn name(&mut self) -> String {
        format!("{}{}", self.pick(NAMES), self.number(1, 99))
    }

    /// A piece of a sentence: mostly words, now and then something marked.
    fn span(&mut self) -> String {
        match self.number(1, 100) {
            1..=36 => format!("**{}**", self.words_up_to(4)),
            37..=54 => format!("*{}*", self.words_up_to(3)),
            55..=60 => format!("***{}***", self.words_up_to(2)),
            61..=67 => format!("~~{}~~", self.words_up_to(2)),
            68..=87 => self.pick(SPANS).to_owned(),
            88..=94 => {
                let page = self.number(1, 999);
                format!("[{}](https://example.com/{page}?a=1&b=2)", self.words(2))
            }
            _ => format!(r"$x_{{{}}}^2 + \alpha$", self.number(1, 9)),
        }
    }

    fn words_up_to(&mut self, most: usize) -> String {
        let count = self.number(1, most);
        self.words(count)
    }

    /// A sentence of up to `most` words.
    fn sentence(&mut self, most: usize) -> String {
        let mut words = Vec::new();
        for _ in 0..self.number(4, most) {
            let word = if self.hits(6) {
                self.span()
            } else {
                self.pick(WORDS).to_owned()
            };
            words.push(word);
        }
        let mut sentence = words.join(" ");
        if let Some(first) = sentence.get(..1) {
            let first = first.to_uppercase();
            sentence.replace_range(..1, &first);
        }
        sentence + self.pick(&[".", ".", ".", "!", "?", ":"])
    }

    fn sentences(&mut self, count: usize, most: usize) -> String {
        let sentences: Vec<String> = (0..count).map(|_| self.sentence(most)).collect();
        sentences.join(" ")
    }
}

/// Whole blocks in the proportions of long answers, cut to so many characters.
fn mixed(characters: usize) -> String {
    let mut dice = Dice(4);
    let mut text = String::new();
    let mut written = 0;
    while written < characters {
        let block = block(&mut dice);
        written += block.chars().count() + 2;
        text.push_str(&block);
        text.push_str("\n\n");
    }
    text.chars().take(characters).collect()
}

fn block(dice: &mut Dice) -> String {
    match dice.number(1, 500) {
        1..=200 => {
            let count = dice.number(1, 6);
            dice.sentences(count, 32)
        }
        201..=284 => list(dice),
        285..=324 => table(dice),
        325..=357 => format!("$$\n{}\n$$", dice.pick(EQUATIONS)),
        358..=411 => {
            let (level, count) = (dice.number(1, 4), dice.number(2, 6));
            format!("{} {}", "#".repeat(level), dice.words(count))
        }
        412..=433 => format!("> {}\n> {}", dice.sentence(30), dice.sentence(30)),
        434..=487 => code(dice),
        _ => "---".to_owned(),
    }
}

fn list(dice: &mut Dice) -> String {
    let (numbered, items) = (dice.hits(42), dice.number(3, 10));
    let tasks = dice.hits(15);
    let mut list = String::new();
    for item in 1..=items {
        let mark = if numbered {
            format!("{item}. ")
        } else {
            "- ".to_owned()
        };
        let task = match tasks.then(|| dice.hits(50)) {
            Some(true) => "[x] ",
            Some(false) => "[ ] ",
            None => "",
        };
        let indent = " ".repeat(mark.len());
        let _ = writeln!(list, "{mark}{task}{}", dice.sentence(34));
        if dice.hits(35) {
            for _ in 0..dice.number(1, 5) {
                let _ = writeln!(list, "{indent}- {}", dice.sentence(30));
            }
            if dice.hits(35) {
                let _ = writeln!(list, "{indent}  1. {}", dice.words(6));
            }
        }
    }
    list.trim_end().to_owned()
}

fn table(dice: &mut Dice) -> String {
    let (columns, rows) = (dice.number(3, 6), dice.number(4, 16));
    let mut row = |cell: &mut dyn FnMut(&mut Dice) -> String| {
        let cells: Vec<String> = (0..columns).map(|_| cell(dice)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut table = row(&mut |dice| dice.words_up_to(2));
    table += &row(&mut |dice| dice.pick(&["---", "--:", ":--", ":-:"]).to_owned());
    for _ in 0..rows {
        table += &row(&mut |dice| match dice.number(1, 10) {
            1 | 2 => dice.pick(&["`a`", "`b_c`"]).to_owned(),
            3 | 4 => format!("**{}**", dice.number(1, 999)),
            5 if dice.hits(50) => format!("${}^{{{}}}$", dice.number(1, 9), dice.number(1, 9)),
            _ => dice.words_up_to(5),
        });
    }
    table.trim_end().to_owned()
}

fn code(dice: &mut Dice) -> String {
    let (lang, line): (&str, fn(&mut Dice) -> String) = match dice.number(1, 3) {
        1 => ("python", python),
        2 => ("rust", rust),
        _ => ("ts", typescript),
    };
    let mut code = format!("```{lang}\n");
    for _ in 0..dice.number(8, 60) {
        code += &line(dice);
        code.push('\n');
    }
    code + "```"
}

fn python(dice: &mut Dice) -> String {
    match dice.number(1, 7) {
        1 => format!(
            "def {}({}: int, *args, **kw) -> list[str]:",
            dice.name(),
            dice.name()
        ),
        2 => format!("    # {}", dice.words(6)),
        3 => format!("    \"\"\"{}\"\"\"", dice.words(5)),
        4 => format!(
            "    return [f\"{{x:>10}}\" for x in {} if x not in (1, {})]",
            dice.name(),
            dice.number(2, 99)
        ),
        5 => format!(
            "{} = {{\"{}\": {}, 'b': None}}",
            dice.name(),
            dice.words(1),
            dice.number(1, 99)
        ),
        6 => format!("    for {} in range({}):", dice.name(), dice.number(1, 99)),
        _ => String::new(),
    }
}

fn rust(dice: &mut Dice) -> String {
    match dice.number(1, 6) {
        1 => format!(
            "pub fn {}<'a>({}: &'a mut Vec<u8>) -> Result<&'a str, Box<dyn Error>> {{",
            dice.name(),
            dice.name()
        ),
        2 => format!("    // {}", dice.words(5)),
        3 => format!(
            "    let {}: u64 = {}.iter().filter(|b| **b == b'\\n').count() as u64;",
            dice.name(),
            dice.name()
        ),
        4 => format!(
            "    match {} {{ Some(x) if x > {} => Ok(x), _ => Err(\"{}\".into()) }}",
            dice.name(),
            dice.number(1, 99),
            dice.words(2)
        ),
        5 => "}".to_owned(),
        _ => String::new(),
    }
}

fn typescript(dice: &mut Dice) -> String {
    match dice.number(1, 6) {
        1 => format!(
            "export function {}({}: string, {}: number): Promise<void> {{",
            dice.name(),
            dice.name(),
            dice.name()
        ),
        2 => format!(
            "const {} = await fetch(`https://h/${{{}}}`, {{ method: \"POST\" }}); // {}",
            dice.name(),
            dice.name(),
            dice.words(3)
        ),
        3 => format!(
            "  for (let i = 0; i < {}.length; i++) {}.push(\"{}\");",
            dice.name(),
            dice.name(),
            dice.words(3)
        ),
        4 => format!(
            "  if ({} >= {} && {} !== null) {{ return {}.map((x) => x * {}); }}",
            dice.name(),
            dice.number(1, 499),
            dice.name(),
            dice.name(),
            dice.number(2, 9)
        ),
        5 => "}".to_owned(),
        _ => String::new(),
    }
}

/// One block: its beginning, then lines until there are so many characters.
fn cut(start: &str, characters: usize, line: fn(&mut Dice, usize) -> String) -> String {
    let mut dice = Dice(4);
    let mut text = start.to_owned();
    let mut written = text.chars().count();
    for number in 1.. {
        if written >= characters {
            break;
        }
        let line = line(&mut dice, number);
        written += line.chars().count();
        text.push_str(&line);
    }
    text.chars().take(characters).collect()
}

fn code_line(dice: &mut Dice, _: usize) -> String {
    format!(
        "  const v{} = foo({}, \"{}\") ?? null; // {}\n",
        dice.number(1, 999),
        dice.number(1, 99),
        dice.words(2),
        dice.words(2)
    )
}

fn list_item(dice: &mut Dice, number: usize) -> String {
    let count = dice.number(6, 13);
    let mut item = format!("{number}. **{}** {}\n", dice.words(2), dice.words(count));
    if number.is_multiple_of(3) {
        item += &format!("   - {}\n", dice.words(6));
    }
    item
}

fn table_row(dice: &mut Dice, _: usize) -> String {
    format!(
        "| {} | {} | `{}` | {} |\n",
        dice.words(2),
        dice.number(1, 9_999),
        dice.number(1, 99),
        dice.words(3)
    )
}

/// A paragraph that never ends.
fn paragraph_part(dice: &mut Dice, _: usize) -> String {
    let count = dice.number(8, 16);
    format!("{} **{}** `x` ", dice.words(count), dice.words(2))
}

fn quote_line(dice: &mut Dice, number: usize) -> String {
    if number.is_multiple_of(13) {
        return ">\n".to_owned();
    }
    let count = dice.number(6, 13);
    format!("> {}\n", dice.words(count))
}
