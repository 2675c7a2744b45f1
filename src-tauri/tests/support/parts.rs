//! A screen divided into displays.

use x11rb::connection::Connection as _;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::display::Display;

/// A part of the screen that stands for a display of its own: where its corner is, and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) corner: (i16, i16),
    pub(crate) size: (u16, u16),
}

impl Display {
    /// Divides the screen into displays (RandR 1.5, monitors), and waits until the server says so to everybody.
    pub(crate) fn divide(&self, parts: &[Part]) {
        let (connection, screen) = x11rb::connect(Some(self.name())).unwrap();
        let root = connection.setup().roots[screen].root;
        let resources = connection.randr_get_screen_resources_current(root).unwrap();
        let outputs = resources.reply().unwrap().outputs;
        for (index, part) in parts.iter().enumerate() {
            let name = format!("part-{index}");
            let name = connection.intern_atom(false, name.as_bytes()).unwrap();
            let is_last = index + 1 == parts.len();
            let monitor = MonitorInfo {
                name: name.reply().unwrap().atom,
                primary: index == 0,
                automatic: false,
                x: part.corner.0,
                y: part.corner.1,
                width: part.size.0,
                height: part.size.1,
                width_in_millimeters: 0,
                height_in_millimeters: 0,
                // The one output there is goes with one of them, or it would be a display as well.
                outputs: if is_last { outputs.clone() } else { Vec::new() },
            };
            let set = connection.randr_set_monitor(root, monitor).unwrap();
            set.check().unwrap();
        }
    }

    /// Puts the pointer into the middle of a part.
    pub(crate) fn points_at(&self, part: Part) {
        let x = i32::from(part.corner.0) + i32::from(part.size.0) / 2;
        let y = i32::from(part.corner.1) + i32::from(part.size.1) / 2;
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
    }
}
