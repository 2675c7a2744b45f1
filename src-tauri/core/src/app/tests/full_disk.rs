//! A disk of 20 MB that really fills up in mid-reply: the app goes on, is killed on the full disk, and opens
//! on it again.
//!
//! The app is a process of its own: this test binary once more, in a namespace where a disk of that size is
//! mounted. Where nobody may mount one, the system is told to let no file of that process grow, which fails
//! the same writes in another way.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::safety::large;
use super::*;
use crate::instance_lock::InstanceLock;
use crate::library::recovery::{DATABASE, open_profile};
use crate::view::Remedy;

/// What the app is to do, and how its disk is kept small.
const STAGE: &str = "SEREIN_TEST_FULL_DISK";
const WAY: &str = "SEREIN_TEST_FULL_DISK_WAY";
const MOUNT: &str = "mount -t tmpfs -o size=20m,mode=700 tmpfs \"$1\"";
/// The signal that a file may not grow would end the process.
const IGNORED: &str = "trap '' XFSZ";
/// Each stage is a life of the app on the same disk.
const LIVES: &str = r#"
    run() { env "SEREIN_TEST_FULL_DISK=$1" "$0" --exact app::tests::full_disk::the_app_on_a_small_disk --nocapture; }
    export TMPDIR="$1"
    run filled
    run killed || died=$?
    # By the signal of `abort`, and not for what it found.
    [ "$died" = 134 ]
    run again
"#;

/// How the disk is kept small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Mounted,
    Limited,
}

/// The small disk, from the inside.
struct Disk {
    way: Way,
    folder: PathBuf,
}

impl Disk {
    fn mine() -> Self {
        let way = match std::env::var(WAY).unwrap().as_str() {
            "mounted" => Way::Mounted,
            _ => Way::Limited,
        };
        Self {
            way,
            folder: std::env::temp_dir(),
        }
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }

