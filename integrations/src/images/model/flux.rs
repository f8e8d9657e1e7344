mod failure;

use std::time::Duration;

use async_trait::async_trait;
use domain::{Usage, UsageUnit};
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use self::failure::{failed, failure, is_about_job};
use super::{ANSWER_BYTES, ImageModel, Painted, PicturePrompt, picture};
use crate::images::JobRecord;
use crate::journal::Call;
use crate::vendor::{Account, Caller};
use crate::{Observer, ProviderError};

/// Upright, nearly 9:16, in multiples of 32 and just below two megapixels:
/// megapixels begun are charged for, and 1080 x 1920 would be three.
const WIDTH_PX: u32 = 1056;
const HEIGHT_PX: u32 = 1888;
const MEGAPIXEL: u64 = 1_000_000;
/// How long a caller who stops waits for an order that is on its way, whose job
/// nobody would know, and for a cancellation.
const GRACE: Duration = Duration::from_secs(5);

/// Flux, or another image model, in the queue of fal:
/// <https://fal.ai/docs/documentation/model-apis/inference/queue>
///
/// Jobs are asked for below the account's address only, by id; addresses in
/// answers are not followed, but for that of the picture.
pub struct Flux {
    model: String,
    account: Account,
    caller: Caller,
    poll_every: Duration,
    wait_at_most: Duration,
}

/// How a job ended.
enum Ending {
    Painted(Painted),
    /// It is not known there, or its picture is there no longer.
    Lost,
    Failed(ProviderError),
}

#[derive(Deserialize)]
struct Submitted {
    request_id: String,
}

#[derive(Deserialize)]
struct Status {
    status: String,
    error: Option<Value>,
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct Output {
    images: Vec<Picture>,
    /// Models that refuse by themselves do not say.
    #[serde(default)]
    has_nsfw_concepts: Vec<bool>,
}

#[derive(Deserialize)]
struct Picture {
    url: String,
    width: Option<u32>,
    height: Option<u32>,
}

impl Flux {
    pub const NAME: &str = "fal";
    pub const BASE: &str = "https://queue.fal.run";
    /// As fal's own clients do.
    pub const POLL_EVERY: Duration = Duration::from_millis(500);
    /// A job that takes longer is left in the queue; whoever asks again finds it.
    pub const WAIT_AT_MOST: Duration = Duration::from_secs(10 * 60);

    /// `model` is an endpoint such as `fal-ai/flux/dev`.
    ///
    /// # Errors
    /// [`ProviderError::InvalidInput`] for what is no endpoint.
    pub fn try_new(model: impl Into<String>, account: Account) -> Result<Self, ProviderError> {
        let model = model.into();
        if model.split('/').count() < 2 || !model.split('/').all(is_token) {
            return Err(unknown(&model));
        }
        Ok(Self {
            model,
            caller: Caller::try_new(&account, ANSWER_BYTES)?,
            account,
            poll_every: Self::POLL_EVERY,
            wait_at_most: Self::WAIT_AT_MOST,
        })
    }

