//! A new migration must reach the `migrate!` in this crate.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
