//! Nothing that is printed tells a key or what was sealed.

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use domain::Personal;
use secrecy::SecretString;
use vault::testing::CountedEntropy;
use vault::{Entropy, MasterKeys};

use crate::support::{Given, OLD, OTHER, master_keys, person, place, seal};

const PLAIN: &str = "hunter2@example.com";

/// Remembers the keys that were drawn from it.
struct Overheard {
    source: CountedEntropy,
    keys: Mutex<Vec<Vec<u8>>>,
}

impl Entropy for Overheard {
    fn fill(&self, bytes: &mut [u8]) {
        self.source.fill(bytes);
        if bytes.len() == 32 {
            self.keys.lock().unwrap().push(bytes.to_vec());
        }
    }
}

/// An error as users and as logs see it, with its causes.
fn said(error: &dyn Error) -> String {
    let mut said = format!("{error:?}\n");
    let mut cause = Some(error);
    while let Some(error) = cause {
        said.push_str(&format!("{error}\n"));
        cause = error.source();
    }
    said
}

/// The ways in which bytes are printed, by accident or on purpose.
fn spellings(bytes: &[u8]) -> [String; 5] {
    let list = format!("{bytes:?}");
    [
        list.trim_matches(['[', ']']).to_owned(),
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
    ]
}

#[tokio::test]
async fn neither_keys_nor_what_was_sealed_is_ever_printed() {
    let entropy = Arc::new(Overheard {
        source: CountedEntropy::new(7),
        keys: Mutex::default(),
    });
    let given = Given::with(entropy.clone()).await;
    let stranger = given.vault(&[OTHER]).await;
    let vault = given.vault(&[OLD]).await;
    let value = seal(&vault, person(1), PLAIN).await;
    let erased = seal(&vault, person(2), PLAIN).await;
    let secret = vault.seal_secret("jobs", b"1", PLAIN.as_bytes()).await;
    let secret = secret.unwrap();
    vault.destroy(person(2)).await.unwrap();
    let (here, there) = (place("name"), place("email"));

    let mut printed = vec![
        format!("{value} {value:?} {:?}", master_keys(&[OLD])),
        format!("{:?}", vault.open_personal(&value, &here).await),
        format!("{:?}", vault.open_personal(&erased, &here).await),
        format!("{:?}", vault.open_secret("jobs", b"1", &secret).await),
    ];
    let errors = [
        vault.open_personal(&value, &there).await.unwrap_err(),
        vault
            .open_personal(&Personal::new(person(1), PLAIN), &here)
            .await
            .unwrap_err(),
        vault
            .open_personal(&Personal::new(person(9), value.sealed()), &here)
            .await
            .unwrap_err(),
        vault
            .seal_personal(person(2), &here, PLAIN)
            .await
            .unwrap_err(),
        vault.open_secret("jobs", b"2", &secret).await.unwrap_err(),
        vault.open_secret("mail", b"1", &secret).await.unwrap_err(),
        stranger.open_personal(&value, &here).await.unwrap_err(),
    ];
    printed.extend(errors.iter().map(|error| said(error)));
    given.execute("DROP TABLE person_keys").await;
    let broken = vault.seal_personal(person(3), &here, PLAIN).await;
    printed.push(said(&broken.unwrap_err()));
    printed.extend(from_key_file(&entropy));

    let keys = entropy.keys.lock().unwrap().clone();
    assert_eq!(keys.len(), 4, "three rows and a file");
    let secrets = keys
        .iter()
        .map(Vec::as_slice)
        .chain([&[1; 32][..], &[3; 32], PLAIN.as_bytes()])
        .flat_map(spellings)
        .chain([PLAIN.to_owned()]);
    for secret in secrets {
        for line in &printed {
            assert!(!line.contains(&secret), "{secret} is in: {line}");
        }
    }
}

fn from_key_file(entropy: &Overheard) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = MasterKeys::open_file(&path, entropy).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let cut = SecretString::from(&text[..text.len() - 5]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = MasterKeys::open_file(&path, entropy).unwrap_err();
    fs::write(&path, format!("{text}{PLAIN}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let malformed = MasterKeys::open_file(&path, entropy).unwrap_err();
    vec![
        format!("{made:?}"),
        said(&MasterKeys::try_parse(&cut).unwrap_err()),
        said(&exposed),
        said(&malformed),
    ]
}
