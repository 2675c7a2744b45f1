//! The pictures of `docs/replies.md`: each answer of `docs/replies` as it is drawn here, beside the same
//! text in cmark's HTML, which the same engine shows with nothing but its own style sheet.

use std::fs;
use std::path::Path;

use serein_markdown::parse_finished;

use crate::shrink::shrink;
use crate::site::Site;
use crate::window::{APP, Window};

/// Widths of either side, in pixels of the style sheets.
const WIDTHS: [u32; 3] = [420, 760, 1280];

const APPEARANCES: [&str; 2] = ["light", "dark"];

/// Takes them all, or only those of the answers named on the command line.
#[tokio::main]
pub(crate) async fn take() {
    let mut arguments = std::env::args().skip(2);
    let docs = arguments
        .next()
        .expect("the first argument is the folder of the pages");
    let (docs, only) = (Path::new(&docs), arguments.collect::<Vec<_>>());
    let pictures = docs.join("screenshots/replies");
    fs::create_dir_all(&pictures).unwrap();

    let mut site = Site::page(None);
    let mut names = Vec::new();
    for file in fs::read_dir(docs.join("replies")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let answer = fs::read_to_string(&path).unwrap();
        let blocks = serde_json::to_vec(&parse_finished(&answer)).unwrap();
        site.add(&format!("{name}/blocks.json"), blocks);
        site.add(&format!("{name}/reference.html"), reference(&answer));
        names.push(name);
    }
    names.sort();
    let window = Window::open_large(&site.serve().await, APP).await;
    let mut bytes = 0;
    for name in &names {
        for width in WIDTHS {
            for appearance in APPEARANCES {
                let picture = shrink(&window.pair(name, width, appearance).await);
                bytes += picture.len();
                let file = pictures.join(format!("{name}-{width}-{appearance}.png"));
                fs::write(file, picture).unwrap();
            }
        }
        println!("{name}");
    }
    println!("{} kB in {}", bytes / 1_000, pictures.display());
}

/// What cmark writes, as its port `comrak` does: nothing of this project's reading is in it. The page loads
/// no image, so that a picture does not depend on the network.
fn reference(answer: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.alerts = true;
    options.extension.autolink = true;
    options.extension.footnotes = true;
    options.extension.math_dollars = true;
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.tasklist = true;
    let body = comrak::markdown_to_html(answer, &options);
    format!(
        "<!doctype html><meta charset=\"utf-8\">\
        <meta http-equiv=\"Content-Security-Policy\" content=\"img-src 'none'\">{body}"
    )
}
