//! Files that are damaged, enormous or meant to do harm: refused or made harmless, and named.

use super::*;

/// A library's file with what is between a good conversation before and one after.
fn between(middle: &str) -> String {
    let good = |id: &str| {
        format!(
            r#"{{"id":"{id}","title":"{id}","created_at":1,"updated_at":2,"leaf":"{id}-m","messages":[
                {{"id":"{id}-m","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{{"type":"text","text":"drip"}}]}}]}}"#
        )
    };
    format!(
        r#"{{"format":"serein-library","version":1,"folders":[],"conversations":[{},{middle},{}]}}"#,
        good("before"),
        good("after")
    )
}

fn titles(library: &Library) -> Vec<String> {
    conversations(library)
        .into_iter()
        .map(|conversation| conversation.title)
        .collect()
}

/// Text made as it is read, and how much of it was.
struct Endless<'a> {
    start: &'a [u8],
    fill: u8,
    left: u64,
    end: &'a [u8],
    read: u64,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = if !self.start.is_empty() {
            self.start.read(buffer)?
        } else if self.left > 0 {
            let count = usize::try_from(self.left).unwrap().min(buffer.len());
            buffer[..count].fill(self.fill);
            self.left -= count as u64;
            count
        } else {
            self.end.read(buffer)?
        };
        self.read += count as u64;
        Ok(count)
    }
}

#[test]
fn a_number_of_two_gigabytes_is_not_read_and_what_came_before_it_is_kept() {
    let text = between(r#"{"id":"huge","created_at":@}"#);
    let (start, end) = text.split_once('@').unwrap();
    let mut source = Endless {
        start: start.as_bytes(),
        fill: b'1',
        left: 2 << 30,
        end: end.as_bytes(),
        read: 0,
    };
    let library = library();
    let (done, view) = take(&library, &mut source);
    assert_eq!(done.conversations, 1);
    assert_eq!(titles(&library), ["before"]);
    let [problem] = &reasons(&view)[..] else {
        panic!("{view:?}")
    };
    assert!(
        problem.starts_with(
            "test.json | The rest of this file was not read: a number in it, near byte"
        ),
        "{problem}"
    );
    assert!(source.read < 1 << 20, "{}", source.read);
}

#[test]
fn a_number_too_long_costs_its_message_and_nothing_else() {
    let digits = "9".repeat(5_000);
    let library = library();
    let (done, view) = take_text(
        &library,
        &between(&format!(
            r#"{{"id":"c","title":"c","created_at":{digits},"updated_at":2,"leaf":"m","messages":[
            {{"id":"m","parent":null,"role":"user","status":"complete","created_at":1,"parts":[]}},
            {{"id":"n","parent":"m","role":"user","status":"complete","created_at":{digits},"parts":[]}}]}}"#
        )),
    );
    assert_eq!(done.conversations, 3);
    assert_eq!(
        reasons(&view),
        [
            "test.json: “c” | Its “created_at” holds a number longer than any number is and was left out.",
            "test.json: “c” | Message 2 holds a number longer than any number is and was left out.",
            "test.json: “c” | Its times cannot be right; those of its messages, or the present, were taken.",
        ]
    );
}

