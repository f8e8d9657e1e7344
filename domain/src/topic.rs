//! What a video is about, in the user's words.

use serde::{Deserialize, Serialize};

use crate::InvalidField;

/// 1 to 300 characters, no control characters, no space at the ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(String);

impl Topic {
    pub const MAX_CHARS: usize = 300;

    pub fn try_new(text: &str) -> Result<Self, InvalidField> {
        visible_text("topic", text, Self::MAX_CHARS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Trims `text` and checks that it is neither empty, nor longer than
/// `max_chars`, nor holds characters that cannot be seen.
pub fn visible_text(
    field: &'static str,
    text: &str,
    max_chars: usize,
) -> Result<String, InvalidField> {
    let text = text.trim();
    if text.is_empty() {
        return Err(InvalidField::new(
            field,
            format!("is empty; write 1 to {max_chars} characters"),
        ));
    }
    if let Some(control) = text.chars().find(|c| c.is_control()) {
        return Err(InvalidField::new(
            field,
            format!(
                "holds the control character U+{:04X}; remove it",
                u32::from(control)
            ),
        ));
    }
    let chars = text.chars().count();
    if chars > max_chars {
        return Err(InvalidField::new(
            field,
            format!("has {chars} characters; at most {max_chars} are allowed"),
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_trimmed() {
        assert_eq!(Topic::try_new("  bees ").unwrap().as_str(), "bees");
    }

    #[test]
    fn an_empty_topic_names_the_field_and_the_limit() {
        let error = Topic::try_new(" \n ").unwrap_err();
        assert_eq!(
            error.to_string(),
            "topic: is empty; write 1 to 300 characters"
        );
    }

    #[test]
    fn a_topic_of_ten_thousand_characters_is_refused_with_the_limit() {
        let error = Topic::try_new(&"é".repeat(10_000)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "topic: has 10000 characters; at most 300 are allowed"
        );
    }

    #[test]
    fn control_characters_are_refused_by_name() {
        let error = Topic::try_new("bees\u{0007}buzz").unwrap_err();
        assert!(error.to_string().contains("U+0007"), "{error}");
    }

    #[test]
    fn quotes_percent_signs_backslashes_and_emoji_are_text() {
        let topic = r#"50% off: "bees" \ 'wasps' 🐝"#;
        assert_eq!(Topic::try_new(topic).unwrap().as_str(), topic);
    }
}
