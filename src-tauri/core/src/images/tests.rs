//! Pictures from a server on this computer, and pictures carried by the reply.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::*;

/// The beginning of a PNG of this size: as much as a check reads.
fn png(width: u32, height: u32) -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    [
        head,
        width.to_be_bytes().into(),
        height.to_be_bytes().into(),
    ]
    .concat()
}

fn gif() -> Vec<u8> {
    b"GIF89a\x02\0\x03\0\x80\0\0".to_vec()
}

fn jpeg() -> Vec<u8> {
    let start = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    [start, b"\xff\xc0\0\x11\x08\0\x03\0\x02\x03".to_vec()].concat()
}

fn webp() -> Vec<u8> {
    b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\x01\x80\0\0\0\0\0\0".to_vec()
}

fn avif() -> Vec<u8> {
    let tag = |name: &[u8; 4], inside: &[u8]| {
        let size = u32::try_from(inside.len() + 8).unwrap();
        [&size.to_be_bytes()[..], name, inside].concat()
    };
    let size = tag(b"ispe", b"\0\0\0\0\0\0\0\x02\0\0\0\x03");
    let properties = tag(b"iprp", &tag(b"ipco", &size));
    let meta = tag(b"meta", &[&b"\0\0\0\0"[..], &properties].concat());
    [tag(b"ftyp", b"avif\0\0\0\0avifmif1"), meta].concat()
}

const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

/// An address that answers one request so, and what it was asked.
async fn site(head: &str, body: Vec<u8>) -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/a.png", listener.local_addr().unwrap());
    let (asked, request) = oneshot::channel();
    let head = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4_096];
        let read = stream.read(&mut request).await.unwrap();
        request.truncate(read);
        let _ = asked.send(String::from_utf8(request).unwrap());
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(&body).await;
    });
    (address, request)
}

/// What becomes of a picture that a site gives so.
async fn given(head: &str, body: Vec<u8>) -> Result<Vec<u8>, Trouble> {
    let (address, _asked) = site(head, body).await;
    fetched(&Visitor::to(|_| true), &address).await
}

fn as_data(kind: &str, bytes: &[u8]) -> String {
    format!("{kind};base64,{}", STANDARD.encode(bytes))
}

#[tokio::test]
async fn each_kind_of_picture_arrives_as_it_was_sent() {
    for picture in [png(2, 3), gif(), jpeg(), webp(), avif()] {
        let got = given("200 OK\r\nContent-Type: image/png", picture.clone()).await;
        assert_eq!(got.unwrap(), picture);
        assert_eq!(carried(&as_data("image/png", &picture)).unwrap(), picture);
    }
}

#[tokio::test]
async fn the_site_learns_nothing_but_the_address() {
    let (address, asked) = site("200 OK\r\nContent-Type: image/png", png(1, 1)).await;
    fetched(&Visitor::to(|_| true), &address).await.unwrap();
    let request = asked.await.unwrap();
    let mut names: Vec<String> = request
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let types = ["image/png", "image/svg+xml", "application/octet-stream"];
    for body in [
        SVG,
        b"<html></html>",
        b"BM",
        b"",
        b"\x89PNG",
        b"\xff\xd8\xff",
    ] {
        for kind in types {
            let outcome = given(&format!("200 OK\r\nContent-Type: {kind}"), body.to_vec()).await;
            assert!(matches!(outcome, Err(Trouble::Kind)), "{outcome:?}");
        }
        assert!(matches!(
            carried(&as_data("image/png", body)),
            Err(Trouble::Kind)
        ));
    }
    for kind in [
        "text/html",
        "image/svg+xml",
        "IMAGE/SVG+XML ; charset=utf-8",
        "x",
    ] {
        let outcome = given(&format!("200 OK\r\nContent-Type: {kind}"), png(1, 1)).await;
        assert!(matches!(outcome, Err(Trouble::Kind)), "{kind}: {outcome:?}");
    }
    for data in [
        "",
        "image/png,x",
        "image/png;base64",
        "image/png;base64,%",
        "image/png;base64,iVBO*",
    ] {
        assert!(matches!(carried(data), Err(Trouble::Kind)), "{data}");
    }
}

#[tokio::test]
async fn a_picture_of_too_many_bytes_is_refused_whatever_length_it_claims() {
    let long = [png(1, 1), vec![0; IMAGE_BYTES]].concat();
    for head in ["", "\r\nContent-Length: 20000000"] {
        let outcome = given(&format!("200 OK{head}"), long.clone()).await;
        assert!(matches!(outcome, Err(Trouble::Bytes)), "{outcome:?}");
    }
    let most = [png(1, 1), vec![0; IMAGE_BYTES - png(1, 1).len()]].concat();
    assert!(given("200 OK", most).await.is_ok());
    let outcome = carried(&as_data("image/png", &long));
    assert!(matches!(outcome, Err(Trouble::Bytes)), "{outcome:?}");
}

#[test]
fn a_picture_of_too_many_pixels_is_refused() {
    assert!(check(&png(10_000, 5_000), PIXELS).is_ok());
    assert!(check(&png(16_384, 1), PIXELS).is_ok());
    for (width, height) in [
        (10_001, 5_000),
        (16_385, 1),
        (1, 16_385),
        (u32::MAX, u32::MAX),
    ] {
        let outcome = check(&png(width, height), PIXELS);
        assert!(matches!(outcome, Err(Trouble::Pixels(..))), "{outcome:?}");
    }
    assert!(matches!(check(&png(0, 5), PIXELS), Err(Trouble::Kind)));
    assert!(carried(&as_data("image/png", &png(2_000, 2_000))).is_ok());
    assert!(matches!(
        carried(&as_data("image/png", &png(2_000, 2_001))),
        Err(Trouble::Pixels(..))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_site_that_does_not_answer_is_given_half_a_minute() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let outcome = fetched(&Visitor::to(|_| true), &address).await;
    assert!(matches!(outcome, Err(Trouble::Time)), "{outcome:?}");
}

#[tokio::test]
async fn private_addresses_and_other_schemes_are_not_visited() {
    for address in [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
    ] {
        let error = load(address).await.unwrap_err();
        assert!(
            error.message.contains("private network"),
            "{}",
            error.message
        );
    }
    for address in [
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "http://me:pw@example.com/",
        "x",
        "",
    ] {
        let error = load(address).await.unwrap_err();
        assert!(
            error.message.contains("address like this"),
            "{}",
            error.message
        );
    }
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let (address, _) = site("302 Found\r\nLocation: http://127.0.0.2/", Vec::new()).await;
    let only_first = |address: std::net::IpAddr| address == std::net::IpAddr::from([127, 0, 0, 1]);
    let outcome = fetched(&Visitor::to(only_first), &address).await;
    assert!(
        matches!(outcome, Err(Trouble::Visit(Refusal::Private(_)))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_picture_that_is_gone_is_told_by_its_status() {
    let trouble = given("404 Not Found", Vec::new()).await.unwrap_err();
    let error = sentences::image(&trouble);
    assert_eq!(error.message, "The image is not there any more.");
    assert_eq!(error.status, Some(404));
}
