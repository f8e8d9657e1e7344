//! Lists `packs/<niche>/<id>.json`, so that adding a topic is adding one file.

use std::{
    env,
    fmt::Write,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=packs");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it for build scripts");
    let out = env::var("OUT_DIR").expect("cargo sets it for build scripts");

    let mut list = String::from("&[\n");
    for folder in entries(&Path::new(&root).join("packs"))? {
        for file in entries(&folder)? {
            let (niche, id) = (stem(&folder), stem(&file));
            // The folder is named where this is compiled: one build folder may
            // serve several clones.
            let path =
                format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/packs/{niche}/{id}.json\")");
            writeln!(list, "({niche:?}, {id:?}, include_str!({path})),")
                .expect("writing to a string cannot fail");
        }
    }
    list.push(']');
    fs::write(Path::new(&out).join("packs.rs"), list)
}

/// Sorted, so that the list is the same on every file system.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
