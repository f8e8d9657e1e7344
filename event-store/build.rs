//! A new migration must reach the `migrate!` in this crate, and a test that
//! needs a real node of KurrentDB must know whether there is one.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rustc-check-cfg=cfg(kurrentdb_node)");
    println!("cargo:rerun-if-env-changed=KURRENTDB_TEST_URL");
    if std::env::var_os("KURRENTDB_TEST_URL").is_some_and(|url| !url.is_empty()) {
        println!("cargo:rustc-cfg=kurrentdb_node");
    }
}
