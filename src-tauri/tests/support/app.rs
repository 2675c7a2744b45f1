//! The app under test: one run of the built binary in a world, and what a person does with it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use fantoccini::{Client, error::CmdError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::driver::Driver;
use super::find::{By, SCRIPT};
use super::output::output_folder;
use super::process::{self, family, stat};
use super::wait::{LOOK, PATIENCE, within};
use super::world::World;

/// The key under which WebDriver names an element (WebDriver, *Elements*).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What can be seen of something on the screen.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Seen {
    /// It cannot be used now.
    pub(crate) disabled: bool,
    /// `aria-busy`.
    pub(crate) busy: bool,
    /// It has the keyboard.
    pub(crate) focused: bool,
    /// What is typed in it or chosen; its beginning where that is long.
    pub(crate) value: Option<String>,
    /// How many UTF-16 units are typed in it.
    pub(crate) length: usize,
    /// Its words, controls included, white space folded.
    pub(crate) text: String,
    /// Its words without controls and notes, as they are; only where asked for.
    pub(crate) prose: Option<String>,
    /// `aria-current`.
    pub(crate) current: Option<String>,
    /// `aria-expanded`.
    pub(crate) expanded: Option<String>,
    /// Whether a fold is open.
    pub(crate) open: Option<bool>,
}

/// A window that has been taken off the screen: its X id.
#[derive(Debug)]
#[must_use = "a hidden window has to be shown again to be seen"]
pub(crate) struct Hidden(String);

/// One run of the app.
pub(crate) struct App<'world> {
    world: &'world World,
    client: Client,
    driver: Driver,
    id: u32,
    patience: Duration,
}

impl<'world> App<'world> {
    /// Starts the app in `world` and waits for its window.
    pub(crate) async fn start(world: &'world World, binary: &Path, arguments: &[&str]) -> Self {
        let driver = Driver::start(&world.environment(), &world.new_log()).await;
        let client = driver.open(binary, arguments).await;
        let id = family(driver.id())
            .into_iter()
            .find(|id| process::program(*id).as_deref() == Some(binary))
            .expect("the driver started the app");
        Self {
            world,
            client,
            driver,
            id,
            patience: PATIENCE,
        }
    }

    /// The same app, given this long for each wait.
    pub(crate) fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Looks until `probe` answers, as long as the patience lasts.
    pub(crate) async fn until<T>(&self, probe: impl AsyncFnMut() -> Option<T>) -> Option<T> {
        within(self.patience, probe).await
    }

    /// The world it runs in.
    pub(crate) fn world(&self) -> &'world World {
        self.world
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    /// The WebDriver client, for what has no word of its own here.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    // ---- looking -------------------------------------------------------------------------------

