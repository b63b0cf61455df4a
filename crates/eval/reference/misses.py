#!/usr/bin/env python3
"""Why faces are missed: the same picture smaller and smaller, and a crowd in parts.

    VENV/bin/python misses.py sizes PICTURE LEFT TOP WIDTH HEIGHT OUT
    VENV/bin/python misses.py sheet PICTURES OURS THEIRS OUT.webp
    VENV/bin/python misses.py parts PICTURE OUT
    VENV/bin/python misses.py count FILE...

`sizes`: the picture, whose face has the given box, made smaller by the mean of areas so that the face is 24 to 80 pixels
wide and in the middle of a grey canvas of 1280 x 720. `sheet`: what two files of JSON lines say of these, drawn side by
side, the middle of each twice as large. `parts`: the picture in squares that overlap by 0.3 of their side or more; the sides
are 1, 0.67, 0.5 and 0.33 of the picture's height. `count`: how many faces JSON lines of such parts tell of, those within
40 pixels of each other counted once.
"""
import json
import math
import pathlib
import sys

import cv2
import numpy as np

WIDTHS = [24, 32, 40, 48, 64, 80]
CANVAS, GREY = (1280, 720), 96
SHOWN, LARGER = (112, 112), 2
SAME_PX = 40


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)


def records(path):
    return {it["file"]: it for it in map(json.loads, open(path))}


def sizes(picture, left, top, width, height, out):
    left, top, width, height = map(float, (left, top, width, height))
    still = read(picture)
    for face_px in WIDTHS:
        by = face_px / width
        small = cv2.resize(still, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
        x, y = CANVAS[0] // 2 - round((left + width / 2) * by), CANVAS[1] // 2 - round((top + height / 2) * by)
        canvas = np.full((CANVAS[1], CANVAS[0], 3), GREY, np.uint8)
        if x < 0 or y < 0 or y + small.shape[0] > CANVAS[1] or x + small.shape[1] > CANVAS[0]:
            sys.exit(f"{picture}: at {face_px} pixels it does not fit into the canvas")
        canvas[y:y + small.shape[0], x:x + small.shape[1]] = small
        pathlib.Path(out).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(f"{out}/{face_px:03}px.png", canvas)


def sheet(pictures, ours, theirs, out):
    sides = [("ours", records(ours), (80, 220, 80)), ("MediaPipe", records(theirs), (255, 160, 60))]
    rows = []
    for name, seen, colour in sides:
        row = []
        for file in sorted(seen):
            picture = read(pathlib.Path(pictures) / file)
            (w, h), (x, y) = SHOWN, (CANVAS[0] // 2, CANVAS[1] // 2)
            x, y = x - w // 2, y - h // 2
            part = cv2.resize(picture[y:y + h, x:x + w], None, fx=LARGER, fy=LARGER, interpolation=cv2.INTER_NEAREST)
            faces = seen[file]["faces"]
            for face in faces:
                l, t, fw, fh = face["box"]
                corners = [(round((a - x + .5) * LARGER), round((b - y + .5) * LARGER)) for a, b in ((l, t), (l + fw, t + fh))]
                cv2.rectangle(part, *corners, colour, 2)
            label = f"{name}, {int(file[:3])} px: {'found' if faces else 'missed'}"
            strip = np.full((22, part.shape[1], 3), 24, np.uint8)
            cv2.putText(strip, label, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, .45, colour if faces else (90, 90, 255), 1, cv2.LINE_AA)
            row.append(np.vstack([strip, part]))
        rows.append(np.hstack(row))
    cv2.imwrite(out, np.vstack(rows), [cv2.IMWRITE_WEBP_QUALITY, 80])


def parts(picture, out):
    still = read(picture)
    height, width = still.shape[:2]
    pathlib.Path(out).mkdir(parents=True, exist_ok=True)
    for share in (1, 2 / 3, 1 / 2, 1 / 3):
        side = int(height * share)
        steps = [max(1, math.ceil((length - side) / (side * .7)) + 1) for length in (width, height)]
        for y in np.linspace(0, height - side, steps[1] if height > side else 1).astype(int):
            for x in np.linspace(0, width - side, steps[0]).astype(int):
                cv2.imwrite(f"{out}/{side:04}_{x:04}_{y:04}.png", still[y:y + side, x:x + side])


def count(*files):
    for path in files:
        found = {}
        for file, record in records(path).items():
            side, left, top = map(int, file.removesuffix(".png").split("_"))
            middles, _ = found.setdefault(side, ([], []))
            found[side][1].append(file)
            for face in record["faces"]:
                x, y, w, h = face["box"]
                middle = (left + x + w / 2, top + y + h / 2)
                if all(math.dist(middle, it) >= SAME_PX for it in middles):
                    middles.append(middle)
        for side, (middles, names) in sorted(found.items(), reverse=True):
            print(f"{path}: {len(names)} parts of {side} pixels: {len(middles)} faces")


def main():
    kind, *rest = sys.argv[1:]
    {"sizes": sizes, "sheet": sheet, "parts": parts, "count": count}[kind](*rest)


main()
