//! WebKitGTK's own minimal browser: the smallest window of the engine the app has.

use std::fs;
use std::path::PathBuf;

/// The program.
pub(crate) fn mini_browser() -> PathBuf {
    fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten()
        .map(|folder| folder.path().join("webkit2gtk-4.1/MiniBrowser"))
        .chain([PathBuf::from("/usr/libexec/webkit2gtk-4.1/MiniBrowser")])
        .find(|path| path.is_file())
        .expect("libwebkit2gtk-4.1 brings its MiniBrowser")
}
