//! The shell: Tauri and nothing else. This file is wiring only.

mod activation;
mod arguments;
mod autostart;
mod browser;
mod commands;
mod context;
mod display;
mod ending;
mod events;
mod focus;
mod host;
mod instance;
#[cfg(target_os = "linux")]
mod painting;
mod profile;
mod quick;
#[cfg(target_os = "linux")]
mod server;
mod settings;
mod shortcut;
mod tray;
mod windows;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use serein_core::app::{Parts, Serein};
use serein_core::instance_lock::InstanceLock;
use serein_core::library::recovery::{Opened, open_profile};
use serein_core::secrets::TokenStore;
use serein_core::tools::Tools;
use tauri::{AppHandle, Context, Manager as _, RunEvent, WindowEvent, Wry};
use tauri_plugin_log::{RotationStrategy, Target, TargetKind};
use tauri_plugin_window_state::StateFlags;

use crate::arguments::{Arguments, Instead};
use crate::commands::{
    account, app, clipboard, conversations, exchange, images, listing, quick as quick_ask, search,
    turns,
};
use crate::host::ShellHost;

/// Names another service.
const BASE_URL: &str = "SEREIN_BASE_URL";
/// A log file's size at most, in bytes; three old ones are kept.
const LOG_BYTES: u64 = 1 << 20;

/// How this start went.
#[derive(Debug)]
pub(crate) struct Startup {
    /// On the simulated service.
    pub(crate) demo: bool,
    /// Something the user should know.
    pub(crate) notice: Option<String>,
    _lock: InstanceLock,
}

/// Starts the app, and returns when it has ended.
#[expect(
    clippy::print_stderr,
    reason = "without a window, the terminal is where the user looks"
)]
pub fn run() {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(Instead::Print(text)) => {
            // A reader that is gone does not want it.
            let _ = writeln!(std::io::stdout(), "{text}");
            return;
        }
        Err(Instead::Refuse(sentence)) => {
            eprintln!("{sentence}");
            std::process::exit(2);
        }
    };
    let demo = match Demo::from_arguments(&arguments) {
        Ok(demo) => demo,
        Err(reason) => {
            eprintln!("{reason}");
            std::process::exit(2);
        }
    };
    #[cfg(target_os = "linux")]
    painting::suit_machine();
    let context = context();
    let identifier = context.config().identifier.clone();
    let instance = profile::instance_name(&identifier, demo.is_some());
    let outcome = tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(instance)
                .callback(|app, words, _folder| started_again(app, words))
                .build(),
        )
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(autostart::plugin())
        .manage(windows::Viewers::default())
        .manage(windows::Closing::default())
        .manage(ending::Ending::default())
        .manage(quick::QuickAsk::default())
        .manage(shortcut::Keys::default())
        .invoke_handler(tauri::generate_handler![
            account::models,
            account::open_link,
            account::open_plan,
            account::open_profile,
            account::sign_in_cancel,
            account::sign_in_code,
            account::sign_in_open_browser,
            account::sign_in_start,
            account::sign_out,
            app::app_state,
            app::close_window,
            app::diagnostics,
            app::library_health,
            app::restart,
            app::save_again,
            app::tools,
            app::update_settings,
            clipboard::clipboard_code,
            clipboard::copy_blocks,
            clipboard::copy_message,
            clipboard::copy_text,
            conversations::close_conversation,
            conversations::conversation_page,
            conversations::draft,
            conversations::open_conversation,
            conversations::rename_conversation,
            conversations::save_draft,
            conversations::set_conversation_model,
            conversations::set_conversation_tools,
            exchange::cancel_job,
            exchange::export_conversations,
            exchange::import_conversations,
            exchange::job,
            images::load_image,
            listing::conversation_list,
            listing::conversation_place,
            listing::conversation_rows,
            listing::conversation_summary,
            listing::create_folder,
            listing::delete_all_conversations,
            listing::delete_conversations,
            listing::delete_folder,
            listing::delete_message,
            listing::duplicate_conversation,
            listing::folders,
            listing::keep_conversation,
            listing::neighbour,
            listing::rename_folder,
            listing::undo_delete,
            listing::update_conversations,
            quick_ask::open_in_main,
            quick_ask::quick_attach,
            quick_ask::quick_context,
            quick_ask::quick_hide,
            quick_ask::quick_hold,
            quick_ask::quick_ready,
            quick_ask::quick_resize,
            quick_ask::quick_show,
            quick_ask::rest_shortcut,
            quick_ask::set_shortcut,
            quick_ask::shortcut_status,
            search::find_in_conversation,
            search::search,
            search::search_models,
            search::show_message,
            turns::answer_tool,
            turns::continue_reply,
            turns::edit,
            turns::message_text,
            turns::retry,
            turns::retry_cancel,
            turns::retry_now,
            turns::select_version,
            turns::send,
            turns::stop,
            turns::turn_events_since,
        ])
        .on_window_event(on_window_event)
        .setup(move |app| {
            // An error given back from here would be a panic.
            if let Err(error) = set_up(app.handle(), demo, arguments) {
                fail(&error);
            }
            Ok(())
        })
        .build(context);
    match outcome {
        Ok(app) => app.run(on_event),
        Err(error) => {
            instance::begin_again_if_it_was_gone(&error);
            fail(&error);
        }
    }
}

/// Ends the app that could not start, with a sentence.
#[expect(
    clippy::print_stderr,
    reason = "without a window, the terminal is where the user looks"
)]
fn fail(error: &dyn std::fmt::Display) -> ! {
    eprintln!("Serein could not start: {error}");
    std::process::exit(1);
}

/// The configuration; development builds go by another identifier, so that they keep another profile.
fn context() -> Context<Wry> {
    let mut context = tauri::generate_context!();
    if cfg!(any(debug_assertions, feature = "demo")) {
        context.config_mut().identifier.push_str(".dev");
    }
    context
}

