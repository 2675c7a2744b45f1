//! The store's rules against keychains made up here. The real ones: `tests/secrets.rs`.
#![allow(clippy::unwrap_used, reason = "a test's failure is its message")]

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Condvar, Mutex};

use tempfile::TempDir;

use super::*;

const ORIGIN: &str = "https://serechat.com";
const OTHER: &str = "http://127.0.0.1:4000";
const SECRET: &str = "sc-0123456789abcdef";

/// A keychain as a test wants it.
#[derive(Clone, Default)]
struct FakeVault {
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    entries: HashMap<String, Vec<u8>>,
    refuses: Option<Unavailable>,
    stuck: bool,
}

impl FakeVault {
    fn refusing(reason: Unavailable) -> Self {
        let this = Self::default();
        this.change(|state| state.refuses = Some(reason));
        this
    }

    fn stuck() -> Self {
        let this = Self::default();
        this.change(|state| state.stuck = true);
        this
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state.0.lock().unwrap());
        self.state.1.notify_all();
        result
    }

    fn len(&self) -> usize {
        self.change(|state| state.entries.len())
    }

    fn call<T>(&self, call: impl FnOnce(&mut State) -> T) -> Result<T, Unavailable> {
        let state = self.state.0.lock().unwrap();
        let mut state = self.state.1.wait_while(state, |it| it.stuck).unwrap();
        match state.refuses {
            Some(reason) => Err(reason),
            None => Ok(call(&mut state)),
        }
    }
}

impl Vault for FakeVault {
    fn get(&self, account: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        self.call(|state| state.entries.get(account).cloned())
    }
    fn set(&self, account: &str, secret: &[u8]) -> Result<(), Unavailable> {
        self.call(|state| {
            state.entries.insert(account.to_owned(), secret.to_vec());
        })
    }
    fn delete(&self, account: &str) -> Result<(), Unavailable> {
        self.call(|state| {
            state.entries.remove(account);
        })
    }
}

fn token(text: &str) -> AccessToken {
    AccessToken::new(text.to_owned()).unwrap()
}

fn read(loaded: &Loaded) -> Option<&str> {
    loaded.token.as_ref().map(AccessToken::expose)
}

fn files(dir: &TempDir) -> Vec<String> {
    fs::read_dir(dir.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn a_token_with_its_end_is_kept_in_the_keychain_and_no_file_is_written() {
    let dir = TempDir::new().unwrap();
    let store = TokenStore::with_vault(dir.path(), FakeVault::default());
    let storage = store.save(ORIGIN, &token(SECRET), Some(42)).await;
    assert_eq!(storage, TokenStorage::Keychain);
    let loaded = store.load(ORIGIN).await;
    assert_eq!(read(&loaded), Some(SECRET));
    assert_eq!(loaded.expires_at, Some(42));
    assert_eq!(loaded.storage, TokenStorage::Keychain);
    assert!(files(&dir).is_empty());
}

#[tokio::test]
async fn services_and_data_folders_do_not_mix() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let vault = FakeVault::default();
    let store = TokenStore::with_vault(one.path(), vault.clone());
    store.save(ORIGIN, &token(SECRET), None).await;
    assert_eq!(read(&store.load(OTHER).await), None);
    let elsewhere = TokenStore::with_vault(two.path(), vault.clone());
    assert_eq!(read(&elsewhere.load(ORIGIN).await), None);
    let again = TokenStore::with_vault(&one.path().join("."), vault);
    assert_eq!(read(&again.load(ORIGIN).await), Some(SECRET));
}

#[tokio::test]
async fn services_do_not_mix_in_the_file_either() {
    let dir = TempDir::new().unwrap();
    let store = TokenStore::with_vault(dir.path(), FakeVault::refusing(Unavailable::Absent));
    store.save(ORIGIN, &token(SECRET), None).await;
    store.save(OTHER, &token("another"), None).await;
    store.forget(ORIGIN).await;
    assert_eq!(read(&store.load(ORIGIN).await), None);
    assert_eq!(read(&store.load(OTHER).await), Some("another"));
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_keychain_the_file_is_the_users_alone_and_so_is_a_folder_made_for_it() {
    use std::os::unix::fs::PermissionsExt;

    let dir = TempDir::new().unwrap();
    let data = dir.path().join("profile");
    let store = TokenStore::with_vault(&data, FakeVault::refusing(Unavailable::Absent));
    let storage = store.save(ORIGIN, &token(SECRET), Some(42)).await;
    assert_eq!(storage, TokenStorage::File);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data.join("token")), 0o600);
    assert_eq!(mode(&data), 0o700);
    let loaded = store.load(ORIGIN).await;
    assert_eq!(read(&loaded), Some(SECRET));
    assert_eq!(loaded.expires_at, Some(42));
    assert_eq!(loaded.storage, TokenStorage::File);
}

