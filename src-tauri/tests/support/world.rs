//! Everything around one app: screen, bus, home, service and person. Gone when the test is.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serechat_simulator::{Options, Simulator};
use tempfile::TempDir;

use super::app::App;
use super::bus::Bus;
use super::display::{Display, SIZE};
use super::output::output_folder;
use super::person::{Habit, Person};
use super::turnstile::Turnstile;

/// The built app.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_serein");

/// How a world is to be; [`World::new`] is the usual one.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    keychain: bool,
    habit: Habit,
    base_url: Option<String>,
    settings_decide: bool,
    options: Options,
    variables: Vec<(String, String)>,
    screen: (u32, u32),
}

impl Plan {
    /// With a screen of this size.
    pub(crate) fn screen(mut self, width: u32, height: u32) -> Self {
        self.screen = (width, height);
        self
    }

    /// With an unlocked keychain on the bus.
    pub(crate) fn keychain(mut self) -> Self {
        self.keychain = true;
        self
    }

    /// With a person of this habit.
    pub(crate) fn person(mut self, habit: Habit) -> Self {
        self.habit = habit;
        self
    }

    /// With this in `SEREIN_BASE_URL` in place of the simulator's address.
    pub(crate) fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.to_owned());
        self
    }

    /// Without `SEREIN_BASE_URL`, so that Settings decide the address.
    pub(crate) fn settings_decide(mut self) -> Self {
        self.settings_decide = true;
        self
    }

    /// With this in the environment, too.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With every window painted as the app has its own painted where no graphics card is: those beside it, too.
    pub(crate) fn painted_alike(self) -> Self {
        self.variable("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
    }

    /// With a simulator of this kind.
    pub(crate) fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Builds it.
    pub(crate) async fn build(self) -> World {
        World::build(self).await
    }
}

/// One machine for one test.
#[derive(Debug)]
pub(crate) struct World {
    // Dropped in this order: what stands on something else goes first.
    person: Person,
    simulator: Simulator,
    bus: Bus,
    display: Display,
    home: TempDir,
    plan: Plan,
    name: String,
    runs: Cell<u32>,
    _turn: Turnstile,
}

impl World {
    /// The usual world: no keychain, a person who approves at once.
    pub(crate) async fn new() -> Self {
        Self::plan().build().await
    }

    /// The usual world, to be changed before it is built.
    pub(crate) fn plan() -> Plan {
        Plan {
            keychain: false,
            habit: Habit::Approves,
            base_url: None,
            settings_decide: false,
            options: Options::instant(),
            variables: Vec::new(),
            screen: SIZE,
        }
    }

    async fn build(plan: Plan) -> Self {
        let turn = Turnstile::enter();
        let home = tempfile::Builder::new()
            .prefix("serein-e2e-")
            .tempdir()
            .expect("a temporary folder");
        for folder in ["run", "cache", "config", "data"] {
            let folder = home.path().join(folder);
            fs::create_dir(&folder).expect("the home can be written");
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
                .expect("the home can be closed to others");
        }
        let bus = if plan.keychain {
            Bus::with_keychain(home.path()).await
        } else {
            Bus::bare()
        };
        let name = std::thread::current()
            .name()
            .unwrap_or("main")
            .replace("::", "-");
        Self {
            person: Person::new(home.path().join("person"), plan.habit),
            simulator: Simulator::start(plan.options.clone())
                .await
                .expect("the simulator starts"),
            bus,
            display: Display::start(plan.screen),
            home,
            plan,
            name,
            runs: Cell::new(0),
            _turn: turn,
        }
    }

    /// Starts the app.
    pub(crate) async fn start(&self) -> App<'_> {
        App::start(self, Path::new(BINARY), &[]).await
    }

    /// Starts the app with arguments.
    pub(crate) async fn start_with(&self, arguments: &[&str]) -> App<'_> {
        App::start(self, Path::new(BINARY), arguments).await
    }

    /// Starts the app once more beside the one that runs, and waits until the second is done.
    pub(crate) fn run_again(&self, arguments: &[&str]) {
        let status = self.run(arguments).status;
        assert!(status.success(), "a second start ended with {status}");
    }

    /// Runs the program as from a terminal, to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> std::process::Output {
        std::process::Command::new(BINARY)
            .args(arguments)
            .env_clear()
            .envs(self.environment())
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the app starts")
    }

    /// The person.
    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    /// The session bus.
    pub(crate) fn bus(&self) -> &Bus {
        &self.bus
    }

    /// The service.
    pub(crate) fn simulator(&self) -> &Simulator {
        &self.simulator
    }

    /// The screen.
    pub(crate) fn display(&self) -> &Display {
        &self.display
    }

    /// Where the app keeps everything of its own.
    pub(crate) fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }

    /// The home folder, with the web view's caches and the profile.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The test's name, for files.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the current run prints.
    pub(crate) fn log(&self) -> PathBuf {
        output_folder("e2e").join(format!("{}-{}.log", self.name, self.runs.get()))
    }

    /// Where the next run prints.
    pub(super) fn new_log(&self) -> PathBuf {
        self.runs.set(self.runs.get() + 1);
        self.log()
    }

    /// Exactly what the app finds in its environment.
    pub(super) fn environment(&self) -> Vec<(String, OsString)> {
        let home = self.home.path();
        let path = if self.person.has_browser() {
            std::env::var_os("PATH").unwrap_or_default()
        } else {
            OsString::from("/nonexistent")
        };
        let mut environment: Vec<(String, OsString)> = [
            ("PATH", path),
            ("LANG", "C.UTF-8".into()),
            ("HOME", home.into()),
            ("XDG_RUNTIME_DIR", home.join("run").into()),
            ("XDG_CACHE_HOME", home.join("cache").into()),
            ("XDG_CONFIG_HOME", home.join("config").into()),
            ("XDG_DATA_HOME", home.join("data").into()),
            ("DISPLAY", self.display.name().into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.address().into()),
            ("SEREIN_DATA_DIR", self.profile().into()),
            ("BROWSER", self.person.browser().into()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if !self.plan.settings_decide {
            let url = match &self.plan.base_url {
                Some(url) => url.clone(),
                None => self.simulator.base_url(),
            };
            environment.push(("SEREIN_BASE_URL".to_owned(), url.into()));
        }
        for (name, value) in &self.plan.variables {
            environment.push((name.clone(), value.into()));
        }
        environment
    }
}
