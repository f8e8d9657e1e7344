//! What users bring for their videos: which kinds there are, and where each file
//! lies in the media store.

use crate::slug::slug_enum;
use crate::{InvalidField, MediaKey, UserId};

slug_enum! {
    /// What a file is used for. A further kind is a variant here and a door that
    /// checks what comes in.
    MaterialKind, field "kind" {
        /// The picture of a scene.
        Picture = "pictures" "Picture",
    }
}

impl MaterialKind {
    /// The place of a file by its content, `sha256` in hex, under what is deleted
    /// with its owner: the same file lies in the same place. Each has a folder of
    /// its own, because folders are what the media store deletes.
    ///
    /// # Errors
    /// Where these make no key.
    pub fn place(self, owner: UserId, sha256: &str) -> Result<MediaKey, InvalidField> {
        MediaKey::try_new(format!("owners/{owner}/{self}/{sha256}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_with_its_owner_by_kind_and_content() {
        let place = MaterialKind::Picture.place(UserId::LOCAL_OWNER, "ab12");
        assert_eq!(
            place.unwrap().as_str(),
            "owners/00000000-0000-7000-8000-000000000001/pictures/ab12"
        );
        let climbing = MaterialKind::Picture.place(UserId::LOCAL_OWNER, "../x");
        assert!(climbing.is_err());
    }
}