    /// Runs `script` in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        self.client.execute(script, arguments).await
    }

    /// What stands there now, if it does.
    pub(crate) async fn glimpse(&self, by: &By) -> Option<Seen> {
        let value = self.ask("state", by, Value::Null).await?;
        serde_json::from_value(value).ok()
    }

    /// All of them, as they stand now.
    pub(crate) async fn all(&self, by: &By) -> Vec<Seen> {
        let value = self.ask("states", by, json!("prose")).await;
        value
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    }

    /// The names of all of them.
    pub(crate) async fn names(&self, by: &By) -> Vec<String> {
        let value = self.ask("names", by, Value::Null).await;
        value
            .and_then(|value| serde_json::from_value(value).ok())
            .unwrap_or_default()
    }

    /// Waits until it stands there.
    pub(crate) async fn sees(&self, by: &By) -> Seen {
        match self.until(async || self.glimpse(by).await).await {
            Some(seen) => seen,
            None => self.fail(&format!("{by} to be there")).await,
        }
    }

    /// Waits until it stands there and `is_so`.
    pub(crate) async fn sees_that(
        &self,
        by: &By,
        what: &str,
        is_so: impl Fn(&Seen) -> bool,
    ) -> Seen {
        match self
            .until(async || self.look_closely(by).await.filter(|seen| is_so(seen)))
            .await
        {
            Some(seen) => seen,
            None => self.fail(&format!("{by} to be {what}")).await,
        }
    }

    /// Waits until it stands there with `text` among its words.
    pub(crate) async fn reads(&self, by: &By, text: &str) -> Seen {
        self.sees_that(by, &format!("reading ‘{text}’"), |seen| {
            seen.text.contains(text)
        })
        .await
    }

    /// Waits until none of them stands there.
    pub(crate) async fn misses(&self, by: &By) {
        let gone = self.until(async || {
            let names = self.ask("names", by, Value::Null).await?;
            (names == json!([])).then_some(())
        });
        if gone.await.is_none() {
            self.fail(&format!("{by} to be gone")).await;
        }
    }

    /// As [`App::glimpse`], with the prose.
    pub(crate) async fn look_closely(&self, by: &By) -> Option<Seen> {
        let value = self.ask("state", by, json!("prose")).await?;
        serde_json::from_value(value).ok()
    }

    async fn ask(&self, operation: &str, by: &By, argument: Value) -> Option<Value> {
        let arguments = vec![json!(operation), by.path(), argument];
        // A page that is just being loaded has no answer; the next look may have one.
        self.run(SCRIPT, arguments)
            .await
            .ok()
            .filter(|value| !value.is_null())
    }

    async fn element(&self, by: &By) -> Option<Element> {
        let value = self.ask("element", by, Value::Null).await?;
        let id = value.get(ELEMENT)?.as_str()?.to_owned();
        Some(Element::from_element_id(
            self.client.clone(),
            ElementRef::from(id),
        ))
    }

    /// Waits until what is on the page now has been painted, and has stopped changing its looks.
    pub(crate) async fn next_frame(&self) {
        let script = "const done = arguments[0]; \
             const painted = (then) => requestAnimationFrame(() => requestAnimationFrame(then)); \
             painted(() => Promise.allSettled(document.getAnimations() \
               .filter((animation) => animation instanceof CSSTransition) \
               .map((animation) => animation.finished)).then(() => painted(() => done(null))));";
        if let Err(error) = self.client.execute_async(script, vec![]).await {
            self.fail(&format!("a frame to be painted ({error})")).await;
        }
    }

    /// Everything with a role that stands there now, as an indented list.
    pub(crate) async fn describe(&self) -> String {
        let arguments = vec![json!("describe"), json!([]), Value::Null];
        match self.run(SCRIPT, arguments).await {
            Ok(Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(error) => format!("(the window does not answer: {error})"),
        }
    }

    /// Fails the test, saying what was there instead; a picture of it is left in `target/e2e`.
    pub(crate) async fn fail(&self, wanted: &str) -> ! {
        let picture = self.picture("failed");
        panic!(
            "waited for {wanted}.\nThere was (picture: {}; log: {}):\n{}",
            picture.display(),
            self.world.log().display(),
            self.describe().await
        );
    }

    /// Takes a picture of the screen into `target/e2e`.
    pub(crate) fn picture(&self, name: &str) -> PathBuf {
        let path = output_folder("e2e").join(format!("{}-{name}.png", self.world.name()));
        self.world.display().picture(&path);
        path
    }

    /// Takes a picture of one of the app's windows alone, by its title.
    pub(crate) async fn portrait_of(&self, title: &str, path: &Path) {
        match self.until(async || self.place_of(title)).await {
            Some((corner, size)) => {
                let inside = |(x, y): (i32, i32)| (x.max(0) as usize, y.max(0) as usize);
                self.world
                    .display()
                    .picture_of(path, inside(corner), inside(size));
            }
            None => self.fail(&format!("‘{title}’ to be on the screen")).await,
        }
    }

    /// Where a window with this title stands and how large it is, if it is on the screen.
    pub(crate) fn place_of(&self, title: &str) -> Option<((i32, i32), (i32, i32))> {
        let windows = self.windows_on_screen(&["--name", title]);
        self.geometry(windows.first()?)
    }

    /// The middle of the app's icon in a panel, if it is there: a window no larger than an icon.
    pub(crate) fn icon(&self) -> Option<(i32, i32)> {
        let windows = self.windows_on_screen(&["--class", "."]);
        let places = windows.iter().filter_map(|window| self.geometry(window));
        let mut icons = places
            .filter(|(_, (width, height))| (8..=64).contains(width) && (8..=64).contains(height));
        let ((x, y), (width, height)) = icons.next()?;
        Some((x + width / 2, y + height / 2))
    }

    /// Whether a menu is open: a window higher than an icon and narrower than any other of the app's.
    pub(crate) fn has_menu(&self) -> bool {
        let is_menu = |(width, height): (i32, i32)| width < 400 && height > 64;
        self.sizes_on_screen().into_iter().any(is_menu)
    }

    /// Whether an icon is all that is on the screen.
    pub(crate) fn is_icon_only(&self) -> bool {
        let is_icon = |(width, height): (i32, i32)| width <= 64 && height <= 64;
        self.sizes_on_screen().into_iter().all(is_icon)
    }

    fn sizes_on_screen(&self) -> Vec<(i32, i32)> {
        let windows = self.windows_on_screen(&["--class", "."]);
        let places = windows.iter().filter_map(|window| self.geometry(window));
        places.map(|(_, size)| size).collect()
    }

    fn windows_on_screen(&self, with: &[&str]) -> Vec<String> {
        let id = self.id.to_string();
        let mut search = vec!["search", "--onlyvisible", "--all", "--pid", &id];
        search.extend(with);
        let found = self.world.display().try_xdotool(&search);
        let found = found.unwrap_or_default();
        found.lines().map(str::to_owned).collect()
    }

    fn geometry(&self, window: &str) -> Option<((i32, i32), (i32, i32))> {
        let geometry = self
            .world
            .display()
            .try_xdotool(&["getwindowgeometry", "--shell", window])
            .ok()?;
        let number = |name: &str| -> Option<i32> {
            let line = geometry.lines().find_map(|line| line.strip_prefix(name));
            line?.parse().ok()
        };
        Some((
            (number("X=")?, number("Y=")?),
            (number("WIDTH=")?, number("HEIGHT=")?),
        ))
    }

    /// Takes a picture of the app's window alone.
    pub(crate) async fn portrait(&self, path: &Path) {
        let (corner, size) = self.place().await;
        self.world.display().picture_of(path, corner, size);
    }

    /// Turns the wheel over the middle of the window; negative turns scroll up.
    pub(crate) async fn scrolls(&self, turns: i32) {
        let (_, size) = self.place().await;
        self.scrolls_over((size.0 * 5 / 8, size.1 / 2), turns).await;
    }

    /// Turns the wheel over a point of the window; negative turns scroll up.
    pub(crate) async fn scrolls_over(&self, point: (usize, usize), turns: i32) {
        let (corner, _) = self.place().await;
        let (x, y) = (corner.0 + point.0, corner.1 + point.1);
        let wheel = if turns < 0 { "4" } else { "5" };
        let display = self.world.display();
        display.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        let turns = turns.unsigned_abs().to_string();
        display.xdotool(&["click", "--repeat", &turns, "--delay", "20", wheel]);
        display.rest_pointer();
    }

    /// As [`App::scrolls`], over the quick ask.
    pub(crate) async fn scrolls_quick(&self, turns: i32) {
        let Some(((x, y), (width, height))) = self.place_of(super::focus::QUICK) else {
            self.fail("the quick ask to be on the screen").await;
        };
        let wheel = if turns < 0 { "4" } else { "5" };
        let display = self.world.display();
        let (x, y) = ((x + width / 2).to_string(), (y + height / 2).to_string());
        display.xdotool(&["mousemove", &x, &y]);
        let turns = turns.unsigned_abs().to_string();
        display.xdotool(&["click", "--repeat", &turns, "--delay", "20", wheel]);
        display.rest_pointer();
    }

    /// Where the window stands on the screen, and how large it is.
    async fn place(&self) -> ((usize, usize), (usize, usize)) {
        let window = self.window().await;
        let display = self.world.display();
        let geometry = display.xdotool(&["getwindowgeometry", "--shell", &window]);
        let number = |name: &str| -> usize {
            let line = geometry.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.parse().ok()).unwrap_or(0)
        };
        let corner = (number("X="), number("Y="));
        let size = (number("WIDTH="), number("HEIGHT="));
        (corner, size)
    }

    // ---- doing ---------------------------------------------------------------------------------

    /// Clicks it as soon as it can be clicked.
    pub(crate) async fn click(&self, by: &By) {
        let clicked = self.until(async || {
            let seen = self.glimpse(by).await?;
            if seen.disabled {
                return None;
            }
            self.element(by).await?.click().await.ok()
        });
        if clicked.await.is_none() {
            self.fail(&format!("{by} to be clickable")).await;
        }
    }

    /// Types `text` into it, after what is there.
    pub(crate) async fn types(&self, by: &By, text: &str) {
        let typed = self.until(async || {
            let seen = self.glimpse(by).await?;
            if seen.disabled {
                return None;
            }
            self.element(by).await?.send_keys(text).await.ok()
        });
        if typed.await.is_none() {
            self.fail(&format!("{by} to take text")).await;
        }
    }

    /// Puts `text` in place of what is in it, as a person does: select all, type.
    pub(crate) async fn fills(&self, by: &By, text: &str) {
        self.sees(by).await;
        if let Some(element) = self.element(by).await {
            let _ = element.click().await;
        }
        self.chord(&[Key::Control], 'a').await;
        self.key(Key::Delete).await;
        self.types(by, text).await;
        self.sees_that(by, &format!("filled with ‘{text}’"), |seen| {
            seen.value.as_deref() == Some(text)
        })
        .await;
    }

    /// Pastes `text` into it as a person does: the text is on the clipboard, then `Ctrl+V`.
    pub(crate) async fn pastes(&self, by: &By, text: &str) {
        self.copies(text).await;
        self.click(by).await;
        // Through the X server: a key that only the page hears pastes nothing.
        self.world.display().xdotool(&["key", "ctrl+v"]);
    }

    /// Puts `text` on the clipboard by `Ctrl+C` in a field of its own, which is gone afterwards. The
    /// field stays short, for a long text takes long to be laid out.
    pub(crate) async fn copies(&self, text: &str) {
        let mark = "const [text] = arguments; const field = document.createElement('textarea'); \
             field.value = '.'; window.copied = false; \
             field.addEventListener('copy', (event) => { \
               event.clipboardData.setData('text/plain', text); event.preventDefault(); \
               setTimeout(() => { field.remove(); window.copied = true; }); }); \
             document.body.append(field); field.select(); return true;";
        let marked = self.run(mark, vec![json!(text)]).await.is_ok();
        self.world.display().xdotool(&["key", "ctrl+c"]);
        let copied = self.until(async || {
            let copied = self.run("return window.copied", vec![]).await.ok()?;
            (copied == true).then_some(())
        });
        if !marked || copied.await.is_none() {
            self.fail("a text to be copied").await;
        }
    }

    /// Presses and lets go of one key.
    pub(crate) async fn key(&self, key: Key) {
        self.strike(&[], char::from(key)).await;
    }

    /// Presses a key while others are held.
    pub(crate) async fn chord(&self, held: &[Key], key: impl Into<char>) {
        self.strike(held, key.into()).await;
    }

    /// Types `text` into whatever has the keyboard.
    pub(crate) async fn strikes(&self, text: &str) {
        for letter in text.chars() {
            self.strike(&[], letter).await;
        }
    }

    async fn strike(&self, held: &[Key], key: char) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for modifier in held {
            let value = char::from(*modifier);
            actions = actions.then(KeyAction::Down { value });
        }
        actions = actions
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for modifier in held.iter().rev() {
            let value = char::from(*modifier);
            actions = actions.then(KeyAction::Up { value });
        }
        if let Err(error) = self.client.perform_actions(actions).await {
            self.fail(&format!("the keyboard to work ({error})")).await;
        }
    }

    /// Loads the page anew, as the web view's own *Reload* does.
    pub(crate) async fn reload(&self) {
        if let Err(error) = self.client.refresh().await {
            self.fail(&format!("the page to load again ({error})"))
                .await;
        }
    }

    /// Takes the window off the screen, as the window manager's *minimise* does.
    pub(crate) async fn hide(&self) -> Hidden {
        let window = self.window().await;
        let display = self.world.display();
        display.xdotool(&["windowminimize", "--sync", &window]);
        Hidden(window)
    }

    /// Brings it back.
    pub(crate) async fn show(&self, hidden: Hidden) {
        let display = self.world.display();
        display.xdotool(&["windowmap", "--sync", &hidden.0]);
        display.xdotool(&["windowactivate", "--sync", &hidden.0]);
    }

    /// The X id of the app's window, which has to be on the screen.
    async fn window(&self) -> String {
        let id = self.id.to_string();
        let display = self.world.display();
        let found = self.until(async || {
            let windows = display
                .try_xdotool(&[
                    "search",
                    "--onlyvisible",
                    "--all",
                    "--pid",
                    &id,
                    "--name",
                    ".",
                ])
                .ok()?;
            windows.lines().last().map(str::to_owned)
        });
        match found.await {
            Some(window) => window,
            None => self.fail("the app's window to be on the screen").await,
        }
    }

    // ---- ending --------------------------------------------------------------------------------

    /// Closes the window as a person does, and waits until the app is gone.
    pub(crate) async fn quit(self) {
        let display = self.world.display();
        display.xdotool(&["windowactivate", "--sync", &self.window().await]);
        display.xdotool(&["key", "alt+F4"]);
        if self
            .until(async || (!process::runs(self.id)).then_some(()))
            .await
            .is_none()
        {
            self.fail("the app to end after its window was closed")
                .await;
        }
    }

    /// Ends the app as a crash does: `kill -9`, no warning.
    pub(crate) async fn killed(self) {
        process::kill(self.id);
        let gone = self
            .until(async || (!process::runs(self.id)).then_some(()))
            .await;
        assert!(gone.is_some(), "a killed process to be gone");
    }

    /// Processor time the app and its web view have used so far, in clock ticks of 10 ms.
    pub(crate) fn ticks(&self) -> u64 {
        family(self.id)
            .into_iter()
            .filter_map(stat)
            .map(|stat| stat.ticks)
            .sum()
    }

    /// Ticks the app's own process has used so far, the web view's processes aside.
    pub(crate) fn own_ticks(&self) -> u64 {
        stat(self.id).map_or(0, |stat| stat.ticks)
    }

    /// Time the web view's main thread has been on a processor so far: script, layout, painting.
    pub(crate) fn web_main_thread(&self) -> Duration {
        self.web_processes().filter_map(process::main_thread).sum()
    }

    /// The processes its pages run in.
    pub(crate) fn web_processes(&self) -> impl Iterator<Item = u32> {
        family(self.id).into_iter().filter(|id| {
            process::program(*id)
                .is_some_and(|path| path.to_string_lossy().contains("WebKitWebProcess"))
        })
    }

    /// Waits until the app has used hardly any processor time for a second, as long as the patience lasts.
    pub(crate) async fn settles(&self) {
        let settled = self.until(async || {
            let before = self.ticks();
            tokio::time::sleep(LOOK * 50).await;
            (self.ticks() - before <= 2).then_some(())
        });
        if settled.await.is_none() {
            self.fail("the app to come to rest").await;
        }
    }

    /// Counts the ticks of `span` without looking at the app meanwhile.
    pub(crate) async fn ticks_during(&self, span: Duration) -> u64 {
        let before = self.ticks();
        tokio::time::sleep(span).await;
        self.ticks() - before
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        if process::runs(self.id) {
            process::kill(self.id);
        }
    }
}