#[cfg(unix)]
#[tokio::test]
async fn a_readable_leftover_of_a_crash_does_not_lend_the_file_its_mode() {
    use std::os::unix::fs::PermissionsExt;

    let dir = TempDir::new().unwrap();
    let leftover = dir.path().join("token.new");
    fs::write(&leftover, "half").unwrap();
    fs::set_permissions(&leftover, fs::Permissions::from_mode(0o644)).unwrap();
    let store = TokenStore::with_vault(dir.path(), FakeVault::refusing(Unavailable::Absent));
    store.save(ORIGIN, &token(SECRET), None).await;
    let mode = fs::metadata(dir.path().join("token"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(files(&dir), ["token"]);
}

#[tokio::test]
async fn a_token_in_the_file_moves_into_the_keychain_once_there_is_one() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::refusing(Unavailable::Absent);
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    store.save(ORIGIN, &token(SECRET), Some(42)).await;
    vault.change(|state| state.refuses = None);
    let loaded = store.load(ORIGIN).await;
    assert_eq!(read(&loaded), Some(SECRET));
    assert_eq!(loaded.storage, TokenStorage::Keychain);
    assert!(files(&dir).is_empty());
    let loaded = store.load(ORIGIN).await;
    assert_eq!((read(&loaded), loaded.expires_at), (Some(SECRET), Some(42)));
}

#[tokio::test]
async fn the_file_is_newer_than_what_the_keychain_still_holds() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::default();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    store.save(ORIGIN, &token("old"), None).await;
    vault.change(|state| state.refuses = Some(Unavailable::Locked));
    store.save(ORIGIN, &token("new"), None).await;
    assert_eq!(read(&store.load(ORIGIN).await), Some("new"));
    vault.change(|state| state.refuses = None);
    assert_eq!(read(&store.load(ORIGIN).await), Some("new"));
    assert_eq!(read(&store.load(ORIGIN).await), Some("new"));
}

#[tokio::test]
async fn forgetting_leaves_nothing_in_the_keychain_nor_in_the_folder() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::default();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    store.save(ORIGIN, &token(SECRET), None).await;
    store.forget(ORIGIN).await;
    assert_eq!(read(&store.load(ORIGIN).await), None);
    assert_eq!(vault.len(), 0);
    assert!(files(&dir).is_empty());
}

#[tokio::test]
async fn a_token_forgotten_while_the_keychain_was_locked_does_not_come_back() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::default();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    store.save(ORIGIN, &token(SECRET), None).await;
    vault.change(|state| state.refuses = Some(Unavailable::Locked));
    store.forget(ORIGIN).await;
    let text = fs::read_to_string(dir.path().join("token")).unwrap();
    assert!(!text.contains(SECRET));
    vault.change(|state| state.refuses = None);
    assert_eq!(read(&store.load(ORIGIN).await), None);
    assert_eq!(vault.len(), 0);
    assert!(files(&dir).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stuck_keychain_hands_the_token_to_the_file_and_says_it_may_hold_another() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::stuck();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    let before = tokio::time::Instant::now();
    let loaded = store.load(ORIGIN).await;
    assert_eq!(read(&loaded), None);
    assert!(loaded.locked);
    assert_eq!(before.elapsed().as_secs(), LOAD_LIMIT.as_secs());
    let before = tokio::time::Instant::now();
    let storage = store.save(ORIGIN, &token(SECRET), None).await;
    assert_eq!(storage, TokenStorage::File);
    assert_eq!(before.elapsed().as_secs(), SAVE_LIMIT.as_secs());
    assert_eq!(read(&store.load(ORIGIN).await), Some(SECRET));
    vault.change(|state| state.stuck = false);
}

