use axum::http::HeaderValue;

/// Whom the API listens to. Without either, only programs and pages of this
/// machine, by its own names.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct HttpArgs {
    /// Names, besides those of this machine, by which the API may be addressed
    #[arg(
        long,
        env = "ALLOWED_HOSTS",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages elsewhere that may use the API, such as
    /// https://studio.example
    #[arg(
        long,
        env = "ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    pub allowed_origins: Vec<HeaderValue>,
}

impl HttpArgs {
    pub(super) fn origins(&self) -> Vec<HeaderValue> {
        self.allowed_origins.clone()
    }
}
