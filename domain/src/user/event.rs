use serde::{Deserialize, Serialize};

use super::Role;
use crate::slug::slug_enum;
use crate::{DomainEvent, Personal, UserId};

slug_enum! {
    /// Why a password was set.
    PasswordCause, field "cause" {
        SignUp = "sign-up" "Sign-up",
        Changed = "changed" "Changed",
        Reset = "reset" "Reset",
    }
}

slug_enum! {
    /// Why an account was erased.
    ErasureCause, field "cause" {
        /// The person asked for it.
        Asked = "asked" "Asked for",
        ByAdmin = "by-admin" "By an admin",
        /// The log was restored from before the erasure.
        Restored = "restored" "Restored",
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum UserEvent {
    #[serde(rename = "UserRegistered")]
    Registered { user: UserId, email: Personal },
    #[serde(rename = "EmailVerified")]
    EmailVerified {},
    /// `issuer` vouches for them, and knows them as `subject`.
    #[serde(rename = "IdentityLinked")]
    IdentityLinked { issuer: String, subject: Personal },
    #[serde(rename = "PasswordSet")]
    PasswordSet { cause: PasswordCause },
    #[serde(rename = "RoleChanged")]
    RoleChanged { role: Role },
    /// What was sealed for them can no longer be read.
    #[serde(rename = "UserErased")]
    Erased { cause: ErasureCause },
}

impl DomainEvent for UserEvent {
    const CATALOGUE: &'static [(&'static str, u16)] = &[
        ("UserRegistered", 1),
        ("EmailVerified", 1),
        ("IdentityLinked", 1),
        ("PasswordSet", 1),
        ("RoleChanged", 1),
        ("UserErased", 1),
    ];
}
