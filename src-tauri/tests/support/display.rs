//! A screen of its own: Xvfb on a free display number, a window manager, and pictures of it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::Path;
use std::process::{Command, Stdio};

use super::process::{Owned, which};

/// Width and height of the usual screen, in pixels.
pub(crate) const SIZE: (u32, u32) = (1280, 860);

/// An X display with a window manager.
#[derive(Debug)]
pub(crate) struct Display {
    name: String,
    size: (u32, u32),
    folder: tempfile::TempDir,
    _manager: Owned,
    _server: Owned,
}

impl Display {
    /// Starts the server and the window manager, and waits until both answer.
    pub(crate) fn start(size: (u32, u32)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (width, height) = size;
        let mut server = Owned::start(
            Command::new(which("Xvfb"))
                .args(["-displayfd", "1", "-nolisten", "tcp", "-noreset"])
                .args(["-screen", "0", &format!("{width}x{height}x24")])
                .arg("-fbdir")
                .arg(folder.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        BufReader::new(server.child().stdout.take().expect("a pipe was asked for"))
            .read_line(&mut number)
            .expect("Xvfb says its number");
        let number = number.trim();
        assert!(!number.is_empty(), "Xvfb ended without a display number");
        let name = format!(":{number}");

        // Without frames, menus or keys of its own but Alt+F4: the app's keys reach the app, and a
        // picture of the window is the app's own.
        let configuration = folder.path().join("openbox.xml");
        fs::write(&configuration, OPENBOX).expect("the configuration can be written");
        let manager = Owned::start(
            Command::new(which("openbox"))
                .arg("--config-file")
                .arg(&configuration)
                .env_clear()
                .env("DISPLAY", &name)
                .env("HOME", folder.path())
                .env("PATH", std::env::var_os("PATH").unwrap_or_default())
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let display = Self {
            name,
            size,
            folder,
            _manager: manager,
            _server: server,
        };
        display.rest_pointer();
        display
    }

    /// Puts the pointer in a corner, where it hovers over nothing.
    pub(crate) fn rest_pointer(&self) {
        let (right, bottom) = ((self.size.0 - 1).to_string(), (self.size.1 - 1).to_string());
        self.xdotool(&["mousemove", &right, &bottom]);
    }

    /// What `DISPLAY` is to be.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Presses keys or moves windows as a person would, through the X server (`xdotool ARGS`).
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> String {
        match self.try_xdotool(arguments) {
            Ok(output) => output,
            Err(error) => panic!("xdotool {arguments:?}: {error}"),
        }
    }

    /// As [`Display::xdotool`]; `Err` has what it complained about.
    pub(crate) fn try_xdotool(&self, arguments: &[&str]) -> Result<String, String> {
        let output = Command::new(which("xdotool"))
            .args(arguments)
            .env("DISPLAY", &self.name)
            .output()
            .expect("xdotool runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(text(&output.stdout))
        } else {
            Err(text(&output.stderr))
        }
    }

    /// Writes what the screen shows now to `path`, as PNG.
    pub(crate) fn picture(&self, path: &Path) {
        let (width, height) = self.size;
        self.picture_of(path, (0, 0), (width as usize, height as usize));
    }

    /// As [`Display::picture`], of the part of the screen with this corner and size.
    ///
    /// Xvfb keeps the screen in a file in the format of `xwd` (`X11/XWDFile.h`): a header of
    /// big-endian words, a colour table, then the pixels.
    pub(crate) fn picture_of(&self, path: &Path, corner: (usize, usize), size: (usize, usize)) {
        let dump = fs::read(self.folder.path().join("Xvfb_screen0")).expect("Xvfb's screen file");
        let word = |index: usize| -> usize {
            let bytes = dump
                .get(index * 4..index * 4 + 4)
                .and_then(|bytes| <[u8; 4]>::try_from(bytes).ok())
                .expect("the header is whole");
            u32::from_be_bytes(bytes) as usize
        };
        let (header, width, height, line, colours) =
            (word(0), word(4), word(5), word(12), word(19));
        let pixels = dump
            .get(header + colours * 12..)
            .expect("the picture is whole");
        let (left, top) = (corner.0.min(width), corner.1.min(height));
        let (width, height) = (size.0.min(width - left), size.1.min(height - top));
        let mut rgb = Vec::with_capacity(width * height * 3);
        for row in pixels.chunks(line).skip(top).take(height) {
            for pixel in row.chunks_exact(4).skip(left).take(width) {
                rgb.extend_from_slice(&[pixel[2], pixel[1], pixel[0]]);
            }
        }
        let file = BufWriter::new(File::create(path).expect("the picture can be written"));
        let mut encoder = png::Encoder::new(file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&rgb))
            .expect("the picture can be written");
    }
}

const OPENBOX: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme><keepBorder>no</keepBorder></theme>
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard>
    <keybind key="A-F4"><action name="Close"/></keybind>
  </keyboard>
  <mouse/>
  <applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
"#;
