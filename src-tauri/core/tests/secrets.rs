//! The token's place on a real session bus: with gnome-keyring unlocked, with it locked, with no Secret
//! Service, and with no bus at all.
//!
//! The bus's address is the whole process's, so each step runs in a process of its own: this test binary
//! once more, told its step by the environment. Linux only: elsewhere the keychain is the user's own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test's failure is its message"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serechat::AccessToken;
use serein_core::secrets::TokenStore;
use tempfile::TempDir;

const ORIGIN: &str = "https://serechat.com";
const SECRET: &str = "sc-9d1f0c5e77b24a0c8e1b6f3a";
const EXPIRES_AT: i64 = 1_800_000_000_000;

/// Which step a child process is to take, and where it writes what it saw.
const STEP: &str = "SEREIN_TEST_STEP";
const ANSWER: &str = "SEREIN_TEST_ANSWER";

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(program: &str, package: &str, command: &mut Command) -> Running {
    match command.spawn() {
        Ok(child) => Running(child),
        Err(error) => {
            panic!("`{program}` cannot be started ({error}): install the package `{package}`")
        }
    }
}

/// A home, a data folder and a session bus of this test's own. Nothing is started by asking the bus.
struct Session {
    dir: TempDir,
    bus: Option<(Running, String)>,
}

impl Session {
    fn without_bus() -> Self {
        let dir = TempDir::new().unwrap();
        for name in ["home", "run", "data"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let run = dir.path().join("run");
        fs::set_permissions(run, fs::Permissions::from_mode(0o700)).unwrap();
        Self { dir, bus: None }
    }

    fn new() -> Self {
        let mut this = Self::without_bus();
        let socket = this.dir.path().join("bus");
        let config = this.dir.path().join("session.conf");
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type>
              <listen>unix:path={}</listen>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow send_destination="*"/>
                <allow receive_sender="*"/>
                <allow own="*"/>
              </policy>
            </busconfig>"#,
            socket.display()
        );
        fs::write(&config, text).unwrap();
        let mut daemon = start(
            "dbus-daemon",
            "dbus",
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--nosyslog", "--print-address"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut address = String::new();
        let stdout = daemon.0.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut address).unwrap();
        assert!(address.starts_with("unix:"), "dbus-daemon did not start");
        this.bus = Some((daemon, address.trim().to_owned()));
        this
    }

    fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    fn place<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let home = self.dir.path().join("home");
        let address = match &self.bus {
            Some((_, address)) => address.clone(),
            None => format!("unix:path={}", self.dir.path().join("no-bus").display()),
        };
        command
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env("XDG_RUNTIME_DIR", self.dir.path().join("run"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("HOME", home)
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
    }

    /// gnome-keyring as the bus's Secret Service, its collection `login` open with `password`, or there
    /// and locked without one.
    fn keyring(&self, password: Option<&str>) -> Running {
        let mut command = Command::new("gnome-keyring-daemon");
        self.place(&mut command)
            .args([
                "--foreground",
                "--components=secrets",
                "--control-directory",
            ])
            .arg(self.dir.path().join("run").join("keyring"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if password.is_some() {
            command.arg("--unlock");
        }
        let mut daemon = start("gnome-keyring-daemon", "gnome-keyring", &mut command);
        let mut stdin = daemon.0.stdin.take().unwrap();
        stdin
            .write_all(password.unwrap_or_default().as_bytes())
            .unwrap();
        drop(stdin);
        let locked = if password.is_some() { "false" } else { "true" };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self
            .login_collection()
            .ends_with(&format!("boolean {locked}"))
        {
            assert!(Instant::now() < deadline, "gnome-keyring did not get ready");
            thread::sleep(Duration::from_millis(20));
        }
        daemon
    }

    /// What the bus says of the collection `login`: `… boolean true` when it is locked.
    fn login_collection(&self) -> String {
        let mut command = Command::new("dbus-send");
        self.place(&mut command)
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.secrets",
            ])
            .arg("/org/freedesktop/secrets/collection/login")
            .arg("org.freedesktop.DBus.Properties.Get")
            .args(["string:org.freedesktop.Secret.Collection", "string:Locked"]);
        match command.output() {
            Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            Err(error) => {
                panic!("`dbus-send` cannot be started ({error}): install the package `dbus`")
            }
        }
    }

    /// Takes a step in a process of its own and answers what it saw.
    fn step(&self, test: &str, step: &str) -> String {
        let answer = self.dir.path().join("answer");
        let _ = fs::remove_file(&answer);
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = self
            .place(&mut command)
            .args([test, "--exact", "--nocapture"])
            .env(STEP, step)
            .env(ANSWER, &answer)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the step `{step}` failed: {text}");
        assert!(!text.contains(SECRET), "the token is printed");
        fs::read_to_string(answer).expect("the step leaves an answer")
    }

    /// Whether any file below the data folder and the home holds the token.
    fn token_on_disk(&self) -> bool {
        fn search(dir: &Path) -> bool {
            fs::read_dir(dir).unwrap().any(|entry| {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    search(&path)
                } else {
                    let bytes = fs::read(&path).unwrap_or_default();
                    bytes
                        .windows(SECRET.len())
                        .any(|it| it == SECRET.as_bytes())
                }
            })
        }
        search(&self.data()) || search(&self.dir.path().join("home"))
    }
}

