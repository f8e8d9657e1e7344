//! Many attempts at once: whether each is answered, and what memory they take
//! beside what may be hashed at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::{AccountError, Limited, Refused};
use tokio::task::JoinSet;

use crate::PEOPLE;
use crate::given::{Given, PASSWORD, WRONG_PASSWORD, cores, known, unknown};
use crate::machine;

const MIB: f64 = 1_048_576.0;
/// More than can be hashed while the last of them may wait.
const FLOOD: usize = 1_024;

/// `before` any password was asked for, so much was resident.
pub(crate) async fn measure(given: &Arc<Given>, before: f64) {
    let hash_mib = f64::from(accounts::testing::argon2().params().m_cost()) * 1_024.0 / MIB;
    let bound = cores() as f64 * hash_mib;
    println!(
        "{} hashes at once of {hash_mib:.0} MiB each are {bound:.0} MiB; resident before the \
         first: {before:.1} MiB, since {PEOPLE} people registered one by one: {:.1} MiB more",
        cores(),
        machine::resident() - before
    );
    println!(
        "{:>7}  {:<8} | {:>9}  {:>7}  {:>10}  {:>7} | {:>9}  {:>5} | {:>8}  {:>12}  {:>9}",
        "at once",
        "attempts",
        "signed in",
        "refused",
        "come again",
        "limited",
        "longest s",
        "CPU s",
        "peak MiB",
        "of the bound",
        "after MiB",
    );
    let right = |number| (known(number), PASSWORD);
    let bad = |number: usize| match number % 2 {
        0 => (known(number / 2 % PEOPLE), WRONG_PASSWORD),
        _ => (unknown(number), WRONG_PASSWORD),
    };
    for (at_once, what, attempts) in [
        (PEOPLE, "right", (0..PEOPLE).map(right).collect::<Vec<_>>()),
        (PEOPLE, "bad", (0..PEOPLE).map(bad).collect()),
        (FLOOD, "bad", (0..FLOOD).map(bad).collect()),
    ] {
        given.forget_limits();
        machine::forget_peak();
        let cpu = machine::cpu_seconds();
        let answers = ask(given, attempts).await;
        let cpu = machine::cpu_seconds() - cpu;
        let grown = machine::peak() - before;
        let count = |answer| answers.iter().filter(|(given, _)| *given == answer).count();
        let longest = answers.iter().map(|(_, took)| *took).max();
        println!(
            "{at_once:>7}  {what:<8} | {:>9}  {:>7}  {:>10}  {:>7} | {:>9.2}  {cpu:>5.2} | \
             {grown:>8.1}  {:>12.2}  {:>9.1}",
            count(Answer::SignedIn),
            count(Answer::Refused),
            count(Answer::ComeAgain),
            count(Answer::Limited),
            longest.unwrap_or_default().as_secs_f64(),
            grown / bound,
            machine::resident() - before,
        );
    }
}

#[derive(PartialEq, Eq)]
enum Answer {
    SignedIn,
    Refused,
    ComeAgain,
    Limited,
}

/// Every answer, and how long it was waited for.
async fn ask(given: &Arc<Given>, attempts: Vec<(String, &'static str)>) -> Vec<(Answer, Duration)> {
    let asked = attempts.into_iter().map(|(address, password)| {
        let given = Arc::clone(given);
        async move {
            let start = Instant::now();
            let answer = match given.sign_in(&address, password).await {
                Ok(()) => Answer::SignedIn,
                Err(AccountError::Refused(Refused::Credentials)) => Answer::Refused,
                Err(AccountError::Overloaded(_)) => Answer::ComeAgain,
                Err(AccountError::Limited(Limited::Later { .. })) => Answer::Limited,
                Err(broken) => panic!("{broken:?}"),
            };
            (answer, start.elapsed())
        }
    });
    asked.collect::<JoinSet<_>>().join_all().await
}
