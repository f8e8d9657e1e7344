//! Appends a second, one event a command, each caller to a stream of its own,
//! by our log and by others, in turn on one server.
//!
//! `make bench` runs it; `DATABASE_URL` names a database with the tables of
//! `migrations/`, `NARRATE_TEST_DATABASE_URL` the server.

mod by_cqrs_es;
mod by_disintegrate;
mod by_es_entity;
#[path = "../../append/laps.rs"]
mod laps;
mod ours;

use laps::Figures;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

/// What each library may have open at once; they append through it.
const CONNECTIONS: u32 = 32;

#[tokio::main]
async fn main() {
    let pool = connect().await;
    println!("callers | library         | appends/s  p50 ms  p95 ms  p99 ms | ours / it");
    for callers in [1, 8, 64] {
        let ours = ours::measure(callers).await;
        tell(callers, "ours", &ours, &ours);
        tell(
            callers,
            "cqrs-es",
            &by_cqrs_es::measure(&pool, callers).await,
            &ours,
        );
        let disintegrate = by_disintegrate::measure(&pool, callers).await;
        tell(callers, "disintegrate", &disintegrate, &ours);
        tell(
            callers,
            "es-entity",
            &by_es_entity::measure(&pool, callers).await,
            &ours,
        );
    }
}

async fn connect() -> PgPool {
    let url = std::env::var("DATABASE_URL").expect("DATABASE_URL names a prepared database");
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .connect(&url)
        .await
        .expect("the database answers")
}

fn tell(callers: usize, name: &str, figures: &Figures, ours: &Figures) {
    println!(
        "{callers:>7} | {name:<15} | {:>9.0}  {:>6.2}  {:>6.2}  {:>6.2} | {:>9.2}",
        figures.per_second,
        figures.percentile_ms(0.5),
        figures.percentile_ms(0.95),
        figures.percentile_ms(0.99),
        ours.per_second / figures.per_second,
    );
}
