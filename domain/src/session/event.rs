use serde::{Deserialize, Serialize};

use crate::slug::slug_enum;
use crate::{DomainEvent, Personal, UserId};

slug_enum! {
    /// What proved that it is them.
    SignInMethod, field "method" {
        Password = "password" "Password",
        Identity = "identity" "Another provider's word",
    }
}

slug_enum! {
    /// Why a session ended before its time.
    SessionEnd, field "cause" {
        SignedOut = "signed-out" "Signed out",
        /// From another session of the same person.
        EndedByUser = "ended-by-user" "Ended from elsewhere",
        PasswordChanged = "password-changed" "The password was changed",
        PasswordReset = "password-reset" "The password was reset",
        /// Somebody used a refresh token that had been used: it was stolen from
        /// this person, or by them.
        TokenReused = "token-reused" "A used refresh token came back",
        AccountErased = "account-erased" "The account was erased",
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum SessionEvent {
    /// `client` tells the device and its network address.
    #[serde(rename = "SessionStarted")]
    Started {
        owner: UserId,
        method: SignInMethod,
        client: Personal,
    },
    #[serde(rename = "SessionEnded")]
    Ended { cause: SessionEnd },
}

impl DomainEvent for SessionEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[("SessionStarted", 1), ("SessionEnded", 1)];
}
