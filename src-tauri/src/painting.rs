//! How WebKitGTK paints.
//!
//! It composites with OpenGL what it paints. Where no graphics card does that (virtual machines, remote desktops),
//! Mesa does it on the processor: the engine then scrolls at a third of the frames for twice the time, and on some
//! processors not even that works. There it paints into the window's memory instead. The engine has a setting for
//! this, too, but crashes when that changes under a running page.

use std::fs;

use gtk::glib;

/// Where the kernel lists what can draw.
const DEVICES: &str = "/dev/dri";
/// The engine's own switch, read once by each of its processes.
const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Has pages painted in the way that suits the machine, unless the user has said how.
///
/// Called before there are threads: it writes to the environment.
pub(crate) fn suit_machine() {
    if has_graphics_card() {
        return;
    }
    // It fails for malformed names only.
    let _ = glib::setenv(SWITCH, "1", false);
}

/// A card that draws has a render node (`renderD128`), one that only shows has none.
fn has_graphics_card() -> bool {
    fs::read_dir(DEVICES).is_ok_and(|devices| {
        devices
            .flatten()
            .any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    })
}
