use std::ffi::OsString;
use std::path::PathBuf;

/// The program or folder `name` in the folder that `scripts/setup test` fills,
/// or on the path.
pub fn tool(name: &str) -> PathBuf {
    let path = set("PATH").unwrap_or_default();
    tools_folder()
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(name))
        .find(|found| found.exists())
        .unwrap_or_else(|| panic!("{name} is not installed; run scripts/setup test"))
}

fn tools_folder() -> Option<PathBuf> {
    set("NARRATE_TOOLS").map(PathBuf::from).or_else(|| {
        let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(set("HOME")?).join(".cache")))?;
        Some(cache.join("narrateai/tools"))
    })
}

fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
