//! Links and images: the window goes nowhere and loads nothing; the browser opens what is pressed, and
//! the app fetches what is asked for.

use std::sync::{Arc, Mutex};

use fantoccini::key::Key;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::chat::{answered, reply};
use crate::support::person::Habit;
use crate::support::{App, By, World};

/// A site with one picture, 40 × 30 pixels; it is reached as a proxy.
struct Site {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 8 << 10];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                heard.lock().unwrap().push(request);
                let body = picture();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                let _ = stream.write_all(head.as_bytes()).await;
                let _ = stream.write_all(&body).await;
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 40, 30);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let pixels = [0x5b, 0x6e, 0xe1].repeat(40 * 30);
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

/// The size of the image with this description: of its box as it is said, and of what was decoded.
async fn size(app: &App<'_>, name: &str) -> Value {
    app.sees(&By::role("img", name).within(reply())).await;
    let script = "const [name] = arguments; const image = document.querySelector(`img[alt=\"${name}\"]`); \
         return [image.width, image.height, image.naturalWidth, image.naturalHeight];";
    app.run(script, vec![json!(name)]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_loaded_when_it_is_asked_for_and_not_before() {
    let site = Site::open().await;
    let world = World::plan()
        .variable("http_proxy", &site.address)
        .variable("no_proxy", "127.0.0.1")
        .build()
        .await;
    let local = site.address.replace("http://", "");
    let answer = format!(
        "![A blue cat](http://pictures.example/cat.png)\n\n![Mine](http://{local}/cat.png)"
    );
    let app = answered(&world, &answer).await;
    let buttons = By::button("Load image").within(reply());
    app.reads(&reply(), "http://pictures.example/cat.png").await;
    assert_eq!(app.names(&buttons).await.len(), 2);
    assert_eq!(site.requests(), Vec::<String>::new());

    app.click(&buttons).await;
    assert_eq!(size(&app, "A blue cat").await, json!([40, 30, 40, 30]));
    let requests = site.requests();
    assert_eq!(requests.len(), 1);
    assert!(
        requests[0].starts_with("GET http://pictures.example/cat.png HTTP/1.1\r\n"),
        "{requests:?}"
    );
    for secret in ["cookie", "authorization", "referer", "origin"] {
        assert!(!requests[0].to_lowercase().contains(secret), "{requests:?}");
    }

    // One of this computer's own network is not asked for, and the chip says so.
    app.click(&buttons).await;
    app.reads(&reply(), "private network").await;
    assert_eq!(site.requests().len(), 1);
    app.sees(&buttons).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_the_reply_carries_is_shown_and_what_is_none_is_not() {
    let world = World::new().await;
    let data = |bytes: &[u8]| format!("data:image/png;base64,{}", base64(bytes));
    let answer = format!(
        "![A dot]({})\n\n![No dot]({})",
        data(&picture()),
        data(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    );
    let app = answered(&world, &answer).await;
    assert_eq!(size(&app, "A dot").await, json!([40, 30, 40, 30]));
    app.reads(&reply(), "not an image that Serein can show")
        .await;
    app.misses(&By::role("img", "No dot").within(reply())).await;
}

/// RFC 4648, 4.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    bytes
        .chunks(3)
        .flat_map(|three| {
            let word = three
                .iter()
                .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
            let word = word << (8 * (3 - three.len()));
            (0..4).map(move |n| {
                if n > three.len() {
                    '='
                } else {
                    char::from(SIGNS[(word >> (18 - 6 * n)) as usize & 63])
                }
            })
        })
        .collect()
}

/// Where a link stands on the screen.
async fn place(app: &App<'_>, name: &str) -> (String, String) {
    app.sees(&By::role("link", name).within(reply())).await;
    let script = "const [name] = arguments; \
         const link = [...document.querySelectorAll('article a')].find((link) => link.textContent === name); \
         const box = link.getBoundingClientRect(); \
         return [screenX + box.x + box.width / 2, screenY + box.y + box.height / 2];";
    let place = app.run(script, vec![json!(name)]).await.unwrap();
    let at = |index: usize| format!("{:.0}", place[index].as_f64().unwrap());
    (at(0), at(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_in_the_browser_however_it_is_pressed_and_the_window_stays() {
    let site = Site::open().await;
    let world = World::plan().person(Habit::Approves).build().await;
    let target = format!("{}/page", site.address);
    let app = answered(
        &world,
        &format!("[here]({target}) and [there](https://раypal.example/)"),
    )
    .await;
    let page = app.run("return location.href", vec![]).await.unwrap();
    let windows = app.client().windows().await.unwrap().len();
    let before = world.person().opened().len();
    let link = By::role("link", "here").within(reply());
    let display = world.display();

    app.click(&link).await;
    assert_eq!(world.person().sees(before + 1).await, target);
    app.run(
        "document.querySelector('article:last-of-type a').focus()",
        vec![],
    )
    .await
    .unwrap();
    app.key(Key::Enter).await;
    assert_eq!(world.person().sees(before + 2).await, target);
    let (x, y) = place(&app, "here").await;
    display.xdotool(&["mousemove", &x, &y, "click", "2"]);
    assert_eq!(world.person().sees(before + 3).await, target);

    // The web view's own menu would load the page or download it: a link has another.
    display.xdotool(&["mousemove", &x, &y, "click", "3"]);
    let menu = By::role("menu", "Link");
    app.sees(&By::role("menuitem", "Copy address").within(menu.clone()))
        .await;
    app.click(&By::role("menuitem", "Open in browser").within(menu.clone()))
        .await;
    assert_eq!(world.person().sees(before + 4).await, target);
    app.misses(&menu).await;
    // Dragged onto the window itself, a link is not opened, and the window does not follow it.
    display.xdotool(&["mousemove", &x, &y, "mousedown", "1"]);
    for step in 1..=8 {
        let y = format!("{}", y.parse::<i32>().unwrap() + 10 * step);
        display.xdotool(&["mousemove", &x, &y]);
    }
    display.xdotool(&["mouseup", "1"]);
    app.next_frame().await;
    assert_eq!(app.run("return location.href", vec![]).await.unwrap(), page);
    assert_eq!(app.client().windows().await.unwrap().len(), windows);
    assert_eq!(site.requests(), Vec::<String>::new());
    assert_eq!(world.person().opened().len(), before + 4);

    // Look-alike letters of another script are shown as what they are.
    let title = "return [...document.querySelectorAll('article:last-of-type a')].at(-1).title";
    let title = app.run(title, vec![]).await.unwrap();
    assert_eq!(title, json!("https://xn--ypal-43d9g.example/"));
}
