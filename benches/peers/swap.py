#!/usr/bin/env python3
"""How steady a swap of two faces is, and what it costs, against OpenCV's `seamlessClone` and a plain paste.

    cargo xtask eval --video CLIP --out faces.jsonl
    cargo run --release -p moretta-fx -- render effects/swap -i CLIP -o swapped.apng --software
    python3 benches/peers/swap.py --clip CLIP --faces faces.jsonl --ours swapped.apng --mesh canonical_face_model.obj

CLIP is an animation with two people in sight. The paste and the clone are given, frame by frame, the other's face warped to the
same landmarks. Flicker is the mean absolute difference of one frame and the next, in levels of 255, over the bare skin of
the canonical texture, to which each frame is unwrapped by its landmarks: what moves with the face stands still there.
"""
import argparse
import json
import statistics
import time

import cv2
import numpy as np
from PIL import Image, ImageSequence

UV = 128
# The outline of the face, and what is not skin inside of it, as MediaPipe numbers the landmarks.
OVAL = [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
        136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
HOLES = [
    [263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466],
    [33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246],
    [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185],
]


def frames(path):
    return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(path))]


def mesh(path):
    """Triangles of vertices, and texture coordinates from the upper left, of an OBJ file."""
    uvs, triangles, of = [], [], {}
    for line in open(path):
        words = line.split()
        if words[:1] == ["vt"]:
            uvs.append([float(words[1]), 1.0 - float(words[2])])
        elif words[:1] == ["f"]:
            corners = [[int(it) - 1 for it in word.split("/")[:2]] for word in words[1:4]]
            of.update(corners)
            triangles.append([vertex for vertex, _ in corners])
    return np.array(triangles), np.array([uvs[of[vertex]] for vertex in range(len(of))])


def cross(a, b):
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def raster(points, triangles, depth, shape):
    """Of each pixel the triangle that covers it, or -1, and its weights; nearer triangles cover farther ones."""
    ids = np.full(shape, -1, np.float32)
    for index in np.argsort(-depth):
        corners = np.round(points[triangles[index]] * 16).astype(np.int32)
        cv2.fillConvexPoly(ids, corners, float(index), shift=4)
    ids = ids.astype(np.int32)
    y, x = np.nonzero(ids >= 0)
    corners = points[triangles[ids[y, x]]]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    at = np.stack([x, y], 1).astype(np.float64)
    whole = cross(b - a, c - a)
    whole[np.abs(whole) < 1e-9] = 1e-9
    u, v = cross(at - a, c - a) / whole, cross(b - a, at - a) / whole
    return (y, x), ids[y, x], np.stack([1 - u - v, u, v], 1)


def warped(image, of, where, triangles, shape):
    """`image` moved from the landmarks `of` to what `where` covers."""
    (y, x), ids, weights = where
    place = np.einsum("nkd,nk->nd", of[triangles[ids]], weights).astype(np.float32)
    out = np.zeros((*shape, 3), np.uint8)
    # A row of OpenCV's has fewer than 2^15 places.
    for start in range(0, len(place), 1 << 14):
        part = slice(start, start + (1 << 14))
        out[y[part], x[part]] = cv2.remap(image, place[None, part, 0], place[None, part, 1], cv2.INTER_LINEAR)[0]
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["clip", "faces", "ours", "mesh"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--sheet", help="a picture of some frames, to look at")
    arguments = parser.parse_args()
    clip, ours = frames(arguments.clip), frames(arguments.ours)
    records = [json.loads(line)["faces"] for line in open(arguments.faces)]
    triangles, uvs = mesh(arguments.mesh)
    size = clip[0].shape[:2]
    texture = raster(uvs * UV, triangles, np.zeros(len(triangles)), (UV, UV))
    skin = np.zeros((UV, UV), np.uint8)
    cv2.fillPoly(skin, [np.round(uvs[OVAL] * UV).astype(np.int32)], 1)
    for hole in HOLES:
        cv2.fillPoly(skin, [np.round(uvs[hole] * UV).astype(np.int32)], 0)
    skin = cv2.erode(skin, np.ones((5, 5), np.uint8)) > 0

    before, flicker, took, shown = {}, {}, [], []
    for number, (frame, swapped, faces) in enumerate(zip(clip, ours, records)):
        if len(faces) != 2:
            before = {}
            continue
        faces.sort(key=lambda face: face["points478"][1][0])
        points = [np.array(face["points478"])[:468] for face in faces]
        pictures = {"the clip": frame, "paste": frame.copy(), "seamlessClone": frame.copy(), "Moretta": swapped}
        for to, of in [(0, 1), (1, 0)]:
            depth = points[to][triangles][:, :, 2].mean(1)
            where = raster(points[to][:, :2], triangles, depth, size)
            other = warped(frame, points[of][:, :2], where, triangles, size)
            outline = points[to][OVAL, :2]
            inner = outline.mean(0) + (outline - outline.mean(0)) * 0.95
            mask = np.zeros(size, np.uint8)
            cv2.fillPoly(mask, [np.round(inner).astype(np.int32)], 255)
            soft = cv2.GaussianBlur(mask, (0, 0), 3)[:, :, None] / 255.0
            pasted = pictures["paste"]
            pictures["paste"] = (pasted * (1 - soft) + other * soft).round().astype(np.uint8)
            x, y, width, height = cv2.boundingRect(mask)
            centre = (x + width // 2, y + height // 2)
            start = time.perf_counter()
            pictures["seamlessClone"] = cv2.seamlessClone(other, pictures["seamlessClone"], mask, centre, cv2.NORMAL_CLONE)
            took.append(time.perf_counter() - start)
        if number % 12 == 6:
            shown.append(np.vstack(list(pictures.values())))
        for name, picture in pictures.items():
            for who in (0, 1):
                flat = warped(picture, points[who][:, :2], texture, triangles, (UV, UV)).astype(np.float32)
                if (name, who) in before:
                    difference = np.abs(flat - before[name, who])[skin].mean()
                    flicker.setdefault(name, []).append(difference)
                before[name, who] = flat
    if arguments.sheet:
        Image.fromarray(np.hstack(shown)).save(arguments.sheet)
    pairs = len(flicker["the clip"])
    print(f"{pairs} pairs of faces in frames that follow each other")
    for name, differences in flicker.items():
        print(f"flicker {name}: mean {statistics.mean(differences):.2f}, median {statistics.median(differences):.2f} of 255")
    print(f"seamlessClone: {1e3 * statistics.median(took):.2f} ms a face, median of {len(took)}, one warp of the face before it not counted")


if __name__ == "__main__":
    main()
