//! Sign-ins a second beside bare argon2id on all cores, which keeps its memory
//! from one hash to the next and does nothing else.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use argon2::{Argon2, Block};
use tokio::task::JoinSet;

use crate::PEOPLE;
use crate::given::{Given, PASSWORD, cores, known};
use crate::machine;

const RUNS: usize = 3;
/// In each run, of each kind.
const TIMES: usize = 4 * PEOPLE;

/// Of so many a second, and what one costs this process.
struct Rate {
    per_second: f64,
    cpu_ms: f64,
}

pub(crate) async fn measure(given: &Arc<Given>) {
    println!(
        "{:<26} | {:>8}  {:>6} | {:>11}  {:>6}",
        "", "a second", "/ bare", "CPU ms each", "/ bare"
    );
    for _ in 0..RUNS {
        let bare = Rate::of(async { bare() }).await;
        let alone = Rate::of(sign_ins(given, 1)).await;
        let together = Rate::of(sign_ins(given, PEOPLE)).await;
        for (what, rate) in [
            ("bare argon2id, all cores", &bare),
            ("sign-ins, 1 caller", &alone),
            ("sign-ins, 64 callers", &together),
        ] {
            println!(
                "{what:<26} | {:>8.1}  {:>6.2} | {:>11.2}  {:>6.2}",
                rate.per_second,
                rate.per_second / bare.per_second,
                rate.cpu_ms,
                rate.cpu_ms / bare.cpu_ms,
            );
        }
    }
}

impl Rate {
    /// Of `work`, which does something so many [`TIMES`].
    async fn of(work: impl Future<Output = ()>) -> Self {
        let cpu = machine::cpu_seconds();
        let start = Instant::now();
        work.await;
        let took = start.elapsed().as_secs_f64();
        let cpu = machine::cpu_seconds() - cpu;
        Self {
            per_second: TIMES as f64 / took,
            cpu_ms: cpu * 1_000.0 / TIMES as f64,
        }
    }
}

fn bare() {
    thread::scope(|scope| {
        for core in 0..cores() {
            scope.spawn(move || {
                let argon2 = accounts::testing::argon2();
                let mut memory = vec![Block::new(); argon2.params().block_count()];
                for _ in (core..TIMES).step_by(cores()) {
                    hash_once(&argon2, &mut memory);
                }
            });
        }
    });
}

fn hash_once(argon2: &Argon2<'_>, memory: &mut [Block]) {
    let (password, salt, mut out) = (PASSWORD.as_bytes(), [7; 16], [0; 32]);
    let hashed = argon2.hash_password_into_with_memory(password, &salt, &mut out, memory);
    hashed.unwrap();
}

async fn sign_ins(given: &Arc<Given>, callers: usize) {
    given.forget_limits();
    let running = (0..callers).map(|caller| {
        let given = Arc::clone(given);
        async move {
            for nth in (caller..TIMES).step_by(callers) {
                let signed_in = given.sign_in(&known(nth % PEOPLE), PASSWORD).await;
                signed_in.unwrap();
            }
        }
    });
    running.collect::<JoinSet<_>>().join_all().await;
}