/// In a child process: takes the step asked for. `false` in the test itself.
fn is_a_step() -> bool {
    let (Ok(step), Ok(answer)) = (std::env::var(STEP), std::env::var(ANSWER)) else {
        return false;
    };
    let data = Path::new(&answer).with_file_name("data");
    let store = TokenStore::new(&data, "Serein (test)".to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let seen = runtime.block_on(async {
        match step.as_str() {
            "save" => {
                let token = AccessToken::new(SECRET.to_owned()).unwrap();
                format!("{:?}", store.save(ORIGIN, &token, Some(EXPIRES_AT)).await)
            }
            "load" => {
                let loaded = store.load(ORIGIN).await;
                let found = match &loaded.token {
                    Some(token) if token.expose() == SECRET => "the token",
                    Some(_) => "another token",
                    None => "no token",
                };
                let expires = loaded.expires_at == Some(EXPIRES_AT);
                format!(
                    "{found}, its end {expires}, {:?}, locked {}",
                    loaded.storage, loaded.locked
                )
            }
            "forget" => {
                store.forget(ORIGIN).await;
                "forgotten".to_owned()
            }
            other => panic!("no step `{other}`"),
        }
    });
    fs::write(answer, seen).unwrap();
    true
}

#[test]
fn an_unlocked_secret_service_keeps_the_token_and_no_file_does() {
    if is_a_step() {
        return;
    }
    let test = "an_unlocked_secret_service_keeps_the_token_and_no_file_does";
    let session = Session::new();
    let _keyring = session.keyring(Some("a password"));
    assert_eq!(
        session.step(test, "load"),
        "no token, its end false, Keychain, locked false"
    );
    assert_eq!(session.step(test, "save"), "Keychain");
    assert!(!session.data().join("token").exists());
    assert!(!session.token_on_disk(), "the token is readable on disk");
    assert_eq!(
        session.step(test, "load"),
        "the token, its end true, Keychain, locked false"
    );
    // A second one replaces the first: were there two, none could be told from the other.
    assert_eq!(session.step(test, "save"), "Keychain");
    assert_eq!(
        session.step(test, "load"),
        "the token, its end true, Keychain, locked false"
    );
    session.step(test, "forget");
    assert_eq!(
        session.step(test, "load"),
        "no token, its end false, Keychain, locked false"
    );
    assert!(!session.data().join("token").exists());
}

#[test]
fn a_bus_without_a_secret_service_leaves_the_token_to_a_file_of_mode_0600() {
    if is_a_step() {
        return;
    }
    let test = "a_bus_without_a_secret_service_leaves_the_token_to_a_file_of_mode_0600";
    let session = Session::new();
    falls_back_to_the_file(&session, test);
}

#[test]
fn no_session_bus_leaves_the_token_to_a_file_of_mode_0600() {
    if is_a_step() {
        return;
    }
    let test = "no_session_bus_leaves_the_token_to_a_file_of_mode_0600";
    let session = Session::without_bus();
    falls_back_to_the_file(&session, test);
}

fn falls_back_to_the_file(session: &Session, test: &str) {
    assert_eq!(
        session.step(test, "load"),
        "no token, its end false, File, locked false"
    );
    assert_eq!(session.step(test, "save"), "File");
    let file = session.data().join("token");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert!(session.token_on_disk());
    assert_eq!(
        session.step(test, "load"),
        "the token, its end true, File, locked false"
    );
    session.step(test, "forget");
    assert!(!session.token_on_disk());
    assert_eq!(
        session.step(test, "load"),
        "no token, its end false, File, locked false"
    );
}

#[test]
fn a_locked_keychain_that_nobody_unlocks_hangs_nothing_and_takes_the_token_once_unlocked() {
    if is_a_step() {
        return;
    }
    let test =
        "a_locked_keychain_that_nobody_unlocks_hangs_nothing_and_takes_the_token_once_unlocked";
    let session = Session::new();
    // Makes the collection, with the token in it.
    let keyring = session.keyring(Some("a password"));
    assert_eq!(session.step(test, "save"), "Keychain");
    drop(keyring);

    let keyring = session.keyring(None);
    assert_eq!(
        session.step(test, "load"),
        "no token, its end false, File, locked true"
    );
    assert_eq!(session.step(test, "save"), "File");
    assert_eq!(
        session.step(test, "load"),
        "the token, its end true, File, locked false"
    );
    drop(keyring);

    let _keyring = session.keyring(Some("a password"));
    assert_eq!(
        session.step(test, "load"),
        "the token, its end true, Keychain, locked false"
    );
    assert!(!session.token_on_disk());
}
