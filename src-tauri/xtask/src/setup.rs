//! What building, testing and bundling need on this system: installed where that can be done
//! (Debian and its kin), named where it cannot.

use std::env;
use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::project::Project;
use crate::{Failure, console, process, ui};

/// What a command is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Compile the app.
    Build,
    /// Run it under a virtual display and drive it.
    Test,
    /// Make installable packages and look into them.
    Bundle,
}

/// For compiling alone.
pub(crate) const BUILD: &[Need] = &[Need::Build];
/// For whatever this project's commands do.
pub(crate) const EVERYTHING: &[Need] = &[Need::Build, Need::Test, Need::Bundle];

/// The oldest Node that the user interface's tools run on.
const NODE: (u32, u32) = (20, 19);

/// Debian packages, what for, and why.
const PACKAGES: &[(Need, &str, &[&str])] = &[
    (
        Need::Build,
        "the compiler and linker that Rust calls, and the tool that finds libraries",
        &["build-essential", "pkg-config"],
    ),
    (
        Need::Build,
        "the web view that draws the windows",
        &["libwebkit2gtk-4.1-dev", "librsvg2-dev"],
    ),
    (
        Need::Build,
        "the tray icon and the global shortcut",
        &["libayatana-appindicator3-dev", "libxdo-dev"],
    ),
    (
        Need::Build,
        "secure connections in build tools",
        &["libssl-dev"],
    ),
    (
        Need::Test,
        "a virtual display with a window manager, and its keyboard and mouse",
        &["xvfb", "xauth", "openbox", "xdotool"],
    ),
    (
        Need::Test,
        "driving the real window",
        &["webkit2gtk-driver", "curl"],
    ),
    (
        Need::Test,
        "a session bus with a keychain",
        &["dbus-x11", "gnome-keyring"],
    ),
    (Need::Test, "a tray of the older kind", &["trayer"]),
    (Need::Test, "screenshots", &["imagemagick", "x11-apps"]),
    (
        Need::Test,
        "letters of all scripts in them",
        &[
            "fonts-dejavu-core",
            "fonts-noto-core",
            "fonts-noto-cjk",
            "fonts-noto-color-emoji",
        ],
    ),
    (Need::Bundle, "reading back the .rpm", &["rpm"]),
];

/// Makes sure that everything `needs` ask for is there.
///
/// # Errors
///
/// Something is missing and could not be installed: the sentence names it.
pub(crate) fn run(project: &Project, needs: &[Need]) -> Result<(), Failure> {
    node(project)?;
    if needs.contains(&Need::Test) {
        for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
            process::read(&mut project.cargo([tool, "--version"])).map_err(|_| {
                format!("`cargo {tool}` is missing: `rustup component add {component}` installs it")
            })?;
        }
    }
    if is_debian() {
        debian(project, needs)?;
    } else {
        other(project, needs)?;
    }
    ui::install(project)
}

/// Checks Node and npm.
fn node(project: &Project) -> Result<(), Failure> {
    let (major, minor) = NODE;
    let wanted = format!("Node {major}.{minor} or newer, with npm");
    let found = process::read(project.command("node").arg("--version"))
        .map_err(|_| format!("node is missing: install {wanted} (https://nodejs.org)"))?;
    let found = found.trim();
    match version(found) {
        Some(version) if version >= NODE => {}
        _ => return Err(format!("node is {found}, too old: install {wanted}")),
    }
    process::read(&mut project.npm(["--version"]))
        .map(|_| ())
        .map_err(|_| format!("node is there, npm is not: install {wanted}"))
}

/// The first two numbers of `v20.19.1`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn is_debian() -> bool {
    cfg!(target_os = "linux")
        && Path::new("/etc/debian_version").exists()
        && on_path("apt-get")
        && on_path("dpkg-query")
}

