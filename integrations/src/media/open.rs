use std::path::PathBuf;
use std::sync::Arc;

use url::Url;

use super::{DirectoryStore, MediaError, MediaStore, S3Config, S3Store};

/// The store that `MEDIA_URL` names: a folder (`/path`, `file:///path`) or a
/// bucket (`s3://bucket/prefix?endpoint=...`, see [`S3Config::from_url`]).
pub async fn open(address: &str) -> Result<Arc<dyn MediaStore>, MediaError> {
    let store: Arc<dyn MediaStore> = match parse(address)? {
        Address::Folder(path) => Arc::new(DirectoryStore::open(path).await?),
        Address::Bucket(config) => Arc::new(S3Store::new(*config)),
    };
    Ok(store)
}

enum Address {
    Folder(PathBuf),
    Bucket(Box<S3Config>),
}

fn parse(address: &str) -> Result<Address, MediaError> {
    let invalid = |problem: String| MediaError::Address { problem };
    if address.is_empty() {
        return Err(invalid("is empty".to_owned()));
    }
    if !address.contains("://") {
        return Ok(Address::Folder(address.into()));
    }
    let url = Url::parse(address).map_err(|error| invalid(error.to_string()))?;
    match url.scheme() {
        "file" => url.to_file_path().map(Address::Folder).map_err(|()| {
            invalid("the file address has no absolute path on this machine".to_owned())
        }),
        "s3" => {
            let config = S3Config::from_url(&url, |name| std::env::var(name).ok())?;
            Ok(Address::Bucket(Box::new(config)))
        }
        other => Err(invalid(format!("{other}:// is not known"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(address: &str) -> PathBuf {
        match parse(address).unwrap() {
            Address::Folder(path) => path,
            Address::Bucket(_) => panic!("{address} was taken for a bucket"),
        }
    }

    #[test]
    fn a_path_or_a_file_address_is_a_folder() {
        assert_eq!(folder("data/media"), PathBuf::from("data/media"));
        assert_eq!(
            folder("file:///srv/my%20media"),
            PathBuf::from("/srv/my media")
        );
    }

    #[test]
    fn an_unknown_scheme_is_refused_with_the_ones_that_are_known() {
        let error = parse("ftp://host/media").err().unwrap().to_string();
        assert_eq!(
            error,
            "MEDIA_URL: ftp:// is not known; write a folder, or s3://bucket/prefix?endpoint=https://..."
        );
    }
}
