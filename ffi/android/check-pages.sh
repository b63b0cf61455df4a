#!/bin/sh
# Fails unless each library may be loaded where memory comes in pages of 16 KiB, as on newer Android devices: every segment that
# is loaded must be aligned to that, or to a multiple. READELF may name another readelf.
set -eu

[ $# -gt 0 ] || { echo "usage: check-pages.sh LIBRARY..." >&2; exit 2; }
for library; do
    alignments=$("${READELF:-readelf}" -lW "$library" | awk '$1 == "LOAD" { print $NF }')
    [ -n "$alignments" ] || { echo "$library: no segment that is loaded" >&2; exit 1; }
    for alignment in $alignments; do
        if [ $((alignment % 16384)) -ne 0 ]; then
            echo "$library: a segment is aligned to $alignment, not to 0x4000" >&2
            exit 1
        fi
    done
    echo "$library: pages of 16 KiB"
done
