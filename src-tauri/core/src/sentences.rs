//! The sentences users read when something went wrong: what happened, what was kept, what to do.
//!
//! Plain words, no status codes, no names of protocols; the status has its own field. The service's own
//! words appear only where `protocol.md` has them shown, quoted, on one line and cut.

use std::time::Duration;

use serechat::{BaseUrlError, Error, ErrorKind};

use crate::error::{Code, IpcError};
use crate::images::Trouble;
use crate::public_web::Refusal;
use crate::view::JobKind;

#[cfg(test)]
mod tests;

/// Characters of the service's own words that are shown.
const QUOTED: usize = 300;

/// A request for a reply failed before any of it arrived. Fits the countdown to the next try as well as
/// the end of the trying.
pub fn for_inference(error: &Error) -> IpcError {
    let (code, advice) = if error.is_unauthorized() {
        (
            Code::Unauthorized,
            "Your message is kept; sign in to send it again.",
        )
    } else if error.is_payment_required() {
        (
            Code::PaymentRequired,
            "Your message is kept; top up, then try again.",
        )
    } else if error.is_unknown_model() {
        (
            Code::UnknownModel,
            "Your message is kept; choose another model.",
        )
    } else if error.is_server_error() {
        (
            Code::Persistent,
            "Your message is kept; try again in a moment.",
        )
    } else if error.status().is_some() && !error.is_retryable() {
        (
            Code::Failed,
            "Your message is kept; you can edit it or try again.",
        )
    } else if is_out_of_reach(error) {
        (
            Code::Failed,
            "Your message is kept; check your internet connection, then try again.",
        )
    } else {
        (Code::Failed, "Your message is kept; try again in a moment.")
    };
    with_facts(code, format!("{} {advice}", happened(error)), error)
}

/// A reply's stream broke off after some of the reply had arrived.
pub fn for_broken_stream(error: &Error) -> IpcError {
    let happened = match error.kind() {
        ErrorKind::Interrupted => {
            "The connection broke off before the reply was finished.".to_owned()
        }
        ErrorKind::Silence => {
            "Nothing more of the reply arrived for a while, so Serein stopped waiting.".to_owned()
        }
        _ => happened(error),
    };
    let message = format!("{happened} What arrived is kept; continue the reply or try again.");
    with_facts(Code::Interrupted, message, error)
}

/// A reply's stream broke off before any of the reply had arrived.
pub fn for_stream_without_reply(error: &Error) -> IpcError {
    let happened = match error.kind() {
        ErrorKind::Interrupted => "The connection broke off before the reply began.".to_owned(),
        ErrorKind::Silence => "No reply arrived for a while, so Serein stopped waiting.".to_owned(),
        _ => happened(error),
    };
    let message = format!("{happened} Your message is kept; try again.");
    with_facts(Code::Failed, message, error)
}

/// The list of models could not be had.
pub fn for_models(error: &Error) -> IpcError {
    let (code, advice) = if error.is_unauthorized() {
        (Code::Unauthorized, "Sign in again to see the models.")
    } else {
        (
            Code::Failed,
            "The list of models could not be fetched; you can type a model’s id instead.",
        )
    };
    with_facts(code, format!("{} {advice}", happened(error)), error)
}

/// A step of the sign-in failed and follows again by itself.
pub fn for_sign_in_waiting(error: &Error) -> IpcError {
    let message = format!("{} Serein keeps trying.", happened(error));
    with_facts(Code::Failed, message, error)
}

/// No sign-in could be begun.
pub fn for_sign_in_request(error: &Error) -> IpcError {
    let message = format!("{} You can start again.", happened(error));
    with_facts(Code::Failed, message, error)
}

/// The sign-in under way ended.
pub fn for_sign_in(error: &Error) -> IpcError {
    let happened = if error.is_expired() {
        "This sign-in has expired, or SereChat no longer knows it.".to_owned()
    } else if error.is_invalidated() {
        "The code was wrong too many times, so SereChat ended this sign-in.".to_owned()
    } else {
        happened(error)
    };
    let message = format!("{happened} Start again to get a new code.");
    with_facts(Code::Failed, message, error)
}

/// The code was wrong; `status` is the answer's.
pub fn wrong_code(attempts_left: u8, status: Option<u16>) -> IpcError {
    let attempts = match attempts_left {
        1 => "one attempt".to_owned(),
        left => format!("{left} attempts"),
    };
    IpcError {
        status,
        attempts_left: Some(attempts_left),
        ..IpcError::new(
            Code::InvalidInput,
            format!("That code is not right. You have {attempts} left."),
        )
    }
}

