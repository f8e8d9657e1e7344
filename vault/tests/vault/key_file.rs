//! The key file: whole or not there, and its owner's alone.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use secrecy::SecretString;
use tempfile::TempDir;
use vault::testing::CountedEntropy;
use vault::{KeyFileError, MasterKeyId, MasterKeys};

use crate::support::{OLD, master_keys};

const AT_ONCE: u32 = 16;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    (folder, path)
}

fn file_of(text: &[u8]) -> (TempDir, PathBuf) {
    let (folder, path) = folder();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

fn opened(path: &Path) -> Result<MasterKeys, KeyFileError> {
    MasterKeys::open_file(path, &CountedEntropy::new(1))
}

fn ids(keys: &MasterKeys) -> Vec<MasterKeyId> {
    keys.ids().cloned().collect()
}

/// What each of many threads answers that start together.
fn at_once<T: Send>(job: impl Fn(&CountedEntropy) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(AT_ONCE as usize);
    thread::scope(|scope| {
        let (start, job) = (&start, &job);
        let threads: Vec<_> = (0..AT_ONCE)
            .map(|seed| {
                scope.spawn(move || {
                    let entropy = CountedEntropy::new(seed);
                    start.wait();
                    job(&entropy)
                })
            })
            .collect();
        let answers = threads.into_iter().map(|thread| thread.join().unwrap());
        answers.collect()
    })
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_file_that_is_missing_is_made_for_its_owner_alone_and_then_kept() {
    let (_folder, path) = folder();
    let made = opened(&path).unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = MasterKeys::open_file(&path, &CountedEntropy::new(2)).unwrap();
    assert_eq!(ids(&made), ids(&again));
}

#[test]
fn many_who_make_the_file_at_once_read_the_same_key() {
    let (folder, path) = folder();
    let opened = at_once(|entropy| MasterKeys::open_file(&path, entropy).unwrap());
    let distinct: BTreeSet<Vec<MasterKeyId>> = opened.iter().map(ids).collect();
    assert_eq!(distinct.len(), 1);
    assert_eq!(names_in(&folder), ["master.key"]);
}

#[test]
fn a_file_and_the_setting_hold_keys_in_the_same_form() {
    let (_folder, path) = file_of(OLD.as_bytes());
    assert_eq!(ids(&opened(&path).unwrap()), ids(&master_keys(&[OLD])));
    MasterKeys::add_to_file(&path, &CountedEntropy::new(1)).unwrap();
    let text = SecretString::from(fs::read_to_string(&path).unwrap());
    let parsed = MasterKeys::try_parse(&text).unwrap();
    assert_eq!(ids(&parsed), ids(&opened(&path).unwrap()));
}

#[test]
fn an_added_key_is_the_current_one_before_those_that_were_there() {
    let (folder, path) = file_of(OLD.as_bytes());
    let added = MasterKeys::add_to_file(&path, &CountedEntropy::new(1)).unwrap();
    let old = master_keys(&[OLD]).current_id().clone();
    assert_eq!(added.ids().count(), 2);
    assert_eq!(added.ids().last(), Some(&old));
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names_in(&folder), ["master.key"]);
}

#[test]
fn many_who_add_a_key_at_once_lose_none() {
    let (_folder, path) = file_of(OLD.as_bytes());
    let added = at_once(|entropy| MasterKeys::add_to_file(&path, entropy).unwrap());
    let kept: BTreeSet<MasterKeyId> = ids(&opened(&path).unwrap()).into_iter().collect();
    assert_eq!(kept.len(), AT_ONCE as usize + 1);
    assert!(added.iter().all(|keys| kept.contains(keys.current_id())));
}

#[test]
fn a_key_is_added_to_the_file_behind_a_link() {
    let (folder, path) = file_of(OLD.as_bytes());
    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    let added = MasterKeys::add_to_file(&link, &CountedEntropy::new(1)).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(ids(&opened(&path).unwrap()), ids(&added));
}

#[test]
fn a_file_that_others_may_use_is_refused_with_the_command_that_closes_it() {
    let (_folder, path) = file_of(OLD.as_bytes());
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o660] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let refused = [
            opened(&path),
            MasterKeys::add_to_file(&path, &CountedEntropy::new(1)),
        ];
        for outcome in refused {
            let error = outcome.unwrap_err();
            let command = format!("chmod 600 {}", path.display());
            assert!(error.to_string().contains(&command), "{error}");
            assert!(matches!(error, KeyFileError::Exposed { mode: said, .. } if said == mode));
        }
    }
    fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
    assert!(opened(&path).is_ok());
}

#[test]
fn a_file_without_keys_is_refused_and_left_as_it_is() {
    for text in [
        b"".as_slice(),
        b"\n\n",
        b"hunter2",
        b"\xff\xfe",
        OLD.as_bytes().split_at(20).0,
    ] {
        let (_folder, path) = file_of(text);
        let refused = [
            opened(&path),
            MasterKeys::add_to_file(&path, &CountedEntropy::new(1)),
        ];
        for outcome in refused {
            let error = outcome.unwrap_err();
            assert!(matches!(error, KeyFileError::Malformed { .. }), "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

#[test]
fn what_is_no_file_or_in_no_folder_is_named() {
    let (folder, path) = folder();
    for path in [folder.path(), &path.join("missing/master.key")] {
        let error = opened(path).unwrap_err();
        assert!(matches!(error, KeyFileError::Unusable { .. }), "{error}");
        let named = path.display().to_string();
        assert!(error.to_string().contains(&named), "{error}");
    }
    let missing = MasterKeys::add_to_file(&path, &CountedEntropy::new(1));
    assert!(matches!(missing, Err(KeyFileError::Unusable { .. })));
    assert!(!path.exists());
}
