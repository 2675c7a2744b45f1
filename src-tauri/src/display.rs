//! The displays a user works on, and the one with the pointer.

use tauri::{Monitor, WebviewWindow};

/// One display, in physical pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Display {
    pub(crate) corner: (i32, i32),
    pub(crate) size: (u32, u32),
    /// Physical pixels in a logical one.
    pub(crate) scale: f64,
}

impl Display {
    /// Its height in logical pixels.
    pub(crate) fn height(&self) -> f64 {
        f64::from(self.size.1) / self.scale
    }
}

impl From<Monitor> for Display {
    fn from(monitor: Monitor) -> Self {
        Self {
            corner: (monitor.position().x, monitor.position().y),
            size: (monitor.size().width, monitor.size().height),
            scale: monitor.scale_factor(),
        }
    }
}

/// The display that shows the window.
pub(crate) fn of(window: &WebviewWindow) -> Option<Display> {
    Some(window.current_monitor().ok()??.into())
}

/// The display with the pointer; `None` where an app is not told of either, as on Wayland.
#[cfg(target_os = "linux")]
pub(crate) fn with_pointer(window: &WebviewWindow) -> Option<Display> {
    let scale = window.scale_factor().unwrap_or(1.0);
    x11::with_pointer(scale)
}

/// The display with the pointer.
#[cfg(not(target_os = "linux"))]
pub(crate) fn with_pointer(window: &WebviewWindow) -> Option<Display> {
    let pointer = window.cursor_position().ok()?;
    let under = window.monitor_from_point(pointer.x, pointer.y).ok()?;
    let monitor = under.or_else(|| window.primary_monitor().ok().flatten())?;
    Some(monitor.into())
}

/// The server is asked, not GTK, which takes the parts of a divided display (`xrandr --setmonitor`) for one, and
/// looks for the pointer elsewhere where pixels are doubled.
#[cfg(target_os = "linux")]
mod x11 {
    use x11rb::protocol::randr::ConnectionExt as _;
    use x11rb::protocol::xproto::ConnectionExt as _;

    use super::Display;
    use crate::server;

    pub(super) fn with_pointer(scale: f64) -> Option<Display> {
        server::ask(|server| {
            let pointer = server.connection.query_pointer(server.root)?;
            let displays = server.connection.randr_get_monitors(server.root, true)?;
            let (pointer, displays) = (pointer.reply()?, displays.reply()?);
            let point = (i32::from(pointer.root_x), i32::from(pointer.root_y));
            let displays: Vec<Display> = displays
                .monitors
                .iter()
                .map(|display| Display {
                    corner: (display.x.into(), display.y.into()),
                    size: (display.width.into(), display.height.into()),
                    scale,
                })
                .collect();
            Ok(under(point, &displays))
        })?
    }

    /// The display under a point; where displays leave holes, the first.
    fn under(point: (i32, i32), displays: &[Display]) -> Option<Display> {
        let within = |at: i32, from: i32, length: u32| {
            (i64::from(from)..i64::from(from) + i64::from(length)).contains(&i64::from(at))
        };
        displays
            .iter()
            .find(|display| {
                within(point.0, display.corner.0, display.size.0)
                    && within(point.1, display.corner.1, display.size.1)
            })
            .or(displays.first())
            .copied()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_point_belongs_to_the_display_that_reaches_to_it() {
            let display = |corner, size| Display {
                corner,
                size,
                scale: 1.0,
            };
            let left = display((0, 0), (1920, 1080));
            let right = display((1920, 200), (1280, 800));
            let displays = [left, right];
            assert_eq!(under((1919, 0), &displays), Some(left));
            assert_eq!(under((1920, 200), &displays), Some(right));
            assert_eq!(under((1920, 199), &displays), Some(left), "a hole");
            assert_eq!(under((0, 0), &[]), None);
        }
    }
}
