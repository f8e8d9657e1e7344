use std::collections::BTreeMap;
use std::time::Duration;

use domain::settings::VoiceId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::failure::failure;
use super::{ElevenLabs, VOICES_WITHIN};
use crate::speech::{Preview, VoiceInfo};
use crate::{Observer, ProviderError};

/// As many as a page may have.
const PAGE: usize = 100;
/// How long a list is good for.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// Nobody chooses from more.
const PAGES: usize = 10;

#[derive(Deserialize)]
struct Page {
    voices: Vec<Voice>,
    has_more: bool,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Voice {
    voice_id: String,
    name: String,
    description: Option<String>,
    /// `accent`, `age`, `gender`, ...
    #[serde(default)]
    labels: BTreeMap<String, String>,
    preview_url: Option<String>,
}

/// What was listed last, and when. Forms ask for it at every step.
#[derive(Default)]
pub(super) struct Listed(Mutex<Option<(Instant, Vec<VoiceInfo>)>>);

impl Listed {
    pub(super) async fn get(&self, model: &ElevenLabs) -> Result<Vec<VoiceInfo>, ProviderError> {
        // Held while it lists, so that those who come meanwhile ask nobody.
        let mut listed = self.0.lock().await;
        match &*listed {
            Some((at, voices)) if at.elapsed() < FRESH => return Ok(voices.clone()),
            _ => {}
        }
        let voices = all(model).await?;
        *listed = Some((Instant::now(), voices.clone()));
        Ok(voices)
    }
}

/// Those of the account: <https://elevenlabs.io/docs/api-reference/voices/search>
async fn all(model: &ElevenLabs) -> Result<Vec<VoiceInfo>, ProviderError> {
    let mut voices = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..PAGES {
        let mut path = format!("v2/voices?page_size={PAGE}");
        if let Some(token) = &next {
            path += "&next_page_token=";
            path.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
        }
        let request = model
            .request(Method::GET, &path)
            .timeout(VOICES_WITHIN.min(model.account.timeout));
        let answer = model.caller.send(request, &Observer::silent()).await?;
        if answer.status != StatusCode::OK {
            return Err(failure(&answer, &model.model, ""));
        }
        let page: Page = answer.json()?;
        voices.extend(page.voices.into_iter().filter_map(|v| known(v, model)));
        next = page.next_page_token.filter(|_| page.has_more);
        if next.is_none() {
            break;
        }
    }
    Ok(voices)
}

/// Nothing for a voice that could not be asked for.
fn known(voice: Voice, model: &ElevenLabs) -> Option<VoiceInfo> {
    let labels = || voice.labels.into_values().collect::<Vec<_>>().join(", ");
    Some(VoiceInfo {
        id: VoiceId::try_new(&voice.voice_id).ok()?,
        name: voice.name,
        languages: model.languages().to_vec(),
        description: voice.description.unwrap_or_else(labels),
        preview: voice.preview_url.map_or(Preview::None, Preview::At),
    })
}
