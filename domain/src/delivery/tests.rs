use proptest::prelude::*;

use super::*;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;
const BUSY: Outcome = Outcome::Answered {
    status: 503,
    retry_after_ms: None,
};

fn after(made: u32, outcome: Outcome) -> Next {
    let first_at = START;
    next(Attempts { made, first_at }, outcome, START, 0.0)
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered {
        status,
        retry_after_ms: None,
    }
}

#[test]
fn success_is_two_hundred_and_something_and_gone_is_for_good() {
    assert_eq!(after(1, answered(200)), Next::Delivered);
    assert_eq!(after(1, answered(204)), Next::Delivered);
    assert_eq!(after(1, answered(410)), Next::Gone);
    for status in [301, 307, 400, 404, 429, 500, 503] {
        assert!(
            matches!(after(1, answered(status)), Next::RetryAt(_)),
            "{status}"
        );
    }
    assert!(matches!(after(1, Outcome::None), Next::RetryAt(_)));
}

#[test]
fn attempts_come_as_the_standard_advises_for_a_day() {
    let mut now = START;
    let mut seconds = Vec::new();
    for made in 1.. {
        let attempts = Attempts {
            made,
            first_at: START,
        };
        match next(attempts, BUSY, now, 0.0) {
            Next::RetryAt(at) => now = at,
            Next::GivenUp => break,
            other => panic!("{other:?}"),
        }
        seconds.push((now - START).num_seconds());
    }
    assert_eq!(
        seconds,
        [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    );
    assert_eq!(seconds.len() as u32 + 1, MAX_ATTEMPTS);
}

#[test]
fn a_receiver_that_asks_for_more_time_has_it_within_the_day() {
    let wait = |ms| {
        after(
            1,
            Outcome::Answered {
                status: 429,
                retry_after_ms: Some(ms),
            },
        )
    };
    assert_eq!(wait(60_000), Next::RetryAt(START + TimeDelta::minutes(1)));
    assert_eq!(wait(1), Next::RetryAt(START + TimeDelta::seconds(5)));
    assert_eq!(wait(3 * 86_400_000), Next::GivenUp);
    assert_eq!(wait(u64::MAX), Next::GivenUp);
}

proptest! {
    #[test]
    fn a_retry_is_later_never_sooner_than_asked_and_never_after_the_day(
        made in 0u32..20, passed_ms in 0i64..200_000_000, jitter: f64,
        retry_after_ms in prop::option::of(any::<u64>()), status in 100u16..600)
    {
        let now = START + TimeDelta::milliseconds(passed_ms);
        let attempts = Attempts { made, first_at: START };
        let outcome = Outcome::Answered { status, retry_after_ms };
        if let Next::RetryAt(at) = next(attempts, outcome, now, jitter) {
            prop_assert!(at >= now + TimeDelta::seconds(5));
            prop_assert!(at <= START + LONGEST);
            let asked = retry_after_ms.unwrap_or(0);
            prop_assert!((at - now).num_milliseconds() as u64 >= asked);
            prop_assert!(made < MAX_ATTEMPTS);
        }
    }

    #[test]
    fn every_message_is_over_after_so_many_attempts(jitters in prop::collection::vec(0.0..1.0f64, 12)) {
        let mut now = START;
        let mut made = 0;
        for jitter in jitters {
            made += 1;
            let attempts = Attempts { made, first_at: START };
            match next(attempts, BUSY, now, jitter) {
                Next::RetryAt(at) => now = at,
                _ => break,
            }
        }
        prop_assert_eq!(made, MAX_ATTEMPTS);
    }
}
