//! The quick ask, from any window by a key and back again.

use std::time::Duration;

use fantoccini::key::Key;
use x11rb::protocol::xproto::ModMask;

use crate::support::app::Seen;
use crate::support::chat::{composer, log, sign_in_button};
use crate::support::focus::QUICK;
use crate::support::other::{Grab, Other};
use crate::support::parts::Part;
use crate::support::portal::{Portal, Says};
use crate::support::{App, By, World, any, containing};

/// The quick ask's field.
fn field() -> By {
    By::textbox("Ask anything")
}

/// What is answered there.
fn answer() -> By {
    By::role("log", "Answer")
}

/// How many words a long reply has.
const WORDS: usize = 800;

const SHORTCUT: &str = "ctrl+shift+space";

/// Presses the shortcut and waits until the quick ask has the keyboard.
async fn calls_quick_ask(app: &App<'_>) {
    app.world().display().xdotool(&["key", SHORTCUT]);
    app.has_focus(QUICK).await;
}

/// Signed in, with another app's window in front.
async fn signed_in_behind_another<'world>(
    world: &'world World,
    model: &str,
) -> (App<'world>, Other) {
    let app = world.start().await;
    app.signs_in().await;
    app.picks_model(model).await;
    let other = Other::open(world.display()).await;
    app.has_focus(other.title()).await;
    (app, other)
}