    /// The same, asking for its jobs as often as that, and for so long.
    #[must_use]
    pub fn polling(self, every: Duration, at_most: Duration) -> Self {
        Self {
            poll_every: every,
            wait_at_most: at_most,
            ..self
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.caller.request(method, path);
        match &self.account.key {
            Some(key) => request.header(AUTHORIZATION, format!("Key {}", key.expose_secret())),
            None => request,
        }
    }

    /// Where a job is: below the owner and the name of the app, without the rest
    /// of the endpoint.
    fn place(&self, job: &str) -> String {
        let app: Vec<_> = self.model.splitn(3, '/').take(2).collect();
        format!("{}/requests/{job}", app.join("/"))
    }

    /// These take a shape, the others a size.
    fn is_by_ratio(&self) -> bool {
        self.model.contains("kontext") || self.model.ends_with("-ultra")
    }

    fn body(&self, prompt: &PicturePrompt) -> Value {
        let mut body = json!({
            "prompt": prompt.text,
            "seed": prompt.seed % (1 << 32),
            "output_format": "png",
        });
        if self.is_by_ratio() {
            body["aspect_ratio"] = "9:16".into();
        } else {
            body["image_size"] = json!({ "width": WIDTH_PX, "height": HEIGHT_PX });
        }
        body
    }

    /// The id of a new job.
    async fn order(
        &self,
        prompt: &PicturePrompt,
        observer: &Observer,
    ) -> Result<String, ProviderError> {
        if observer.is_cancelled() {
            return Err(ProviderError::Cancelled);
        }
        let request = self.request(Method::POST, &self.model);
        let request = request.json(&self.body(prompt));
        let silent = Observer::silent();
        let sent = self.caller.send(request, &silent);
        tokio::pin!(sent);
        let answer = tokio::select! {
            answer = &mut sent => answer?,
            () = observer.cancelled() => match tokio::time::timeout(GRACE, sent).await {
                Ok(answer) => answer?,
                Err(_) => return Err(ProviderError::Cancelled),
            },
        };
        if answer.status == StatusCode::NOT_FOUND {
            return Err(unknown(&self.model));
        }
        if !answer.status.is_success() {
            return Err(failure(&answer));
        }
        let Submitted { request_id } = answer.json()?;
        if !is_token(&request_id) {
            return Err(ProviderError::Malformed {
                problem: "its job has no id that can be asked for".to_owned(),
            });
        }
        Ok(request_id)
    }

    /// # Errors
    /// What says nothing of the job, which may be asked for again.
    async fn follow(
        &self,
        job: &str,
        jobs: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<Ending, ProviderError> {
        let ended = self.ending(job, observer).await;
        if matches!(ended, Err(ProviderError::Cancelled)) && !jobs.outlives_call() {
            self.cancel(job).await;
        }
        ended
    }

    async fn ending(&self, job: &str, observer: &Observer) -> Result<Ending, ProviderError> {
        let completed = tokio::time::timeout(self.wait_at_most, self.completed(job, observer));
        let Ok(completed) = completed.await else {
            return Err(ProviderError::Unavailable {
                problem: "the job is still in its queue".to_owned(),
            });
        };
        let Some(status) = completed? else {
            return Ok(Ending::Lost);
        };
        if status.error.is_some() {
            return Ok(Ending::Failed(failed(status.error_type.as_deref())));
        }
        let request = self.request(Method::GET, &self.place(job));
        let answer = self.caller.send(request, observer).await?;
        match answer.status {
            status if status.is_success() => self.collect(job, answer.json()?, observer).await,
            StatusCode::NOT_FOUND => Ok(Ending::Lost),
            _ if is_about_job(&answer) => Ok(Ending::Failed(failure(&answer))),
            _ => Err(failure(&answer)),
        }
    }

    /// Waits for a job; None of one that is not known there.
    async fn completed(
        &self,
        job: &str,
        observer: &Observer,
    ) -> Result<Option<Status>, ProviderError> {
        let path = format!("{}/status", self.place(job));
        loop {
            let request = self.request(Method::GET, &path);
            let answer = self.caller.send(request, observer).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok(None);
            }
            if !answer.status.is_success() {
                return Err(failure(&answer));
            }
            let status: Status = answer.json()?;
            if status.status == "COMPLETED" {
                return Ok(Some(status));
            }
            tokio::select! {
                () = observer.cancelled() => return Err(ProviderError::Cancelled),
                () = tokio::time::sleep(self.poll_every) => {}
            }
        }
    }

    async fn collect(
        &self,
        job: &str,
        output: Output,
        observer: &Observer,
    ) -> Result<Ending, ProviderError> {
        let size = output.images.first();
        let size = size.map(|picture| (picture.width, picture.height));
        let (width, height) = size.unwrap_or_default();
        let usage = self.usage(width, height);
        let call = Call::new(Self::NAME, &self.model, &[job.as_bytes()], vec![usage]);
        observer.charge(&call, job, size.map(|_| vec![usage]));
        if output.has_nsfw_concepts.contains(&true) {
            let refused = ProviderError::refused("its safety checker blacked it out");
            return Ok(Ending::Failed(refused));
        }
        let Some(painted) = output.images.into_iter().next() else {
            return Ok(Ending::Failed(ProviderError::Malformed {
                problem: "it has no picture".to_owned(),
            }));
        };
        let request = match self.caller.download(&painted.url) {
            Ok(request) => request,
            Err(error) => return Ok(Ending::Failed(error)),
        };
        let answer = self.caller.send(request, observer).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED
            | StatusCode::FORBIDDEN
            | StatusCode::NOT_FOUND
            | StatusCode::GONE => return Ok(Ending::Lost),
            _ => return Err(answer.failure()),
        }
        match picture::decode(answer.body, observer).await {
            Ok(picture) => Ok(Ending::Painted(Painted {
                picture,
                usage: vec![usage],
            })),
            Err(error @ ProviderError::Malformed { .. }) => Ok(Ending::Failed(error)),
            Err(error) => Err(error),
        }
    }

