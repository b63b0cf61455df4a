#!/usr/bin/env python3
"""Ours and the peers in turns, on the same frames, one thread each: `cargo xtask bench peers --originals DIR` runs this.

Whole tracked frames against MediaPipe's face landmarker in video mode, and the networks alone against TensorFlow Lite
(XNNPACK) and ONNX Runtime. A turn is some frames or runs; turns alternate, and a ratio is the median of the ratios of
turns that follow each other, so that what else the machine does falls on both sides. CPU is that of the whole process,
all threads; wall is the clock's.
"""
import argparse
import hashlib
import pathlib
import statistics
import subprocess
import sys
import time

import cv2
import mediapipe as mp
import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter
from mediapipe.tasks.python import BaseOptions, vision

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = [(640, 480), (1280, 720), (1920, 1080)]
# Ours, by the name of the file without its ending, which is also that of the file that it was converted from.
NETWORKS = ["face_detection_short_range", "face_detection_full_range", "face_landmarks_detector", "face_blendshapes"]
TASK = "face_landmarker.task"


class Ours:
    """The program that runs frames and networks when it is told to."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def cpu_ns(self):
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    def ask(self, line, data=b""):
        """What it took: CPU and wall, in nanoseconds."""
        before = self.cpu_ns()
        self.process.stdin.write(line.encode() + b"\n" + data)
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 1:
            sys.exit(f"the program of ours ended at: {line}")
        return self.cpu_ns() - before, int(answer[0])


def timed(work):
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    work()
    return time.process_time_ns() - cpu, time.perf_counter_ns() - wall


def scene(width, height):
    """The portrait on a wall, as high as the frame."""
    portrait = cv2.imread(str(ROOT / "crates/track/tests/data/astronaut.png"))[:, :, ::-1]
    picture = np.full((height, width, 3), (90, 95, 110), np.uint8)
    side = height
    left, top = (width - side) // 2, (height - side) // 2
    picture[top:top + side, left:left + side] = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    return picture


class MediaPipe:
    def __init__(self, task, blendshapes):
        self.landmarker = vision.FaceLandmarker.create_from_options(vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=task), running_mode=vision.RunningMode.VIDEO, num_faces=1,
            output_face_blendshapes=blendshapes, output_facial_transformation_matrixes=True))
        self.ms = 0

    def frames(self, picture, count):
        for _ in range(count):
            self.ms += 33
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=picture)
            if len(self.landmarker.detect_for_video(image, self.ms).face_landmarks) != 1:
                sys.exit("MediaPipe found no face")


def turns(rounds, ours, theirs):
    """Medians of ours and theirs, and of their ratios, each as CPU and wall."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    of = lambda pick: [statistics.median(pick(pair)[k] for pair in pairs) for k in (0, 1)]
    ratio = [statistics.median(a[k] / b[k] for a, b in pairs) for k in (0, 1)]
    return of(lambda pair: pair[0]), of(lambda pair: pair[1]), ratio


def ms(ns, count):
    return f"{ns / count / 1e6:.2f}"


def frames(ours, originals, rounds, count):
    yield "| frame | ours, ms of CPU | MediaPipe | ratio of CPU | ratio of wall |"
    yield "|---|---|---|---|---|"
    for blendshapes in (False, True):
        for width, height in SIZES:
            picture = scene(width, height)
            rgba = np.dstack([picture, np.full((height, width), 255, np.uint8)]).tobytes()
            theirs = MediaPipe(originals[TASK], blendshapes)
            line = f"frames {width} {height} {int(blendshapes)} {count}"
            a, b, ratio = turns(rounds, lambda: ours.ask(line, rgba), lambda: timed(lambda: theirs.frames(picture, count)))
            what = f"{width}x{height}" + (", blendshapes" if blendshapes else "")
            yield f"| {what} | {ms(a[0], count)} | {ms(b[0], count)} | {ratio[0]:.2f} | {ratio[1]:.2f} |"


def networks(ours, originals, rounds, count):
    yield "| network | ours, ms of CPU | XNNPACK | ratio | ONNX Runtime | ratio |"
    yield "|---|---|---|---|---|---|"
    for name in NETWORKS:
        noise = np.random.default_rng(1)
        cells = []
        network = Interpreter(model_content=originals[f"{name}.tflite"], num_threads=1)
        network.allocate_tensors()
        given = network.get_input_details()[0]
        network.set_tensor(given["index"], noise.random(given["shape"], np.float32))
        peers = [lambda network=network: [network.invoke() for _ in range(count)]]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(ROOT / "models" / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
        put = session.get_inputs()[0]
        tensor = {put.name: noise.random(put.shape, np.float32)}
        peers.append(lambda: [session.run(None, tensor) for _ in range(count)])
        own = "-"
        for peer in peers:
            a, b, ratio = turns(rounds, lambda: ours.ask(f"network {name} {count}"), lambda: timed(peer))
            own = ms(a[0], count)
            cells += [ms(b[0], count), f"{ratio[0]:.2f}"]
        yield f"| {name} | {own} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--originals", required=True, type=pathlib.Path, help="what models/recipe/fetch.sh fetched")
    parser.add_argument("--ours", required=True, help="the program of ours: an example of moretta-benches")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="where the tables go")
    parser.add_argument("--rounds", type=int, default=31, help="pairs of turns [31]")
    parser.add_argument("--count", type=int, default=20, help="frames or runs a turn [20]")
    arguments = parser.parse_args()
    originals = {}
    hashes = (ROOT / "models/manifest.toml").read_text(encoding="utf-8")
    for name in [TASK] + [f"{name}.tflite" for name in NETWORKS]:
        originals[name] = (arguments.originals / name).read_bytes()
        found = hashlib.sha256(originals[name]).hexdigest()
        if found not in hashes:
            sys.exit(f"{arguments.originals / name}: expected an original of models/manifest.toml, found sha-256 {found}")
    ours = Ours(arguments.ours)
    with open(arguments.out, "w", encoding="utf-8") as out:
        for table in (networks, frames):
            for line in table(ours, originals, arguments.rounds, arguments.count):
                print(line, flush=True)
                out.write(line + "\n")
            print()
            out.write("\n")


if __name__ == "__main__":
    main()