/// The last attempt at the code was wrong; `status` is the answer's.
pub fn no_attempts_left(status: Option<u16>) -> IpcError {
    let message = "The code was wrong too many times, so this sign-in is over. Start again to get a new code.";
    IpcError {
        status,
        attempts_left: Some(0),
        ..IpcError::new(Code::Failed, message)
    }
}

/// What was entered cannot be a code; it was not sent.
pub fn not_a_code() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "The code has six digits. This one was not sent and used up no attempt.",
    )
}

/// What is on the clipboard is no code.
pub fn no_code_on_clipboard() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "There is no six-digit code on the clipboard. Copy it in the browser, or type it here.",
    )
}

/// The sign-in's ten minutes are over.
pub fn sign_in_time_up() -> IpcError {
    IpcError::new(
        Code::Failed,
        "The ten minutes for this sign-in are over. Start again to get a new code.",
    )
}

/// Why the sign-in screen is there: the service refused the token.
pub fn signed_out_by_service() -> String {
    "SereChat no longer accepts this app’s sign-in. Your conversations are all here; sign in to go on."
        .to_owned()
}

/// Why the sign-in screen is there: the user signed out.
pub fn signed_out_by_user() -> String {
    "You are signed out on this computer. SereChat still lists this app until you remove it in your profile."
        .to_owned()
}

/// Why the sign-in screen is there: each service has a sign-in of its own.
pub fn signed_out_by_address() -> String {
    "The service’s address was changed, and each service has its own sign-in. The old one is kept for when you change back."
        .to_owned()
}

/// Why the sign-in screen is there: the keychain, which may hold the token, was not unlocked.
pub fn keychain_locked() -> String {
    "The keychain was not unlocked, so your sign-in could not be read. Sign in again, or unlock it and restart Serein."
        .to_owned()
}

/// A message was sent without a token.
pub fn not_signed_in() -> IpcError {
    IpcError::new(
        Code::Unauthorized,
        "You are not signed in. Your message is kept; sign in to send it.",
    )
}

/// The stream ended before the reply did.
pub fn interrupted() -> IpcError {
    IpcError::new(
        Code::Interrupted,
        "The reply broke off before it was finished. What arrived is kept; continue the reply or try again.",
    )
}

/// Serein ended, by itself or not, while the reply was being written; `arrived` tells whether any of it
/// had arrived.
pub fn interrupted_by_quit(arrived: bool) -> IpcError {
    if arrived {
        IpcError::new(
            Code::Interrupted,
            "Serein was closed before the reply was finished. What arrived is kept; continue the reply or try again.",
        )
    } else {
        IpcError::new(
            Code::Failed,
            "Serein was closed before the reply began. Your message is kept; try again.",
        )
    }
}

/// The service reported an error in the stream and went on.
pub fn reported_error(text: &str) -> IpcError {
    IpcError::new(
        Code::Notice,
        quoting("SereChat reported a problem with this reply", text),
    )
}

/// The service reported an error in the stream and ended the reply; `arrived` tells whether any of it
/// had arrived.
pub fn fatal_error(text: &str, arrived: bool) -> IpcError {
    let happened = quoting("SereChat could not finish this reply", text);
    let kept = if arrived {
        "What arrived is kept; you can try again."
    } else {
        "Your message is kept; you can try again."
    };
    IpcError::new(Code::Failed, format!("{happened} {kept}"))
}

/// Something in the stream could not be read.
pub fn unreadable_part() -> IpcError {
    IpcError::new(
        Code::Notice,
        "Part of the reply could not be read. What could be read is here.",
    )
}

/// The model stopped for a reason this version does not know.
pub fn other_finish(reason: &str) -> IpcError {
    let happened = quoting("The model stopped for a reason of its own", reason);
    IpcError::new(Code::Notice, format!("{happened} What arrived is kept."))
}

/// The reply ended without a word.
pub fn empty_reply() -> IpcError {
    IpcError::new(
        Code::Notice,
        "The model ended its reply without writing anything. Try again, or ask in other words.",
    )
}

/// The model kept calling tools; `rounds` is the bound.
pub fn too_many_rounds(rounds: u32) -> IpcError {
    IpcError::new(
        Code::Failed,
        format!(
            "The model called tools {rounds} times in a row, so Serein stopped the reply. What arrived is kept; you can try again."
        ),
    )
}

