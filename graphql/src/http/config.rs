//! What may be configured of the API's edge.

use std::net::IpAddr;
use std::time::Duration;

use clap::ValueEnum;
use ipnet::IpNet;
use url::Url;

use super::doors::is_loopback;
use super::origin::Origins;

/// Whom the API listens to, and how much it says. Without any of it, only
/// programs and pages of this machine, by its own names.
#[derive(Debug, Clone, clap::Args)]
pub struct HttpArgs {
    /// Address by which people reach the API, such as https://studio.example
    ///
    /// Its host and its pages are let in without being listed.
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<Url>,
    /// Names, besides those of this machine, by which the API may be addressed
    #[arg(
        long,
        env = "ALLOWED_HOSTS",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages elsewhere that may use the API, such as
    /// https://studio.example, with commas between
    #[arg(
        long,
        env = "ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        default_value = "",
        hide_default_value = true
    )]
    pub allowed_origins: Origins,
    /// Proxies before the API, as addresses or networks such as 10.0.0.0/8; they
    /// are believed for whom they forward
    #[arg(
        long,
        env = "TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "NETWORK",
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,
    /// Whether clients may ask what the schema is, as GraphiQL does
    #[arg(long, env = "GRAPHQL_INTROSPECTION", value_enum, default_value_t)]
    pub introspection: Introspection,
    /// Seconds that a query or mutation may take
    #[arg(
        long = "graphql-timeout",
        env = "GRAPHQL_TIMEOUT",
        value_name = "SECONDS",
        default_value = "60",
        value_parser = seconds
    )]
    pub timeout: Duration,
}

impl Default for HttpArgs {
    fn default() -> Self {
        Self {
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Origins::default(),
            trusted_proxies: Vec::new(),
            introspection: Introspection::On,
            timeout: Duration::from_secs(60),
        }
    }
}

impl HttpArgs {
    /// People reach the API by TLS alone.
    pub(super) fn is_secure(&self) -> bool {
        let public = self.public_url.as_ref();
        public.is_some_and(|url| url.scheme() == "https")
    }

    /// Of pages that may use the API though it does not serve them itself.
    pub(super) fn origins(&self) -> Origins {
        let listed = self.allowed_origins.clone();
        listed.with(self.public_url.as_ref())
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Introspection {
    #[default]
    On,
    Off,
}

/// Passwords and cookies go there, so it has TLS, unless they stay on this
/// machine. Who has none leaves it out and lists hosts.
fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write https://host"))?;
    let host = url.host_str().unwrap_or_default();
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    match url.scheme() {
        "https" | "http" if !(bare && anonymous) => {
            Err("only scheme, host and port may stand in it, as in https://host".to_owned())
        }
        "https" => Ok(url),
        "http" if is_loopback(host.trim_matches(['[', ']'])) => Ok(url),
        "http" => Err(format!(
            "http would show passwords to the network; put a proxy with TLS before the API and \
             write https://{host}, or set ALLOWED_HOSTS={host} instead"
        )),
        other => Err(format!(
            "{other} is no scheme of web pages; write https://{host}"
        )),
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text
        .parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "write an address, or a network as in 10.0.0.0/8".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("write whole seconds, 1 to 3600".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        http: HttpArgs,
    }

    fn started_with(arguments: &[&str]) -> Result<HttpArgs, String> {
        let all = ["narrate"].iter().chain(arguments);
        let parsed = Program::try_parse_from(all);
        parsed.map(|it| it.http).map_err(|error| error.to_string())
    }

    #[test]
    fn a_public_address_is_a_secure_host_or_this_machine() {
        for url in [
            "https://studio.example",
            "https://studio.example:8443/",
            "http://localhost:8724",
            "http://[::1]:8724",
        ] {
            assert!(started_with(&["--public-url", url]).is_ok(), "{url}");
        }
        for url in [
            "http://studio.example",
            "https://studio.example/app",
            "https://studio.example/?a",
            "https://user:secret@studio.example",
            "ftp://studio.example",
            "studio.example",
            "",
        ] {
            let error = started_with(&["--public-url", url]).expect_err(url);
            assert!(error.contains("--public-url"), "{error}");
        }
    }

    #[test]
    fn an_origin_that_is_none_is_named() {
        let error = started_with(&["--allowed-origins", "https://a.example,https://b.example/x"]);
        let error = error.expect_err("a path is no part of an origin");
        assert!(error.contains("\"https://b.example/x\""), "{error}");
    }

    #[test]
    fn what_compose_leaves_empty_is_not_set() {
        let args = started_with(&["--allowed-origins", ""]).expect("none are allowed");
        assert_eq!(args.allowed_origins, Origins::default());
    }

    #[test]
    fn a_time_out_is_some_seconds() {
        let args = started_with(&["--graphql-timeout", "5"]).expect("five seconds");
        assert_eq!(args.timeout, Duration::from_secs(5));
        assert_eq!(
            started_with(&[]).expect("nothing").timeout,
            HttpArgs::default().timeout
        );
        for text in ["0", "3601", "1.5", "-1", ""] {
            let equals = format!("--graphql-timeout={text}");
            assert!(started_with(&[&equals]).is_err(), "{text}");
        }
    }
}
