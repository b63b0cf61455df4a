#!/bin/sh
# Builds build/CMoretta.xcframework: the static library for devices and for the simulator, with its header and module map.
#
# With NETWORKS=no the library is 4.4 MiB smaller, and the app brings the files of models/ itself: `Options.modelsFolder`.
#
# Wants macOS with Xcode, and `rustup target add aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios`.
set -eu
cd "$(dirname "$0")"

command -v xcodebuild >/dev/null || { echo "no xcodebuild: this wants Xcode" >&2; exit 1; }
export IPHONEOS_DEPLOYMENT_TARGET=15.0
[ "${NETWORKS:-yes}" = yes ] && features="" || features=--no-default-features
built=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
for target in aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios; do
    # A static library alone: together with a Rust library it would not be optimised across crates.
    # shellcheck disable=SC2086 # none, or one
    cargo rustc --locked --profile mobile --package moretta-ffi $features --lib --crate-type staticlib --target $target
    mkdir -p build/$target
    cp "$built/$target/mobile/libmoretta_ffi.a" build/$target/libmoretta.a
    xcrun strip -S -x build/$target/libmoretta.a
done
mkdir -p build/simulator
xcrun lipo -create build/aarch64-apple-ios-sim/libmoretta.a build/x86_64-apple-ios/libmoretta.a \
    -output build/simulator/libmoretta.a

rm -rf build/CMoretta.xcframework
xcodebuild -create-xcframework \
    -library build/aarch64-apple-ios/libmoretta.a -headers ../include \
    -library build/simulator/libmoretta.a -headers ../include \
    -output build/CMoretta.xcframework
