//! The tray icon: what its menu does, and that closing the main window only hides it where there is a tray.

use crate::support::chat::composer;
use crate::support::focus::QUICK;
use crate::support::other::Grab;
use crate::support::tray::Tray;
use crate::support::wait::{LOOK, within};
use crate::support::{By, World};

#[tokio::test(flavor = "multi_thread")]
async fn closing_hides_to_the_tray_and_its_menu_brings_everything_back() {
    let world = World::new().await;
    let tray = Tray::on(world.bus()).await;
    let app = world.start().await;
    app.signs_in().await;
    app.types(&composer(), "not yet sent").await;
    app.closes_main().await;
    assert!(app.runs(), "the app goes on in the tray");
    tray.choose("Quick ask").await;
    app.has_focus(QUICK).await;
    tray.choose("Open Serein").await;
    app.has_focus_of_main().await;
    app.sees_that(&composer(), "as it was", |seen| {
        seen.value.as_deref() == Some("not yet sent")
    })
    .await;
    tray.choose("Settings").await;
    app.sees(&By::role("heading", "Settings")).await;
    tray.choose("New chat").await;
    app.sees(&composer()).await;
    tray.choose("Quit").await;
    app.has_ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_shortcut_is_left_to_others_until_it_works_again() {
    let world = World::new().await;
    let tray = Tray::on(world.bus()).await;
    let app = world.start().await;
    app.signs_in().await;
    tray.choose("Pause shortcut").await;
    // Whoever wants the keys now can have them, and give them back.
    let taken = app.until(async || Grab::try_for(world.display())).await;
    drop(taken.expect("the keys are free"));
    tray.choose("Pause shortcut").await;
    // The menu says so at once; the keys work a moment later.
    let shown = app.until(async || {
        world.display().xdotool(&["key", "ctrl+shift+space"]);
        within(LOOK * 10, async || app.is_on_screen(QUICK).then_some(())).await
    });
    if shown.await.is_none() {
        app.fail("the shortcut to work again").await;
    }
}
