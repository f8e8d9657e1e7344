//! Writes `schema.graphql` at the top of the repository, from the schema as it
//! is compiled: `cargo run -p graphql --bin print-schema`. With `--check` it
//! writes nothing and fails when the file says something else.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let sdl = graphql::sdl();
    if std::env::args().any(|word| word == "--check") {
        if std::fs::read_to_string(&path).is_ok_and(|written| written == sdl) {
            return ExitCode::SUCCESS;
        }
        eprintln!("schema.graphql is out of date; run `cargo run -p graphql --bin print-schema`");
        return ExitCode::FAILURE;
    }
    match std::fs::write(&path, sdl) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} cannot be written: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
