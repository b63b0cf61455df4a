"""Computes what the networks must say to a few made-up inputs, with the original files in TensorFlow Lite.

usage: expected.py ORIGINALS MODELS expected.csv

The inputs are drawn with whole numbers only, so that a test in any language can draw the same: see `drawing`. The
converted networks must agree with the originals in ONNX Runtime, or this fails. Of each output some 100 values,
evenly spread, are written as `network,drawing,output,index,value`, preceded by the largest magnitude of the whole
output as index `max`, against which differences are to be judged.
"""

import csv
import sys

import numpy as np
import onnxruntime
import tflite
from ai_edge_litert.interpreter import Interpreter

NETWORKS = {
    # name: (NCHW or plain shape, least value, greatest value, drawings)
    "face_detection_short_range": ((1, 3, 128, 128), -1.0, 1.0, ("noise", "face")),
    "face_detection_full_range": ((1, 3, 192, 192), -1.0, 1.0, ("noise", "face")),
    "face_landmarks_detector": ((1, 3, 256, 256), 0.0, 1.0, ("noise", "face")),
    "face_blendshapes": ((1, 146, 2), 0.0, 510.0, ("noise", "ramp")),
}
VALUES_PER_OUTPUT = 100
# Of the largest magnitude of the output. Both compute in float32, in different orders.
AGREEMENT = 1e-4


def noise(index):
    """A byte that depends on every bit of `index`: two rounds of xor-shift and multiply, modulo 2**32."""
    value = (index * 2654435761) & 0xFFFFFFFF
    value = ((value ^ (value >> 15)) * 2246822519) & 0xFFFFFFFF
    return (value ^ (value >> 13)) >> 24


def face(channel, row, column, size):
    """A cartoon of a face on a grid of 256 x 256, a byte a channel."""
    x, y = column * 256 // size - 128, row * 256 // size - 128
    eye = min((x - 38) ** 2 + (y + 24) ** 2, (x + 38) ** 2 + (y + 24) ** 2)
    if eye <= 36:
        return (20, 20, 30)[channel]
    if eye <= 120 or (eye <= 250 and abs(y + 24) <= 7):
        return (240, 240, 240)[channel]
    if abs(abs(x) - 38) <= 20 and abs(y + 48) <= 4:
        return (70, 45, 30)[channel]
    if x * x + 4 * (y - 52) ** 2 <= 900:
        return (170, 60, 70)[channel]
    if abs(x) <= 8 and -10 <= y <= 24:
        return (200, 150, 125)[channel]
    if 3 * x * x + 2 * y * y <= 22000:
        return (225, 175, 150)[channel]
    return (90, 110, 130)[channel]


def drawing(name, shape):
    """The bytes of drawing `name`, in the order of `shape`."""
    count = int(np.prod(shape))
    if name == "noise":
        values = [noise(index) for index in range(count)]
    elif name == "ramp":
        values = [index * 7 % 256 for index in range(count)]
    else:
        _, channels, height, width = shape
        values = [
            face(channel, row, column, width)
            for channel in range(channels)
            for row in range(height)
            for column in range(width)
        ]
    return np.array(values, np.uint8).reshape(shape)


def original_outputs(path, data):
    interpreter = Interpreter(path, num_threads=1)
    interpreter.allocate_tensors()
    picture = data.transpose(0, 2, 3, 1) if data.ndim == 4 else data
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.ascontiguousarray(picture))
    interpreter.invoke()
    # The interpreter sorts its outputs; the file's order is the one that the conversion keeps.
    with open(path, "rb") as file:
        graph = tflite.Model.GetRootAsModel(file.read(), 0).Subgraphs(0)
    return [interpreter.get_tensor(graph.Outputs(k)).ravel() for k in range(graph.OutputsLength())]


def main():
    originals, models, target = sys.argv[1:]
    with open(target, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["network", "drawing", "output", "index", "value"])
        for network, (shape, least, greatest, drawings) in NETWORKS.items():
            session = onnxruntime.InferenceSession(f"{models}/{network}.onnx", providers=["CPUExecutionProvider"])
            for name in drawings:
                data = drawing(name, shape).astype(np.float32) / np.float32(255)
                data = data * np.float32(greatest - least) + np.float32(least)
                expected = original_outputs(f"{originals}/{network}.tflite", data)
                converted = session.run(None, {"input": data})
                for k, (values, others) in enumerate(zip(expected, converted, strict=True)):
                    scale = float(np.abs(values).max())
                    difference = float(np.abs(values - others.ravel()).max())
                    print(f"{network} {name} output {k}: largest {scale:.4g}, difference {difference:.2e}")
                    if not difference <= AGREEMENT * max(scale, 1.0):
                        sys.exit("the converted network disagrees with the original")
                    rows.writerow([network, name, k, "max", f"{scale:.9g}"])
                    step = -(-len(values) // VALUES_PER_OUTPUT)
                    for index in range(0, len(values), step):
                        rows.writerow([network, name, k, index, f"{values[index]:.9g}"])


if __name__ == "__main__":
    main()