#[expect(
    clippy::print_stderr,
    reason = "without a log, the terminal is where to look"
)]
fn set_up(
    app: &AppHandle,
    demo: Option<Demo>,
    arguments: Arguments,
) -> Result<(), Box<dyn std::error::Error>> {
    let data_dir = profile::folder(app, demo.is_some())?;
    if let Err(error) = app.plugin(logging(&data_dir)) {
        // Where nothing can be written, everything can be read all the same.
        eprintln!("Serein keeps no log: {error}");
    }
    let lock = InstanceLock::take(&data_dir)?;
    let window_state = data_dir.join("window-state.json");
    app.plugin(
        tauri_plugin_window_state::Builder::new()
            .with_filename(window_state.to_string_lossy())
            // Its place and size are not the user's, and nothing but its ways in may show it.
            .with_denylist(&[quick::QUICK])
            .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
            .build(),
    )?;
    let (settings, settings_notice) = settings::load(app, &data_dir)?;
    let appearance = settings.appearance;
    let Opened {
        library,
        notice: library_notice,
    } = open_profile(&data_dir, &lock)?;
    let base_url = match &demo {
        Some(demo) => Some(demo.base_url()),
        None => std::env::var(BASE_URL)
            .ok()
            .filter(|url| !url.trim().is_empty()),
    };
    let core = Serein::new(Parts {
        host: Arc::new(ShellHost::new(app.clone())),
        library,
        tokens: TokenStore::new(&data_dir, keychain_name()),
        settings,
        base_url,
        data_dir: data_dir.clone(),
        tools: Tools::default(),
    });
    app.manage(Startup {
        demo: demo.is_some(),
        notice: library_notice.or(settings_notice),
        _lock: lock,
    });
    app.manage(demo);
    app.manage(Arc::clone(&core));
    let asks_for_main = arguments.quick.is_none() && !arguments.hidden;
    windows::create_main(app, &data_dir, appearance, asks_for_main)?;
    if !asks_for_main {
        activation::without_main(app);
    }
    quick::create(app, &data_dir, appearance)?;
    context::watch(app);
    tray::try_to_create(app);
    shortcut::start(app);
    if let Some(asked) = arguments.quick {
        quick::show(app, asked.text);
    }
    tauri::async_runtime::spawn(async move {
        core.start();
        core.keep_tidy();
    });
    Ok(())
}

fn keychain_name() -> String {
    let name = if cfg!(any(debug_assertions, feature = "demo")) {
        "Serein (development)"
    } else {
        "Serein"
    };
    name.to_owned()
}

fn logging(data_dir: &Path) -> tauri::plugin::TauriPlugin<Wry> {
    let mut targets = vec![Target::new(TargetKind::Folder {
        path: data_dir.join("logs"),
        file_name: Some("serein".to_owned()),
    })];
    if cfg!(debug_assertions) {
        targets.push(Target::new(TargetKind::Stderr));
    }
    tauri_plugin_log::Builder::new()
        .clear_targets()
        .targets(targets)
        .level(log::LevelFilter::Warn)
        .level_for("serein_lib", log::LevelFilter::Info)
        .level_for("serein_core", log::LevelFilter::Info)
        .level_for("serechat", log::LevelFilter::Info)
        .max_file_size(u128::from(LOG_BYTES))
        .rotation_strategy(RotationStrategy::KeepSome(3))
        .build()
}

/// The app ends only when every reply is saved.
fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::ExitRequested {
            api, code: None, ..
        } => {
            api.prevent_exit();
            ending::quit(app);
        }
        RunEvent::Exit => ending::begin_anew_if_asked(app),
        _ => {}
    }
}

fn on_window_event(window: &tauri::Window, event: &WindowEvent) {
    let app = window.app_handle();
    let is_quick = window.label() == quick::QUICK;
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            if is_quick {
                quick::hide(app);
            } else {
                windows::close_main(app);
            }
        }
        WindowEvent::Focused(false) if is_quick => quick::blurred(app),
        _ => {}
    }
}

/// Somebody started the app again: it shows a window.
fn started_again(app: &AppHandle, words: Vec<String>) {
    // It would not have come this far with words that cannot be read, unless it is of another version.
    let arguments = Arguments::read(words.into_iter().skip(1)).unwrap_or_default();
    match arguments.quick {
        Some(asked) => quick::show(app, asked.text),
        None => windows::show_main(app),
    }
}

/// The simulated service inside this process.
struct Demo {
    #[cfg(feature = "demo")]
    simulator: serechat_simulator::Simulator,
}

impl Demo {
    /// The demo, if `--demo` asks for it.
    ///
    /// # Errors
    /// Why there is none.
    fn from_arguments(arguments: &Arguments) -> Result<Option<Self>, String> {
        if arguments.demo {
            Self::start().map(Some)
        } else {
            Ok(None)
        }
    }

    #[cfg(feature = "demo")]
    fn start() -> Result<Self, String> {
        let options = serechat_simulator::Options::default();
        tauri::async_runtime::block_on(serechat_simulator::Simulator::start(options))
            .map(|simulator| Self { simulator })
            .map_err(|error| format!("The simulated service could not start: {error}"))
    }

    #[cfg(not(feature = "demo"))]
    fn start() -> Result<Self, String> {
        Err("This build of Serein has no demo. Build it with the feature `demo`.".to_owned())
    }

    #[cfg(feature = "demo")]
    fn base_url(&self) -> String {
        self.simulator.base_url()
    }

    #[cfg(not(feature = "demo"))]
    fn base_url(&self) -> String {
        unreachable!("without the feature there is no demo to ask")
    }
}
