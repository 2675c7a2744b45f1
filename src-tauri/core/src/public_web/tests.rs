//! Which addresses are public.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use super::*;

#[test]
fn addresses_of_this_machine_and_of_private_networks_are_not_public() {
    let private = [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "100::1",
    ];
    for address in private {
        assert!(!is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
    for address in [
        "1.1.1.1",
        "93.184.216.34",
        "2606:4700:4700::1111",
        "64:ff9b::101:101",
        "::ffff:1.1.1.1",
    ] {
        assert!(is_public(address.parse::<IpAddr>().unwrap()), "{address}");
    }
}

#[tokio::test]
async fn only_the_proxys_own_name_may_lead_to_a_private_address() {
    let names = CheckedNames {
        allowed: is_public,
        proxy: Some("LocalHost".to_owned()),
    };
    assert!(names.resolve("localhost".parse().unwrap()).await.is_ok());
    let names = CheckedNames {
        allowed: is_public,
        proxy: Some("proxy.example".to_owned()),
    };
    assert!(names.resolve("localhost".parse().unwrap()).await.is_err());
}
