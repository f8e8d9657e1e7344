//! What the makers that work on this machine have in common.

use domain::settings::Language;

use crate::{Observer, ProviderError};

pub(crate) const NAME: &str = "offline";

/// Runs `work`, which keeps a processor busy, beside the runtime. When the
/// caller stops or goes away, so does the call; `work` is told by the observer
/// it is given, and what it still makes is dropped.
pub(crate) async fn compute<T: Send + 'static>(
    observer: &Observer,
    work: impl FnOnce(&Observer) -> Result<T, ProviderError> + Send + 'static,
) -> Result<T, ProviderError> {
    let (told, cancel) = observer.child();
    let _tell_when_dropped = cancel.drop_guard();
    if observer.is_cancelled() {
        return Err(ProviderError::Cancelled);
    }
    let working = tokio::task::spawn_blocking(move || work(&told));
    tokio::select! {
        // Whoever asked to stop hears of nothing else, also when it was late.
        biased;
        () = observer.cancelled() => Err(ProviderError::Cancelled),
        worked = working => worked.unwrap_or_else(|error| {
            Err(ProviderError::Unavailable { problem: error.to_string() })
        }),
    }
}

/// The offline makers know no other language.
pub(crate) fn english_only(language: Language, who: &str) -> Result<(), ProviderError> {
    if language == Language::English {
        return Ok(());
    }
    Err(ProviderError::InvalidInput {
        field: "language",
        problem: format!("{who} knows English only, not {}", language.label()),
        remedy: format!("choose \"{}\"", Language::English),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn a_crash_is_the_makers_failure_and_not_the_programs() {
        let crashed = compute::<()>(&Observer::silent(), |_| panic!("odd pixels")).await;
        let Err(ProviderError::Unavailable { problem }) = crashed else {
            panic!("{crashed:?}");
        };
        assert!(problem.contains("odd pixels"), "{problem}");
    }

    #[tokio::test]
    async fn cancelling_ends_the_call_and_tells_the_work() {
        let cancel = CancellationToken::new();
        let observer = Observer::new(cancel.clone(), |_, _| {});
        let (told, hears) = mpsc::channel();
        let ended = compute(&observer, move |observer| {
            cancel.cancel();
            while !observer.is_cancelled() {
                std::hint::spin_loop();
            }
            told.send(()).expect("the test listens");
            Ok(())
        })
        .await;
        assert_eq!(ended, Err(ProviderError::Cancelled));
        tokio::task::spawn_blocking(move || hears.recv())
            .await
            .unwrap()
            .unwrap();
    }

    #[tokio::test]
    async fn going_away_tells_the_work() {
        let (began, begins) = mpsc::channel();
        let (told, hears) = mpsc::channel();
        let call = tokio::spawn(async move {
            compute(&Observer::silent(), move |observer| {
                began.send(()).expect("the test listens");
                while !observer.is_cancelled() {
                    std::hint::spin_loop();
                }
                told.send(()).expect("the test listens");
                Ok(())
            })
            .await
        });
        tokio::task::spawn_blocking(move || begins.recv())
            .await
            .unwrap()
            .unwrap();
        call.abort();
        tokio::task::spawn_blocking(move || hears.recv())
            .await
            .unwrap()
            .unwrap();
    }
}
