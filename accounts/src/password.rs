//! Passwords: which are good enough, and hashing them without running out of
//! memory.

mod hashing;
mod turns;

use std::sync::Arc;

use domain::InvalidField;
use secrecy::{ExposeSecret, SecretString};
use vault::Entropy;

use hashing::{Memory, SALT_BYTES};
use turns::Turns;

pub(crate) use hashing::{Verdict, params};

pub const MIN_CHARS: usize = 8;
pub const MAX_CHARS: usize = 128;
/// Of zxcvbn's 0 to 4: more than 10^8 guesses.
const MIN_SCORE: u8 = 3;

/// A password that may be set.
#[derive(Clone)]
pub struct NewPassword(SecretString);

impl NewPassword {
    /// `about` are words that the person is known by, which make bad passwords.
    /// Length is counted in characters; any character is allowed.
    pub fn try_new(password: &SecretString, about: &[&str]) -> Result<Self, InvalidField> {
        let text = password.expose_secret();
        let chars = text.chars().count();
        if !(MIN_CHARS..=MAX_CHARS).contains(&chars) {
            return Err(InvalidField::new(
                "password",
                format!("has {chars} characters; {MIN_CHARS} to {MAX_CHARS} are allowed"),
            ));
        }
        if u8::from(zxcvbn::zxcvbn(text, about).score()) < MIN_SCORE {
            return Err(InvalidField::new(
                "password",
                "is easily guessed; three or four uncommon words in a row make a good one",
            ));
        }
        Ok(Self(password.clone()))
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

/// More want to sign in than passwords can be hashed.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked; try again in a few seconds")]
pub struct Overloaded;

/// Hashes a bounded number of passwords at once: each takes 19 MiB and a core.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Turns,
    entropy: Arc<dyn Entropy>,
    /// Checked in place of the hash that an unknown address does not have, so
    /// that it takes as long.
    nobodys: Arc<str>,
}

impl Passwords {
    pub(crate) fn new(at_once: usize, entropy: Arc<dyn Entropy>) -> Self {
        let nobodys = hashing::hash(params(), b"", [0; SALT_BYTES], &mut Memory::new());
        Self {
            turns: Turns::new(at_once),
            entropy,
            nobodys: nobodys.into(),
        }
    }

    pub(crate) async fn hash(&self, password: &SecretString) -> Result<String, Overloaded> {
        let turn = self.turns.take().await?;
        let mut salt = [0; SALT_BYTES];
        self.entropy.fill(&mut salt);
        let password = password.clone();
        let hash = turn.work(move |memory| {
            let password = password.expose_secret().as_bytes();
            hashing::hash(params(), password, salt, memory)
        });
        Ok(hash.await)
    }

    /// Takes as long without a `stored` hash as with one.
    pub(crate) async fn verify(
        &self,
        password: &SecretString,
        stored: Option<&str>,
    ) -> Result<Verdict, Overloaded> {
        let turn = self.turns.take().await?;
        let is_known = stored.is_some();
        let stored = stored.unwrap_or(&self.nobodys).to_owned();
        let password = password.clone();
        let verdict = turn.work(move |memory| {
            let password = password.expose_secret().as_bytes();
            hashing::verify(password, &stored, memory)
        });
        let verdict = verdict.await;
        Ok(if is_known { verdict } else { Verdict::Wrong })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::Params;
    use vault::testing::CountedEntropy;

    fn passwords(at_once: usize) -> Passwords {
        Passwords::new(at_once, Arc::new(CountedEntropy::new(1)))
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn what_is_easily_guessed_or_out_of_range_is_refused_with_what_to_do() {
        for (password, says) in [
            ("short", "has 5 characters; 8 to 128"),
            (&*"x".repeat(129), "has 129 characters; 8 to 128"),
            ("password1", "easily guessed"),
            ("ada.lovelace", "easily guessed"),
        ] {
            let refused = NewPassword::try_new(&secret(password), &["ada", "lovelace"]);
            let refused = refused.err().unwrap().to_string();
            assert!(refused.starts_with("password: "), "{refused}");
            assert!(refused.contains(says), "{refused}");
            assert!(!refused.contains(password), "{refused}");
        }
    }

    #[test]
    fn any_character_may_be_in_a_password() {
        for password in [
            "correct horse battery",
            "съешь ещё этих булок",
            "🐙🪼🦑🐚🦀🪸🐡🦈 deep",
        ] {
            assert!(
                NewPassword::try_new(&secret(password), &[]).is_ok(),
                "{password}"
            );
        }
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_and_no_other_is() {
        let passwords = passwords(1);
        let stored = passwords.hash(&secret("three hearts")).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        let verdict = async |text| {
            passwords
                .verify(&secret(text), Some(&stored))
                .await
                .unwrap()
        };
        assert_eq!(verdict("three hearts").await, Verdict::Right);
        assert_eq!(verdict("Three hearts").await, Verdict::Wrong);
        let again = passwords.hash(&secret("three hearts")).await.unwrap();
        assert_ne!(again, stored, "each has a salt of its own");
    }

    #[tokio::test]
    async fn nobodys_password_is_never_right() {
        let verdict = passwords(1).verify(&secret(""), None).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_hash_of_weaker_parameters_is_known_and_said_to_be_old() {
        let weak = Params::new(8, 1, 1, None).unwrap();
        let mut memory = Memory::new();
        let stored = hashing::hash(weak, b"three hearts", [7; SALT_BYTES], &mut memory);
        let passwords = passwords(1);
        let password = secret("three hearts");
        let verdict = passwords.verify(&password, Some(&stored)).await;
        assert_eq!(verdict.unwrap(), Verdict::RightButOld);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_for_a_turn_is_told_to_come_again() {
        let passwords = passwords(1);
        let _taken = passwords.turns.take().await.unwrap();
        assert!(passwords.hash(&secret("three hearts")).await.is_err());
    }
}
