//! Which window has the keyboard, and which of the app's two pages is looked at.

use super::app::App;
use super::process;

/// The quick ask's window.
pub(crate) const QUICK: &str = "Serein quick ask";

impl App<'_> {
    /// Waits until the window with this title has the keyboard.
    pub(crate) async fn has_focus(&self, title: &str) {
        if self
            .until(async || (self.focused()?.1 == title).then_some(()))
            .await
            .is_none()
        {
            let has = self.focused();
            self.fail(&format!(
                "‘{title}’ to have the keyboard, which {has:?} has"
            ))
            .await;
        }
    }

    /// Waits until the app's main window has the keyboard.
    pub(crate) async fn has_focus_of_main(&self) {
        let mine = self.id().to_string();
        let has = self.until(async || {
            let (process, title) = self.focused()?;
            (process == mine && title != QUICK).then_some(())
        });
        if has.await.is_none() {
            self.fail("the main window to have the keyboard").await;
        }
    }

    /// The process and the title of the window that has the keyboard.
    fn focused(&self) -> Option<(String, String)> {
        let display = self.world().display();
        let title = display
            .try_xdotool(&["getwindowfocus", "getwindowname"])
            .ok()?;
        // Some windows do not say whose they are.
        let process = display
            .try_xdotool(&["getwindowfocus", "getwindowpid"])
            .unwrap_or_default();
        Some((process, title))
    }

    /// Whether a window of the app with this title is on the screen.
    pub(crate) fn is_on_screen(&self, title: &str) -> bool {
        let id = self.id().to_string();
        self.world()
            .display()
            .try_xdotool(&[
                "search",
                "--onlyvisible",
                "--all",
                "--pid",
                &id,
                "--name",
                title,
            ])
            .is_ok_and(|found| !found.is_empty())
    }

    /// Waits until no window with this title is on the screen.
    pub(crate) async fn is_off_screen(&self, title: &str) {
        if self
            .until(async || (!self.is_on_screen(title)).then_some(()))
            .await
            .is_none()
        {
            self.fail(&format!("‘{title}’ to be off the screen")).await;
        }
    }

    /// Looks at the quick ask's page from now on.
    pub(crate) async fn turns_to_quick(&self) {
        self.turns_to("/quick.html").await;
    }

    /// Looks at the main window's page from now on.
    pub(crate) async fn turns_to_main(&self) {
        self.turns_to("/").await;
    }

    async fn turns_to(&self, path: &str) {
        let turned = self.until(async || {
            for window in self.client().windows().await.ok()? {
                self.client().switch_to_window(window).await.ok()?;
                let page = self.run("return location.pathname", vec![]).await.ok()?;
                let is_main = page != "/quick.html";
                if is_main == (path == "/") {
                    return Some(());
                }
            }
            None
        });
        if turned.await.is_none() {
            self.fail(&format!("the page {path}")).await;
        }
    }

    /// Brings the main window to the front, as a taskbar does.
    pub(crate) async fn brings_main_to_front(&self) {
        let display = self.world().display();
        let id = self.id().to_string();
        let found = display.xdotool(&[
            "search",
            "--onlyvisible",
            "--all",
            "--pid",
            &id,
            "--name",
            ".",
        ]);
        if let Some(window) = found.lines().next() {
            display.xdotool(&["windowactivate", "--sync", window]);
        }
        self.has_focus_of_main().await;
    }

    /// Closes the main window as a person does, and waits until it is off the screen.
    pub(crate) async fn closes_main(&self) {
        self.brings_main_to_front().await;
        self.world().display().xdotool(&["key", "alt+F4"]);
        self.is_off_screen(".").await;
    }

    /// Waits until the app has ended.
    pub(crate) async fn has_ended(&self) {
        let gone = self.until(async || (!process::runs(self.id())).then_some(()));
        assert!(gone.await.is_some(), "the app ends");
    }

    /// Whether the app still runs.
    pub(crate) fn runs(&self) -> bool {
        process::runs(self.id())
    }
}
