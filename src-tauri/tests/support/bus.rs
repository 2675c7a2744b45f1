//! A D-Bus session of its own: bare, or with an unlocked keychain.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::process::{Owned, which};
use super::wait::until;

/// A session bus; nothing on it starts by itself.
#[derive(Debug)]
pub(crate) struct Bus {
    address: String,
    _keychain: Option<Owned>,
    _daemon: Owned,
    _folder: tempfile::TempDir,
}

impl Bus {
    /// A bus without any service, so also without a Secret Service.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let configuration = folder.path().join("bus.conf");
        fs::write(
            &configuration,
            format!(
                "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN' \
                 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n\
                 <busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>\
                 <policy context='default'><allow send_destination='*' eavesdrop='true'/>\
                 <allow eavesdrop='true'/><allow own='*'/></policy></busconfig>\n",
                folder.path().display()
            ),
        )
        .expect("the configuration can be written");
        let mut daemon = Owned::start(
            Command::new(which("dbus-daemon"))
                .arg("--nofork")
                .arg("--print-address=1")
                .arg(format!("--config-file={}", configuration.display()))
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut address = String::new();
        BufReader::new(daemon.child().stdout.take().expect("a pipe was asked for"))
            .read_line(&mut address)
            .expect("dbus-daemon says its address");
        let address = address.trim().to_owned();
        assert!(
            !address.is_empty(),
            "dbus-daemon ended without saying its address"
        );
        Self {
            address,
            _keychain: None,
            _daemon: daemon,
            _folder: folder,
        }
    }

    /// A bus with gnome-keyring's Secret Service, unlocked, its keyrings under `home`.
    pub(crate) async fn with_keychain(home: &Path) -> Self {
        let mut bus = Self::bare();
        let runtime = home.join("keychain");
        fs::create_dir_all(&runtime).expect("the home can be written");
        let mut keychain = Owned::start(
            Command::new(which("gnome-keyring-daemon"))
                .args(["--foreground", "--unlock", "--components=secrets"])
                .arg(format!("--control-directory={}", runtime.display()))
                .env_clear()
                .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
                .env("HOME", home)
                .env("XDG_DATA_HOME", home.join(".local/share"))
                .env("XDG_RUNTIME_DIR", &runtime)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        // The keyring's own password, read to the end of the input.
        keychain
            .child()
            .stdin
            .take()
            .expect("a pipe was asked for")
            .write_all(b"keychain")
            .expect("gnome-keyring-daemon reads its password");
        bus._keychain = Some(keychain);
        let ready = until(async || bus.owns("org.freedesktop.secrets").then_some(())).await;
        assert!(
            ready.is_some(),
            "the Secret Service did not come up on the bus"
        );
        bus
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is to be.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Whether someone on the bus has this name.
    fn owns(&self, name: &str) -> bool {
        let output = Command::new(which("dbus-send"))
            .args(["--session", "--print-reply=literal"])
            .args(["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"])
            .arg("org.freedesktop.DBus.NameHasOwner")
            .arg(format!("string:{name}"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .expect("dbus-send runs");
        String::from_utf8_lossy(&output.stdout).contains("true")
    }
}
