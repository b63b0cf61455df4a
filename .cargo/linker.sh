#!/bin/sh
# The linker that .cargo/config.toml names on Linux: `cc`, and nothing else once there is one.
#
# Without a linker Cargo cannot even build `xtask`, so `cargo xtask setup` could never install one.
# This is the step before it: on a bare Debian it installs the two packages below (as root, or
# through a sudo that asks nothing); elsewhere it prints the command and fails.
# MORETTA_NO_INSTALL=1 forbids installing.
set -eu

if command -v cc >/dev/null 2>&1; then
    exec cc "$@"
fi

# A test in xtask/src/setup.rs compares them with the table there.
packages="gcc libc6-dev"

# Cargo shows a linker's words only when it fails, and this takes half a minute: tell the terminal too.
say() {
    echo "moretta: $1" >&2
    { echo "moretta: $1" >/dev/tty; } 2>/dev/null || true
}

refuse() {
    say "no C linker (cc) on PATH, and $1. Install a C compiler; on Debian and Ubuntu:
    apt-get install --no-install-recommends $packages"
    exit 1
}

[ "${MORETTA_NO_INSTALL:-0}" = 0 ] || refuse "MORETTA_NO_INSTALL forbids installing"
command -v apt-get >/dev/null 2>&1 || refuse "there is no apt-get here"
if [ "$(id -u)" = 0 ]; then
    as_root="env"
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n env"
else
    refuse "this is neither root nor a sudo without a password"
fi

# Cargo links several crates at once: the first installs, the others wait for it.
exec 9<"$0"
if command -v flock >/dev/null 2>&1; then
    flock 9
fi
if ! command -v cc >/dev/null 2>&1; then
    say "no C linker here: installing $packages with apt-get"
    $as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || refuse "apt-get update failed"
    # shellcheck disable=SC2086 # one word a package
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2 ||
        refuse "apt-get install failed"
fi
exec 9<&-
exec cc "$@"
