//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

/// What is not the public internet, by
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),      // this network
    v4(10, 0, 0, 0, 8),     // private
    v4(100, 64, 0, 0, 10),  // behind a provider's NAT
    v4(127, 0, 0, 0, 8),    // loopback
    v4(169, 254, 0, 0, 16), // link-local, and where clouds tell secrets
    v4(172, 16, 0, 0, 12),  // private
    v4(192, 0, 0, 0, 24),   // protocols
    v4(192, 0, 2, 0, 24),   // documentation
    v4(192, 88, 99, 0, 24), // relays to IPv6, given up
    v4(192, 168, 0, 0, 16), // private
    v4(198, 18, 0, 0, 15),  // benchmarks
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24), // documentation
    v4(224, 0, 0, 0, 4),    // multicast
    v4(240, 0, 0, 0, 4),    // reserved, and broadcast
];

/// All that is public lies in here, but for what is in [`NOT_PUBLIC_V6`], by
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 3);
const NOT_PUBLIC_V6: [Ipv6Net; 4] = [
    v6(0x2001, 0, 23),     // protocols, Teredo, which holds an IPv4 address
    v6(0x2001, 0xdb8, 32), // documentation
    v6(0x2002, 0, 16),     // 6to4, which holds an IPv4 address
    v6(0x3fff, 0, 20),     // documentation
];

/// The public internet, and the networks that whoever runs the program named.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    networks: Vec<IpNet>,
}

impl Reach {
    /// `networks` may be reached though they are not public, and without TLS.
    pub fn with(networks: Vec<IpNet>) -> Self {
        Self { networks }
    }

    /// Whether there are networks that plain HTTP may go to.
    pub fn allows_plain_http(&self) -> bool {
        !self.networks.is_empty()
    }

    /// Whether a message may go to `address`; one without TLS stays in the named
    /// networks.
    pub fn allows(&self, address: IpAddr, has_tls: bool) -> bool {
        // An IPv4 address that is written as IPv6 goes where the former goes.
        let address = address.to_canonical();
        self.networks.iter().any(|named| named.contains(&address)) || has_tls && is_public(address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|it| it.contains(&address)),
        IpAddr::V6(address) => {
            PUBLIC_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|it| it.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn allows(address: &str) -> bool {
        Reach::default().allows(address.parse().unwrap(), true)
    }

    #[test]
    fn the_public_internet_is_reached() {
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
        ] {
            assert!(allows(public), "{public}");
        }
    }

    #[test]
    fn what_is_not_public_is_not_reached_however_it_is_written() {
        for inside in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!allows(inside), "{inside}");
        }
    }

    #[test]
    fn named_networks_are_reached_with_and_without_tls_and_the_internet_only_with() {
        let reach = Reach::with(vec!["10.1.0.0/16".parse().unwrap()]);
        for has_tls in [true, false] {
            assert!(reach.allows("10.1.2.3".parse().unwrap(), has_tls));
            assert!(reach.allows("::ffff:10.1.2.3".parse().unwrap(), has_tls));
            assert!(!reach.allows("10.2.2.3".parse().unwrap(), has_tls));
            assert!(!reach.allows("169.254.169.254".parse().unwrap(), has_tls));
        }
        assert!(!reach.allows("1.1.1.1".parse().unwrap(), false));
    }

    proptest! {
        /// The standard library knows some of the kinds too.
        #[test]
        fn nothing_that_the_standard_library_calls_local_is_reached(bits: u32, bits6: u128) {
            let v4 = Ipv4Addr::from(bits);
            let is_local = v4.is_private() || v4.is_loopback() || v4.is_link_local()
                || v4.is_broadcast() || v4.is_documentation() || v4.is_multicast()
                || v4.is_unspecified();
            prop_assert!(!is_local || !Reach::default().allows(v4.into(), true));
            let mapped = v4.to_ipv6_mapped();
            prop_assert_eq!(
                Reach::default().allows(v4.into(), true),
                Reach::default().allows(mapped.into(), true)
            );
            let v6 = Ipv6Addr::from(bits6);
            let is_local = v6.is_loopback() || v6.is_multicast() || v6.is_unspecified()
                || v6.is_unique_local() || v6.is_unicast_link_local();
            prop_assert!(!is_local || !Reach::default().allows(v6.into(), true));
        }
    }
}
