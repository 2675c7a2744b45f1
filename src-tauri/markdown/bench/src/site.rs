//! The page and the batches, served to the window from this computer.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use tokio::net::TcpListener;

/// Files by their path, each with its type.
#[derive(Default)]
pub(crate) struct Site(HashMap<String, (&'static str, Bytes)>);

impl Site {
    /// The built page; usually that in `ui/dist-bench`.
    pub(crate) fn page(folder: Option<&Path>) -> Self {
        let usual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/dist-bench");
        let folder = folder.unwrap_or(&usual);
        let mut site = Self::default();
        for inside in ["", "assets"] {
            let files = fs::read_dir(folder.join(inside))
                .expect("`npm run build:bench` in ui/ builds the page");
            for file in files.flatten().filter(|file| file.path().is_file()) {
                let name = file.file_name().to_string_lossy().into_owned();
                let content = fs::read(file.path()).unwrap();
                site.add(Path::new(inside).join(name).to_str().unwrap(), content);
            }
        }
        site
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, path: &str, content: impl Into<Bytes>) {
        let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("json") => "application/json",
            _ => "application/octet-stream",
        };
        self.0.insert(format!("/{path}"), (kind, content.into()));
    }

    /// Serves it as long as this program runs, and gives its address.
    pub(crate) async fn serve(self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let files = Arc::new(self.0);
        let answer = move |address: Uri| {
            let found = files.get(address.path()).cloned();
            async move {
                let (kind, content) = found.ok_or(StatusCode::NOT_FOUND)?;
                // A page that shares its process with no other has a clock of 20 µs instead of 1 ms.
                let headers = [
                    ("content-type", kind),
                    ("cross-origin-opener-policy", "same-origin"),
                    ("cross-origin-embedder-policy", "require-corp"),
                    ("cross-origin-resource-policy", "same-origin"),
                ];
                Ok::<_, StatusCode>((headers, content).into_response())
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        address
    }
}