fn debian(project: &Project, needs: &[Need]) -> Result<(), Failure> {
    let wanted: Vec<_> = PACKAGES
        .iter()
        .filter(|(need, ..)| needs.contains(need))
        .collect();
    // It fails when it knows nothing of one of them; what it printed counts all the same.
    let known = project
        .command("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(wanted.iter().flat_map(|(.., packages)| *packages))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`dpkg-query` did not start: {error}"))?;
    let known = String::from_utf8_lossy(&known.stdout);
    let mut missing = Vec::new();
    for (_, why, packages) in wanted {
        let absent: Vec<&str> = packages
            .iter()
            .copied()
            .filter(|package| !is_installed(&known, package))
            .collect();
        if !absent.is_empty() {
            console::say(&format!("missing: {} ({why})", absent.join(" ")));
            missing.extend(absent);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let install = ["install", "--yes", "--no-install-recommends"];
    console::step("Installing what is missing", || {
        apt_get(project, &["update"], &[])
            .and_then(|()| apt_get(project, &install, &missing))
            .map_err(|failure| {
                format!(
                    "{failure}\nInstall by hand, then try again: apt-get {} {}",
                    install.join(" "),
                    missing.join(" ")
                )
            })
    })
}

/// Whether `dpkg-query` listed `package` as installed.
fn is_installed(listing: &str, package: &str) -> bool {
    listing
        .lines()
        .any(|line| line.strip_prefix(package) == Some(" installed"))
}

fn apt_get(project: &Project, arguments: &[&str], packages: &[&str]) -> Result<(), Failure> {
    let mut command = if is_root(project) {
        project.command("apt-get")
    } else if on_path("sudo") {
        let mut sudo = project.command("sudo");
        if !std::io::stdin().is_terminal() {
            // Nobody is there to type a password: fail at once.
            sudo.arg("--non-interactive");
        }
        sudo.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        return Err("packages can only be installed by root, and there is no sudo".into());
    };
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["--quiet", "--option", "Dpkg::Use-Pty=0"])
        .args(arguments)
        .args(packages)
        .stdin(if std::io::stdin().is_terminal() {
            Stdio::inherit()
        } else {
            Stdio::null()
        });
    process::run(&mut command)
}

fn is_root(project: &Project) -> bool {
    process::read(project.command("id").arg("--user")).is_ok_and(|id| id.trim() == "0")
}

/// Systems whose packages are left to their user: check, and name what is missing.
fn other(project: &Project, needs: &[Need]) -> Result<(), Failure> {
    let mut missing: Vec<String> = Vec::new();
    if cfg!(target_os = "linux") {
        for library in [
            "webkit2gtk-4.1",
            "ayatana-appindicator3-0.1",
            "librsvg-2.0",
            "openssl",
        ] {
            if !succeeds(project.command("pkg-config").args(["--exists", library])) {
                missing.push(format!("{library} (development files, by pkg-config)"));
            }
        }
        let tools: &[&str] = if needs.contains(&Need::Test) {
            &[
                "WebKitWebDriver",
                "Xvfb",
                "xauth",
                "openbox",
                "xdotool",
                "dbus-run-session",
                "gnome-keyring-daemon",
                "trayer",
                "import",
                "xedit",
                "curl",
            ]
        } else {
            &[]
        };
        missing.extend(
            tools
                .iter()
                .filter(|tool| !on_path(tool))
                .map(|tool| format!("the program {tool}")),
        );
    } else if cfg!(target_os = "macos") {
        if !succeeds(project.command("xcode-select").arg("--print-path")) {
            missing.push("Apple's command line tools (`xcode-select --install`)".into());
        }
    } else if cfg!(windows) {
        console::say(
            "Not checked here: Microsoft's C++ Build Tools and the WebView2 runtime, which \
             building and running the app need.",
        );
    }
    if needs.contains(&Need::Test) && !cfg!(target_os = "linux") {
        console::say("The end-to-end tests and the tour run on Linux only.");
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "missing on this system: {}\nhttps://v2.tauri.app/start/prerequisites/ says how to \
             install what building needs",
            missing.join(", ")
        ))
    }
}

fn succeeds(command: &mut Command) -> bool {
    process::read(command).is_ok()
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_compared_by_number() {
        assert_eq!(version("v20.19.1"), Some((20, 19)));
        assert!(version("v22.2.0") > Some(NODE));
        assert!(version("v20.9.0") < Some(NODE));
        assert_eq!(version("twenty"), None);
    }

    #[test]
    fn a_removed_package_or_a_longer_name_is_not_installed() {
        let listing = "xvfb installed\nrpm config-files\nopenbox-menu installed\n";
        assert!(is_installed(listing, "xvfb"));
        assert!(!is_installed(listing, "rpm"));
        assert!(!is_installed(listing, "openbox"));
    }

    #[test]
    fn no_package_is_named_twice() {
        let mut names: Vec<&str> = PACKAGES
            .iter()
            .flat_map(|(.., packages)| packages.iter().copied())
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
