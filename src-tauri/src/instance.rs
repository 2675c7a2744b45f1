//! The one instance: what the single-instance plugin leaves to us.

/// Set in a process that has already begun again, so that it happens a few times at most.
#[cfg(target_os = "linux")]
const TRIES: &str = "SEREIN_INSTANCE_TRIES";

/// Begins this process again if it failed to start because the first instance went away in the moment
/// it was to be told about this one. On Linux the plugin fails then, and the name is free by now.
#[cfg(target_os = "linux")]
pub(crate) fn begin_again_if_it_was_gone(error: &tauri::Error) {
    use std::os::unix::process::CommandExt as _;

    let is_the_plugin = matches!(
        error,
        tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance"
    );
    let tries: u32 = std::env::var(TRIES)
        .ok()
        .and_then(|tries| tries.parse().ok())
        .unwrap_or(0);
    if !is_the_plugin || tries >= 3 {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        // Returns only if it failed; then the first error is the one to tell.
        let _ = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(TRIES, (tries + 1).to_string())
            .exec();
    }
}

/// Elsewhere the plugin does not fail in this way.
#[cfg(not(target_os = "linux"))]
pub(crate) fn begin_again_if_it_was_gone(_error: &tauri::Error) {}
