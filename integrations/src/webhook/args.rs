use std::net::IpAddr;

use clap::Args;
use ipnet::IpNet;

use super::Reach;

/// Where webhooks may go besides the public internet. An empty setting is none.
#[derive(Debug, Clone, Default, Args)]
pub struct WebhookArgs {
    /// Networks of one's own that webhooks may go to, without TLS too, such as
    /// 10.1.0.0/16, with commas between
    ///
    /// Everybody who has an account can have messages sent there.
    #[arg(
        long,
        env = "WEBHOOK_NETWORKS",
        value_name = "NETWORKS",
        default_value = "",
        hide_default_value = true,
        value_parser = networks,
        global = true
    )]
    webhook_networks: Networks,
}

#[derive(Debug, Clone, Default)]
struct Networks(Vec<IpNet>);

impl WebhookArgs {
    pub fn reach(&self) -> Reach {
        Reach::with(self.webhook_networks.0.clone())
    }
}

fn networks(text: &str) -> Result<Networks, String> {
    let named = text.split(',').map(str::trim).filter(|one| !one.is_empty());
    let network = |one: &str| {
        let network = one.parse();
        network.or_else(|_| one.parse::<IpAddr>().map(IpNet::from))
    };
    let networks = named.map(network).collect::<Result<_, _>>();
    networks.map(Networks).map_err(|_| {
        "write addresses, or networks as in 10.0.0.0/8, with commas between".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_addresses_are_listed_with_commas_and_an_empty_setting_is_none() {
        let read = |text: &str| networks(text).unwrap().0;
        assert!(read("").is_empty());
        let both: Vec<IpNet> = vec![
            "10.0.0.0/8".parse().unwrap(),
            "192.0.2.1/32".parse().unwrap(),
        ];
        assert_eq!(read("10.0.0.0/8, 192.0.2.1"), both);
        assert!(networks("intranet").unwrap_err().contains("10.0.0.0/8"));
    }
}
