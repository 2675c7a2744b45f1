//! Where a run leaves what it has to show.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of cargo's target folder, such as `target/e2e`, where pictures and logs are left.
pub(crate) fn output_folder(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_serein"))
        .ancestors()
        .nth(2)
        .expect("the binary lies in a profile's folder of the target folder");
    let folder = target.join(name);
    fs::create_dir_all(&folder).expect("target/ can be written");
    folder
}
