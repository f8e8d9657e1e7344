//! Finds the server programs and reads their versions.

use std::collections::HashSet;
use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Program, StackError};

/// One installed program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub program: Program,
    /// The executable, symbolic links resolved. `initdb` lies beside `postgres`.
    pub path: PathBuf,
    /// Major and minor.
    pub version: [u32; 2],
}

impl Found {
    pub fn is_too_old(&self) -> bool {
        self.version < self.program.oldest()
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor] = self.version;
        write!(f, "{} {major}.{minor}", self.program)
    }
}

/// All installed programs, in the order in which they are preferred.
#[derive(Debug, Clone, Default)]
pub struct Programs {
    pub postgres: Vec<Found>,
    pub nats: Vec<Found>,
}

impl Programs {
    /// The Postgres to use for a new data folder.
    ///
    /// # Errors
    /// [`StackError::Missing`] or [`StackError::TooOld`].
    pub fn best_postgres(&self) -> Result<&Found, StackError> {
        best(Program::Postgres, &self.postgres)
    }

    /// The nats-server to use.
    ///
    /// # Errors
    /// [`StackError::Missing`] or [`StackError::TooOld`].
    pub fn best_nats(&self) -> Result<&Found, StackError> {
        best(Program::Nats, &self.nats)
    }
}

/// Looks in the tools folder (`NARRATE_TOOLS`, by default `narrateai/tools` in
/// the user's cache directory), on the path, and where the systems' packages put
/// Postgres. Runs each candidate once with `--version`, so it takes some
/// milliseconds and blocks.
pub fn locate() -> Programs {
    let mut folders = vec![tools_dir()];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    folders.extend(["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from));
    let mut postgres_folders = folders.clone();
    postgres_folders.extend(packaged_postgres());
    Programs {
        postgres: found_in(&postgres_folders, Program::Postgres),
        nats: found_in(&folders, Program::Nats),
    }
}

fn tools_dir() -> PathBuf {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(dir) = set("NARRATE_TOOLS") {
        return dir.into();
    }
    let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || PathBuf::from(set("HOME").unwrap_or_else(|| "/".into()));
    cache
        .unwrap_or_else(|| home().join(".cache"))
        .join("narrateai/tools")
}

/// Debian, Red Hat and Homebrew keep each major version in a folder of its own,
/// off the path. The newest comes first.
fn packaged_postgres() -> Vec<PathBuf> {
    let mut folders: Vec<(u32, PathBuf)> = [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ]
    .into_iter()
    .filter_map(|(parent, prefix)| Some((Path::new(parent).read_dir().ok()?, prefix)))
    .flat_map(|(entries, prefix)| {
        entries.filter_map(Result::ok).filter_map(move |entry| {
            let name = entry.file_name();
            let major = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
    })
    .collect();
    folders.sort_by(|a, b| b.cmp(a));
    folders.into_iter().map(|(_, folder)| folder).collect()
}

fn found_in(folders: &[PathBuf], program: Program) -> Vec<Found> {
    let mut seen = HashSet::new();
    folders
        .iter()
        .filter_map(|folder| folder.join(program.to_string()).canonicalize().ok())
        .filter(|path| seen.insert(path.clone()))
        .filter(|path| program != Program::Postgres || path.with_file_name("initdb").exists())
        .filter_map(|path| {
            let said = Command::new(&path).arg("--version").output().ok()?;
            let version = version_in(&String::from_utf8_lossy(&said.stdout))?;
            Some(Found {
                program,
                path,
                version,
            })
        })
        .collect()
}

fn best(program: Program, found: &[Found]) -> Result<&Found, StackError> {
    if let Some(good) = found.iter().find(|found| !found.is_too_old()) {
        return Ok(good);
    }
    Err(match found.first() {
        None => StackError::Missing { program },
        Some(old) => StackError::TooOld {
            program,
            path: old.path.clone(),
            found: format!("{}.{}", old.version[0], old.version[1]),
        },
    })
}

/// The first word that starts like a version: `postgres (PostgreSQL) 15.18
/// (Debian …)`, `nats-server: v2.15.1`, `postgres (PostgreSQL) 18beta1`.
fn version_in(said: &str) -> Option<[u32; 2]> {
    said.split_whitespace().find_map(|word| {
        let mut numbers = word
            .strip_prefix('v')
            .unwrap_or(word)
            .split('.')
            .map(|part| {
                let digits = part
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(part.len());
                part[..digits].parse().ok()
            });
        let major = numbers.next()??;
        Some([major, numbers.next().flatten().unwrap_or(0)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        for (said, version) in [
            (
                "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n",
                [15, 18],
            ),
            ("postgres (PostgreSQL) 18beta1\n", [18, 0]),
            ("nats-server: v2.15.1\n", [2, 15]),
            ("nats-server: v2.12.0-RC.3\n", [2, 12]),
        ] {
            assert_eq!(version_in(said), Some(version), "{said}");
        }
        assert_eq!(version_in("no such option"), None);
    }

    #[test]
    fn an_old_program_is_passed_over_and_named_when_there_is_no_other() {
        let nats = |minor| Found {
            program: Program::Nats,
            path: "/x/nats-server".into(),
            version: [2, minor],
        };
        let both = [nats(9), nats(12)];
        assert_eq!(best(Program::Nats, &both).unwrap(), &both[1]);
        let told = best(Program::Nats, &both[..1]).unwrap_err().to_string();
        assert!(told.contains("2.9") && told.contains("2.12"), "{told}");
        let told = best(Program::Nats, &[]).unwrap_err().to_string();
        assert!(told.contains("not found"), "{told}");
    }
}
