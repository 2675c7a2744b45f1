//! Access for everyone, and at no cost while nothing happens.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fantoccini::key::Key;
use serde_json::Value;

use crate::support::chat::{complaint, digit, offer, sign_in_button};
use crate::support::person::Habit;
use crate::support::{App, By, World};

/// Runs axe-core on what the window shows; any violation fails the test.
async fn has_no_violation(app: &App<'_>, screen: &str) {
    // Colours on their way from light to dark are neither.
    app.next_frame().await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `npm ci` in ui/", path.display()));
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         if (!window.axe) {{ {axe} }} \
         window.axe.run(document, {{resultTypes: ['violations']}}).then((result) => done( \
           result.violations.map((violation) => violation.id + ': ' + violation.help + '\\n' + \
             violation.nodes.map((node) => '    ' + node.html.slice(0, 200) + ' ' + \
               node.any.concat(node.all, node.none).map((check) => check.message).join('; ') \
             ).join('\\n'))), (error) => done([String(error)]));"
    );
    let found = app.client().execute_async(&script, vec![]).await;
    let found = match found {
        Ok(Value::Array(found)) => found,
        other => panic!("axe did not run on {screen}: {other:?}"),
    };
    let lines: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
    assert!(
        lines.is_empty(),
        "axe-core on {screen} (picture: {}):\n{}",
        app.picture(screen).display(),
        lines.join("\n")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_has_an_axe_violation() {
    let world = World::plan().person(Habit::Looks).build().await;
    let app = world.start().await;
    app.sees(&sign_in_button()).await;
    has_no_violation(&app, "sign-in").await;
    app.click(&sign_in_button()).await;
    let page = world.person().sees(1).await;
    app.sees(&digit(1)).await;
    has_no_violation(&app, "sign-in-code").await;
    world.person().approve(&page);
    app.enters_the_code().await;
    app.sees(&crate::support::chat::composer()).await;
    has_no_violation(&app, "new-chat").await;
    for appearance in ["Light", "Dark"] {
        app.opens_settings().await;
        app.sets_appearance(appearance).await;
        has_no_violation(&app, &format!("settings-{appearance}")).await;
        app.key(Key::Escape).await;
        app.click(&By::button("New chat")).await;
        app.picks_model("Brocade").await;
        app.asks("Everything").await;
        app.waits_for_the_end().await;
        has_no_violation(&app, &format!("markdown-{appearance}")).await;
        app.picks_model("Deep water").await;
        app.asks("Think").await;
        app.waits_for_the_end().await;
        app.picks_model("Fails: balance empty").await;
        app.asks("Fail").await;
        app.sees(&complaint()).await;
        has_no_violation(&app, &format!("chat-{appearance}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conversation_is_used_by_keyboard_alone() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Echo").await;
    app.chord(&[Key::Control], 'n').await;
    app.strikes("First").await;
    app.key(Key::Enter).await;
    app.replies_with("First").await;
    app.waits_for_the_end().await;
    app.chord(&[Key::Control], 'n').await;
    app.strikes("Second").await;
    app.key(Key::Enter).await;
    app.replies_with("Second").await;
    app.waits_for_the_end().await;
    // Newest first, so the next one down is the older one.
    app.chord(&[Key::Alt], Key::Down).await;
    app.replies_with("First").await;
    app.chord(&[Key::Alt], Key::Up).await;
    app.replies_with("Second").await;
    app.chord(&[Key::Control], 'k').await;
    app.sees_that(
        &By::role("combobox", "Search and commands"),
        "focused",
        |seen| seen.focused,
    )
    .await;
    app.key(Key::Escape).await;
    app.misses(&By::role("combobox", "Search and commands"))
        .await;
    // Everything on a message is reached by Tab.
    let copy = offer("Copy");
    let mut reached = false;
    for _ in 0..60 {
        app.key(Key::Tab).await;
        if app.glimpse(&copy).await.is_some_and(|seen| seen.focused) {
            reached = true;
            break;
        }
    }
    if !reached {
        app.fail("Tab to reach the reply's Copy").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_idle_app_uses_no_processor_time() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model("Brocade").await;
    app.asks("Everything").await;
    app.waits_for_the_end().await;
    // A caret aside: it blinks.
    app.run("document.activeElement.blur()", vec![])
        .await
        .unwrap();
    app.settles().await;
    // The last of the painting, in threads of its own, may come late on a busy machine; then all is still.
    let mut ticks = u64::MAX;
    for _ in 0..6 {
        ticks = app.ticks_during(Duration::from_secs(5)).await;
        if ticks <= 5 {
            return;
        }
    }
    panic!("{ticks} ticks of 10 ms in 5 idle seconds, and it does not end");
}

/// What a page's process finds in its environment.
fn painting_of(app: &App<'_>) -> Option<String> {
    let page = app.web_processes().next().expect("a page has a process");
    let environment = fs::read_to_string(format!("/proc/{page}/environ")).unwrap();
    let mut variables = environment.split('\0');
    variables.find_map(|variable| {
        let value = variable.strip_prefix("WEBKIT_DISABLE_DMABUF_RENDERER=")?;
        Some(value.to_owned())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_graphics_card_pages_are_painted_without_opengl_unless_the_user_says_otherwise() {
    let has_card = fs::read_dir("/dev/dri").is_ok_and(|devices| {
        let mut names = devices.flatten().map(|device| device.file_name());
        names.any(|name| name.to_string_lossy().starts_with("renderD"))
    });
    let suits = (!has_card).then_some("1");
    let wish = "WEBKIT_DISABLE_DMABUF_RENDERER";
    for (plan, painting) in [
        (World::plan(), suits),
        (World::plan().variable(wish, "0"), Some("0")),
    ] {
        let world = plan.build().await;
        let app = world.start().await;
        app.sees(&sign_in_button()).await;
        assert_eq!(painting_of(&app).as_deref(), painting);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_reach_nothing_but_the_app() {
    let world = World::new().await;
    let app = world.start().await;
    app.sees(&sign_in_button()).await;
    let script = "const [url, done] = arguments; \
        fetch(url).then(() => done('reached'), () => done('refused'));";
    let url = world.simulator().base_url();
    let outcome = app
        .client()
        .execute_async(script, vec![Value::from(url)])
        .await
        .unwrap();
    assert_eq!(outcome, "refused");
    assert!(world.simulator().requests().is_empty());
    let globals = app
        .run(
            "return [typeof window.__TAURI__, \
               document.querySelectorAll('script:not([src])').length]",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(globals[0], "undefined", "no global Tauri object");
}
