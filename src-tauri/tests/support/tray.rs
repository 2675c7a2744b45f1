//! A tray: what desktops have on the bus to show icons (StatusNotifierWatcher), and a hand that uses their menus
//! (`com.canonical.dbusmenu`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy};

use super::bus::Bus;
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
