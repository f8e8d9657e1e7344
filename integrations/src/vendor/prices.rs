use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Microusd, PriceSource, Usage, UsageUnit};
use serde::Deserialize;

/// The table inside the program.
const TABLE: &str = include_str!("../../prices.toml");

/// What each model of each provider asks for, from a table that says when and
/// where it was read.
#[derive(Debug, Clone)]
pub struct Prices(Vec<ListedModel>);

/// What one model asks for, by unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Price {
    rates: BTreeMap<UsageUnit, Rate>,
    pub(crate) source: Option<PriceSource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    microusd: u64,
    per: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    #[error("the price table cannot be read: {problem}; see integrations/prices.toml for its form")]
    Unreadable { problem: String },
    #[error(
        "{provider} has no price for the model {model}, so what it costs could not be told; add it \
         to the table of PRICE_TABLE, or choose one of: {known}"
    )]
    Unknown {
        provider: String,
        model: String,
        known: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    model: Vec<ListedModel>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Makes {
    Scripts,
    Speech,
    Transcripts,
    Images,
}

/// A model in the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedModel {
    pub provider: String,
    pub model: String,
    pub makes: Makes,
    /// When `source` said so.
    pub checked: NaiveDate,
    pub source: String,
    price: Vec<ListedPrice>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedPrice {
    unit: UsageUnit,
    /// Dollars, with a point: `"0.40"`.
    usd: String,
    per: u64,
}

impl Prices {
    /// Those that the program comes with.
    ///
    /// # Panics
    /// Never: a test reads the table.
    pub fn built_in() -> Self {
        Self::try_parse(TABLE).expect("a test reads the table")
    }

    /// # Errors
    /// [`PriceError::Unreadable`] for what is no such table.
    pub fn try_parse(text: &str) -> Result<Self, PriceError> {
        let unreadable = |problem: String| PriceError::Unreadable { problem };
        let table: Table =
            toml::from_str(text).map_err(|error| unreadable(error.message().to_owned()))?;
        for listed in &table.model {
            listed.price().map_err(|problem| {
                unreadable(format!("{} {}: {problem}", listed.provider, listed.model))
            })?;
        }
        Ok(Self(table.model))
    }

    /// These, before which `others` are known: a table of one's own on top.
    #[must_use]
    pub fn over(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Every model that has a price; of one that is there twice the first counts.
    pub fn listed(&self) -> &[ListedModel] {
        &self.0
    }

    /// The model of `provider` that stands first of those that make this.
    pub(crate) fn first_model(&self, provider: &str, makes: Makes) -> Option<&str> {
        let is_one = |listed: &&ListedModel| listed.provider == provider && listed.makes == makes;
        let first = self.0.iter().find(is_one);
        first.map(|listed| listed.model.as_str())
    }

    /// # Errors
    /// [`PriceError::Unknown`], which names the models that have one.
    pub(crate) fn of(&self, provider: &str, model: &str) -> Result<Price, PriceError> {
        let theirs = || self.0.iter().filter(|listed| listed.provider == provider);
        match theirs().find(|listed| listed.model == model) {
            Some(listed) => Ok(listed.price().expect("it was read before")),
            None => Err(PriceError::Unknown {
                provider: provider.to_owned(),
                model: model.to_owned(),
                known: theirs()
                    .map(|listed| listed.model.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }
}

impl ListedModel {
    fn price(&self) -> Result<Price, String> {
        let rates = self.price.iter().map(|listed| {
            let microusd = microusd(&listed.usd)
                .ok_or_else(|| format!("{:?} is no amount such as \"0.40\"", listed.usd))?;
            if listed.per == 0 {
                return Err("per is 0; it is at least 1".to_owned());
            }
            let per = listed.per;
            Ok((listed.unit, Rate { microusd, per }))
        });
        Ok(Price {
            rates: rates.collect::<Result<_, String>>()?,
            source: Some(PriceSource {
                checked: self.checked,
                source: self.source.clone(),
            }),
        })
    }
}

impl Price {
    /// Of a server of one's own.
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    /// Rounded up for each unit; a unit without a price costs nothing.
    pub(crate) fn cost(&self, usage: &[Usage]) -> Microusd {
        usage
            .iter()
            .filter_map(|used| {
                let rate = self.rates.get(&used.unit)?;
                let cost = u128::from(used.amount) * u128::from(rate.microusd);
                let cost = cost.div_ceil(u128::from(rate.per));
                Some(Microusd(u64::try_from(cost).unwrap_or(u64::MAX)))
            })
            .sum()
    }
}

/// `"0.40"` as 400 000 millionths.
fn microusd(dollars: &str) -> Option<u64> {
    let (whole, fraction) = dollars.split_once('.').unwrap_or((dollars, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || fraction.len() > 6 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(1_000_000)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_built_in_table_says_of_every_price_when_and_where_it_was_read() {
        for listed in Prices::built_in().0 {
            assert!(listed.source.starts_with("https://"), "{listed:?}");
            assert!(listed.checked.to_string().starts_with("20"), "{listed:?}");
            assert!(!listed.price.is_empty(), "{listed:?}");
        }
    }

    #[test]
    fn a_cost_is_the_sum_over_units_rounded_up() {
        let table = r#"
            [[model]]
            provider = "openai"
            model = "small"
            makes = "scripts"
            checked = "2026-11-23"
            source = "https://example.com"
            price = [
                { unit = "input-tokens", usd = "0.40", per = 1000000 },
                { unit = "output-tokens", usd = "1.6", per = 1000000 },
            ]
        "#;
        let prices = Prices::try_parse(table).unwrap();
        let price = prices.of("openai", "small").unwrap();
        let used = |unit, amount| Usage { unit, amount };
        assert_eq!(price.cost(&[used(UsageUnit::InputTokens, 1)]), Microusd(1));
        let both = [
            used(UsageUnit::InputTokens, 1_000),
            used(UsageUnit::OutputTokens, 500),
            used(UsageUnit::Images, 9),
        ];
        assert_eq!(price.cost(&both), Microusd(400 + 800));
        let unknown = prices.of("openai", "large").unwrap_err().to_string();
        assert!(unknown.contains("choose one of: small"), "{unknown}");
    }

    #[test]
    fn a_wrong_table_says_what_is_wrong() {
        for (table, says) in [
            ("model = 7", "invalid type"),
            (
                r#"[[model]]
                provider = "a"
                model = "b"
                makes = "images"
                checked = "2026-11-23"
                source = "https://example.com"
                price = [{ unit = "images", usd = "4 cents", per = 1 }]"#,
                "a b: \"4 cents\" is no amount",
            ),
        ] {
            let error = Prices::try_parse(table).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    proptest! {
        #[test]
        fn dollars_are_read_to_the_millionth(whole in 0u64..1_000_000, millionths in 0u64..1_000_000) {
            let text = format!("{whole}.{millionths:06}");
            prop_assert_eq!(microusd(&text), Some(whole * 1_000_000 + millionths));
        }
    }
}
