#!/usr/bin/env python3
"""What MediaPipe's face landmarker says of pictures and clips: the same JSON lines as `cargo xtask eval` writes.

    python3.11 -m venv VENV && VENV/bin/pip install -r requirements.txt
    VENV/bin/python measure.py --task FACE_LANDMARKER_TASK --images DIR --out FILE
    VENV/bin/python measure.py --task FACE_LANDMARKER_TASK --video FILE --out FILE
    VENV/bin/python measure.py --task FACE_LANDMARKER_TASK --frames DIR --fps N --out FILE

FACE_LANDMARKER_TASK is Google's bundle, sha-256 64184e22...; models/recipe says where its bytes come from. Pictures
are looked at one by one (`IMAGE` mode), clips frame after frame (`VIDEO` mode). With `--max-faces 1`, and in clips
only, MediaPipe smooths landmarks. Then the clip is run a second time beside it for two faces, which smooths nothing:
`points478_seen` are the landmarks of that run.

Pixels are MediaPipe's, normalised times size: the centre of the first one is at 0. `ms` is wall time.
"""
import argparse
import contextlib
import hashlib
import json
import math
import pathlib
import subprocess
import sys
import time

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

TASK_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


def landmarker(arguments, mode, faces=None):
    task = pathlib.Path(arguments.task).read_bytes()
    found = hashlib.sha256(task).hexdigest()
    if found != TASK_SHA256:
        sys.exit(f"{arguments.task}: expected sha-256 {TASK_SHA256}, found {found}")
    return vision.FaceLandmarker.create_from_options(vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=task), running_mode=mode, num_faces=faces or arguments.max_faces,
        output_face_blendshapes=True, output_facial_transformation_matrixes=True))


def face(result, index, width, height):
    points = np.array([[p.x * width, p.y * height, p.z * width] for p in result.face_landmarks[index]])
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return {
        "id": index,
        "box": [*low.tolist(), *(high - low).tolist()],
        "points478": points.round(3).tolist(),
        "blendshapes": {c.category_name: round(c.score, 6) for c in result.face_blendshapes[index]},
        "pose": result.facial_transformation_matrixes[index].ravel().round(6).tolist(),
    }


def record(name, pixels, result, ms, **more):
    height, width = pixels.shape[:2]
    faces = [face(result, index, width, height) for index in range(len(result.face_landmarks))]
    return {"file": name, "width": width, "height": height, "ms": round(ms, 3), **more, "faces": faces}


def rgb(path):
    # As the file stores it: turned by no metadata.
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    if picture is None:
        sys.exit(f"{path}: expected a picture")
    return np.ascontiguousarray(picture[:, :, ::-1])


def pictures(folder):
    files = (it for it in folder.rglob("*") if it.suffix.lower() in PICTURES)
    return sorted(files, key=lambda it: it.relative_to(folder).as_posix())


def images(arguments, out):
    folder = pathlib.Path(arguments.images)
    with landmarker(arguments, vision.RunningMode.IMAGE) as task:
        for path in pictures(folder):
            pixels = rgb(path)
            start = time.perf_counter()
            result = task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels))
            ms = (time.perf_counter() - start) * 1e3
            out.write(json.dumps(record(path.relative_to(folder).as_posix(), pixels, result, ms)) + "\n")


def frames_of_folder(folder, fps):
    for index, path in enumerate(pictures(folder)):
        yield index * 1000 / fps, rgb(path)


def frames_of_video(path):
    """The frames and times that ffmpeg and ffprobe tell, as `cargo xtask eval` has them told: turned by no metadata."""
    probe = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time",
         "-of", "csv=p=0", str(path)], check=True, capture_output=True, text=True)
    times = [float(line.strip(",")) for line in probe.stdout.split()]
    pipe = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-noautorotate", "-i", str(path), "-map", "0:v:0", "-fps_mode", "passthrough",
         "-f", "image2pipe", "-c:v", "ppm", "-"], stdout=subprocess.PIPE)
    for at in times:
        if pipe.stdout.readline() != b"P6\n":
            break
        width, height = map(int, pipe.stdout.readline().split())
        pipe.stdout.readline()
        yield at * 1000, np.frombuffer(pipe.stdout.read(3 * width * height), np.uint8).reshape(height, width, 3)
    if pipe.wait() != 0:
        sys.exit(f"{path}: ffmpeg failed")


def clip(arguments, name, frames, out):
    with contextlib.ExitStack() as stack:
        task = stack.enter_context(landmarker(arguments, vision.RunningMode.VIDEO))
        unsmoothed = None
        if arguments.max_faces == 1:
            unsmoothed = stack.enter_context(landmarker(arguments, vision.RunningMode.VIDEO, 2))
        for index, (at_ms, pixels) in enumerate(frames):
            if arguments.limit and index == arguments.limit:
                break
            picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=pixels)
            start = time.perf_counter()
            result = task.detect_for_video(picture, round(at_ms))
            ms = (time.perf_counter() - start) * 1e3
            more = {"frame": index, "timestamp_ms": round(at_ms, 3)}
            line = record(name, pixels, result, ms, **more)
            if unsmoothed:
                seen = record(name, pixels, unsmoothed.detect_for_video(picture, round(at_ms)), 0)["faces"]
                for face in line["faces"]:
                    nearest = min(seen, key=lambda it: math.dist(it["box"][:2], face["box"][:2]), default=None)
                    if nearest:
                        face["points478_seen"] = nearest["points478"]
            out.write(json.dumps(line) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--images")
    source.add_argument("--video")
    source.add_argument("--frames")
    parser.add_argument("--fps", type=float, default=30)
    parser.add_argument("--out", required=True)
    parser.add_argument("--max-faces", type=int, default=16)
    parser.add_argument("--limit", type=int, default=0)
    arguments = parser.parse_args()
    with open(arguments.out, "w") as out:
        if arguments.images:
            images(arguments, out)
        elif arguments.video:
            clip(arguments, arguments.video, frames_of_video(arguments.video), out)
        else:
            frames = frames_of_folder(pathlib.Path(arguments.frames), arguments.fps)
            clip(arguments, arguments.frames, frames, out)


main()
