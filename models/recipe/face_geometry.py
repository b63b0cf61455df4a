"""Decodes MediaPipe's face geometry metadata (a protobuf) into face_geometry.json.

usage: face_geometry.py geometry_pipeline_metadata_landmarks.binarypb face_geometry.json

The messages are mediapipe/tasks/cc/vision/face_geometry/proto/{geometry_pipeline_metadata,mesh_3d}.proto. The few
fields that matter are read by hand, so that no generated code is needed.
"""

import json
import struct
import sys

# mesh_3d.proto and geometry_pipeline_metadata.proto: field numbers.
CANONICAL_MESH, PROCRUSTES_LANDMARK, INPUT_SOURCE = 1, 2, 3
VERTEX_BUFFER, INDEX_BUFFER = 3, 4
LANDMARK_ID, WEIGHT = 1, 2

# Wire types of protobuf.
VARINT, LENGTH_DELIMITED, FIXED32 = 0, 2, 5


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def varints(data):
    at = 0
    while at < len(data):
        value, at = varint(data, at)
        yield value


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = varint(data, at)
        elif wire == FIXED32:
            value, at = data[at : at + 4], at + 4
        elif wire == LENGTH_DELIMITED:
            length, at = varint(data, at)
            value, at = data[at : at + length], at + length
        else:
            raise ValueError(f"wire type {wire}")
        yield number, value


def main():
    source, target = sys.argv[1:]
    # The order of the keys is part of the bytes, hence of the hash in manifest.toml.
    geometry = {"procrustes": [], "vertices": [], "indices": []}
    with open(source, "rb") as file:
        message = file.read()
    for number, value in fields(message):
        if number == CANONICAL_MESH:
            for mesh_number, mesh_value in fields(value):
                if mesh_number == VERTEX_BUFFER:
                    geometry["vertices"] += struct.unpack(f"<{len(mesh_value) // 4}f", mesh_value)
                elif mesh_number == INDEX_BUFFER:
                    # Packed or one by one: protobuf allows both.
                    packed = isinstance(mesh_value, bytes)
                    geometry["indices"] += varints(mesh_value) if packed else [mesh_value]
        elif number == PROCRUSTES_LANDMARK:
            landmark = dict(fields(value))
            weight = struct.unpack("<f", landmark[WEIGHT])[0]
            geometry["procrustes"].append((landmark.get(LANDMARK_ID, 0), weight))
        elif number == INPUT_SOURCE:
            geometry["input_source"] = value
    with open(target, "w") as file:
        json.dump(geometry, file)


if __name__ == "__main__":
    main()
