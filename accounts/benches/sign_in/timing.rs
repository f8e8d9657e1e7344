//! Whether the time of an answer tells that an address has an account: two sets
//! of addresses with an account and one without, each asked for once a round, in
//! every order equally often. What the two known sets differ by is noise.

use std::sync::Arc;
use std::time::{Duration, Instant};

use accounts::{AccountError, Refused};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::given::{Given, PASSWORD, WRONG_PASSWORD, email, known, unknown};

const ROUNDS: &str = "SIGN_IN_ROUNDS";
/// Addresses of a set.
const SET: usize = 16;
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
];
/// After a job, the one who did it still tidies up.
const TIDY: Duration = Duration::from_millis(5);

#[derive(Clone, Copy)]
enum Question {
    SignIn,
    Reset,
    SignUp,
}

pub(crate) async fn measure(given: &Arc<Given>) {
    let rounds = std::env::var(ROUNDS).map_or(400, |text| text.parse().unwrap());
    let stop = CancellationToken::new();
    let working = tokio::spawn(given.accounts.clone().run(stop.clone()));
    println!(
        "{rounds} rounds; who is as slow is slower in 0.50 of them, give or take {:.2} (two \
         standard errors)",
        1.0 / (rounds as f64).sqrt()
    );
    println!(
        "{:<40} | {:>8}  {:>8} | {:>12}  {:>14}  {:>6}",
        "", "ms", "ms", "/ of medians", "/ of 1st tenth", "slower"
    );
    for (what, question) in [
        ("sign-in, wrong password", Question::SignIn),
        ("a forgotten password", Question::Reset),
        ("sign-up", Question::SignUp),
    ] {
        let [known, other, unknown] = ask(given, question, rounds).await;
        for (against, those) in [("unknown", unknown), ("known", other)] {
            println!(
                "{:<40} | {:>8.3}  {:>8.3} | {:>12.3}  {:>14.3}  {:>6.3}",
                format!("{what}: known, {against}"),
                quantile_ms(&known, 0.5),
                quantile_ms(&those, 0.5),
                quantile_ms(&known, 0.5) / quantile_ms(&those, 0.5),
                quantile_ms(&known, 0.1) / quantile_ms(&those, 0.1),
                slower(&known, &those),
            );
        }
    }
    stop.cancel();
    working.await.unwrap();
}

/// What each set took, round by round.
async fn ask(given: &Given, question: Question, rounds: usize) -> [Vec<Duration>; 3] {
    let mut took = <[Vec<Duration>; 3]>::default();
    for round in 0..rounds {
        given.forget_limits();
        for set in ORDERS[round % ORDERS.len()] {
            let address = match set {
                0 => known(round % SET),
                1 => known(SET + round % SET),
                _ => unknown(round % SET),
            };
            took[set].push(time(given, question, &address).await);
            settle(given).await;
        }
    }
    took
}

async fn time(given: &Given, question: Question, address: &str) -> Duration {
    let (address, visit) = (email(address), given.visit());
    let accounts = &given.accounts;
    let start = Instant::now();
    match question {
        Question::SignIn => {
            let password = SecretString::from(WRONG_PASSWORD);
            let answer = accounts.sign_in(&address, &password, &visit).await;
            let is_refused = matches!(answer, Err(AccountError::Refused(Refused::Credentials)));
            assert!(is_refused, "{answer:?}");
        }
        Question::Reset => {
            let answer = accounts.request_password_reset(&address, &visit).await;
            answer.unwrap();
        }
        Question::SignUp => {
            let password = SecretString::from(PASSWORD);
            let answer = accounts.sign_up(&address, &password, &visit).await;
            answer.unwrap();
        }
    }
    start.elapsed()
}

/// Waits until everything is done that was put off until after the answer.
async fn settle(given: &Given) {
    loop {
        let is_done: bool = sqlx::query_scalar("SELECT NOT EXISTS (SELECT FROM account_jobs)")
            .fetch_one(&given.pool)
            .await
            .unwrap();
        tokio::time::sleep(TIDY).await;
        if is_done {
            return;
        }
    }
}

fn quantile_ms(took: &[Duration], share: f64) -> f64 {
    let mut took = took.to_vec();
    took.sort_unstable();
    took[(took.len() as f64 * share) as usize].as_secs_f64() * 1_000.0
}

/// In what share of the rounds `these` took longer than `those`.
fn slower(these: &[Duration], those: &[Duration]) -> f64 {
    let rounds = these.iter().zip(those);
    rounds
        .clone()
        .filter(|(these, those)| these > those)
        .count() as f64
        / rounds.len() as f64
}
