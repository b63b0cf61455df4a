#!/bin/sh
# Makes models/ anew from nothing, in BUILD/, and compares: the bytes must be the same. Then compares the converted
# networks with the originals, and the committed expected values with what the originals compute.
set -eu
build=${1:?usage: convert.sh BUILD}
here=$(cd "$(dirname "$0")" && pwd)
models=$(dirname "$here")
mkdir -p "$build/models"
build=$(cd "$build" && pwd)

python3 -m venv "$build/venv"
PATH="$build/venv/bin:$PATH"
export PATH
python3 -m pip install --quiet --requirement "$here/requirements.txt"
"$here/fetch.sh" "$build"

convert() {
    python3 "$here/tflite_to_onnx.py" "$build/originals/$1.tflite" "$build/models/$1.onnx" --layout "$2"
    cmp "$build/models/$1.onnx" "$models/$1.onnx"
}
convert face_detection_short_range nchw
convert face_detection_full_range nchw
convert face_landmarks_detector nchw
convert face_blendshapes native

python3 "$here/face_geometry.py" "$build/originals/geometry_pipeline_metadata_landmarks.binarypb" \
    "$build/models/face_geometry.json"
cmp "$build/models/face_geometry.json" "$models/face_geometry.json"

python3 "$here/expected.py" "$build/originals" "$build/models" "$build/expected.csv"
cmp "$build/expected.csv" "$models/expected.csv"
echo "models/ is what the recipe makes"
