//! Generates the protocol's messages and services from `proto/`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(
        ["streams.proto", "gossip.proto", "serverfeatures.proto"],
        ["proto"],
    )?;
    tonic_build::configure()
        .build_client(false)
        .bytes(["."])
        .include_file("protocol.rs")
        .compile_fds(files)?;
    Ok(())
}
