use std::time::Duration;

use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use domain::MediaKey;
use url::Url;

use crate::media::MediaError;

/// A bucket and how to reach it. Its `Debug` form hides the secret key.
#[derive(Debug, Clone)]
pub struct S3Config {
    pub bucket: String,
    /// What every key begins with in the bucket, without a slash at its end.
    pub prefix: Option<MediaKey>,
    /// Amazon's own for the region when absent.
    pub endpoint: Option<Url>,
    pub region: String,
    /// `endpoint/bucket/key` instead of `bucket.endpoint/key`.
    pub path_style: bool,
    /// Checksums only where the operation demands one, for servers that do not
    /// know the others. Signed payloads are digested all the same.
    pub only_required_checksums: bool,
    /// Where the bucket is open to all, such as R2's custom domain: files are
    /// linked to there instead of with a signature.
    pub public: Option<Url>,
    /// For how long a put waits for a server that is away.
    pub patience: Duration,
    pub credentials: Credentials,
}

impl S3Config {
    pub const PATIENCE: Duration = Duration::from_secs(120);

    /// `s3://bucket/prefix?endpoint=https://host&region=auto&path-style=true&checksums=when_required&public=https://media.host`;
    /// all but the bucket can be left out. `environment` is asked for
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and,
    /// when the address has no region, `AWS_REGION`.
    pub fn from_url(
        url: &Url,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, MediaError> {
        let required = |name: &str| {
            environment(name)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| invalid(format!("an s3:// address needs {name} in the environment")))
        };
        let mut config = Self {
            bucket: url
                .host_str()
                .filter(|bucket| !bucket.is_empty())
                .ok_or_else(|| invalid("names no bucket"))?
                .to_owned(),
            prefix: prefix(url)?,
            endpoint: None,
            region: environment("AWS_REGION").unwrap_or_else(|| "auto".to_owned()),
            path_style: false,
            only_required_checksums: false,
            public: None,
            patience: Self::PATIENCE,
            credentials: Credentials::new(
                required("AWS_ACCESS_KEY_ID")?,
                required("AWS_SECRET_ACCESS_KEY")?,
                environment("AWS_SESSION_TOKEN").filter(|token| !token.is_empty()),
                None,
                "environment",
            ),
        };
        let mut path_style = None;
        for (name, value) in url.query_pairs() {
            match &*name {
                "endpoint" => config.endpoint = Some(http("endpoint", &value)?),
                "public" => config.public = Some(http("public", &value)?),
                "region" => config.region = value.into_owned(),
                "path-style" => path_style = Some(flag("path-style", &value, "true", "false")?),
                "checksums" => {
                    config.only_required_checksums =
                        flag("checksums", &value, "when_required", "when_supported")?;
                }
                other => {
                    return Err(invalid(format!(
                        "{other:?} is not known; endpoint, region, path-style, checksums and public are"
                    )));
                }
            }
        }
        // Servers of one's own seldom have a name for each bucket.
        config.path_style = path_style.unwrap_or(config.endpoint.is_some());
        Ok(config)
    }

    /// The client that the store uses.
    pub fn client(&self) -> aws_sdk_s3::Client {
        let (request, response) = if self.only_required_checksums {
            (
                RequestChecksumCalculation::WhenRequired,
                ResponseChecksumValidation::WhenRequired,
            )
        } else {
            (
                RequestChecksumCalculation::WhenSupported,
                ResponseChecksumValidation::WhenSupported,
            )
        };
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(self.credentials.clone())
            .region(Region::new(self.region.clone()))
            .force_path_style(self.path_style)
            .request_checksum_calculation(request)
            .response_checksum_validation(response);
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint.as_str());
        }
        aws_sdk_s3::Client::from_conf(config.build())
    }
}

fn prefix(url: &Url) -> Result<Option<MediaKey>, MediaError> {
    match url.path().trim_matches('/') {
        "" => Ok(None),
        path => MediaKey::try_new(path)
            .map(Some)
            .map_err(|error| invalid(format!("the prefix {}", error.problem))),
    }
}

fn http(name: &str, value: &str) -> Result<Url, MediaError> {
    Url::parse(value)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| {
            invalid(format!(
                "{name} {value:?} is no http:// or https:// address"
            ))
        })
}

fn flag(name: &str, value: &str, yes: &str, no: &str) -> Result<bool, MediaError> {
    match value {
        value if value == yes => Ok(true),
        value if value == no => Ok(false),
        other => Err(invalid(format!("{name}={other} is neither {yes} nor {no}"))),
    }
}

fn invalid(problem: impl Into<String>) -> MediaError {
    MediaError::Address {
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(address: &str) -> Result<S3Config, MediaError> {
        S3Config::from_url(&Url::parse(address).unwrap(), |name| match name {
            "AWS_ACCESS_KEY_ID" => Some("id".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("hidden".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn an_address_gives_bucket_prefix_endpoint_and_region() {
        let config =
            config("s3://reels/eu/prod?endpoint=http://127.0.0.1:9000&region=weur").unwrap();
        assert_eq!(config.bucket, "reels");
        assert_eq!(config.prefix.unwrap().as_str(), "eu/prod");
        assert_eq!(config.endpoint.unwrap().as_str(), "http://127.0.0.1:9000/");
        assert_eq!(config.region, "weur");
        assert!(config.path_style);
        assert!(!config.only_required_checksums);
    }

    #[test]
    fn a_bucket_alone_is_amazons_own() {
        let config = config("s3://reels").unwrap();
        assert_eq!(config.prefix, None);
        assert_eq!(config.endpoint, None);
        assert!(!config.path_style);
    }

    #[test]
    fn what_is_misspelt_is_named() {
        for (address, named) in [
            ("s3://reels?endpont=http://h", "\"endpont\" is not known"),
            (
                "s3://reels?endpoint=127.0.0.1:9000",
                "endpoint \"127.0.0.1:9000\"",
            ),
            ("s3://reels?public=media.host", "public \"media.host\""),
            ("s3://reels?path-style=yes", "path-style=yes"),
            ("s3://reels?checksums=never", "checksums=never"),
            ("s3:///prefix", "names no bucket"),
        ] {
            let error = config(address).unwrap_err().to_string();
            assert!(error.contains(named), "{address}: {error}");
        }
    }

    #[test]
    fn a_missing_key_is_named() {
        let url = Url::parse("s3://reels").unwrap();
        let error = S3Config::from_url(&url, |_| None).unwrap_err().to_string();
        assert!(error.contains("AWS_ACCESS_KEY_ID"), "{error}");
    }

    #[test]
    fn the_secret_key_is_never_printed() {
        let printed = format!("{:?}", config("s3://reels").unwrap());
        assert!(!printed.contains("hidden"), "{printed}");
    }
}
