//! The tray icon: what its menu does, and that closing the main window only hides it where there is a tray.

use crate::support::chat::composer;
use crate::support::focus::QUICK;
use crate::support::other::Grab;
use crate::support::tray::{Panel, Tray};
use crate::support::wait::{LOOK, within};
use crate::support::{App, By, World};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_tray_of_the_older_kind_shows_the_icon_and_is_a_way_back_as_well() {
    let world = World::new().await;
    let panel = Panel::on(world.display()).await;
    let app = world.start().await;
    app.signs_in().await;
    let icon = app.until(async || app.icon()).await;
    assert!(icon.is_some(), "the panel shows the icon");
    app.brings_main_to_front().await;
    world.display().xdotool(&["key", "alt+F4"]);
    let hidden = app.until(async || app.is_icon_only().then_some(()));
    assert!(hidden.await.is_some(), "the window goes");
    assert!(app.runs(), "the app goes on in the tray");
    chooses(&panel, &app, 1).await;
    app.has_focus(QUICK).await;
    chooses(&panel, &app, 2).await;
    app.has_focus_of_main().await;
}

/// Opens the menu at the panel's icon and takes its item at this place, from 1.
async fn chooses(panel: &Panel, app: &App<'_>, place: usize) {
    panel.click(app).await;
    let opened = app.until(async || app.has_menu().then_some(()));
    assert!(opened.await.is_some(), "a click opens the menu");
    for _ in 0..place {
        app.world().display().xdotool(&["key", "Down"]);
    }
    app.world().display().xdotool(&["key", "Return"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_closing_the_window_ends_the_app() {
    let world = World::new().await;
    let app = world.start().await;
    app.signs_in().await;
    app.quit().await;
}
