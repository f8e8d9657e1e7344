//! Programs that `scripts/setup test` installs.

use std::path::PathBuf;

/// From the folder that the setup script fills, or the path.
pub(crate) fn installed(program: &str) -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let tools = set("NARRATE_TOOLS").map(PathBuf::from).or_else(|| {
        let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))?;
        Some(cache.join("narrateai/tools"))
    });
    let path = set("PATH").unwrap_or_default();
    tools
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(program))
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{program} is not installed; run scripts/setup test"))
}
