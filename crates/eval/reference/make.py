#!/usr/bin/env python3
"""Makes test material out of stills: faces of known sizes, and clips that move in a known way.

    VENV/bin/python make.py scaled IMAGES ANNOTATIONS OUT
    VENV/bin/python make.py moving PICTURE OUT

`scaled`: each picture with one labelled face, made smaller by the mean of areas so that the face's box is 24 to 192
pixels wide, laid somewhere on a grey canvas of 1280 x 720. OUT gets a folder for each width, and annotations.json.

`moving`: the picture as a camera that moves sees it: 640 x 480, 150 frames (5 s at 30 a second), the face some 160
pixels wide, with noise of standard deviation 4 levels on each channel. OUT gets a folder of PNGs for each path, and
beside it NAME.json: for each frame the matrix that carries the first still's pixels to the frame, in pixels as MediaPipe
counts them (the centre of the first one at 0). The paths:

    rest    the camera stands still
    sway    80 pixels to either side, 0.7 times a second
    nod     40 pixels up and down, 1.5 times a second
    roll    20 degrees to either side, 0.6 times a second
    zoom    0.75 to 1.33 times as large, 0.5 times a second
    walk    all of it at once, smaller, as a phone in a hand
    start   1.5 s of rest, then steadily 60 pixels a second to the right, then rest

The same seeds make the same pixels.
"""
import json
import math
import pathlib
import sys

import cv2
import numpy as np

WIDTHS = [24, 32, 48, 64, 96, 128, 192]
CANVAS = (1280, 720)
GREY = 96
SIZE, FRAMES, FPS, FACE_PX, NOISE = (640, 480), 150, 30, 160, 4.0


def write(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        sys.exit(f"{path}: cannot write")


def scaled(images, annotations, out):
    random = np.random.default_rng(1)
    known = []
    for annotation in json.loads(annotations.read_text()):
        faces = annotation["faces"]
        path = images.parent / annotation["file"]
        if len(faces) != 1 or not path.exists() or path.suffix not in (".jpg", ".png"):
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        height, width = picture.shape[:2]
        for face_px in WIDTHS:
            factor = face_px / faces[0]["box"][2]
            size = (round(width * factor), round(height * factor))
            if factor > 1 or size[0] > CANVAS[0] or size[1] > CANVAS[1]:
                continue
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            left, top = (int(random.integers(0, room - side + 1)) for room, side in zip(CANVAS, size))
            canvas = np.full((CANVAS[1], CANVAS[0], 3), GREY, np.uint8)
            canvas[top:top + size[1], left:left + size[0]] = small
            name = f"face_{face_px:03}px/{path.parent.name}_{path.stem}.png"
            write(out / name, canvas)
            x, y = size[0] / width, size[1] / height

            def moved(point):
                # Pixels' centres are at whole numbers.
                return [(point[0] + .5) * x - .5 + left, (point[1] + .5) * y - .5 + top]

            box = faces[0]["box"]
            face = {"box": [box[0] * x + left, box[1] * y + top, box[2] * x, box[3] * y]}
            face |= {key: [moved(it) for it in points] for key, points in faces[0].items()
                     if key.startswith("points") and isinstance(points, list)}
            known.append({"file": name, "width": CANVAS[0], "height": CANVAS[1], "n_faces": 1, "complete": True,
                          "faces": [face]})
    (out / "annotations.json").write_text(json.dumps(known))


def paths():
    turn = 2 * math.pi
    wave = lambda t, hz, phase=0.0: math.sin(turn * hz * t + phase)
    steady = lambda t: 60 * min(max(t - 1.5, 0), 2.0)
    # x and y in pixels, the angle in degrees, the factor of size.
    return {
        "rest": lambda t: (0, 0, 0, 1),
        "sway": lambda t: (80 * wave(t, .7), 0, 0, 1),
        "nod": lambda t: (0, 40 * wave(t, 1.5), 0, 1),
        "roll": lambda t: (0, 0, 20 * wave(t, .6), 1),
        "zoom": lambda t: (0, 0, 0, 1.333 ** wave(t, .5)),
        "walk": lambda t: (12 * wave(t, .9) + 4 * wave(t, 2.3, 1), 8 * wave(t, 1.8, 2) + 3 * wave(t, 3.1),
                           3 * wave(t, .7, 1), 1.06 ** wave(t, .4)),
        "start": lambda t: (steady(t) - 60, 0, 0, 1),
    }


def moving(picture, out):
    still = cv2.imread(str(picture), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    gray = cv2.cvtColor(still, cv2.COLOR_BGR2GRAY)
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    faces = cascade.detectMultiScale(gray, 1.05, 8, minSize=(60, 60))
    if len(faces) == 0:
        sys.exit(f"{picture}: expected a face")
    x, y, w, h = max(faces, key=lambda it: it[2] * it[3])
    base = FACE_PX / w
    if base < .7:
        # Without details that the frames cannot show.
        still = cv2.resize(still, None, fx=base, fy=base, interpolation=cv2.INTER_AREA)
        x, y, w, h, base = x * base, y * base, w * base, h * base, 1.0
    centre = np.array([x + w / 2, y + h / 2])
    for name, path in paths().items():
        random = np.random.default_rng(7)
        matrices = []
        for frame in range(FRAMES):
            dx, dy, degrees, factor = path(frame / FPS)
            angle, scale = math.radians(degrees), base * factor
            turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
            place = np.array(SIZE) / 2 + [dx, dy] - turn @ centre
            matrix = np.column_stack([turn, place])
            view = cv2.warpAffine(still, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            noisy = view + random.normal(0, NOISE, view.shape)
            write(out / name / f"{frame:04}.png", np.clip(noisy.round(), 0, 255).astype(np.uint8))
            matrices.append(matrix.ravel().tolist())
        (out / f"{name}.json").write_text(json.dumps({"fps": FPS, "frame_from_still": matrices}))


def main():
    kind, *rest = sys.argv[1:]
    rest = [pathlib.Path(it) for it in rest]
    {"scaled": scaled, "moving": moving}[kind](*rest)


main()
