use domain::{Microusd, PriceSource, Usage};
use sha2::{Digest, Sha256};

use crate::vendor::Price;

/// What is asked of whom, and what that is expected to use.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) provider: &'a str,
    pub(crate) model: &'a str,
    /// The same call has the same digest.
    pub(crate) digest: String,
    /// At most, of what is known before it is answered.
    pub(crate) expected: Vec<Usage>,
}

/// What each model of a maker asks for.
pub(crate) type PriceList = Vec<(String, Price)>;

/// What a call costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// The same call has the same id, however often its answer is read.
    pub call: String,
    pub provider: String,
    pub model: String,
    pub usage: Vec<Usage>,
    pub cost: Microusd,
    pub price: Option<PriceSource>,
    /// The provider did not say what was used: this is the most it can be.
    pub is_estimate: bool,
}

impl<'a> Call<'a> {
    /// `asked` is all that the answer depends on, in a fixed order.
    pub(crate) fn new(
        provider: &'a str,
        model: &'a str,
        asked: &[&[u8]],
        expected: Vec<Usage>,
    ) -> Self {
        let mut digest = Sha256::new();
        let names = [provider.as_bytes(), model.as_bytes()];
        for part in names.iter().chain(asked) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self {
            provider,
            model,
            digest: hex::encode(digest.finalize()),
            expected,
        }
    }

    /// What the call of this `id` costs; `used` is what the provider says, if it
    /// does.
    pub(crate) fn charge(&self, id: &str, used: Option<Vec<Usage>>, prices: &PriceList) -> Charge {
        let priced = prices.iter().find(|(model, _)| model == self.model);
        let is_estimate = used.is_none();
        let usage = used.unwrap_or_else(|| self.expected.clone());
        Charge {
            call: id.to_owned(),
            provider: self.provider.to_owned(),
            model: self.model.to_owned(),
            cost: priced.map_or(Microusd::ZERO, |(_, price)| price.cost(&usage)),
            price: priced.and_then(|(_, price)| price.source.clone()),
            usage,
            is_estimate,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::UsageUnit;

    use super::*;
    use crate::vendor::Prices;

    #[test]
    fn a_call_is_known_by_all_that_it_asks() {
        let call =
            |provider, model, asked: &[&[u8]]| Call::new(provider, model, asked, Vec::new()).digest;
        let one = call("openai", "tts-1", &[b"ab"]);
        assert_eq!(call("openai", "tts-1", &[b"ab"]), one);
        for other in [
            call("openai", "tts-1", &[b"a", b"b"]),
            call("openai", "tts-1", &[b"abc"]),
            call("openai", "tts-1a", &[b"b"]),
            call("open", "aitts-1", &[b"ab"]),
        ] {
            assert_ne!(other, one);
        }
    }

    #[test]
    fn what_is_not_told_is_counted_at_the_most_it_can_be() {
        let used = |amount| {
            let unit = UsageUnit::Characters;
            vec![Usage { unit, amount }]
        };
        let price = Prices::built_in().of("openai", "tts-1").unwrap();
        let prices = vec![("tts-1".to_owned(), price)];
        let call = Call::new("openai", "tts-1", &[], used(100));
        let charge = |told| call.charge("1", told, &prices);
        let (told, untold) = (charge(Some(used(10))), charge(None));
        assert_eq!((told.cost, told.is_estimate), (Microusd(150), false));
        assert_eq!((untold.cost, untold.is_estimate), (Microusd(1_500), true));
        assert!(told.price.unwrap().source.starts_with("https://"));
        // A server of one's own.
        let free = call.charge("1", None, &Vec::new());
        assert_eq!((free.cost, free.price), (Microusd::ZERO, None));
    }
}
