//! The desktop's portal for global keys, as Wayland desktops have one (`org.freedesktop.portal.GlobalShortcuts`),
//! and a finger on the keys it gave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, fdo};

use super::bus::Bus;
use super::wait::until;

const PATH: &str = "/org/freedesktop/portal/desktop";

/// What a person says when the desktop asks whether an app may have keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Yes,
    No,
}

/// Keys an app has asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The app's name on the bus.
    app: String,
    session: OwnedObjectPath,
    /// What the app calls it.
    id: String,
    /// The keys it would like.
    pub(crate) wish: String,
}

/// The portal. It is gone when this is dropped.
pub(crate) struct Portal {
    connection: Connection,
    asked: Arc<Mutex<Vec<Asked>>>,
}

struct Shortcuts {
    says: Says,
    asked: Arc<Mutex<Vec<Asked>>>,
}

type Options = HashMap<String, OwnedValue>;

#[zbus::interface(name = "org.freedesktop.portal.GlobalShortcuts")]
impl Shortcuts {
    async fn create_session(
        &self,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        let session = path(&header, "session", &text(&options, "session_handle_token"));
        let results = HashMap::from([("session_handle", Value::from(session.as_str()))]);
        answer(connection, &header, &options, 0, results).await
    }

    async fn bind_shortcuts(
        &self,
        session: OwnedObjectPath,
        shortcuts: Vec<(String, Options)>,
        _parent: String,
        options: Options,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        let mut given: Vec<(String, HashMap<&str, Value<'_>>)> = Vec::new();
        for (id, wished) in shortcuts {
            self.asked.lock().unwrap().push(Asked {
                app: sender(&header),
                session: session.clone(),
                id: id.clone(),
                wish: text(&wished, "preferred_trigger"),
            });
            let words = [
                ("description", Value::from(text(&wished, "description"))),
                ("trigger_description", Value::from("Meta+Space")),
            ];
            given.push((id, HashMap::from(words)));
        }
        let (code, results) = match self.says {
            Says::Yes => (0, HashMap::from([("shortcuts", Value::from(given))])),
            Says::No => (1, HashMap::new()),
        };
        answer(connection, &header, &options, code, results).await
    }

    #[zbus(property)]
    fn version(&self) -> u32 {
        1
    }
}

/// Answers a request as portals do: with a signal from an object that the caller listens to already.
async fn answer(
    connection: &Connection,
    header: &Header<'_>,
    options: &Options,
    code: u32,
    results: HashMap<&str, Value<'_>>,
) -> fdo::Result<OwnedObjectPath> {
    let request = path(header, "request", &text(options, "handle_token"));
    connection
        .emit_signal(
            Some(sender(header).as_str()),
            &request,
            "org.freedesktop.portal.Request",
            "Response",
            &(code, results),
        )
        .await?;
    Ok(request)
}

fn sender(header: &Header<'_>) -> String {
    header.sender().map(ToString::to_string).unwrap_or_default()
}

fn path(header: &Header<'_>, kind: &str, token: &str) -> OwnedObjectPath {
    let sender = sender(header).trim_start_matches(':').replace('.', "_");
    let path = format!("{PATH}/{kind}/{sender}/{token}");
    ObjectPath::try_from(path).unwrap().into()
}

fn text(options: &Options, name: &str) -> String {
    options
        .get(name)
        .and_then(|value| <&str>::try_from(value).ok())
        .unwrap_or_default()
        .to_owned()
}

impl Portal {
    /// Puts a portal on the bus, in front of a person who says this.
    pub(crate) async fn on(bus: &Bus, says: Says) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shortcuts = Shortcuts {
            says,
            asked: Arc::clone(&asked),
        };
        let connection = zbus::connection::Builder::address(bus.address())
            .unwrap()
            .serve_at(PATH, shortcuts)
            .unwrap()
            .name("org.freedesktop.portal.Desktop")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self { connection, asked }
    }

    /// Waits until the app has asked for keys.
    pub(crate) async fn is_asked(&self) -> Asked {
        let asked = until(async || self.asked.lock().unwrap().last().cloned()).await;
        asked.expect("the app asks for keys")
    }

    /// Presses the keys that were given last.
    pub(crate) async fn press(&self) {
        let asked = self.is_asked().await;
        let nothing: HashMap<&str, Value<'_>> = HashMap::new();
        self.connection
            .emit_signal(
                Some(asked.app.as_str()),
                PATH,
                "org.freedesktop.portal.GlobalShortcuts",
                "Activated",
                &(&asked.session, &asked.id, 0_u64, nothing),
            )
            .await
            .unwrap();
    }

    /// Takes the keys back.
    pub(crate) async fn closes(&self) {
        let asked = self.is_asked().await;
        let nothing: HashMap<&str, Value<'_>> = HashMap::new();
        self.connection
            .emit_signal(
                Some(asked.app.as_str()),
                &asked.session,
                "org.freedesktop.portal.Session",
                "Closed",
                &(nothing,),
            )
            .await
            .unwrap();
    }
}