/// The library turned out to be damaged while it was in use.
pub fn library_damaged() -> IpcError {
    IpcError::new(
        Code::Failed,
        "The conversation database is damaged. Restart Serein: it is then repaired from the newest backup and from all that can still be read.",
    )
}

/// A damaged library was restored: from the backup of `backup`, if there was one, and from the damaged
/// file, as far as it could be read (`is_whole`: to the last row; `is_read`: at all), which is kept in
/// `folder`.
pub fn library_restored(
    backup: Option<&str>,
    is_whole: bool,
    is_read: bool,
    folder: &str,
) -> String {
    let outcome = match (backup, is_whole, is_read) {
        (_, true, _) => "All of it could still be read, and it is repaired.".to_owned(),
        (Some(backup), _, true) => format!(
            "It is restored from the backup of {backup}, and what could still be read of the newer is added. Something written since may be missing."
        ),
        (Some(backup), _, false) => format!(
            "It is restored from the backup of {backup}. What was written since is missing."
        ),
        (None, _, true) => {
            "What could still be read of it is kept; the rest is missing, for there was no backup."
                .to_owned()
        }
        (None, _, false) => {
            "It could not be read and there was no backup, so Serein starts with an empty one."
                .to_owned()
        }
    };
    format!(
        "The conversation database was damaged. {outcome} The damaged file is kept in {folder}."
    )
}

/// The damaged library could not be restored, and was left as it is.
pub fn library_not_restored() -> String {
    "The conversation database is damaged and could not be restored, so conversations of this session are not kept. Nothing was changed. Check that the disk is not full, then start Serein again.".to_owned()
}

/// The file of the latest changes was cut short.
pub fn library_cut() -> String {
    "The latest changes to your conversations are lost: the file that held them (serein.db-wal) was cut short, perhaps by the disk or by another program. Everything before them is here.".to_owned()
}

/// The app ended in the middle of an import.
pub fn import_cut() -> String {
    "Serein was closed before the last import was finished. What had been imported is here; import the same file again to add the rest.".to_owned()
}

/// Nothing can be saved just now, for `what`, and so many replies are in memory only.
pub fn passing_trouble(what: &str, held: usize) -> String {
    let kept = match held {
        0 => "What was saved before is safe; nothing new can be saved until then.".to_owned(),
        1 => "The latest reply is kept in memory, and Serein saves it by itself as soon as it can. What was saved before is safe.".to_owned(),
        many => format!(
            "The latest {many} replies are kept in memory, and Serein saves them by itself as soon as it can. What was saved before is safe."
        ),
    };
    format!("{what} {kept}")
}

/// The same, where it will not pass while the app runs.
pub fn lasting_trouble(what: &str, held: usize) -> String {
    match held {
        0 => what.to_owned(),
        1 => format!("{what} The latest reply is in memory only: copy it before."),
        many => format!("{what} The latest {many} replies are in memory only: copy them before."),
    }
}

/// A message was refused while nothing can be saved.
pub fn not_sent(because: &str) -> IpcError {
    IpcError::new(
        Code::Failed,
        format!(
            "This was not sent, because {because}. Your text is kept here; send it again later."
        ),
    )
}

/// What quitting would do to an import or an export.
pub fn quit_would_cut(job: JobKind) -> String {
    match job {
        JobKind::Import => "An import is under way. The conversations that are in stay; to add the others, import the same files again.",
        JobKind::Export => "An export is under way and would be given up; nothing of it would be written.",
    }
    .to_owned()
}

/// What would be lost if the app quit now, for `why`.
pub fn quit_would_lose(why: &str) -> String {
    format!("A reply is not saved yet and would be lost. {why}")
}

/// The same of unsent text.
pub fn quit_would_lose_draft(why: &str) -> String {
    format!("What you are writing is not saved yet and would be lost. {why}")
}

/// The library was written by a newer version of the app.
pub fn library_newer() -> String {
    "The conversation database was written by a newer version of Serein, so conversations of this session are not kept. Update the app to read it.".to_owned()
}

/// The library can neither be opened nor read.
pub fn library_not_kept() -> String {
    "The conversation database could not be opened, so conversations of this session are not kept. Check that the data folder can be written to and that the disk is not full, then start Serein again.".to_owned()
}

/// The library can be read and not written.
pub fn library_read_only() -> IpcError {
    IpcError::new(
        Code::Failed,
        "The data folder cannot be written to, so your conversations can be read but nothing new is saved. Check its permissions and that the disk is not full, then start Serein again.",
    )
}

