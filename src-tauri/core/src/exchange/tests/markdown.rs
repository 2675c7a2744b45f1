//! Conversations as Markdown.

use super::*;

fn folder_of(library: &Library) -> (tempfile::TempDir, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let steps = steps();
    export(library, None, ExportFormat::Markdown, folder.path(), &steps);
    let view = steps.view();
    assert_eq!(view.state, JobState::Done, "{view:?}");
    let made: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(made.len(), 1);
    let made = made[0].as_ref().unwrap().path();
    let mut files: Vec<(String, String)> = fs::read_dir(made)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    files.sort();
    (folder, files)
}

#[test]
fn one_conversation_is_one_file_with_its_visible_path_and_its_versions_mentioned() {
    let library = library();
    rain(&library);
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("rain.md");
    let steps = steps();
    let ids = ["rain".to_owned()];
    export(
        &library,
        Some(&ids),
        ExportFormat::Markdown,
        &target,
        &steps,
    );
    let text = fs::read_to_string(&target).unwrap();
    assert!(text.starts_with("# Rain\n"), "{text}");
    assert!(
        text.contains("\n## You\n") && text.contains("\n## Serein\n"),
        "{text}"
    );
    assert!(
        text.contains("version 2 of 2*\n\nRain **falls**.\n"),
        "{text}"
    );
    assert!(!text.contains("Snow"), "{text}");
    assert_eq!(
        steps.view().summary.unwrap(),
        format!(
            "1 conversation with 3 messages exported to {}.",
            target.display()
        )
    );
}

#[test]
fn a_second_export_of_the_same_day_is_a_folder_of_its_own() {
    let library = library();
    rain(&library);
    let folder = tempfile::tempdir().unwrap();
    for count in 1..=3 {
        export(
            &library,
            None,
            ExportFormat::Markdown,
            folder.path(),
            &steps(),
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), count);
    }
}

#[test]
fn titles_are_never_paths_and_never_markup() {
    let library = library();
    for (n, title) in [
        "../../up",
        "/etc/passwd",
        "C:\\x",
        "<script>alert(1)</script>",
        "same",
        "SAME",
        "CON",
        "&lt;b&gt; [a](javascript:b) `c`",
    ]
    .iter()
    .enumerate()
    {
        library
            .add_rows(&row(&format!("c{n}"), title), &[])
            .unwrap();
    }
    let (folder, files) = folder_of(&library);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "&lt;b&gt; [a](javascript-b) `c`.md",
            "C--x.md",
            "SAME (2).md",
            "_CON.md",
            "etc-passwd.md",
            "same.md",
            "script-alert(1)--script-.md",
            "up.md",
        ]
    );
    assert!(!folder.path().parent().unwrap().join("up.md").exists());
    let script = &files[6].1;
    assert!(
        script.starts_with("# \\<script\\>alert\\(1\\)\\</script\\>\n"),
        "{script}"
    );
    let link = &files[0].1;
    assert!(
        link.starts_with("# \\&lt;b\\&gt; \\[a\\]\\(javascript\\:b\\) \\`c\\`\n"),
        "{link}"
    );
}

#[test]
fn every_kind_of_part_is_written_and_no_result_closes_its_fence() {
    let library = library();
    let mut reply = message("a", None, Role::Assistant, "Text.");
    reply.model = Some("plain".to_owned());
    reply.status = MessageStatus::Length;
    reply.parts.push(Part::Reasoning {
        text: "First.\n\nThen.".to_owned(),
        started_at: 0,
        took: Some(3_500),
    });
    reply.parts.push(Part::Tool {
        call: ToolCallView {
            id: "1".to_owned(),
            name: "fetch_url".to_owned(),
            arguments: "{}".to_owned(),
            state: ToolCallState::Succeeded,
            result: Some("````\n# not a heading".to_owned()),
        },
        round: 0,
    });
    reply.parts.push(Part::Notice {
        error: IpcError::new(Code::Notice, "A <b>note</b>."),
    });
    let mut conversation = row("c", "Parts");
    conversation.leaf = Some("a".to_owned());
    library.add_rows(&conversation, &[reply]).unwrap();
    let (_folder, files) = folder_of(&library);
    let text = &files[0].1;
    for piece in [
        "## Serein (plain)",
        "\nText.\n",
        "> *Thought for 4 s*\n>\n> First.\n> \n> Then.\n",
        "**Tool:** fetch\\_url\n\n```\n{}\n```\n",
        "**Result:**\n\n`````\n````\n# not a heading\n`````\n",
        "> **Note:** A \\<b\\>note\\</b\\>.",
        "> **Note:** The reply reached the length limit.",
    ] {
        assert!(text.contains(piece), "{piece}\n---\n{text}");
    }
}
