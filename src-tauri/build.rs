//! Tells Tauri where the capabilities live (`design.md`, *The house*), and which commands there are, so
//! that each has a permission of its own.

/// Every command of the app: a window may call one only if its capability says so.
const COMMANDS: &[&str] = &[
    "answer_tool",
    "app_state",
    "cancel_job",
    "clipboard_code",
    "close_conversation",
    "close_window",
    "continue_reply",
    "conversation_page",
    "conversations",
    "copy_blocks",
    "copy_message",
    "copy_text",
    "delete_conversation",
    "diagnostics",
    "draft",
    "edit",
    "export_conversations",
    "import_conversations",
    "job",
    "load_image",
    "message_text",
    "models",
    "open_conversation",
    "open_in_main",
    "open_link",
    "open_plan",
    "open_profile",
    "rename_conversation",
    "quick_attach",
    "quick_context",
    "quick_hide",
    "quick_hold",
    "quick_ready",
    "quick_resize",
    "rest_shortcut",
    "retry",
    "retry_cancel",
    "retry_now",
    "save_draft",
    "select_version",
    "send",
    "set_conversation_model",
    "set_conversation_tools",
    "set_shortcut",
    "shortcut_status",
    "sign_in_cancel",
    "sign_in_code",
    "sign_in_open_browser",
    "sign_in_start",
    "sign_out",
    "stop",
    "tools",
    "turn_events_since",
    "update_settings",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    Ok(tauri_build::try_build(attributes)?)
}
