//! Time limits over sockets. The other side never goes on, so that the outcome does not hang on
//! how long anything takes; the limits' lengths are tested with paused time beside the code.

use std::time::Duration;

use futures_util::StreamExt;
use serechat::{BaseUrl, Client, ErrorKind, StreamEvent, Timeouts};
use tokio::net::TcpListener;

use crate::server::{Answer, Server, Step};
use crate::{question, token};

const SHORT: Duration = Duration::from_millis(1);

fn client(base: &str, timeouts: Timeouts) -> Client {
    Client::new(BaseUrl::parse(base).unwrap(), timeouts).unwrap()
}

pub(crate) async fn no_answer_within_the_limit_is_a_headers_timeout_and_not_retried() {
    let server = Server::start([Answer(vec![Step::Hangs]), Answer(vec![Step::Hangs])]).await;
    let timeouts = Timeouts {
        headers: SHORT,
        ..Timeouts::default()
    };
    let client = client(&server.base, timeouts);
    let error = client.inference(&token(), &question()).await.map(drop);
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadersTimeout);
    assert!(!error.is_retryable());
    let error = client.models(&token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeadersTimeout);
}

#[tokio::test]
async fn a_whole_answer_that_does_not_come_to_its_end_is_out_of_time() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[";
    let server = Server::start([Answer::raw(head).then(Step::Hangs)]).await;
    let timeouts = Timeouts {
        headers: SHORT,
        ..Timeouts::default()
    };
    let error = client(&server.base, timeouts).models(&token()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::HeadersTimeout);
}

pub(crate) async fn no_connection_within_the_limit_is_a_connect_timeout_and_retryable() {
    // Nobody accepts, so the handshake of TLS is never answered.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let timeouts = Timeouts {
        connect: SHORT,
        ..Timeouts::default()
    };
    let error = client(&base, timeouts).models(&token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectTimeout);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let text = b"HTTP/1.1 400 This is no TLS\r\n\r\n";
        let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, text).await;
    });
    let error = client(&base, Timeouts::default()).models(&token()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Connect);
    server.await.unwrap();
}

pub(crate) async fn silence_in_the_middle_of_a_stream_ends_it_and_what_came_is_kept() {
    let answer = Answer::stream("event: content\ndata: {\"content\":\"a\"}\n\n");
    let server = Server::start([answer.then(Step::Hangs)]).await;
    let timeouts = Timeouts {
        silence: SHORT,
        ..Timeouts::default()
    };
    let client = client(&server.base, timeouts);
    let stream = client.inference(&token(), &question()).await.unwrap();
    let items: Vec<_> = stream
        .map(|item| item.map_err(|error| error.kind()))
        .collect()
        .await;
    // The delta may be late on a busy machine, but it is never lost for a silent end.
    assert_eq!(items.last(), Some(&Err(ErrorKind::Silence)));
    let delta = Ok(StreamEvent::Content("a".to_owned()));
    assert!(items.len() == 1 || items[0] == delta);
}
