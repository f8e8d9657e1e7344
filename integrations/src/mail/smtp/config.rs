use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, TlsParameters};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use crate::mail::{MailError, Sender};

/// A mail server and how to reach it. It has no `Debug`, as users are often
/// named by their address.
#[derive(Clone)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub login: Option<Login>,
    pub sender: Sender,
    /// What one mail may take, connecting included.
    pub timeout: Duration,
    /// Trusted besides the system's.
    authorities: Vec<Certificate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS before the first word.
    Tls,
    /// TLS before the login; a server that does not offer it gets no mail.
    StartTls,
    /// In the clear.
    None,
}

#[derive(Clone)]
pub struct Login {
    pub user: String,
    pub password: SecretString,
}

impl SmtpConfig {
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// `smtp://user:password@host:587` asks for STARTTLS, `smtps://` (port 465)
    /// begins with TLS, and `smtp://host:25?tls=none` goes without; all but the
    /// host can be left out. A password in the clear is for loopback only. What
    /// is wrong is said without quoting any part of the address.
    pub fn from_url(address: &SecretString, sender: Sender) -> Result<Self, MailError> {
        let url = Url::parse(address.expose_secret())
            .map_err(|_| invalid("is no address (special characters are percent-encoded)"))?;
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            _ => return Err(invalid("names no host")),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(invalid(
                "goes on after host and port (special characters are percent-encoded)",
            ));
        }
        let (security, port) = security(&url)?;
        let login = login(&url)?;
        if security == Security::None && login.is_some() && !is_loopback(&host) {
            return Err(invalid(
                "would send the password in the clear; leave tls=none out, or the user",
            ));
        }
        Ok(Self {
            port: url.port().unwrap_or(port),
            host,
            security,
            login,
            sender,
            timeout: Self::TIMEOUT,
            authorities: Vec::new(),
        })
    }

    /// Trusts the certificates in a PEM file, too.
    pub async fn trust(&mut self, file: &Path) -> Result<(), MailError> {
        let place = file.display();
        let pem = tokio::fs::read(file).await.map_err(|error| {
            MailError::misconfigured(format!("SMTP_CA_FILE: {place} cannot be read: {error}"))
        })?;
        let certificates = Certificate::from_pem(&pem)
            .ok()
            .filter(|_| String::from_utf8_lossy(&pem).contains("BEGIN CERTIFICATE"));
        self.authorities.push(certificates.ok_or_else(|| {
            MailError::misconfigured(format!(
                "SMTP_CA_FILE: {place} holds no certificate; write a file in PEM form"
            ))
        })?);
        Ok(())
    }

    /// None when the connection goes without.
    pub(super) fn tls_parameters(&self) -> Result<Option<TlsParameters>, MailError> {
        if self.security == Security::None {
            return Ok(None);
        }
        let mut builder = TlsParameters::builder(self.host.clone());
        for authority in &self.authorities {
            builder = builder.add_root_certificate(authority.clone());
        }
        builder.build_rustls().map(Some).map_err(|error| {
            MailError::misconfigured(format!(
                "SMTP_URL: TLS cannot be used: {error}; install the system's certificates, and look at SMTP_CA_FILE"
            ))
        })
    }
}

/// And the port that goes with it (RFC 8314, 3.3; RFC 6409, 3.1).
fn security(url: &Url) -> Result<(Security, u16), MailError> {
    let mut none = false;
    for (name, value) in url.query_pairs() {
        if (&*name, &*value) != ("tls", "none") {
            return Err(invalid("has another option than tls=none"));
        }
        none = true;
    }
    match url.scheme() {
        "smtps" if none => Err(invalid(
            "asks for TLS and for none; write smtp:// or smtps://",
        )),
        "smtps" => Ok((Security::Tls, 465)),
        "smtp" if none => Ok((Security::None, 25)),
        "smtp" => Ok((Security::StartTls, 587)),
        _ => Err(invalid("begins with neither smtp:// nor smtps://")),
    }
}

fn login(url: &Url) -> Result<Option<Login>, MailError> {
    let decoded = |part: &str| match percent_decode_str(part).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(invalid("has a user or password that is no text")),
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, Some(password)) if !user.is_empty() => Ok(Some(Login {
            user: decoded(user)?,
            password: decoded(password)?.into(),
        })),
        _ => Err(invalid("has a user without a password, or the reverse")),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn invalid(problem: &str) -> MailError {
    MailError::misconfigured(format!(
        "SMTP_URL: {problem}; write smtp://user:password@host:587 or smtps://user:password@host:465"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(address: &str) -> Result<SmtpConfig, MailError> {
        SmtpConfig::from_url(&address.into(), Sender::nobody())
    }

    #[test]
    fn an_address_gives_host_port_security_and_login() {
        for (address, host, port, security) in [
            (
                "smtp://mail.example",
                "mail.example",
                587,
                Security::StartTls,
            ),
            (
                "smtp://mail.example:2525",
                "mail.example",
                2525,
                Security::StartTls,
            ),
            ("smtps://mail.example/", "mail.example", 465, Security::Tls),
            ("smtps://[::1]:1465", "::1", 1465, Security::Tls),
            ("smtp://relay?tls=none", "relay", 25, Security::None),
            (
                "smtp://u:p@127.0.0.1?tls=none",
                "127.0.0.1",
                25,
                Security::None,
            ),
            (
                "smtp://u:p@localhost:1025?tls=none",
                "localhost",
                1025,
                Security::None,
            ),
        ] {
            let config = config(address).unwrap_or_else(|error| panic!("{address}: {error}"));
            assert_eq!(config.host, host, "{address}");
            assert_eq!(config.port, port, "{address}");
            assert_eq!(config.security, security, "{address}");
            assert_eq!(config.login.is_some(), address.contains('@'), "{address}");
        }
    }

    #[test]
    fn user_and_password_are_percent_decoded() {
        let config = config("smtp://ada%40mail.example:p%3Ass%2Fw%C3%B6rd%25@mail.example");
        let login = config.ok().unwrap().login.unwrap();
        assert_eq!(login.user, "ada@mail.example");
        assert_eq!(login.password.expose_secret(), "p:ss/wörd%");
    }

    #[test]
    fn what_is_wrong_is_said_and_no_part_of_the_address_is() {
        for (address, said) in [
            ("hidden", "is no address"),
            ("smtp://", "names no host"),
            (
                "http://hidden:hidden@hidden",
                "neither smtp:// nor smtps://",
            ),
            ("smtp://hidden:hid/den@hidden", "is no address"),
            ("smtp://hidden:25/hidden@hidden", "goes on after"),
            ("smtp://mail.example:25#hidden@hidden", "goes on after"),
            ("smtp://mail.example?hidden@hidden", "another option"),
            ("smtp://mail.example?tls=hidden", "another option"),
            ("smtps://mail.example?tls=none", "TLS and for none"),
            ("smtp://hidden@mail.example", "user without a password"),
            ("smtp://:hidden@mail.example", "user without a password"),
            ("smtp://hidden:%ff@mail.example", "is no text"),
            ("smtp://hidden:hidden@mail.example?tls=none", "in the clear"),
        ] {
            let error = config(address).err().unwrap_or_else(|| panic!("{address}"));
            let MailError::Misconfigured { reason } = &error else {
                panic!("{error:?}")
            };
            assert!(reason.starts_with("SMTP_URL: "), "{address}: {reason}");
            assert!(reason.contains(said), "{address}: {reason}");
            assert!(!reason.contains("hidden"), "{address}: {reason}");
        }
    }
}