/// There is too little room for a backup that is due.
pub fn no_room_for_backup(needed: u64) -> IpcError {
    IpcError::new(
        Code::Notice,
        format!(
            "No backup of your conversations could be made: it needs {} MB of free space. Your conversations are saved all the same.",
            needed.div_ceil(1_000_000)
        ),
    )
}

/// A backup that is due could not be made.
pub fn no_backup() -> IpcError {
    IpcError::new(
        Code::Notice,
        "No backup of your conversations could be made. Your conversations are saved all the same; Serein tries again in an hour.",
    )
}

/// Nothing but white space was to be sent.
pub fn empty_message() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "There is nothing to send yet. Write a message first.",
    )
}

/// A message of `bytes` was to be sent, and `most` is the bound.
pub fn message_too_long(bytes: usize, most: usize) -> IpcError {
    let (size, most) = (megabytes(bytes), megabytes(most));
    IpcError::new(
        Code::InvalidInput,
        format!(
            "This message is too long: it has {size} MB, and {most} MB is the most. Your text is kept; shorten it, then send it again."
        ),
    )
}

/// A message was sent to no model.
pub fn no_model() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "No model is chosen. Your text is kept; choose a model, then send it again.",
    )
}

/// What was given as a model's id is too long to be one.
pub fn model_too_long() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "This is too long for a model’s id. Your text is kept; choose a model, then send it again.",
    )
}

/// A conversation was to be given no name.
pub fn empty_title() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A conversation needs a name. The old one is kept.",
    )
}

/// A folder was to be given no name.
pub fn empty_folder_name() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A folder needs a name. Nothing was changed.",
    )
}

/// A folder was to be given the name of another.
pub fn folder_name_taken(name: &str) -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        format!("There is a folder called “{name}” already. Choose another name."),
    )
}

/// A folder is gone.
pub fn no_such_folder() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "This folder no longer exists. Nothing was changed.",
    )
}

/// There are as many folders as there may be.
pub fn too_many_folders(most: usize) -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        format!("There are {most} folders already, which is the most. Delete one first."),
    )
}

/// A temporary chat was to be pinned, archived or put into a folder.
pub fn temporary_has_no_place() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A temporary chat cannot be pinned, archived or put in a folder. Keep it first.",
    )
}

/// A conversation was to be kept that is not temporary.
pub fn kept_already() -> IpcError {
    IpcError::new(Code::InvalidInput, "This conversation is kept already.")
}

/// A deletion was to be undone that is unknown, undone already, or carried out.
pub fn nothing_to_undo() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "This deletion was undone already, or can no longer be undone.",
    )
}

/// Something was to be deleted or brought back while a reply is being written there.
pub fn reply_in_the_way() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A reply is still being written here. Stop it or wait for its end, then try again.",
    )
}

/// What was to be retried or continued is no reply at the end of its conversation.
pub fn no_such_reply() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "There is no reply here any more. Nothing was changed.",
    )
}

/// A conversation has one reply under way at most.
pub fn reply_running() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A reply is still being written here. Your text is kept; stop the reply or wait for its end.",
    )
}

/// Another branch cannot be shown while a reply is being written.
pub fn reply_running_elsewhere() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "A reply is still being written in this conversation, and this message is on another branch. Stop the reply or wait for its end, then open the message again.",
    )
}

/// A link is of a kind that is not opened.
pub fn link_refused() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "Serein opens web and mail links only, so this one was not opened. You can copy it.",
    )
}

/// More is selected than is copied at once.
pub(crate) fn selection_too_long() -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        "This is too much to be copied at once. Select less, then copy it in parts.",
    )
}

/// An image is not shown.
pub(crate) fn image(trouble: &Trouble) -> IpcError {
    let message = match trouble {
        Trouble::Visit(Refusal::Private(_)) => {
            "This address is in a private network, and Serein loads images from the web only."
        }
        Trouble::Visit(
            Refusal::TooLong
            | Refusal::NoAddress(_)
            | Refusal::Scheme
            | Refusal::Credentials
            | Refusal::NoHost,
        ) => "Serein cannot load an image from an address like this one.",
        Trouble::Visit(Refusal::Status(404 | 410)) => "The image is not there any more.",
        Trouble::Visit(Refusal::Status(_)) => "The site did not give the image.",
        Trouble::Visit(Refusal::BadRedirect | Refusal::TooManyRedirects) => {
            "The site sent Serein elsewhere, and there was no image."
        }
        Trouble::Visit(Refusal::Failed(_)) => "The site could not be reached.",
        Trouble::Time => "The image did not arrive in time.",
        Trouble::Kind => "This is not an image that Serein can show.",
        Trouble::Bytes | Trouble::Pixels(..) => "The image is too large to be shown here.",
    };
    IpcError {
        status: match trouble {
            Trouble::Visit(Refusal::Status(status)) => Some(*status),
            _ => None,
        },
        ..IpcError::new(Code::Failed, message)
    }
}

