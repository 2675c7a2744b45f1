//! A walk through the demo, as a newcomer would take it: sign in, ask, watch, look around, quit; and one through
//! every state of quick ask. Their pictures are left in `target/demo` and `target/quick-ask`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a tour that cannot go on fails, and says where it is"
)]

mod support;

#[path = "tour/quick.rs"]
mod quick;

use std::cell::Cell;
use std::time::Duration;

use fantoccini::key::Key;

use support::chat::{complaint, composer, digit, offer, reply, sign_in_button};
use support::output::output_folder;
use support::person::Habit;
use support::{App, By, World, any};

/// Takes numbered pictures.
struct Album {
    count: Cell<u32>,
}

impl Album {
    async fn keep(&self, app: &App<'_>, name: &str) {
        self.count.set(self.count.get() + 1);
        let number = self.count.get();
        // What was just put on the screen is painted with the next frame.
        app.next_frame().await;
        let path = output_folder("demo").join(format!("{number:02}-{name}.png"));
        app.portrait(&path).await;
        println!("{name}: {}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_signs_in_asks_streams_and_quits() {
    let album = Album {
        count: Cell::new(0),
    };
    let world = World::plan()
        .settings_decide()
        .person(Habit::Looks)
        .build()
        .await;
    let app = world.start_with(&["--demo"]).await;
    // The demo's answers come at a reader's pace.
    let app = app.patient(Duration::from_secs(90));

    app.sees(&sign_in_button()).await;
    album.keep(&app, "welcome").await;
    app.click(&sign_in_button()).await;
    let page = world.person().sees(1).await;
    app.sees(&digit(1)).await;
    album.keep(&app, "code").await;
    world.person().approve(&page);
    app.enters_the_code().await;
    app.sees(&composer()).await;
    album.keep(&app, "signed-in").await;

    app.picks_model("Brocade").await;
    app.asks("Show me everything you can do").await;
    app.sees(&any("heading").within(reply())).await;
    album.keep(&app, "streaming").await;
    app.waits_for_the_end().await;
    album.keep(&app, "markdown").await;
    app.scrolls(-12).await;
    app.sees(&By::button("Jump to latest")).await;
    album.keep(&app, "scrolled-up").await;
    app.click(&By::button("Jump to latest")).await;
    app.misses(&By::button("Jump to latest")).await;

    app.click(&By::button("New chat")).await;
    app.picks_model("Deep water").await;
    app.asks("Think about this first").await;
    app.sees(&By::role("group", "Reasoning").within(reply()))
        .await;
    album.keep(&app, "thinking").await;
    app.waits_for_the_end().await;
    album.keep(&app, "thought").await;

    app.click(&By::button("New chat")).await;
    app.picks_model("Snail").await;
    app.asks("Take your time").await;
    app.replies("its first words", |prose| prose.trim().len() > 10)
        .await;
    app.click(&By::button("Stop")).await;
    app.waits_for_the_end().await;
    album.keep(&app, "stopped").await;
    app.picks_model("Fails: balance empty").await;
    app.asks("One more thing").await;
    app.sees(&complaint()).await;
    app.sees(&offer("Top up")).await;
    album.keep(&app, "balance-empty").await;

    app.opens_settings().await;
    album.keep(&app, "settings").await;
    app.sets_appearance("Dark").await;
    album.keep(&app, "settings-dark").await;
    app.key(Key::Escape).await;
    app.click(&support::chat::entry("Show me everything")).await;
    app.sees(&any("heading").within(reply())).await;
    app.scrolls(-12).await;
    album.keep(&app, "dark").await;
    app.quit().await;
}
