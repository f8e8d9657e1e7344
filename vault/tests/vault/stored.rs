//! What was stored once opens for ever. These values were made apart from this
//! program, by a cipher of another library, after the forms that it documents.

use domain::Personal;
use secrecy::ExposeSecret;

use crate::support::{Given, OLD, open, person};

const ROWS: &str = r"
INSERT INTO person_keys (person, master_key, wrapped) VALUES
('00000000-0000-0000-0000-000000000001', 'd8b2118f362df8c3',
 '\x000102030405060708090a0bbba7972524fb007ef663edcf2c64c6acbed77919e184531769d3229bbd9a23ad33c514a7b51adc7288334c07eee1da05');
INSERT INTO vault_keys (name, master_key, wrapped) VALUES
('sealing/jobs', 'd8b2118f362df8c3',
 '\x000102030405060708090a0bdfc3f34148976c12920789ab5018bad0dab31d7d8de83f7b0db746ff2106bf3113b045870bf40f6a933a565f2b08a4c5'),
('index/email', 'd8b2118f362df8c3',
 '\x000102030405060708090a0b736f5fedec33c8b62ebb3517f4bc1e74761fb1d1294c9bdf912bda634562db55757a4fbf28e5a2fd23865dcff0da64a8');
";
const PERSONAL: &str = "v1.AAECAwQFBgcICQoLhIe4deUVXYsQEjJaekJf7SVjYj7yuVxCLA";
const SECRET: &str = "01000102030405060708090a0bebc45329d323de62b734d22119a503cf463926edb4";
const INDEX: &str = "04346b97e44b3c39f4282e9d76f1753f1457446416d54e8bb2b15a3b49e734db";

#[tokio::test]
async fn values_of_the_first_form_open() {
    let given = Given::an_empty_database().await;
    given.execute(ROWS).await;
    let vault = given.vault(&[OLD]).await;

    let value = Personal::new(person(1), PERSONAL);
    assert_eq!(open(&vault, &value).await.as_deref(), Some("Ånn 🐝"));
    let secret = hex::decode(SECRET).unwrap();
    let secret = vault.open_secret("jobs", b"row 1", &secret).await.unwrap();
    assert_eq!(secret.expose_secret(), b"token");
    let index = vault.index("email", "ann@example.com").await.unwrap();
    assert_eq!(hex::encode(index), INDEX);
}
