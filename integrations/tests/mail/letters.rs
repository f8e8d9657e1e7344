//! Mail to send, at a time that stands still.

use std::error::Error;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Clock, EmailAddress};
use integrations::mail::{Mail, MailError, Outage, Sender};
use uuid::{Uuid, uuid};

pub(crate) const LINK: &str = "https://studio.example/in?token=s3cr3t";
pub(crate) const PASSWORD: &str = "p:ss/w%rd";

pub(crate) struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> DateTime<Utc> {
        "2030-01-05T07:08:09.123Z".parse().unwrap()
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(StandingClock)
}

pub(crate) const ID: Uuid = uuid!("0198c0de-0000-7000-8000-000000000007");

pub(crate) fn sender() -> Sender {
    Sender::try_new("NarrateAI <no-reply@narrate.example>").unwrap()
}

/// What the server does with it, its local part says.
pub(crate) fn mail_to(local: &str) -> Mail {
    Mail {
        id: ID,
        to: EmailAddress::try_new(&format!("{local}@people.example")).unwrap(),
        subject: "Your link".to_owned(),
        text: format!("Open {LINK}\n"),
        html: None,
        link: Some(LINK.into()),
        unsubscribe: None,
    }
}

/// The outage that `error` tells of; it must print nothing of the mail.
pub(crate) fn outage(error: MailError) -> Outage {
    assert_reveals_nothing(&error);
    match error {
        MailError::Unavailable { source } => source,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refusal(error: MailError) -> String {
    assert_reveals_nothing(&error);
    match error {
        MailError::Refused { reason } => reason,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn misconfiguration(error: MailError) -> String {
    assert_reveals_nothing(&error);
    match error {
        MailError::Misconfigured { reason } => reason,
        other => panic!("{other:?}"),
    }
}

fn assert_reveals_nothing(error: &MailError) {
    let mut printed = format!("{error:?}");
    let mut next: Option<&dyn Error> = Some(error);
    while let Some(error) = next {
        printed += &format!("\n{error}");
        next = error.source();
    }
    for secret in [
        "people.example",
        "no-reply@narrate",
        "narrator",
        PASSWORD,
        "s3cr3t",
    ] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
