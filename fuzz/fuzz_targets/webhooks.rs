//! Addresses that people want messages sent to: what is taken is HTTPS, gives
//! nothing away, is written and read as the same, and where it is a number, that
//! is on the public internet by another opinion too.

#![no_main]

use integrations::webhook::{MAX_URL_CHARS, Reach, WebhookUrl};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|text: &str| {
    let reach = Reach::default();
    let Ok(taken) = WebhookUrl::try_new(text, &reach) else {
        return;
    };
    assert!(text.trim().chars().count() <= MAX_URL_CHARS);
    assert!(WebhookUrl::try_new(taken.as_str(), &reach) == Ok(taken.clone()) || is_longer(&taken));
    let url: Url = taken.as_str().parse().expect("it was read before");
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    assert!(!format!("{taken:?}").contains(url.host_str().expect("https has a host")));
    match url.host().expect("https has a host") {
        Host::Ipv4(address) => assert!(
            !address.is_private()
                && !address.is_loopback()
                && !address.is_link_local()
                && !address.is_unspecified()
                && !address.is_broadcast()
                && !address.is_multicast()
                && !address.is_documentation()
        ),
        Host::Ipv6(address) => assert!(
            !address.is_loopback()
                && !address.is_unspecified()
                && !address.is_multicast()
                && !address.is_unique_local()
                && !address.is_unicast_link_local()
                && address
                    .to_ipv4_mapped()
                    .is_none_or(|inner| !inner.is_loopback())
        ),
        Host::Domain(_) => {}
    }
});

/// Percent-encoding makes an address longer.
fn is_longer(url: &WebhookUrl) -> bool {
    url.as_str().chars().count() > MAX_URL_CHARS
}
