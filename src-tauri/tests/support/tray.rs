//! Trays: what desktops have on the bus to show icons (StatusNotifierWatcher), and a hand that uses their menus
//! (`com.canonical.dbusmenu`); and the older kind, a panel that takes the icons' windows in (XEmbed).

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use x11rb::protocol::xproto::ConnectionExt as _;
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

use super::app::App;
use super::bus::Bus;
use super::display::Display;
use super::process::{Owned, which};
use super::wait::until;

/// An item of a menu: its id, its properties, its children.
type Item = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The tray. It is gone when this is dropped.
pub(crate) struct Tray {
    connection: Connection,
    icons: Icons,
}

/// Those who have registered: the name on the bus and the object.
type Icons = Arc<Mutex<Vec<(String, String)>>>;

struct Watcher(Icons);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        self.0.lock().unwrap().push((sender, service.to_owned()));
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Tray {
    /// Puts a tray on the bus.
    pub(crate) async fn on(bus: &Bus) -> Self {
        let icons = Icons::default();
        let watcher = Watcher(Arc::clone(&icons));
        let connection = zbus::connection::Builder::address(bus.address())
            .unwrap()
            .serve_at("/StatusNotifierWatcher", watcher)
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { connection, icons }
    }

    /// Chooses an item of the only icon's menu.
    pub(crate) async fn choose(&self, label: &str) {
        let menu = self.menu().await;
        let found = until(async || self.id_of(&menu, label).await).await;
        let id = found.unwrap_or_else(|| panic!("the menu has no ‘{label}’"));
        let clicked = (id, "clicked", Value::from(0), 0_u32);
        menu.call::<_, _, ()>("Event", &clicked).await.unwrap();
    }

    async fn menu(&self) -> Proxy<'_> {
        let icon = until(async || self.icons.lock().unwrap().last().cloned()).await;
        let (name, path) = icon.expect("the app shows an icon");
        let item = Proxy::new(
            &self.connection,
            name.clone(),
            path,
            "org.kde.StatusNotifierItem",
        )
        .await
        .unwrap();
        let menu: OwnedObjectPath = item.get_property("Menu").await.unwrap();
        Proxy::new(&self.connection, name, menu, "com.canonical.dbusmenu")
            .await
            .unwrap()
    }

    async fn id_of(&self, menu: &Proxy<'_>, label: &str) -> Option<i32> {
        let everything = (0, -1, Vec::<String>::new());
        let (_, (_, _, children)): (u32, Item) = menu.call("GetLayout", &everything).await.ok()?;
        children.into_iter().find_map(|child| {
            let item = Structure::try_from(child).ok()?;
            let [Value::I32(id), Value::Dict(properties), ..] = item.fields() else {
                return None;
            };
            let text: Option<String> = properties.get(&"label").ok()?;
            // An underscore marks a letter.
            (text?.replace('_', "") == label).then_some(*id)
        })
    }
}

/// A panel of the older kind, which takes the windows of icons in. It is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Panel {
    _process: Owned,
}

impl Panel {
    /// Puts it at the bottom of the screen, and waits until it is there for everybody.
    pub(crate) async fn on(display: &Display) -> Self {
        let process = Owned::start(
            Command::new(which("trayer"))
                .args([
                    "--edge",
                    "bottom",
                    "--align",
                    "left",
                    "--widthtype",
                    "request",
                ])
                .env_clear()
                .env("DISPLAY", display.name())
                .env("HOME", "/nonexistent")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        let (connection, screen) = x11rb::connect(Some(display.name())).unwrap();
        let name = format!("_NET_SYSTEM_TRAY_S{screen}");
        let selection = connection.intern_atom(false, name.as_bytes()).unwrap();
        let selection = selection.reply().unwrap().atom;
        let there = until(async || {
            let owner = connection.get_selection_owner(selection).ok()?;
            (owner.reply().ok()?.owner != x11rb::NONE).then_some(())
        });
        there.await.expect("the panel comes up");
        Self { _process: process }
    }

    /// Clicks the app's icon, once it is there.
    pub(crate) async fn click(&self, app: &App<'_>) {
        let icon = app.until(async || app.icon()).await;
        let (x, y) = icon.expect("the panel shows the app's icon");
        let (x, y) = (x.to_string(), y.to_string());
        let display = app.world().display();
        display.xdotool(&["mousemove", &x, &y, "click", "1"]);
    }
}