/// For 200 ms after it was shown the quick ask takes no notice of the focus (`product.md`).
async fn after_showing() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shortcut_shows_it_over_another_window_and_hides_it_again() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    for _ in 0..5 {
        calls_quick_ask(&app).await;
        world.display().xdotool(&["key", SHORTCUT]);
        app.has_focus(other.title()).await;
        app.is_off_screen(QUICK).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_right_after_the_shortcut_is_asked_and_answered() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    calls_quick_ask(&app).await;
    world.display().xdotool(&["type", "--delay", "5", "Hello"]);
    app.turns_to_quick().await;
    app.sees_that(&field(), "what was typed", |seen| {
        seen.value.as_deref() == Some("Hello")
    })
    .await;
    world.display().xdotool(&["key", "Return"]);
    app.reads(&answer(), "Hello").await;
    app.sees(&By::button("Copy")).await;
    // The text is sent: Esc hides it, and the other window has the keyboard again.
    world.display().xdotool(&["key", "Escape"]);
    app.has_focus(other.title()).await;
    // The main window has it, as any other conversation, and was not brought along.
    app.turns_to_main().await;
    app.sees(&containing("link", "Hello")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_first_key_is_lost_after_the_shortcut_hid_it() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    app.turns_to_quick().await;
    for round in 1..=10 {
        calls_quick_ask(&app).await;
        let heard = async || app.run("return document.hasFocus()", vec![]).await.ok();
        app.until(async || (heard().await? == true).then_some(()))
            .await
            .expect("the page has the focus");
        world.display().xdotool(&["key", "a"]);
        let all = "a".repeat(round);
        app.sees_that(&field(), "the key", |seen| {
            seen.value.as_deref() == Some(all.as_str())
        })
        .await;
        world.display().xdotool(&["key", SHORTCUT]);
        app.has_focus(other.title()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_stops_then_clears_then_hides_and_a_draft_is_kept() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Held by a test").await;
    let display = world.display();
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    display.xdotool(&["type", "Hello"]);
    display.xdotool(&["key", "Return"]);
    app.sees(&By::button("Stop")).await;
    display.xdotool(&["type", "more"]);
    display.xdotool(&["key", "Escape"]);
    app.misses(&By::button("Stop")).await;
    let value = |text: &'static str| move |seen: &Seen| seen.value.as_deref() == Some(text);
    app.sees_that(&field(), "kept", value("more")).await;
    display.xdotool(&["key", "Escape"]);
    app.sees_that(&field(), "cleared", value("")).await;
    display.xdotool(&["type", "draft"]);
    display.xdotool(&["key", SHORTCUT]);
    app.has_focus(other.title()).await;
    calls_quick_ask(&app).await;
    app.sees_that(&field(), "still there", value("draft")).await;
    display.xdotool(&["key", "Escape"]);
    display.xdotool(&["key", "Escape"]);
    app.has_focus(other.title()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_mid_stream_the_main_window_goes_on_without_losing_a_token() {
    let world = World::new().await;
    let (app, _other) = signed_in_behind_another(&world, "Held by a test").await;
    let display = world.display();
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    display.xdotool(&["type", "Count"]);
    display.xdotool(&["key", "Return"]);
    let gate = world.simulator().gate().await;
    let pouring = tokio::spawn(async move {
        for number in 1..=WORDS {
            gate.content(&format!("w{number} ")).await.unwrap();
            // A pace, not a wait: it spreads them over a second or two.
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        gate.complete().await.unwrap();
    });
    app.reads(&answer(), "w20").await;
    display.xdotool(&["key", "ctrl+Return"]);
    app.has_focus_of_main().await;
    app.is_off_screen(QUICK).await;
    app.turns_to_main().await;
    pouring.await.unwrap();
    app.replies_with(&format!("w{WORDS}")).await;
    app.waits_for_the_end().await;
    let seen = app.replies_with(&format!("w{WORDS}")).await;
    let prose = seen.prose.unwrap_or_default();
    let numbers: Vec<usize> = prose
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('w')?.parse().ok())
        .collect();
    let lost = (1..=WORDS).find(|number| numbers.get(number - 1) != Some(number));
    assert_eq!(
        (lost, numbers.len()),
        (None, WORDS),
        "the first that is not in its place"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_shows_a_window_and_brings_its_words() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    world.run_again(&["--quick", "what is this"]);
    app.has_focus(QUICK).await;
    app.turns_to_quick().await;
    app.sees_that(&field(), "the words", |seen| {
        seen.value.as_deref() == Some("what is this")
    })
    .await;
    world.display().xdotool(&["key", "Escape"]);
    world.display().xdotool(&["key", "Escape"]);
    app.has_focus(other.title()).await;
    world.run_again(&[]);
    app.has_focus_of_main().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_elsewhere_hides_it_unless_it_is_pinned() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    calls_quick_ask(&app).await;
    after_showing().await;
    other.click(world.display());
    app.has_focus(other.title()).await;
    app.is_off_screen(QUICK).await;
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    app.click(&By::button("Pin")).await;
    after_showing().await;
    other.click(world.display());
    app.has_focus(other.title()).await;
    assert!(app.is_on_screen(QUICK), "a pinned window stays");
    calls_quick_ask(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_told_so_and_one_key_leads_there() {
    let world = World::new().await;
    let app = world.start().await;
    app.sees(&sign_in_button()).await;
    let _other = Other::open(world.display()).await;
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    app.sees(&By::button("Sign in")).await;
    world.display().xdotool(&["key", "Return"]);
    app.has_focus_of_main().await;
    app.is_off_screen(QUICK).await;
    app.turns_to_main().await;
    app.enters_the_code().await;
    app.sees(&log()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_attached_when_asked_for_and_shown_whole() {
    let world = World::new().await;
    let (app, _other) = signed_in_behind_another(&world, "Echo").await;
    app.turns_to_main().await;
    app.brings_main_to_front().await;
    app.copies("a line from elsewhere").await;
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    app.misses(&By::role("group", "Attached text")).await;
    app.click(&By::button("Attach clipboard")).await;
    app.reads(&By::role("group", "Attached text"), "a line from elsewhere")
        .await;
    app.types(&field(), "Explain").await;
    app.key(Key::Enter).await;
    app.reads(&answer(), "a line from elsewhere").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_somebody_else_has_are_said_in_settings_with_the_command_to_bind() {
    let world = World::new().await;
    let _first = Grab::of_shortcut(world.display());
    let app = world.start().await;
    app.signs_in().await;
    app.opens_settings().await;
    let said = app.until(async || {
        let text = app
            .run("return document.body.innerText", vec![])
            .await
            .ok()?;
        let text = text.as_str()?;
        (text.contains("is taken by another app") && text.contains("--quick")).then_some(())
    });
    if said.await.is_none() {
        app.fail("the settings to say that the keys are taken")
            .await;
    }
}

/// Two displays of unequal size, side by side.
const LEFT: Part = Part {
    corner: (0, 0),
    size: (1280, 850),
};
const RIGHT: Part = Part {
    corner: (1280, 60),
    size: (1000, 700),
};

#[tokio::test(flavor = "multi_thread")]
async fn of_two_displays_it_comes_to_the_one_with_the_pointer() {
    let world = World::plan().screen(2280, 860).build().await;
    world.display().divide(&[LEFT, RIGHT]);
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    for part in [RIGHT, LEFT, RIGHT] {
        world.display().points_at(part);
        calls_quick_ask(&app).await;
        let (x, y) = (i32::from(part.corner.0), i32::from(part.corner.1));
        let (width, height) = (i32::from(part.size.0), i32::from(part.size.1));
        // In the middle, 18 % of the display's height from its top.
        let wanted = ((x + (width - 720) / 2, y + height * 18 / 100), (720, 64));
        let there = app.until(async || (app.place_of(QUICK)? == wanted).then_some(()));
        if there.await.is_none() {
            let place = app.place_of(QUICK);
            app.fail(&format!("{wanted:?} to be its place, not {place:?}"))
                .await;
        }
        world.display().xdotool(&["key", SHORTCUT]);
        app.has_focus(other.title()).await;
    }
}

/// Lets so many minutes pass for the page.
async fn passes(app: &App<'_>, minutes: u32) {
    let shift = "const [by] = arguments; const now = Date.now.bind(Date); \
         Date.now = () => now() + by * 60_000; return true;";
    let shifted = app.run(shift, vec![minutes.into()]).await;
    assert!(shifted.is_ok(), "{shifted:?}");
}

/// Asks something in quick ask, and has it answered.
async fn asks_quickly(app: &App<'_>, text: &str) {
    calls_quick_ask(app).await;
    app.turns_to_quick().await;
    app.types(&field(), text).await;
    app.key(Key::Enter).await;
    app.reads(&answer(), text).await;
    app.sees(&By::button("Copy")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reopens_on_the_same_exchange_and_later_starts_fresh_with_the_last_at_hand() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    asks_quickly(&app, "A short question").await;
    for (minutes, is_same) in [(4, true), (6, false)] {
        app.key(Key::Escape).await;
        app.has_focus(other.title()).await;
        passes(&app, minutes).await;
        calls_quick_ask(&app).await;
        if is_same {
            app.reads(&answer(), "A short question").await;
        } else {
            app.misses(&answer()).await;
        }
    }
    app.click(&By::button("Continue last")).await;
    app.reads(&answer(), "A short question").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_it_starts_fresh_with_the_last_at_hand() {
    let world = World::new().await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    asks_quickly(&app, "Before the restart").await;
    app.key(Key::Escape).await;
    app.has_focus(other.title()).await;
    app.turns_to_main().await;
    app.quit().await;
    let app = world.start_with(&["--quick"]).await;
    app.has_focus(QUICK).await;
    app.turns_to_quick().await;
    app.misses(&answer()).await;
    app.click(&By::button("Continue last")).await;
    app.reads(&answer(), "Before the restart").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_scrolls_up_in_a_growing_answer_stays_there_and_one_button_leads_to_the_end() {
    let world = World::new().await;
    let (app, _other) = signed_in_behind_another(&world, "Held by a test").await;
    calls_quick_ask(&app).await;
    app.turns_to_quick().await;
    app.types(&field(), "Count").await;
    app.key(Key::Enter).await;
    let gate = world.simulator().gate().await;
    for number in 1..=60 {
        gate.content(&format!("line {number}\n\n")).await.unwrap();
    }
    app.reads(&answer(), "line 60").await;
    // It is as high as it may be: 60 % of the display.
    let grown = app.until(async || (app.place_of(QUICK)?.1.1 == 516).then_some(()));
    assert!(grown.await.is_some(), "{:?}", app.place_of(QUICK));
    // The page learns of it a little later, and goes to its end then.
    let end = "const log = document.querySelector('[role=log]'); \
        return log.scrollTop > 0 && log.scrollTop + log.clientHeight >= log.scrollHeight - 1";
    let at_end = app.until(async || (app.run(end, vec![]).await.ok()? == true).then_some(()));
    assert!(at_end.await.is_some(), "the end is in view");
    app.scrolls_quick(-5).await;
    app.sees(&By::button("Jump to latest")).await;
    gate.content("the last line").await.unwrap();
    app.reads(&answer(), "the last line").await;
    app.sees(&By::button("Jump to latest")).await;
    app.click(&By::button("Jump to latest")).await;
    app.misses(&By::button("Jump to latest")).await;
    gate.complete().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_wayland_the_desktop_hands_out_the_keys() {
    let world = World::plan()
        .variable("XDG_SESSION_TYPE", "wayland")
        .build()
        .await;
    let portal = Portal::on(world.bus(), Says::Yes).await;
    let (app, other) = signed_in_behind_another(&world, "Echo").await;
    assert_eq!(portal.is_asked().await.wish, "CTRL+SHIFT+space");
    portal.press().await;
    app.has_focus(QUICK).await;
    portal.press().await;
    app.has_focus(other.title()).await;
    app.brings_main_to_front().await;
    app.opens_settings().await;
    app.reads(&By::role("region", "Quick ask"), "Meta+Space")
        .await;
    portal.closes().await;
    app.reads(&any("alert"), "--quick").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_wayland_without_such_a_desktop_settings_say_what_to_bind() {
    let world = World::plan()
        .variable("XDG_SESSION_TYPE", "wayland")
        .build()
        .await;
    for says in [None, Some(Says::No)] {
        let _portal = match says {
            Some(says) => Some(Portal::on(world.bus(), says).await),
            None => None,
        };
        let app = world.start().await;
        if says.is_none() {
            app.signs_in().await;
        }
        app.sees(&composer()).await;
        app.opens_settings().await;
        let said = app
            .reads(&any("alert"), "On Wayland the desktop hands out")
            .await;
        assert!(said.text.contains("--quick"), "{}", said.text);
        app.key(Key::Escape).await;
        app.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_were_taken_at_the_start_work_once_they_are_free_and_settings_are_opened() {
    let world = World::new().await;
    let first = Grab::of_shortcut(world.display());
    let app = world.start().await;
    app.signs_in().await;
    app.opens_settings().await;
    app.reads(&any("alert"), "is taken by another app").await;
    app.key(Key::Escape).await;
    drop(first);
    app.opens_settings().await;
    app.misses(&any("alert")).await;
    calls_quick_ask(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_refused_say_why_and_others_can_be_pressed_at_once() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    let held = ModMask::CONTROL | ModMask::M1;
    let _theirs = Grab::try_for_space(world.display(), held).expect("the keys are free");
    app.opens_settings().await;
    app.click(&By::button("Record shortcut")).await;
    let display = world.display();
    display.xdotool(&["key", "shift+k"]);
    app.reads(&any("alert"), "Hold Ctrl, Alt or Super").await;
    display.xdotool(&["key", "ctrl+k"]);
    app.reads(&any("alert"), "most other apps").await;
    // The other program has these before any window hears of them.
    display.xdotool(&["key", "ctrl+alt+space"]);
    app.reads(&any("alert"), "Another program").await;
    display.xdotool(&["key", "ctrl+alt+k"]);
    app.misses(&any("alert")).await;
    app.reads(&By::role("region", "Quick ask"), "CtrlAltK")
        .await;
    display.xdotool(&["key", "ctrl+alt+k"]);
    app.has_focus(QUICK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_is_explained_and_what_it_does_not_know_is_refused() {
    let world = World::new().await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let help = world.run(&["--help"]);
    assert!(help.status.success() && text(&help.stdout).contains("--quick [TEXT]"));
    let version = world.run(&["--version"]);
    assert_eq!(
        text(&version.stdout).trim(),
        concat!("Serein ", env!("CARGO_PKG_VERSION"))
    );
    let unknown = world.run(&["--qiuck"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("no option --qiuck"));
}
