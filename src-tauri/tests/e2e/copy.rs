//! Copying: what is selected arrives as rich text where that is taken, and as Markdown elsewhere.

use serde_json::{Value, json};

use crate::support::chat::{answered, offer, reply};
use crate::support::{App, By, World};

const ANSWER: &str = "## Rain

It **falls**, and [more](https://example.com/rain) falls: $x^2$.

- first
- second

| Sky | Drops |
| :-- | --: |
| clear | 3 |

```sh
echo drip
echo drop
```";

/// What a paste brings, as rich text and as text, once it is so.
async fn pasted(app: &App<'_>, what: &str, is_so: impl Fn(&str, &str) -> bool) {
    let field = "const field = document.createElement('textarea'); \
         window.pasted = null; \
         field.addEventListener('paste', (event) => { \
           const read = (type) => event.clipboardData.getData(type); \
           window.pasted = [read('text/html'), read('text/plain')]; \
           event.preventDefault(); setTimeout(() => field.remove()); }); \
         document.body.append(field); field.focus();";
    let mut last = Value::Null;
    let arrived = app
        .until(async || {
            app.run(field, vec![]).await.ok()?;
            app.world().display().xdotool(&["key", "ctrl+v"]);
            last = app
                .until(async || {
                    let pasted = app.run("return window.pasted", vec![]).await.ok()?;
                    (!pasted.is_null()).then_some(pasted)
                })
                .await?;
            let (html, text) = (last[0].as_str()?, last[1].as_str()?);
            is_so(html, text).then_some(())
        })
        .await;
    if arrived.is_none() {
        app.fail(&format!("{what} on the clipboard, but: {last:#}"))
            .await;
    }
}

/// Selects what the first such element in the last reply holds, and copies by key.
async fn copies_what_is_in(app: &App<'_>, selector: &str) {
    let select = "const [selector] = arguments; \
         const node = [...document.querySelectorAll('article[aria-label=Serein]')].at(-1).querySelector(selector); \
         document.activeElement.blur(); getSelection().selectAllChildren(node); window.heard = false; \
         document.addEventListener('copy', () => (window.heard = true), {once: true});";
    app.run(select, vec![json!(selector)]).await.unwrap();
    let heard = app.until(async || {
        app.world().display().xdotool(&["key", "ctrl+c"]);
        let heard = app.run("return window.heard", vec![]).await.ok()?;
        (heard == true).then_some(())
    });
    if heard.await.is_none() {
        app.fail(&format!("{selector} to be copied")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_arrives_as_rich_text_and_as_markdown_without_what_is_no_content() {
    let world = World::new().await;
    let app = answered(&world, ANSWER).await;
    app.click(&By::role("heading", "Rain").within(reply()))
        .await;
    let display = world.display();
    display.xdotool(&["key", "ctrl+a"]);
    display.xdotool(&["key", "ctrl+c"]);
    pasted(&app, "the conversation", |html, text| {
        let table = text.contains("| Sky | Drops |\n| :-- | --: |\n| clear | 3 |");
        text.ends_with(ANSWER)
            && text.contains("\n\n---\n\n")
            && table
            && [
                "<h2",
                "<strong",
                "<li",
                "<table",
                "<th",
                "<td",
                "<pre",
                "<a href=\"https://example.com/rain\"",
                "$x^2$",
            ]
            .iter()
            .all(|tag| html.contains(tag))
            && ["Copy", "Wrap lines", "<button", "katex"]
                .iter()
                .all(|chrome| !html.contains(chrome) && !text.contains(chrome))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_copied_without_what_stands_around_it() {
    let world = World::new().await;
    let app = answered(&world, ANSWER).await;
    copies_what_is_in(&app, "pre").await;
    pasted(&app, "the code", |html, text| {
        text == "echo drip\necho drop" && !html.contains("<pre")
    })
    .await;
    copies_what_is_in(&app, "td").await;
    pasted(&app, "the cell", |html, text| {
        text == "clear" && html.contains("clear") && !html.contains("<table")
    })
    .await;
    copies_what_is_in(&app, ".math").await;
    pasted(&app, "the formula", |_, text| text == "x^2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_reply_is_copied_by_its_button_as_it_was_written() {
    let world = World::new().await;
    let app = answered(&world, ANSWER).await;
    app.click(&offer("Copy")).await;
    pasted(&app, "the reply", |html, text| {
        text == ANSWER && html.contains("<table") && html.contains("<pre")
    })
    .await;
}