#[tokio::test(start_paused = true)]
async fn a_save_that_the_keychain_finishes_late_does_not_undo_the_sign_out_after_it() {
    let dir = TempDir::new().unwrap();
    let vault = FakeVault::stuck();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    store.save(ORIGIN, &token(SECRET), None).await;
    store.forget(ORIGIN).await;
    vault.change(|state| state.stuck = false);
    tokio::time::resume();
    assert_eq!(read(&store.load(ORIGIN).await), None);
    assert_eq!(vault.len(), 0);
    assert!(files(&dir).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_keychain_stuck_for_good_takes_no_more_than_its_bound_of_calls() {
    let vault = FakeVault::stuck();
    let keychain = Keychain::new(vault.clone());
    // One is being made, the others wait.
    for _ in 0..=WAITING_AND_ONE {
        let answer = keychain.get("a".to_owned(), SAVE_LIMIT).await;
        assert!(answer.is_err());
    }
    let answer = keychain.get("a".to_owned(), SAVE_LIMIT).await;
    assert_eq!(answer, Err(Unavailable::Failed));
    vault.change(|state| state.stuck = false);
}

/// What [`keychain`] lets wait, and the call under way.
const WAITING_AND_ONE: usize = 17;

#[tokio::test]
async fn where_nothing_can_be_written_the_token_lives_in_memory_only() {
    let dir = TempDir::new().unwrap();
    let in_the_way = dir.path().join("a-file");
    fs::write(&in_the_way, "").unwrap();
    let store = TokenStore::with_vault(
        &in_the_way.join("profile"),
        FakeVault::refusing(Unavailable::Absent),
    );
    let storage = store.save(ORIGIN, &token(SECRET), None).await;
    assert_eq!(storage, TokenStorage::Memory);
}

#[tokio::test]
async fn garbage_in_either_place_is_no_token_and_is_overwritten() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("token"), b"\xff{{{").unwrap();
    let vault = FakeVault::default();
    let store = TokenStore::with_vault(dir.path(), vault.clone());
    vault.change(|state| {
        let account = store.account(ORIGIN);
        state.entries.insert(account, b"[]".to_vec());
    });
    assert_eq!(read(&store.load(ORIGIN).await), None);
    store.save(ORIGIN, &token(SECRET), None).await;
    assert_eq!(read(&store.load(ORIGIN).await), Some(SECRET));
    assert!(files(&dir).is_empty());

    fs::write(dir.path().join("token"), b"\xff{{{").unwrap();
    vault.change(|state| state.refuses = Some(Unavailable::Failed));
    assert_eq!(read(&store.load(ORIGIN).await), None);
    store.save(ORIGIN, &token(SECRET), None).await;
    assert_eq!(read(&store.load(ORIGIN).await), Some(SECRET));
}

#[tokio::test]
async fn a_token_that_could_not_be_sent_is_no_token() {
    let dir = TempDir::new().unwrap();
    let text = format!(r#"{{"{ORIGIN}":{{"token":"line\nbreak","expires_at":1}}}}"#);
    fs::write(dir.path().join("token"), text).unwrap();
    let store = TokenStore::with_vault(dir.path(), FakeVault::refusing(Unavailable::Absent));
    let loaded = store.load(ORIGIN).await;
    assert_eq!((read(&loaded), loaded.expires_at), (None, None));
}

#[tokio::test]
async fn what_is_printed_for_debugging_holds_no_token() {
    let dir = TempDir::new().unwrap();
    let store = TokenStore::with_vault(dir.path(), FakeVault::default());
    store.save(ORIGIN, &token(SECRET), None).await;
    let text = format!("{store:?} {:?}", store.load(ORIGIN).await);
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn the_name_of_a_data_folder_is_the_published_hash() {
    // From the test vectors of the FNV authors.
    assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
}
