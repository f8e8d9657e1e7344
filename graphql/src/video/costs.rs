use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use projections::video;

/// A call of a provider, and what it cost.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct CostLine {
    /// Of the pipeline: `script`, `speech`, `images`.
    stage: String,
    /// Null of what was recorded before calls were charged one by one.
    attempt: Option<u32>,
    /// Counted from 0; null in a stage that does not work by scenes.
    scene: Option<u16>,
    /// Short and stable: `openai`, `fal`.
    provider: String,
    /// As the provider calls it.
    model: String,
    usage: Vec<Usage>,
    /// In millionths of a US dollar.
    cost_microusd: u64,
    /// The provider did not say what was used: this is the most it can be.
    is_estimate: bool,
    /// When `priceSource` said what the model asks for, as `2026-11-23`; null of
    /// what has no price, such as a server of one's own.
    price_checked: Option<String>,
    /// The address of a page.
    price_source: Option<String>,
    at: DateTime<Utc>,
}

/// So much of what a provider charges for.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Usage {
    /// `input-tokens`, `output-tokens`, `characters`, `audio-ms`, `images`,
    /// `pixels` or `credits`.
    unit: String,
    amount: u64,
}

impl From<&video::CostLine> for CostLine {
    fn from(line: &video::CostLine) -> Self {
        let usage = |used: &domain::Usage| Usage {
            unit: used.unit.slug().to_owned(),
            amount: used.amount,
        };
        let price = line.price.as_ref();
        Self {
            stage: line.stage.slug().to_owned(),
            attempt: line.attempt,
            scene: line.scene,
            provider: line.provider.clone(),
            model: line.model.clone(),
            usage: line.usage.iter().map(usage).collect(),
            cost_microusd: line.cost.0,
            is_estimate: line.is_estimate,
            price_checked: price.map(|price| price.checked.to_string()),
            price_source: price.map(|price| price.source.clone()),
            at: line.at,
        }
    }
}
