//! How often something may be done, counted for all processes together.
//!
//! Each limit is a bucket that drains (the generic cell rate algorithm,
//! <https://www.itu.int/rec/T-REC-I.371>, A.1): a row says when the bucket will
//! be empty, one statement looks and fills it. Whose bucket it is, is hashed
//! under a key.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::Clock;
use sqlx::PgPool;
use vault::Vault;

/// `burst` at once, and one more every `every`.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    name: &'static str,
    burst: u32,
    every: Duration,
}

impl Limit {
    pub const fn new(name: &'static str, burst: u32, every: Duration) -> Self {
        Self { name, burst, every }
    }
}

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;

/// Sign-ins from one network.
pub const SIGN_IN_FROM: Limit = Limit::new("sign-in from", 20, Duration::from_secs(15 * SECOND));
/// Sign-ins to one account, wherever from. Enough for who mistypes, too little
/// for who guesses.
pub const SIGN_IN_TO: Limit = Limit::new("sign-in to", 10, Duration::from_secs(MINUTE));
/// Sign-ups and mails for a forgotten password, from one network.
pub const MAIL_FROM: Limit = Limit::new("mail from", 10, Duration::from_secs(5 * MINUTE));
/// The same, to one address: nobody's mailbox is filled by others.
pub const MAIL_TO: Limit = Limit::new("mail to", 3, Duration::from_secs(20 * MINUTE));
/// Links, refresh tokens and provider's answers tried from one network.
pub const TOKENS_FROM: Limit = Limit::new("tokens from", 60, Duration::from_secs(SECOND));
/// Files that one person brings.
pub const UPLOADS: Limit = Limit::new("uploads", 200, Duration::from_secs(10 * SECOND));
/// Videos that one person has made.
pub const GENERATION: Limit = Limit::new("generation", 30, Duration::from_secs(2 * MINUTE));

/// Webhooks that one person has sent by hand.
pub const WEBHOOK_SENDS: Limit = Limit::new("webhook sends", 30, Duration::from_secs(2 * SECOND));

#[derive(Debug, thiserror::Error)]
pub enum Limited {
    #[error("too many of these; try again in {} s", retry_after.as_secs())]
    Later { retry_after: Duration },
    #[error("the limits could not be read")]
    Broken(#[from] sqlx::Error),
    #[error("the limits could not be read")]
    Vault(#[from] vault::VaultError),
}

#[derive(Clone)]
pub struct Limits {
    pool: PgPool,
    vault: Vault,
    clock: Arc<dyn Clock>,
}

impl Limits {
    pub fn new(pool: PgPool, vault: Vault, clock: Arc<dyn Clock>) -> Self {
        Self { pool, vault, clock }
    }

    /// Counts one more for `whom`, or says when there may be.
    pub async fn take(&self, limit: Limit, whom: &str) -> Result<(), Limited> {
        let key = format!("{}\0{whom}", limit.name);
        let key = self.vault.index("limits", &key).await?;
        let now = self.clock.now();
        let every = delta(limit.every);
        let latest = now + every * i32::try_from(limit.burst).unwrap_or(i32::MAX);
        let taken = sqlx::query_scalar!(
            "INSERT INTO rate_limits AS kept (key, clear_at)
             VALUES ($1, $2::timestamptz + make_interval(secs => $3))
             ON CONFLICT (key) DO UPDATE
             SET clear_at = greatest(kept.clear_at, $2) + make_interval(secs => $3)
             WHERE greatest(kept.clear_at, $2) + make_interval(secs => $3) <= $4
             RETURNING clear_at",
            &key[..],
            now,
            limit.every.as_secs_f64(),
            latest,
        )
        .fetch_optional(&self.pool)
        .await?;
        if taken.is_some() {
            return Ok(());
        }
        let clear_at =
            sqlx::query_scalar!("SELECT clear_at FROM rate_limits WHERE key = $1", &key[..])
                .fetch_optional(&self.pool)
                .await?;
        Err(Limited::Later {
            retry_after: wait(clear_at.unwrap_or(now) + every - latest),
        })
    }

    /// Counts one more from the network of `address`: an IPv6 subscriber has at
    /// least a /64 to themself.
    pub async fn take_from(&self, limit: Limit, address: IpAddr) -> Result<(), Limited> {
        self.take(limit, &network(address)).await
    }

    /// Drops buckets that are empty.
    pub(crate) async fn sweep(&self) -> sqlx::Result<()> {
        sqlx::query!(
            "DELETE FROM rate_limits WHERE clear_at < $1",
            self.clock.now()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// In whole seconds, rounded up, as `Retry-After` says it.
fn wait(left: TimeDelta) -> Duration {
    let whole = left.to_std().unwrap_or_default();
    Duration::from_secs(whole.as_secs() + u64::from(whole.subsec_nanos() > 0))
        .max(Duration::from_secs(1))
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_subscriber_are_one_network() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_and_never_none() {
        assert_eq!(wait(TimeDelta::milliseconds(1_001)), Duration::from_secs(2));
        assert_eq!(wait(TimeDelta::seconds(3)), Duration::from_secs(3));
        assert_eq!(wait(TimeDelta::zero()), Duration::from_secs(1));
    }
}
