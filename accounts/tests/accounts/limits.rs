use std::time::Duration;

use accounts::{AccountError, Limit, Limited, Refused};
use chrono::TimeDelta;

use crate::support::{ADA, Fixture, PASSWORD, email, secret, visit};

const THREE: Limit = Limit::new("tests", 3, Duration::from_secs(10));

async fn take(fixture: &Fixture) -> Option<Duration> {
    match fixture.accounts.limits().take(THREE, "ada").await {
        Ok(()) => None,
        Err(Limited::Later { retry_after }) => Some(retry_after),
        Err(error) => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_burst_is_let_through_and_then_one_at_a_time_whichever_process_is_asked() {
    let here = Fixture::open().await;
    let there = here.another().await;
    for fixture in [&here, &there, &here] {
        assert_eq!(take(fixture).await, None);
    }
    assert_eq!(take(&there).await, Some(Duration::from_secs(10)));
    here.clock.pass(TimeDelta::seconds(4));
    assert_eq!(take(&here).await, Some(Duration::from_secs(6)));
    here.clock.pass(TimeDelta::seconds(6));
    assert_eq!(take(&here).await, None);
    assert_eq!(take(&there).await, Some(Duration::from_secs(10)));
    let other = here.accounts.limits().take(THREE, "eve").await;
    assert!(other.is_ok(), "each has a bucket of their own");
}

#[tokio::test]
async fn empty_buckets_are_dropped() {
    let fixture = Fixture::open().await;
    take(&fixture).await;
    fixture.clock.pass(TimeDelta::seconds(11));
    fixture.accounts.do_what_is_due().await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM rate_limits")
        .fetch_one(fixture.database.pool())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn five_hundred_guesses_from_one_address_and_from_many_are_mostly_not_even_tried() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    let (address, password) = (email(ADA), secret("wrong"));
    let mut tried = [0, 0];
    for guess in 0..500_u32 {
        for (from_many, tried) in tried.iter_mut().enumerate() {
            let host = if from_many == 1 {
                (guess % 250) as u8
            } else {
                251
            };
            match fixture
                .accounts
                .sign_in(&address, &password, &visit(host))
                .await
            {
                Err(AccountError::Refused(Refused::Credentials)) => *tried += 1,
                Err(AccountError::Limited(Limited::Later { retry_after })) => {
                    assert!(retry_after <= Duration::from_secs(60));
                }
                other => panic!("{:?}", other.err()),
            }
        }
    }
    assert!(tried.iter().sum::<u32>() <= 11, "{tried:?}");
    fixture.clock.pass(TimeDelta::minutes(1));
    let right = fixture
        .accounts
        .sign_in(&address, &secret(PASSWORD), &visit(7))
        .await;
    assert!(right.is_ok(), "its person comes in again");
}

#[tokio::test]
async fn nobodys_mailbox_is_filled_by_others() {
    let fixture = Fixture::open().await;
    fixture.sign_up(ADA).await;
    let mut limited = 0;
    for host in 0..20 {
        let asked = fixture
            .accounts
            .request_password_reset(&email(ADA), &visit(host))
            .await;
        limited += u32::from(matches!(asked, Err(AccountError::Limited(_))));
    }
    // One of three went to signing up.
    assert_eq!(limited, 18);
    assert_eq!(fixture.mails().await.len(), 2);
}