    fn usage(&self, width: Option<u32>, height: Option<u32>) -> Usage {
        if self.is_by_ratio() {
            return Usage {
                unit: UsageUnit::Images,
                amount: 1,
            };
        }
        let side = |told: Option<u32>, asked| u64::from(told.unwrap_or(asked));
        let pixels = side(width, WIDTH_PX) * side(height, HEIGHT_PX);
        Usage {
            unit: UsageUnit::Pixels,
            amount: pixels.div_ceil(MEGAPIXEL) * MEGAPIXEL,
        }
    }

    /// Nothing is lost but money when it fails.
    async fn cancel(&self, job: &str) {
        let path = format!("{}/cancel", self.place(job));
        let request = self.request(Method::PUT, &path);
        let silent = Observer::silent();
        let asked = tokio::time::timeout(GRACE, self.caller.send(request, &silent)).await;
        let status = asked.ok().and_then(Result::ok).map(|answer| answer.status);
        if status != Some(StatusCode::ACCEPTED) {
            tracing::debug!(provider.job = job, ?status, "a job was not cancelled");
        }
    }
}

#[async_trait]
impl ImageModel for Flux {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn paint(
        &self,
        prompt: &PicturePrompt,
        jobs: &dyn JobRecord,
        observer: &Observer,
    ) -> Result<Painted, ProviderError> {
        if let Some(job) = jobs.known(Self::NAME).filter(|job| is_token(job)) {
            if let Ending::Painted(painted) = self.follow(&job, jobs, observer).await? {
                return Ok(painted);
            }
            tracing::warn!(
                provider.job = job,
                "nothing came of a job; it is ordered anew"
            );
        }
        let job = self.order(prompt, observer).await?;
        if let Err(error) = jobs.started(Self::NAME, &job).await {
            self.cancel(&job).await;
            return Err(error);
        }
        match self.follow(&job, jobs, observer).await? {
            Ending::Painted(painted) => Ok(painted),
            Ending::Failed(error) => Err(error),
            Ending::Lost => Err(ProviderError::Unavailable {
                problem: "its job, or what came of it, is gone".to_owned(),
            }),
        }
    }
}

fn unknown(model: &str) -> ProviderError {
    ProviderError::InvalidInput {
        field: "model",
        problem: format!("{model:?} is not known there, or not to this key"),
        remedy: "choose another model in the settings".to_owned(),
    }
}

/// Nothing that changes the meaning of an address.
fn is_token(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    !text.is_empty() && !text.starts_with('.') && text.chars().all(is_plain)
}
