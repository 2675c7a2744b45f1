//! Quick ask in every state, light and dark, for `docs/quick-ask.md`.

use fantoccini::key::Key;

use crate::support::chat::{composer, sign_in_button};
use crate::support::focus::QUICK;
use crate::support::other::Selected;
use crate::support::output::output_folder;
use crate::support::{App, By, World, any, containing};

const QUESTION: &str = "How do I read a file line by line in Rust?";

/// The beginning of an answer, up to the middle of its code.
const BEGINNING: &str = "Wrap the file in a `BufReader` and take its lines: it reads in large \
    blocks, however short the lines are, and never holds more than one line.\n\n\
    ```rust\nuse std::fs::File;\nuse std::io::{self, BufRead, BufReader};\n\n\
    fn main() -> io::Result<()> {\n    let file = File::open(\"words.txt\")?;\n    for line in ";

/// The rest of it.
const REST: &str = "BufReader::new(file).lines() {\n        println!(\"{}\", line?);\n    }\n    Ok(())\n}\n\
    ```\n\nThree things to know:\n\n\
    - Each `line` is a `Result`, since reading can fail half-way.\n\
    - The line's end is taken off, `\\r\\n` included.\n\
    - Text that is not UTF-8 is an error. `split(b'\\n')` gives the bytes instead.\n\n\
    To read into the same `String` again and again, use `read_line`: it saves an allocation a line, \
    which counts in a file of millions.\n";

fn field() -> By {
    By::textbox("Ask anything")
}

/// Takes pictures of quick ask, in one appearance.
struct Album<'a> {
    app: &'a App<'a>,
    appearance: &'a str,
}

impl Album<'_> {
    async fn keep(&self, state: &str) {
        self.app.world().display().rest_pointer();
        self.app.next_frame().await;
        self.rests().await;
        let name = format!("{state}-{}.png", self.appearance.to_lowercase());
        let path = output_folder("quick-ask").join(name);
        self.app.portrait_of(QUICK, &path).await;
        println!("{}", path.display());
    }

    /// Waits until the window is as large as its page asked for, and shows the end unless somebody scrolled up.
    async fn rests(&self) {
        let mut before = None;
        let rests = self.app.until(async || {
            let place = self.app.place_of(QUICK)?;
            let look = "const log = document.querySelector('[role=log]'); \
                 const left = log ? log.scrollHeight - log.clientHeight - log.scrollTop : 0; \
                 return left < 2 || document.querySelector('.latest') ? innerHeight : null;";
            let page = self.app.run(look, vec![]).await.ok()?;
            let is_drawn = page.as_i64() == Some(place.1.1.into());
            let is_same = before.replace(place) == Some(place);
            (is_drawn && is_same).then_some(())
        });
        assert!(rests.await.is_some(), "the window comes to rest");
        self.app.next_frame().await;
    }
}

async fn calls(app: &App<'_>) {
    app.world().display().xdotool(&["key", "ctrl+shift+space"]);
    app.has_focus(QUICK).await;
    app.turns_to_quick().await;
}

/// Puts quick ask away and does something in the main window's settings.
async fn in_settings(app: &App<'_>, does: impl AsyncFnOnce()) {
    app.turns_to_main().await;
    app.brings_main_to_front().await;
    app.opens_settings().await;
    does().await;
    app.key(Key::Escape).await;
    app.sees(&composer()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quick_ask_is_drawn_in_every_state() {
    for appearance in ["Light", "Dark"] {
        pictures(appearance).await;
    }
}

async fn pictures(appearance: &str) {
    let world = World::new().await;
    let app = world.start().await;
    let album = Album {
        app: &app,
        appearance,
    };
    app.sees(&sign_in_button()).await;
    app.opens_settings().await;
    app.sets_appearance(appearance).await;
    app.key(Key::Escape).await;
    calls(&app).await;
    app.sees(&By::button("Sign in")).await;
    album.keep("signed-out").await;
    app.click(&By::button("Sign in")).await;
    app.has_focus_of_main().await;
    app.turns_to_main().await;
    app.enters_the_code().await;
    app.sees(&composer()).await;
    app.picks_model("Held by a test").await;

    calls(&app).await;
    app.misses(&By::button("Sign in")).await;
    album.keep("empty").await;
    app.types(&field(), QUESTION).await;
    app.key(Key::Enter).await;
    let gate = world.simulator().gate().await;
    gate.content(BEGINNING).await.unwrap();
    app.sees(&containing("log", "Answer")).await;
    app.reads(&By::role("log", "Answer"), "for line in").await;
    album.keep("streaming").await;
    gate.content(REST).await.unwrap();
    gate.complete().await.unwrap();
    app.sees(&By::button("Copy")).await;
    album.keep("answer").await;
    app.scrolls_quick(-10).await;
    app.sees(&By::button("Jump to latest")).await;
    album.keep("scrolled-up").await;

    app.click(&By::button("New chat")).await;
    app.turns_to_main().await;
    app.brings_main_to_front().await;
    app.copies("error[E0382]: borrow of moved value: `line`\n  --> src/main.rs:8:24")
        .await;
    let _selected = Selected::on(world.display());
    calls(&app).await;
    app.sees(&By::button("Attach clipboard")).await;
    app.sees(&By::button("Attach selection")).await;
    album.keep("chips").await;
    app.click(&By::button("Attach clipboard")).await;
    app.types(&field(), "What does this mean?").await;
    album.keep("attached").await;
    app.key(Key::Escape).await;

    app.turns_to_main().await;
    app.brings_main_to_front().await;
    app.picks_model("Fails: balance empty").await;
    calls(&app).await;
    app.types(&field(), QUESTION).await;
    app.key(Key::Enter).await;
    app.sees(&any("alert")).await;
    app.sees(&By::button("Top up")).await;
    album.keep("error").await;
    app.click(&By::button("New chat")).await;

    app.turns_to_main().await;
    app.brings_main_to_front().await;
    app.picks_model("Brocade").await;
    in_settings(&app, async || {
        let script = "const slider = document.querySelector('input[type=range]'); slider.value = 200; \
             slider.dispatchEvent(new Event('change', { bubbles: true })); return true;";
        app.run(script, vec![]).await.unwrap();
        app.reads(&any("main"), "200 %").await;
    })
    .await;
    calls(&app).await;
    album.keep("large-text").await;
    app.types(&field(), "What can you draw?").await;
    app.key(Key::Enter).await;
    app.sees(&By::button("Copy")).await;
    album.keep("large-text-answer").await;
}
