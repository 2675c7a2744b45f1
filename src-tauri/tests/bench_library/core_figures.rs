//! The library measured by itself, without a window: searches, writes and pages, each beside an empty one.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use serein_core::library::{Library, backup, new_id};
use serein_core::message::{Message, Part, part_view};
use serein_core::view::{ListScope, MessageStatus, PageAt, Role, SearchFilters};
use tokio_util::sync::CancellationToken;

use crate::made::{Luck, Size, any_word, common_word, conversation_id, han, rare_word};

/// Searches of each kind, writes, and conversations opened.
const TIMES: usize = 300;

/// A figure, its number and its unit.
pub(crate) type Figure = (String, f64, &'static str);

/// A kind of query, and how one is made up.
type Kind = (&'static str, fn(&mut Luck) -> (String, SearchFilters));

const KINDS: &[Kind] = &[
    ("rare", |luck| plain(rare_word(luck) + " ")),
    ("common", |luck| plain(common_word(luck) + " ")),
    ("two_words", |luck| {
        plain(format!("{} {} ", any_word(luck), any_word(luck)))
    }),
    ("three_common", |luck| {
        plain(format!(
            "{} {} {} ",
            common_word(luck),
            common_word(luck),
            common_word(luck)
        ))
    }),
    ("prefix_1", |luck| plain(begun(luck, 1))),
    ("prefix_2", |luck| plain(begun(luck, 2))),
    ("prefix_3", |luck| plain(begun(luck, 3))),
    ("prefix_5", |luck| plain(begun(luck, 5))),
    ("prefix_rare", |luck| {
        plain(rare_word(luck).chars().take(5).collect())
    }),
    ("word_and_prefix", |luck| {
        plain(format!("{} {}", common_word(luck), begun(luck, 3)))
    }),
    ("rare_and_prefix", |luck| {
        plain(format!("{} {}", rare_word(luck), begun(luck, 2)))
    }),
    ("phrase", |luck| {
        let phrases = [
            "error handling",
            "pull request",
            "the following code",
            "what is the difference between",
        ];
        plain(format!("\"{}\"", phrases[luck.below(phrases.len())]))
    }),
    ("phrase_of_common", |luck| {
        plain(format!("\"{} {}\"", common_word(luck), common_word(luck)))
    }),
    ("phrase_of_three", |luck| {
        plain(format!(
            "\"{} {} {}\"",
            common_word(luck),
            any_word(luck),
            common_word(luck)
        ))
    }),
    ("cjk_1", |luck| plain(han(luck, 1))),
    ("cjk_2", |luck| plain(han(luck, 2))),
    ("cjk_4", |luck| plain(han(luck, 4))),
    ("filter_model", |luck| {
        (
            common_word(luck),
            SearchFilters {
                model: Some("aurora-2".to_owned()),
                ..SearchFilters::default()
            },
        )
    }),
    ("filter_day", |luck| {
        let from = 1_790_000_000_000 - (luck.below(1_000) as i64 + 1) * 86_400_000;
        (
            common_word(luck),
            SearchFilters {
                from: Some(from),
                to: Some(from + 86_400_000),
                ..SearchFilters::default()
            },
        )
    }),
    ("filter_years", |luck| {
        let from = 1_790_000_000_000 - (luck.below(1_000) as i64 + 1) * 86_400_000;
        (
            begun(luck, 3),
            SearchFilters {
                from: Some(from),
                ..SearchFilters::default()
            },
        )
    }),
    ("filter_folder", |luck| {
        let folder = format!("f{}", luck.below(40));
        (
            begun(luck, 3),
            SearchFilters {
                folder: Some(folder),
                ..SearchFilters::default()
            },
        )
    }),
    ("filter_code", |luck| {
        (
            common_word(luck),
            SearchFilters {
                code: true,
                ..SearchFilters::default()
            },
        )
    }),
    ("filter_alone", |luck| {
        let folder = format!("f{}", luck.below(40));
        (
            String::new(),
            SearchFilters {
                folder: Some(folder),
                code: true,
                ..SearchFilters::default()
            },
        )
    }),
    ("nothing", |luck| {
        plain(format!("zz{} ", luck.below(1_000_000)))
    }),
];

fn plain(typed: String) -> (String, SearchFilters) {
    (typed, SearchFilters::default())
}

/// The beginning of a word that is long enough.
fn begun(luck: &mut Luck, characters: usize) -> String {
    loop {
        let word = any_word(luck);
        if word.chars().count() > characters {
            return word.chars().take(characters).collect();
        }
    }
}

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let index = (times.len() as f64 * share) as usize;
    times[index.min(times.len() - 1)]
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Measures the library of this size at `path`, and the empty one at `empty`.
pub(crate) fn measure(path: &Path, empty: &Path, size: Size) -> Vec<Figure> {
    let mut figures = Vec::new();
    let began = Instant::now();
    let library = Library::open(path).unwrap();
    let full_open = ms(began.elapsed());
    let began = Instant::now();
    let nothing = Library::open(empty).unwrap();
    let empty_open = ms(began.elapsed());
    beside(&mut figures, "core_open", full_open, empty_open);
    let (mut full_starts, mut empty_starts) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        full_starts.push(starts(path));
        empty_starts.push(starts(empty));
    }
    let (full, empty) = (
        percentile(&mut full_starts, 0.5),
        percentile(&mut empty_starts, 0.5),
    );
    beside(&mut figures, "core_start_p50", full, empty);

    let mut all = Vec::new();
    let mut alone = Vec::new();
    for (name, make) in KINDS {
        let mut full_times = searches(&library, *make);
        let mut empty_times = searches(&nothing, *make);
        for (percent, share) in [("p50", 0.5), ("p99", 0.99)] {
            let (full, empty) = (
                percentile(&mut full_times, share),
                percentile(&mut empty_times, share),
            );
            beside(
                &mut figures,
                &format!("search_{name}_{percent}"),
                full,
                empty,
            );
        }
        all.append(&mut full_times);
        #[cfg(target_os = "linux")]
        {
            let mut times = searches_alone(&library, *make);
            figures.push((
                format!("search_{name}_p99_alone_ms"),
                percentile(&mut times, 0.99),
                "ms",
            ));
            alone.append(&mut times);
        }
    }
    if !alone.is_empty() {
        let p99 = percentile(&mut alone, 0.99);
        figures.push(("search_p99_alone_ms".to_owned(), p99, "ms"));
    }
    let (p50, p99) = (percentile(&mut all, 0.5), percentile(&mut all, 0.99));
    figures.push(("search_p50_ms".to_owned(), p50, "ms"));
    figures.push(("search_p99_ms".to_owned(), p99, "ms"));
    figures.push((
        "search_worst_ms".to_owned(),
        percentile(&mut all, 1.0),
        "ms",
    ));

    for (what, with_search) in [("write", false), ("write_while_searching", true)] {
        let mut full_times = writes(&library, with_search);
        let mut empty_times = writes(&nothing, with_search);
        for (percent, share) in [("p50", 0.5), ("p99", 0.99)] {
            let (full, empty) = (
                percentile(&mut full_times, share),
                percentile(&mut empty_times, share),
            );
            beside(&mut figures, &format!("{what}_{percent}"), full, empty);
        }
    }

    let own = nothing.create_conversation("One", "plain", 1).unwrap();
    nothing
        .add_messages(
            &own,
            &[message("A question"), message("An answer")],
            false,
            1,
        )
        .unwrap();
    let mut luck = Luck::new(3);
    let mut opened: Vec<f64> = (0..TIMES)
        .map(|_| opens(&library, &conversation_id(luck.below(size.conversations))))
        .collect();
    let mut empty_opened: Vec<f64> = (0..TIMES).map(|_| opens(&nothing, &own)).collect();
    for (percent, share) in [("p50", 0.5), ("p99", 0.99)] {
        let (full, empty) = (
            percentile(&mut opened, share),
            percentile(&mut empty_opened, share),
        );
        beside(
            &mut figures,
            &format!("core_conversation_{percent}"),
            full,
            empty,
        );
    }
    let mut largest: Vec<f64> = (0..30)
        .map(|_| opens(&library, &conversation_id(0)))
        .collect();
    figures.push((
        "core_largest_conversation_p50_ms".to_owned(),
        percentile(&mut largest, 0.5),
        "ms",
    ));
    for (name, typed) in [
        ("common", "the"),
        ("rare", "quequeque"),
        ("nothing", "zzzz"),
    ] {
        let mut times: Vec<f64> = (0..9)
            .map(|_| {
                let began = Instant::now();
                library
                    .find_in_conversation(&conversation_id(0), typed, true)
                    .unwrap();
                ms(began.elapsed())
            })
            .collect();
        for (percent, share) in [("p50", 0.5), ("worst", 1.0)] {
            figures.push((
                format!("find_{name}_in_largest_{percent}_ms"),
                percentile(&mut times, share),
                "ms",
            ));
        }
    }
    list_figures(&mut figures, &library, size);
    backup_figures(&mut figures, &library, path);
    let began = Instant::now();
    library.search_models().unwrap();
    figures.push(("search_models_ms".to_owned(), ms(began.elapsed()), "ms"));
    tidy(path);
    figures
}

/// The list, and deleting from it.
fn list_figures(figures: &mut Vec<Figure>, library: &Library, size: Size) {
    let mut luck = Luck::new(9);
    let mut add = |name: &str, work: &mut dyn FnMut(&mut Luck)| {
        let mut times: Vec<f64> = (0..50)
            .map(|_| {
                let began = Instant::now();
                work(&mut luck);
                ms(began.elapsed())
            })
            .collect();
        for (percent, share) in [("p50", 0.5), ("worst", 1.0)] {
            figures.push((
                format!("{name}_{percent}_ms"),
                percentile(&mut times, share),
                "ms",
            ));
        }
    };
    let active = ListScope::Active;
    add("list_sections", &mut |_| {
        library
            .sections(&active, serein_core::now(), &TimeZone::UTC)
            .unwrap();
    });
    add("list_first_rows", &mut |_| {
        library.rows(&active, 0, 100).unwrap();
    });
    add("list_rows_anywhere", &mut |luck| {
        let first = u32::try_from(luck.below(size.conversations)).unwrap();
        library.rows(&active, first, 100).unwrap();
    });
    add("list_place", &mut |luck| {
        let id = conversation_id(luck.below(size.conversations));
        library.place(&id, &active).unwrap();
    });
    add("list_folders", &mut |_| {
        library.folders().unwrap();
    });
    let largest = [conversation_id(0)];
    add("delete_and_undo_largest", &mut |_| {
        let deletion = new_id();
        library
            .delete_conversations(&largest, &deletion, serein_core::now())
            .unwrap();
        library.undo_delete(&deletion).unwrap();
    });
}

/// A backup of it, what writing and searching is like beside it, and folding the log into the file.
fn backup_figures(figures: &mut Vec<Figure>, library: &Library, path: &Path) {
    let folder = path.with_extension("backups");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let stop = CancellationToken::new();
    let mut beside = std::thread::scope(|scope| {
        let copying = scope.spawn(|| {
            let began = Instant::now();
            let made = backup::back_up(path, &folder, serein_core::now(), &stop).unwrap();
            figures.push(("backup_s".to_owned(), began.elapsed().as_secs_f64(), "s"));
            figures.push(("backup_mb".to_owned(), made.bytes as f64 / 1e6, "MB"));
        });
        let mut times = Vec::new();
        while !copying.is_finished() {
            times.append(&mut writes(library, false));
        }
        times
    });
    std::fs::remove_dir_all(&folder).unwrap();
    for (percent, share) in [("p50", 0.5), ("p99", 0.99)] {
        figures.push((
            format!("write_beside_backup_{percent}_ms"),
            percentile(&mut beside, share),
            "ms",
        ));
    }
    let began = Instant::now();
    library.checkpoint().unwrap();
    figures.push(("checkpoint_ms".to_owned(), ms(began.elapsed()), "ms"));
}

/// Adds a figure beside the empty library's, and what the one is of the other.
fn beside(figures: &mut Vec<Figure>, name: &str, full: f64, empty: f64) {
    figures.push((format!("{name}_ms"), full, "ms"));
    figures.push((format!("{name}_empty_ms"), empty, "ms"));
    figures.push((format!("{name}_vs_empty"), full / empty, "x"));
}

fn searches(library: &Library, make: fn(&mut Luck) -> (String, SearchFilters)) -> Vec<f64> {
    let mut luck = Luck::new(11);
    (0..TIMES)
        .map(|_| {
            let (typed, filters) = make(&mut luck);
            let began = Instant::now();
            library.search(&typed, &filters).unwrap();
            ms(began.elapsed())
        })
        .collect()
}

/// The same, less the time this thread waited for a processor that others had: on a machine at work with
/// something else, this is what searching itself takes.
#[cfg(target_os = "linux")]
fn searches_alone(library: &Library, make: fn(&mut Luck) -> (String, SearchFilters)) -> Vec<f64> {
    // The kernel's word: nanoseconds run, nanoseconds waited, turns.
    let waited = || -> f64 {
        let words = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        let waited: f64 = words.split_whitespace().nth(1).unwrap().parse().unwrap();
        waited / 1e6
    };
    let mut luck = Luck::new(12);
    (0..TIMES)
        .map(|_| {
            let (typed, filters) = make(&mut luck);
            let (began, before) = (Instant::now(), waited());
            library.search(&typed, &filters).unwrap();
            ms(began.elapsed()) - (waited() - before)
        })
        .collect()
}

fn message(text: &str) -> Message {
    Message {
        id: new_id(),
        parent: None,
        role: Role::User,
        status: MessageStatus::Complete,
        parts: vec![Part::text(text)],
        error: None,
        model: None,
        created_at: serein_core::now(),
        finished_at: None,
    }
}

/// The title of conversations that a bench writes, and takes away again.
const OWN_TITLE: &str = "Written by the bench";

fn writes(library: &Library, with_search: bool) -> Vec<f64> {
    let conversation = library.create_conversation(OWN_TITLE, "plain", 1).unwrap();
    let mut luck = Luck::new(5);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if with_search {
            scope.spawn(|| {
                let mut luck = Luck::new(6);
                while !done.load(Ordering::Relaxed) {
                    let (typed, filters) = KINDS[luck.below(KINDS.len())].1(&mut luck);
                    library.search(&typed, &filters).unwrap();
                }
            });
        }
        let times = (0..TIMES)
            .map(|_| {
                let text: Vec<String> = (0..150).map(|_| any_word(&mut luck)).collect();
                let added = [message("A question"), message(&text.join(" "))];
                let began = Instant::now();
                library
                    .add_messages(&conversation, &added, true, 1)
                    .unwrap();
                ms(began.elapsed())
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        times
    })
}

/// Opens a library, its list and the first rows of it, as a start does.
fn starts(path: &Path) -> f64 {
    let began = Instant::now();
    let library = Library::open(path).unwrap();
    let active = ListScope::Active;
    library
        .sections(&active, serein_core::now(), &TimeZone::UTC)
        .unwrap();
    library.rows(&active, 0, 100).unwrap();
    library.folders().unwrap();
    ms(began.elapsed())
}

/// Opens a conversation to its last page, as a window is given it.
fn opens(library: &Library, conversation: &str) -> f64 {
    let began = Instant::now();
    library.conversation(conversation).unwrap();
    let page = library.page(conversation, &PageAt::End).unwrap();
    let parts: usize = page
        .messages
        .iter()
        .flat_map(|shown| {
            let role = shown.message.role;
            shown
                .message
                .parts
                .iter()
                .map(move |part| part_view(role, part))
        })
        .count();
    assert!(parts > 0, "there is something to show");
    ms(began.elapsed())
}

/// Takes away what was written, so that the library is what the recipe says.
fn tidy(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute("DELETE FROM message WHERE conversation IN (SELECT id FROM conversation WHERE title = ?1)", [OWN_TITLE])
        .unwrap();
    connection
        .execute("DELETE FROM conversation WHERE title = ?1", [OWN_TITLE])
        .unwrap();
}
