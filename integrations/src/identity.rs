//! Who someone is, on the word of a provider where they have an account.
//!
//! An [`IdentityProvider`] sends a browser away and, once it is back, turns what
//! it brought into an [`Identity`]. It keeps nothing in between: what has to be
//! remembered is [`Begun`], which the caller seals into a cookie. It knows
//! nothing of users and sessions, and tokens never leave it.
//!
//! [`OidcProvider`] speaks OpenID Connect's authorization code flow with PKCE,
//! to Google or to any provider with a discovery document. Discovery, keys,
//! signatures and OAuth are the libraries' work. Claims are checked in `claims`,
//! because the library reads no issuer that is not a URL, which one of Google's
//! two is not, and looks neither at `azp` nor at clocks that differ.
//!
//! To add a protocol: a file here that implements the port.

mod claims;
mod config;
mod discovery;
mod error;
mod exchange;
mod http;
mod id_token;
mod issuer;
mod oidc;
mod port;
mod secret;

pub use crate::http::Unreachable;
pub use config::{IdentityArgs, OidcConfig};
pub use error::IdentityError;
pub use issuer::{GOOGLE, Issuer};
pub use oidc::OidcProvider;
pub use port::{Begun, Callback, Identity, IdentityProvider};
pub use secret::{Randomness, SystemRandomness};
