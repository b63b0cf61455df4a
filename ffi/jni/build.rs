//! Links for Android as its devices want it: 16 KiB pages, the library's own name, nothing that is missing, never unloaded, and
//! the table of addresses packed, as every Android from 6 on reads it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("android") {
        for argument in [
            "-Wl,-soname,libmoretta_jni.so",
            "-Wl,-z,max-page-size=16384",
            "-Wl,-z,nodelete",
            "-Wl,--no-undefined",
            "-Wl,--pack-dyn-relocs=android",
        ] {
            println!("cargo::rustc-cdylib-link-arg={argument}");
        }
    }
}
