#!/bin/sh
# Builds libmoretta_jni.so with the NDK for each processor, and puts it where Gradle takes it from; and packs the sample's effect.
#
#     ANDROID_NDK_HOME=/path/to/android-ndk ./build-native.sh [arm64-v8a] [x86_64]
#
# With NETWORKS=no the library is 4.4 MiB smaller, and the app brings the files of models/ itself: `Options.models`.
#
# Wants NDK r26 or later, and `rustup target add aarch64-linux-android x86_64-linux-android`.
set -eu
cd "$(dirname "$0")"

: "${ANDROID_NDK_HOME:?is to say where the NDK is}"
host=$(uname -s | tr '[:upper:]' '[:lower:]')-x86_64
tools="$ANDROID_NDK_HOME/toolchains/llvm/prebuilt/$host/bin"
[ -d "$tools" ] || { echo "no compiler in $tools" >&2; exit 1; }
api=24
[ "${NETWORKS:-yes}" = yes ] && features="" || features=--no-default-features

[ $# -gt 0 ] || set -- arm64-v8a x86_64
for abi; do
    case $abi in
        arm64-v8a) target=aarch64-linux-android ;;
        x86_64) target=x86_64-linux-android ;;
        *) echo "no such processor: $abi (32-bit ones are not supported)" >&2; exit 2 ;;
    esac
    lower=$(echo $target | tr '-' '_')
    upper=$(echo "$lower" | tr '[:lower:]' '[:upper:]')
    export "CC_$lower=$tools/$target$api-clang" "AR_$lower=$tools/llvm-ar"
    export "CARGO_TARGET_${upper}_LINKER=$tools/$target$api-clang"
    # shellcheck disable=SC2086 # none, or one
    cargo build --locked --profile mobile --package moretta-jni $features --target "$target"
    library=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/$target/mobile/libmoretta_jni.so
    mkdir -p "moretta/src/main/jniLibs/$abi"
    "$tools/llvm-strip" --strip-unneeded -o "moretta/src/main/jniLibs/$abi/libmoretta_jni.so" "$library"
    READELF="$tools/llvm-readelf" ./check-pages.sh "moretta/src/main/jniLibs/$abi/libmoretta_jni.so"
done

mkdir -p sample/src/main/assets
cargo run --locked --release --package moretta-fx -- pack ../../effects/glasses --out sample/src/main/assets/glasses.mask