    /// Leaves not a byte free.
    fn fill(&self) {
        if self.way == Way::Limited {
            return limit("0:");
        }
        let mut filler = File::create(self.filler()).unwrap();
        let mut bytes = 0;
        let error = loop {
            match filler.write(&[0; 4096]) {
                Ok(written) => bytes += written,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert!(bytes > 1 << 20 && bytes < 20 << 20, "the disk has 20 MB");
    }

    fn free(&self) {
        match self.way {
            Way::Mounted => fs::remove_file(self.filler()).unwrap(),
            Way::Limited => limit("unlimited:"),
        }
    }

    /// What the user reads first.
    fn trouble(&self) -> &'static str {
        match self.way {
            Way::Mounted => "The disk is full: free some space.",
            // A file that may not grow is no full disk to SQLite.
            Way::Limited => "The disk reported an error: check it, and that it is not full.",
        }
    }
}

/// How large a file of this process may be, in bytes.
fn limit(size: &str) {
    let process = std::process::id().to_string();
    let status = Command::new("prlimit")
        .args(["--pid", &process, &format!("--fsize={size}")])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Does nothing in the run of the tests itself: it is the app on the small disk.
#[tokio::test]
async fn the_app_on_a_small_disk() {
    let Ok(stage) = std::env::var(STAGE) else {
        return;
    };
    let disk = Disk::mine();
    match stage.as_str() {
        "filled" => goes_on(&disk).await,
        "killed" => is_killed(&disk).await,
        _ => opens_again(&disk),
    }
    said(&stage);
}

/// On a line of its own, unlike what the test harness says.
fn said(stage: &str) {
    let _ = std::io::stderr().write_all(format!("\nlived: {stage}\n").as_bytes());
}

/// A reply during which the disk fills up: its conversation, and its other end.
async fn mid_reply(bench: &mut Bench, disk: &Disk) -> (String, serechat_simulator::Gate) {
    let (conversation, gate) = bench.begins_a_reply().await;
    disk.fill();
    for piece in large("rain").as_bytes().chunks(50_000) {
        let piece = std::str::from_utf8(piece).unwrap();
        gate.content(piece).await.unwrap();
    }
    let health = bench.health(|health| health.unsaved.is_some()).await;
    let sentence = health.unsaved.unwrap().message;
    assert_eq!(
        sentence,
        format!(
            "{} The latest reply is kept in memory, and Serein saves it by itself as soon as it can. What was \
             saved before is safe.",
            disk.trouble()
        )
    );
    assert_eq!(health.remedy, Some(Remedy::TryAgain));
    (conversation, gate)
}

async fn goes_on(disk: &Disk) {
    let mut bench = Bench::signed_in().await;
    let (before, first) = bench.exchange("echo", "Before").await;
    let (conversation, gate) = mid_reply(&mut bench, disk).await;
    gate.complete().await.unwrap();
    let done = bench.event("done").await;
    assert_eq!(done["status"], "complete");
    assert_eq!(done["error"], Value::Null);

    // All of it is there to be read, and quitting would cost it.
    let text = format!("It begins. {}", large("rain"));
    let opened = bench.app.open_conversation(conversation.clone()).await;
    let shown = opened.unwrap().page.messages.pop().unwrap();
    let whole = bench.app.message_text(shown.id.clone()).await.unwrap();
    assert!(whole == text, "the reply is whole in memory");
    assert_eq!(bench.reply(&before), first);
    assert!(bench.app.lost_by_quitting().await.is_some());
    // What would not be kept is not sent.
    let asked = bench.inference_requests().len();
    let to = Draft::New(NewChat::Main);
    let refused = bench.app.send(to, large("snow"), "echo").await.unwrap_err();
    assert!(
        refused.message.contains("Your text is kept here"),
        "{refused}"
    );
    assert_eq!(bench.inference_requests().len(), asked);

    disk.free();
    tokio::time::pause();
    bench.health(|health| health.unsaved.is_none()).await;
    tokio::time::resume();
    let reply = bench.reply(&conversation);
    assert_eq!(reply.status, MessageStatus::Complete);
    assert!(reply.text() == text, "the reply is saved whole");
    assert_eq!(bench.app.lost_by_quitting().await, None);
    bench.exchange("echo", "After").await;
    bench.app.quit().await;
}

/// Dies on the full disk, as with the power gone.
async fn is_killed(disk: &Disk) {
    let mut bench = Bench::signed_in().await;
    bench.exchange("echo", "Before").await;
    mid_reply(&mut bench, disk).await;
    said("killed");
    std::process::abort();
}

/// On the disk that is still full, and when there is room again.
fn opens_again(disk: &Disk) {
    if disk.way == Way::Limited {
        disk.fill();
    }
    let folder = profile(&disk.folder);
    let check = || {
        let lock = InstanceLock::take(&folder).unwrap();
        let library = open_profile(&folder, &lock).unwrap().library;
        let mut texts = Vec::new();
        let mut last = i64::MIN;
        while let Some((row, conversation)) = library.conversation_after(last).unwrap() {
            last = row;
            let page = library.page(&conversation.id, &PageAt::End).unwrap();
            let shown = page.messages.into_iter().map(|shown| shown.message);
            texts.push(shown.collect::<Vec<Message>>());
        }
        let [before, cut] = texts.as_slice() else {
            panic!("there are two conversations: {texts:?}");
        };
        assert_eq!(before[1].text(), "Before");
        assert_eq!(before[1].status, MessageStatus::Complete);
        assert_eq!(cut[0].text(), "What falls?");
        assert!(cut[1].text().starts_with("It begins. "));
        assert_eq!(cut[1].status, MessageStatus::Interrupted);
        library
    };
    check();
    disk.free();
    let library = check();
    library.probe().unwrap();
    assert!(library.trouble().borrow().is_none());
}

/// The profile that a killed app has left.
fn profile(folder: &Path) -> PathBuf {
    let mut left = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join(DATABASE).exists());
    let found = left.next().unwrap();
    assert_eq!(left.next(), None);
    found
}

/// The command that runs a script with the rights to mount something, if anyone here may.
fn mounting(folder: &Path) -> Option<Vec<&'static str>> {
    [
        vec!["unshare", "--mount"],
        vec!["unshare", "--user", "--map-root-user", "--mount"],
    ]
    .into_iter()
    .find(|command| {
        Command::new(command[0])
            .args(&command[1..])
            .args(["sh", "-ec", MOUNT, "sh"])
            .arg(folder)
            .output()
            .is_ok_and(|output| output.status.success())
    })
}

fn lives_on_a_small_disk(way: Way, command: &[&str], preparation: &str, folder: &Path) {
    let output = Command::new(command[0])
        .args(&command[1..])
        .args(["-euc", &format!("{preparation}\n{LIVES}")])
        .arg(std::env::current_exe().unwrap())
        .arg(folder)
        .env(
            WAY,
            match way {
                Way::Mounted => "mounted",
                Way::Limited => "limited",
            },
        )
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let lives: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("lived: "))
        .collect();
    assert_eq!(lives, ["filled", "killed", "again"], "{said}");
}

#[test]
fn on_a_disk_of_20_mb_that_fills_up_in_mid_reply_all_that_could_be_kept_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    match mounting(folder.path()) {
        Some(mut command) => {
            command.push("sh");
            lives_on_a_small_disk(Way::Mounted, &command, MOUNT, folder.path());
        }
        None => lives_on_a_small_disk(Way::Limited, &["sh"], IGNORED, folder.path()),
    }
}

#[test]
fn where_no_file_may_grow_from_mid_reply_on_all_that_could_be_kept_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    lives_on_a_small_disk(Way::Limited, &["sh"], IGNORED, folder.path());
}
