use std::time::Duration;

use tokio::time::Instant;

use crate::media::MediaError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Asks again while the server is away, for as long as `patience`: what is to be
/// kept was paid for, or took minutes to make.
pub(super) async fn patiently<T, F>(
    patience: Duration,
    mut ask: impl FnMut() -> F,
) -> Result<T, MediaError>
where
    F: Future<Output = Result<T, MediaError>>,
{
    let gives_up = Instant::now() + patience;
    let mut pause = FIRST_PAUSE;
    loop {
        match ask().await {
            Err(MediaError::Unavailable { place, problem })
                if Instant::now() + pause < gives_up =>
            {
                tracing::warn!(place, problem, "the media store is away; trying again");
                tokio::time::sleep(pause).await;
                pause = LONGEST_PAUSE.min(pause * 2);
            }
            answer => return answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away() -> MediaError {
        MediaError::Unavailable {
            place: "bucket".to_owned(),
            problem: "away".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_comes_back_in_time_is_waited_for() {
        let back = Instant::now() + Duration::from_secs(30);
        let answer = patiently(Duration::from_secs(60), || async move {
            (Instant::now() >= back).then_some("kept").ok_or_else(away)
        });
        assert_eq!(answer.await, Ok("kept"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_stays_away_is_given_up() {
        let began = Instant::now();
        let answer = patiently(Duration::from_secs(60), || async { Err::<(), _>(away()) });
        assert_eq!(answer.await, Err(away()));
        assert!(began.elapsed() <= Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn what_waiting_does_not_mend_is_not_waited_for() {
        let mut asked = 0;
        let answer = patiently(Duration::from_secs(60), || {
            asked += 1;
            async { Err::<(), _>(MediaError::Cancelled) }
        });
        assert_eq!(answer.await, Err(MediaError::Cancelled));
        assert_eq!(asked, 1);
    }
}