#[test]
fn numbers_beyond_all_times_and_counts_are_replaced() {
    let library = library();
    let (done, view) = take_text(
        &library,
        &between(
            r#"{"id":"c","title":"c","created_at":1e308,"updated_at":-5,"leaf":"m","messages":[
            {"id":"m","parent":null,"role":"user","status":"complete","created_at":9223372036854775807,"parts":[{"type":"text","text":"a"}]},
            {"id":"n","parent":"m","role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"a","round":99999999999}]}]}"#,
        ),
    );
    assert_eq!(done.conversations, 3);
    assert_eq!(reasons(&view).len(), 3, "{view:?}");
    assert_eq!(messages(&library, "c").len(), 1);
}

#[test]
fn a_hundred_thousand_levels_are_passed_over_without_nesting() {
    let deep = |open: &str, close: &str| open.repeat(100_000) + "1" + &close.repeat(100_000);
    for nested in [
        deep("[", "]"),
        deep(r#"{"a":"#, "}"),
        format!(r#"{{"id":"d","title":"d","draft":{}}}"#, deep("[", "]")),
        format!(
            r#"{{"id":"d","title":"d","messages":[{}]}}"#,
            deep(r#"{"parts":["#, "]}")
        ),
        format!(r#"{{"id":"d","title":"d","unknown":{}}}"#, deep("[", "]")),
    ] {
        let library = library();
        let (_, view) = take_text(&library, &between(&nested));
        let titles = titles(&library);
        assert!(titles.contains(&"before".to_owned()) && titles.contains(&"after".to_owned()));
        let is_named = reasons(&view).iter().any(|reason| {
            reason.contains("is nested deeper than any message is") || reason.contains("left out")
        });
        assert!(is_named || nested.contains("unknown"), "{view:?}");
    }
    // The whole file is nothing else.
    for nested in [
        deep("[", "]"),
        deep(r#"{"mapping":"#, "}"),
        "[".repeat(100_000),
    ] {
        let library = library();
        let (done, view) = take_text(&library, &nested);
        assert_eq!(done.conversations, 0);
        assert!(!view.problems.is_empty());
    }
}

#[test]
fn millions_of_empty_entries_end_the_reading_of_a_file() {
    struct Empties(u64);
    impl Read for Empties {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                buffer[0] = b'[';
                self.0 = 1;
                return Ok(1);
            }
            let count = buffer.len() / 3;
            for entry in buffer[..count * 3].chunks_mut(3) {
                entry.copy_from_slice(b"{},");
            }
            self.0 += count as u64;
            Ok(count * 3)
        }
    }
    let mut source = Empties(0);
    let library = library();
    let (done, view) = take(&library, &mut source);
    assert_eq!(done.conversations, 0);
    assert_eq!(view.problems.len(), PROBLEMS);
    assert!(view.more_problems > 90_000, "{}", view.more_problems);
    assert!(source.0 < 200_000, "{}", source.0);
}

#[test]
fn a_string_larger_than_any_message_costs_its_message_only() {
    let text = between(
        r#"{"id":"c","title":"c","created_at":1,"updated_at":2,"leaf":null,"messages":[
        {"id":"m","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"@"}]}]}"#,
    );
    let (start, end) = text.split_once('@').unwrap();
    let source = Endless {
        start: start.as_bytes(),
        fill: b'x',
        left: 40 << 20,
        end: end.as_bytes(),
        read: 0,
    };
    let library = library();
    let (done, view) = take(&library, source);
    assert_eq!(done.conversations, 3);
    assert_eq!(
        reasons(&view),
        ["test.json: “c” | Message 1 is larger than any message Serein keeps and was left out."]
    );
}

#[test]
fn html_in_titles_and_texts_stays_text_and_paths_in_ids_and_names_stay_names() {
    let library = library();
    let (done, view) = take_text(
        &library,
        r#"{"format":"serein-library","version":1,
        "folders":[{"id":"../../f","name":"../../etc","created_at":1}],
        "conversations":[{"id":"../../etc/passwd","title":"<img src=x onerror=alert(1)>","folder":"../../f","created_at":1,"updated_at":2,"leaf":"C:\\x","messages":[
        {"id":"C:\\x","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"<script>alert(1)</script>"}]}]}]}"#,
    );
    assert_eq!(done.conversations, 1);
    assert_eq!(reasons(&view), [""; 0]);
    let conversation = &conversations(&library)[0];
    assert_eq!(conversation.title, "<img src=x onerror=alert(1)>");
    let message = &messages(&library, &conversation.id)[0];
    assert_eq!(message.text(), "<script>alert(1)</script>");
    let folder = &library.folder_rows().unwrap()[0];
    assert_eq!(folder.name, "../../etc");
    for id in [&conversation.id, &message.id, &folder.id] {
        uuid::Uuid::parse_str(id).unwrap();
    }
    assert_eq!(conversation.leaf.as_ref(), Some(&message.id));
    assert_eq!(conversation.folder.as_ref(), Some(&folder.id));
}

#[test]
fn titles_are_one_line_and_short_and_ids_of_temporary_chats_are_not_taken() {
    let library = library();
    let title = format!("a\\nb{}", "x".repeat(1_000));
    let (_, view) = take_text(
        &library,
        &format!(
            r#"{{"format":"serein-library","version":1,"conversations":[
            {{"id":"temporary-1","title":"{title}","created_at":1,"updated_at":2,"messages":[]}}]}}"#
        ),
    );
    let conversation = &conversations(&library)[0];
    assert!(conversation.title.starts_with("a bxxx") && conversation.title.len() == 200);
    assert!(!conversation.id.starts_with("temporary-"));
    assert_eq!(reasons(&view).len(), 1);
}

#[test]
fn broken_characters_are_replaced_and_named() {
    let text = between(
        r#"{"id":"c","title":"c","created_at":1,"updated_at":2,"leaf":"m","messages":[
        {"id":"m","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"a@b"}]}]}"#,
    );
    let mut bytes = text.into_bytes();
    let place = bytes.iter().position(|byte| *byte == b'@').unwrap();
    bytes[place] = 0xff;
    let library = library();
    let (done, view) = take(&library, &*bytes);
    assert_eq!(done.conversations, 3);
    assert_eq!(messages(&library, "c")[0].text(), "a\u{fffd}b");
    assert_eq!(
        reasons(&view),
        ["test.json: “c” | Message 1 has characters that could not be read; they are shown as �."]
    );
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let library = library();
    let (done, view) = take_text(&library, &format!("\u{feff}{}", between("{\"id\":\"c\"}")));
    assert_eq!(done.conversations, 3, "{view:?}");
}

#[test]
fn files_that_are_something_else_are_refused_in_words() {
    let utf16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe], &*utf16].concat();
    let files: &[(&[u8], &str)] = &[
        (b"", "This file is empty."),
        (b"  \n ", "This file is empty."),
        (&utf16[..], "This file is not written in UTF-8."),
        (&marked[..], "This file is not written in UTF-8."),
        (b"PK\x03\x04rest", "This is a ZIP archive. Unpack it"),
        (b"<html>", "This is not a file of conversations"),
        (b"42", "This is not a file of conversations"),
        (b"[]", "There are no conversations in this file."),
        (b"{}", "There are no conversations in this file."),
        (b"[1,2]", "This is not a conversation and was left out."),
        (
            b"{\"a\":1}",
            "There is no conversation in this entry; it was left out.",
        ),
        (
            b"{\"format\":\"something\"}",
            "This file was not imported: it says that it is not",
        ),
        (
            b"{\"format\":\"serein-library\",\"version\":2}",
            "This file was not imported: it was written by a newer version",
        ),
        (
            b"{'a':1}",
            "This file was not imported: it is not JSON from byte 1 on.",
        ),
        (
            b"[{\"id\":\"a\"",
            "This file was not imported: it ends in the middle",
        ),
    ];
    for (bytes, words) in files {
        let library = library();
        let (done, view) = take(&library, *bytes);
        assert_eq!(done.conversations, 0);
        let reason = &view.problems.first().expect("it is named").reason;
        assert!(reason.starts_with(*words), "{words}: {reason}");
    }
}

#[test]
fn of_a_file_that_breaks_off_everything_before_is_kept() {
    let whole = between(
        r#"{"id":"c","title":"c","created_at":1,"updated_at":2,"leaf":"m2","messages":[
        {"id":"m1","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"one"}]},
        {"id":"m2","parent":"m1","role":"assistant","status":"complete","created_at":1,"parts":[{"type":"text","text":"CUT"}]}]}"#,
    );
    let cut = whole.find("CUT").unwrap();
    let library = library();
    let (done, view) = take_text(&library, &whole[..cut]);
    assert_eq!(done.conversations, 2);
    assert_eq!(path(&library, "c"), ["user: one"]);
    assert_eq!(
        reasons(&view),
        [
            "test.json: “c” | It is not whole: the file ends, or cannot be read, in the middle of it.",
            "test.json: “c” | Its last visible message is not there; the newest is shown instead.",
            "test.json | The rest of this file was not read: it ends in the middle of an entry; it may not have been copied or downloaded whole.",
        ]
    );
    // Wherever it breaks off, it does so in words.
    for cut in (0..whole.len()).step_by(7) {
        let library = self::library();
        let (_, view) = take_text(&library, &whole[..cut]);
        assert!(!view.problems.is_empty());
    }
}

#[test]
fn what_does_not_fit_in_a_conversation_is_named_and_the_rest_kept() {
    let library = library();
    let (done, view) = take_text(
        &library,
        &between(
            r#"{"id":"c","title":"Mess","created_at":1,"updated_at":2,"leaf":"nowhere","folder":"none","messages":[
            {"id":"a","parent":null,"role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"a"}]},
            {"id":"s","parent":"a","role":"system","status":"complete","created_at":1,"parts":[]},
            {"id":"b","parent":"s","role":"assistant","status":"complete","created_at":1,"parts":[{"type":"text","text":"b"}]},
            {"id":"b","parent":"a","role":"assistant","status":"complete","created_at":1,"parts":[{"type":"text","text":"b2"}]},
            {"id":"o","parent":"gone","role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"o"}]},
            {"id":"x","parent":"y","role":"user","status":"complete","created_at":1,"parts":[{"type":"text","text":"x"}]},
            {"id":"y","parent":"x","role":"assistant","status":"complete","created_at":1,"parts":[{"type":"text","text":"y"}]},
            {"id":"p","parent":"a","role":"assistant","status":"complete","created_at":1,"parts":"none"},
            "nothing"]}"#,
        ),
    );
    assert_eq!(done.conversations, 3);
    let kept: Vec<(String, Option<String>)> = messages(&library, "c")
        .into_iter()
        .map(|message| (message.text(), message.parent))
        .collect();
    let is = |text: &str, parent: Option<&str>| (text.to_owned(), parent.map(str::to_owned));
    assert_eq!(
        kept,
        [
            is("a", None),
            is("b", Some("a")),
            is("b2", Some("a")),
            is("o", None),
            is("x", None),
            is("y", Some("x")),
        ]
    );
    let reasons: Vec<String> = view
        .problems
        .iter()
        .map(|problem| {
            assert_eq!(problem.entry, "test.json: “Mess”");
            problem.reason.clone()
        })
        .collect();
    assert_eq!(
        reasons,
        [
            "Message 2 is by neither you nor a model and was left out; what follows it is kept.",
            "Message 8 could not be read and was left out; what follows it is kept.",
            "Message 9 could not be read and was left out.",
            "A reply has the same id as another; it was given a new one.",
            "A message of yours follows a message that is not there; it now begins the conversation, as a version.",
            "A message of yours follows itself by way of others; it now begins the conversation, as a version.",
            "The folder it was in is not there; it is in none.",
            "Its last visible message is not there; the newest is shown instead.",
        ]
    );
}

#[test]
fn a_long_conversation_written_backwards_can_be_read_shown_and_deleted() {
    let messages: Vec<String> = (0..3_000)
        .rev()
        .map(|n: usize| {
            let parent = n
                .checked_sub(1)
                .map_or("null".to_owned(), |n| format!("\"m{n}\""));
            format!(r#"{{"id":"m{n}","parent":{parent},"role":"user","status":"complete","created_at":1,"parts":[]}}"#)
        })
        .collect();
    let library = library();
    let (done, _) = take_text(
        &library,
        &between(&format!(
            r#"{{"id":"c","title":"c","created_at":1,"updated_at":2,"leaf":"m2999","messages":[{}]}}"#,
            messages.join(",")
        )),
    );
    assert_eq!(done.conversations, 3);
    assert_eq!(library.path_of("c").unwrap().len(), 3_000);
    library.erase_conversation("c").unwrap();
}

#[test]
fn a_reply_said_to_be_running_and_calls_said_to_be_open_are_closed() {
    let library = library();
    take_text(
        &library,
        &between(
            r#"{"id":"c","title":"c","created_at":1,"updated_at":2,"leaf":"m","messages":[
            {"id":"m","parent":null,"role":"assistant","status":"streaming","created_at":1,"parts":[
            {"type":"tool","round":0,"call":{"id":"1","name":"fetch_url","arguments":"{}","state":"waiting","result":null}}]}]}"#,
        ),
    );
    let reply = &messages(&library, "c")[0];
    assert_eq!(reply.status, MessageStatus::Interrupted);
    let Part::Tool { call, .. } = &reply.parts[0] else {
        panic!("{reply:?}")
    };
    assert_eq!(call.state, ToolCallState::Skipped);
}

#[test]
fn folders_are_looked_into_and_what_is_no_file_is_named() {
    let library = library();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let session = |id: &str| {
        format!(
            r#"{{"id":"{id}","title":"{id}","created":1,"updated":2,"messages":[{{"role":"user","content":"hi"}}]}}"#
        )
    };
    write("one.json", &session("one"));
    write("BAD.JSON", "{");
    write(".index.json", "{}");
    write("note.txt", "no");
    fs::create_dir(folder.path().join("sessions")).unwrap();
    write("sessions/two.json", &session("two"));
    fs::create_dir(folder.path().join("else")).unwrap();
    write("else/three.json", &session("three"));
    let steps = steps();
    import(
        &library,
        &[
            folder.path().to_owned(),
            folder.path().join("gone.json"),
            folder.path().join("note.txt"),
        ],
        &steps,
    );
    let view = steps.view();
    assert_eq!(view.state, JobState::Done);
    assert_eq!(
        view.summary.as_deref(),
        Some("2 conversations with 2 messages imported.")
    );
    assert_eq!(titles(&library), ["one", "two"]);
    let reasons = reasons(&view);
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert_eq!(
        reasons[0],
        "gone.json | This file or folder is not there any more."
    );
    assert!(reasons[1].starts_with("BAD.JSON | This file was not imported: it ends"));
    assert!(reasons[2].starts_with("note.txt | This is not a file of conversations"));
    assert_eq!(view.total, Some(view.done));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_opened() {
    let steps = steps();
    let library = library();
    import(&library, &[PathBuf::from("/dev/zero")], &steps);
    assert_eq!(reasons(&steps.view()), ["zero | This is not a file."]);
}

#[test]
fn titles_and_names_that_turn_text_around_are_made_plain_and_named() {
    let library = library();
    let (done, view) = take_text(
        &library,
        "{\"format\":\"serein-library\",\"version\":1,\"folders\":[{\"id\":\"f\",\"name\":\"\u{202e}Work\u{202c}\"}],\"conversations\":[
            {\"id\":\"c\",\"title\":\"in\u{202e}voice\u{2066}.\\u202epdf\",\"model\":\"pla\u{202e}in\",\"folder\":\"f\",\"created_at\":1,\"updated_at\":2,
             \"leaf\":\"m\",\"messages\":[{\"id\":\"m\",\"parent\":null,\"role\":\"user\",\"status\":\"complete\",\"created_at\":1,
             \"parts\":[{\"type\":\"text\",\"text\":\"\u{202e}as written\"}]}]},
            {\"id\":\"d\",\"title\":\"\u{202e}\u{2069}\",\"created_at\":1,\"updated_at\":2,\"leaf\":null,\"messages\":[]}]}",
    );
    assert_eq!(done.conversations, 2);
    assert_eq!(titles(&library), ["invoice.pdf", "Untitled"]);
    let row = library.conversation_row("c").unwrap().unwrap();
    assert_eq!(row.model.as_deref(), Some("plain"));
    assert_eq!(library.folder_rows().unwrap()[0].name, "Work");
    // What was said is kept as it is.
    assert_eq!(path(&library, "c"), ["user: \u{202e}as written"]);
    assert_eq!(
        reasons(&view),
        [
            "test.json: folder “Work” | Its name held characters that turn text around; they were taken out.",
            "test.json: “invoice.pdf” | Its title held characters that turn text around; they were taken out.",
            "test.json: conversation 2 | Its title held characters that turn text around; they were taken out.",
        ]
    );
}
