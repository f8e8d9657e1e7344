use proptest::prelude::*;

use super::*;

fn problem(text: &str) -> String {
    EmailAddress::try_new(text).unwrap_err().to_string()
}

#[test]
fn an_address_is_trimmed_and_kept_as_written() {
    let address = EmailAddress::try_new(" Ada.Lovelace+news@Example.COM\n").unwrap();
    assert_eq!(address.as_str(), "Ada.Lovelace+news@Example.COM");
    assert_eq!(address.domain(), "Example.COM");
    assert_eq!(address.normalized(), "ada.lovelace+news@example.com");
}

#[test]
fn a_domain_of_other_letters_becomes_what_dns_knows() {
    let address = EmailAddress::try_new("ada@Bücher.example").unwrap();
    assert_eq!(address.as_str(), "ada@xn--bcher-kva.example");
    let again = EmailAddress::try_new("ada@xn--bcher-kva.example").unwrap();
    assert_eq!(again, address);
}

#[test]
fn what_is_wrong_is_said() {
    for (text, said) in [
        ("", "is empty"),
        ("ada", "exactly one @"),
        ("ada@home@example.com", "exactly one @"),
        ("@example.com", "needs a name"),
        (".ada@example.com", "needs a name"),
        ("ada..l@example.com", "needs a name"),
        ("\"ada l\"@example.com", "a quote"),
        ("ada l@example.com", "a space"),
        ("<ada@example.com", "a bracket"),
        ("ädä@example.com", "ASCII"),
        ("ada@", "needs a domain"),
        ("ada@localhost", "needs a domain"),
        ("ada@192.0.2.7", "needs a domain"),
        ("ada@[192.0.2.7]", "needs a domain"),
        ("ada@-example.com", "needs a domain"),
        ("ada@example..com", "needs a domain"),
        ("ada@example.com.", "needs a domain"),
        ("ada@exam ple.com", "needs a domain"),
        ("ada@example.com>", "needs a domain"),
        ("ada@example.com,eve@example.com", "exactly one @"),
        ("ada@xn--a.example", "needs a domain"),
    ] {
        let problem = problem(text);
        assert!(problem.starts_with("email: "), "{text:?}: {problem}");
        assert!(problem.contains(said), "{text:?}: {problem}");
    }
}

#[test]
fn the_limits_are_named_and_reached() {
    let local = "a".repeat(EmailAddress::MAX_LOCAL_BYTES);
    assert!(EmailAddress::try_new(&format!("{local}@example.com")).is_ok());
    assert_eq!(
        problem(&format!("{local}a@example.com")),
        "email: has 65 bytes before the @; at most 64 are allowed"
    );

    let domain = |last: usize| format!("{0}.{0}.{0}.{1}", "d".repeat(60), "e".repeat(last));
    let longest = format!("a@{}", domain(60));
    assert_eq!(longest.len(), 245);
    assert!(EmailAddress::try_new(&longest).is_ok());
    let local = "a".repeat(11);
    assert_eq!(
        problem(&format!("{local}@{}", domain(60))),
        "email: has 255 characters; at most 254 are allowed"
    );
    // Few characters, and many bytes once they are in ASCII.
    let wide = format!("{0}.{0}.{0}.{0}.{0}", "ü".repeat(50));
    assert!(EmailAddress::try_new(&format!("a@{wide}.example")).is_err());
}

#[test]
fn a_second_header_cannot_be_written() {
    for text in [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada\r\n@example.com",
        "ada@example.com\0.org",
        "ada@exam\nple.com",
    ] {
        assert!(problem(text).contains("control character"), "{text:?}");
    }
}

proptest! {
    #[test]
    fn what_people_have_is_accepted(
        address in "[a-zA-Z0-9_+-]{1,20}(\\.[a-z0-9]{1,10}){0,2}@[a-z0-9]{1,20}(\\.[a-z]{2,8}){1,3}"
    ) {
        let address = format!(" {address}");
        let email = EmailAddress::try_new(&address).unwrap();
        prop_assert_eq!(email.as_str(), address.trim());
    }

    #[test]
    fn whatever_is_accepted_can_stand_in_a_header_and_an_smtp_command(
        text in "(\\PC|[\\x00-\\x20<>\"@.]){0,40}@(\\PC|[\\x00-\\x20<>.]){0,40}(\\.[a-zé]{2})?"
    ) {
        let Ok(email) = EmailAddress::try_new(&text) else { return Ok(()) };
        let written = email.as_str();
        prop_assert!(written.len() <= EmailAddress::MAX_BYTES);
        prop_assert!(written.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"(),:;[]\\".contains(&b)));
        prop_assert_eq!(written.matches('@').count(), 1);
        prop_assert_eq!(&EmailAddress::try_new(written).unwrap(), &email);
        let folded = EmailAddress::try_new(&email.normalized()).unwrap();
        prop_assert_eq!(folded.normalized(), email.normalized());
    }

    #[test]
    fn neither_debug_nor_a_refusal_reveals_it(name in "[a-z]{6,12}", domain in "[g-z]{6,12}") {
        let email = EmailAddress::try_new(&format!("{name}@{domain}.example")).unwrap();
        prop_assert_eq!(format!("{email:?}"), "EmailAddress(hidden)");
        for refused in [format!("{name}@@{domain}"), format!("{name} {name}@{domain}.org"), format!("{name}@{domain}")] {
            let error = EmailAddress::try_new(&refused).unwrap_err();
            for printed in [format!("{error:?}"), error.to_string()] {
                prop_assert!(!printed.contains(&refused));
            }
        }
    }
}
