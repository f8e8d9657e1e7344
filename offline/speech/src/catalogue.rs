/// A voice as a person chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoiceInfo {
    /// Stable name, as settings store it.
    pub id: &'static str,
    /// Name shown to people.
    pub name: &'static str,
    /// BCP 47 tag of the only language it speaks.
    pub language: &'static str,
    pub description: &'static str,
}

/// Every voice this crate carries; the first is the one [`crate::Voice::load`] loads.
pub fn voices() -> &'static [VoiceInfo] {
    &[VoiceInfo {
        id: "heart",
        name: "Heart",
        language: "en-US",
        description: "warm American English, a woman's voice; works with no network",
    }]
}
