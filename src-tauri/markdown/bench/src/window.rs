//! A window of the app's engine, driven from outside.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use fantoccini::Client;
use fantoccini::wd::TimeoutConfiguration;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::mini_browser::mini_browser;
use crate::support::display::{Display, SIZE};
use crate::support::driver::Driver;
use crate::support::process::{family, main_thread, program};

/// What the app's window shows its page in (`tauri.conf.json`).
pub(crate) const APP: (u32, u32) = (1080, 760);

/// A reply may take this long, in the slowest of ways.
const PATIENCE: Duration = Duration::from_secs(900);

/// What drawing a reply took, as the page counts it (`ui/bench/page.ts`).
#[derive(Debug, Deserialize)]
pub(crate) struct Drawn {
    pub(crate) script: Vec<f64>,
    pub(crate) layout: Vec<f64>,
    pub(crate) length: usize,
    pub(crate) formulas: usize,
    pub(crate) coloured: usize,
    /// Time the window's main thread was on a processor meanwhile, painting included.
    #[serde(skip)]
    pub(crate) thread: Duration,
}

/// The window. It is gone when this is dropped.
pub(crate) struct Window {
    client: Client,
    web: u32,
    // Dropped in this order: what stands on something else goes first.
    _driver: Driver,
    display: Display,
    _home: TempDir,
}

impl Window {
    /// Opens `address`, painted as the app's windows are where no graphics card is (`src-tauri/src/painting.rs`).
    pub(crate) async fn open(address: &str, size: (u32, u32)) -> Self {
        Self::open_with(address, size, "1").await
    }

    /// Opens `address`; `size` is the page's own, and may be larger than the screen, which the app's painting
    /// does not bear.
    pub(crate) async fn open_large(address: &str, size: (u32, u32)) -> Self {
        Self::open_with(address, size, "0").await
    }

    async fn open_with(address: &str, size: (u32, u32), without_opengl: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let display = Display::start(SIZE);
        let environment: Vec<(String, OsString)> = [
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".into()),
            ("HOME", home.path().into()),
            ("XDG_RUNTIME_DIR", home.path().into()),
            ("DISPLAY", display.name().into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            // No bus, or one would be started, and with it what screen readers need: the app has none either.
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".into()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", without_opengl.into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let driver = Driver::start(&environment, &home.path().join("log")).await;
        let client = driver.open(&mini_browser(), &["--automation"]).await;
        let patience = TimeoutConfiguration::new(Some(PATIENCE), None, None);
        client.update_timeouts(patience).await.unwrap();
        client.goto(&format!("{address}/index.html")).await.unwrap();
        let web = family(driver.id())
            .into_iter()
            .rfind(|id| {
                program(*id).is_some_and(|path| path.to_string_lossy().contains("WebKitWebProcess"))
            })
            .expect("a page has a process");
        let window = Self {
            client,
            web,
            _driver: driver,
            display,
            _home: home,
        };
        window.fit(size).await;
        window
    }

    /// Makes the page this large: the browser around it takes some room of its own.
    async fn fit(&self, size: (u32, u32)) {
        let (width, height) = size;
        self.client
            .set_window_rect(0, 0, width, height)
            .await
            .unwrap();
        let (inner_width, inner_height) = self.size().await;
        let (width, height) = (2 * width - inner_width, 2 * height - inner_height);
        self.client
            .set_window_rect(0, 0, width, height)
            .await
            .unwrap();
        assert_eq!(self.size().await, size, "the page has its size");
    }

    async fn size(&self) -> (u32, u32) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => \
            requestAnimationFrame(() => done([innerWidth, innerHeight])));";
        self.ask(script, vec![]).await
    }

    /// Milliseconds of the finest step of the page's clock.
    pub(crate) async fn clock_step(&self) -> f64 {
        self.ask("arguments[0](window.clockStep());", vec![]).await
    }

    /// Has a reply drawn: its batches at `batches`, in this way, at this pace.
    pub(crate) async fn draw(&self, way: &str, batches: &str, pace: &str) -> Drawn {
        let prepare = "window.prepare(arguments[0], arguments[1]).then(arguments[2]);";
        let arguments = vec![json!(way), json!(batches)];
        self.ask::<usize>(prepare, arguments).await;
        let before = self.thread();
        let draw = "window.draw(arguments[0]).then(arguments[1]);";
        let mut drawn: Drawn = self.ask(draw, vec![json!(pace)]).await;
        drawn.thread = self.thread() - before;
        drawn
    }

    /// Leaves a picture of the screen.
    pub(crate) fn picture(&self, path: &Path) {
        self.display.picture(path);
    }

    /// Has an answer shown beside its reference, and gives a picture of both as PNG.
    pub(crate) async fn pair(&self, name: &str, width: u32, appearance: &str) -> Vec<u8> {
        let show = "window.compare(arguments[0], arguments[1], arguments[2]).then(arguments[3]);";
        let arguments = vec![json!(name), json!(width), json!(appearance)];
        let size = self.ask(show, arguments).await;
        self.fit(size).await;
        self.client.screenshot().await.unwrap()
    }

    fn thread(&self) -> Duration {
        main_thread(self.web).expect("the page's process runs")
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, script: &str, arguments: Vec<Value>) -> T {
        let value = self.client.execute_async(script, arguments).await.unwrap();
        serde_json::from_value(value).unwrap()
    }
}