/// No browser could be opened for `url`.
pub fn no_browser(url: &str) -> IpcError {
    IpcError::new(
        Code::Failed,
        format!("No browser could be opened. Copy this address into one yourself: <{url}>."),
    )
}

/// The settings could not be written.
pub fn settings_not_saved() -> IpcError {
    IpcError::new(
        Code::Failed,
        "The settings could not be saved and are as they were. Check that the disk is not full, then try again.",
    )
}

/// The service's address cannot be used.
pub fn bad_base_url(error: &BaseUrlError) -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        format!("{error} The address was not changed."),
    )
}

/// The service address in use, from the settings or the environment, cannot be used.
pub fn base_url_unusable(error: &BaseUrlError) -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        format!(
            "Serein has no address it can connect to. {error} Correct it in Settings, or in SEREIN_BASE_URL if that is set."
        ),
    )
}

/// The most tokens of a reply cannot be set so high.
pub fn bad_max_tokens(most: u32) -> IpcError {
    IpcError::new(
        Code::InvalidInput,
        format!("A reply can be limited to {most} tokens at most. The limit was not changed."),
    )
}

/// What happened, in one or two sentences, whatever was being asked for.
fn happened(error: &Error) -> String {
    let words = match error.kind() {
        ErrorKind::Status => return refused(error),
        ErrorKind::Connect => "SereChat cannot be reached.",
        ErrorKind::ConnectTimeout => "SereChat cannot be reached: the connection took too long.",
        ErrorKind::HeadersTimeout => "SereChat did not answer in time.",
        ErrorKind::Interrupted => "The connection to SereChat broke off.",
        ErrorKind::Silence => "Nothing arrived from SereChat for a while.",
        ErrorKind::Bound(name) => {
            return format!(
                "SereChat’s answer passed the limit of {name}, so Serein stopped reading it."
            );
        }
        ErrorKind::UnreadableAnswer => "SereChat’s answer could not be read.",
        ErrorKind::Redirected => {
            "SereChat’s answer pointed to another address, and Serein does not send your sign-in there."
        }
        ErrorKind::Setup => {
            "The connection to SereChat could not be set up. Check the address and the proxy in the settings."
        }
    };
    words.to_owned()
}

/// What an answer with an error status says.
fn refused(error: &Error) -> String {
    let text = error.server_text().unwrap_or_default();
    if error.is_unauthorized() {
        "SereChat no longer accepts this app’s sign-in.".to_owned()
    } else if error.is_payment_required() {
        "Your SereChat balance is used up.".to_owned()
    } else if error.is_rate_limited() {
        "SereChat is getting too many requests at the moment.".to_owned()
    } else if error.is_server_error() {
        "Something went wrong at SereChat.".to_owned()
    } else if error.is_unknown_model() {
        quoting("SereChat does not offer this model", text)
    } else {
        quoting("SereChat did not accept the request", text)
    }
}

fn is_out_of_reach(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::ConnectTimeout)
}

/// `words: “text”.`, or `words.` if there is no text. The text is shown on one line and cut.
fn quoting(words: &str, text: &str) -> String {
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    let cut: String = line.chars().take(QUOTED).collect();
    let more = if cut.len() < line.len() { "…" } else { "" };
    if cut.is_empty() {
        format!("{words}.")
    } else {
        format!("{words}: “{cut}{more}”.")
    }
}

/// With one decimal, rounded up: what is over a bound never looks as if it kept it.
fn megabytes(bytes: usize) -> String {
    let tenths = (bytes.saturating_mul(10)).div_ceil(1 << 20);
    match tenths % 10 {
        0 => format!("{}", tenths / 10),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}

fn with_facts(code: Code, message: String, error: &Error) -> IpcError {
    IpcError {
        status: error.status(),
        retry_after: error.retry_after().map(whole_seconds),
        ..IpcError::new(code, message)
    }
}

/// Rounded up: nobody is told to come back too early.
fn whole_seconds(wait: Duration) -> u32 {
    let up = u64::from(wait.subsec_nanos() > 0);
    u32::try_from(wait.as_secs().saturating_add(up)).unwrap_or(u32::MAX)
}
