//! Gives the shared library its name: `libmoretta.so.0`, where the number is that of the ABI. Where the linker can say so it is
//! never unloaded, as its threads may run.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    match system.as_str() {
        // Android loads libraries by their file name, which has no number.
        "android" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmoretta.so");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,max-page-size=16384");
            // The table of addresses, as every Android from 6 on reads it.
            println!("cargo::rustc-cdylib-link-arg=-Wl,--pack-dyn-relocs=android");
        }
        "linux" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmoretta.so.0");
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        "macos" | "ios" => {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmoretta.0.dylib");
        }
        _ => {}
    }
}
