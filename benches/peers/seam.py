#!/usr/bin/env python3
"""How well a swap of two faces in portraits fits in, against OpenCV's `seamlessClone` and a plain paste.

It needs OpenCV with `seamlessClone`, NumPy, Pillow, SciPy and scikit-image; docs/SWAP.md has what 5.1, 2.4, 13.0, 1.17 and 0.26 said.

    cargo xtask eval --images DIR --out target/eval.jsonl          # once, which builds target/declassify/moretta-eval
    cargo build --release -p moretta-fx
    python3 benches/peers/seam.py --images ../shared/data/images --mesh canonical_face_model.obj \\
        --eval target/declassify/moretta-eval --fx target/release/moretta-fx --work target/seam

Portraits are put side by side, 640 pixels high unless `--height` says otherwise, and exchange their looks. The paste and the clone are given the other's face
warped to the same landmarks, and the same outline. In CIEDE2000:

- the seam: at 200 places of the outline below the eyes the largest step between neighbouring means along the normal, beyond
  what the picture has near there by itself, or the other face inside of it; mean over the places;
- the colour: by how much the mean of small discs at eight places on cheeks and forehead is off from the face's own.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

import cv2
import numpy as np
from PIL import Image
from scipy.ndimage import maximum_filter1d
from skimage.color import deltaE_ciede2000, rgb2lab

from swap import OVAL, mesh, raster, warped

PAIRS = [
    ("london/003_neutral.jpg", "london/011_neutral.jpg"),
    ("london/017_neutral.jpg", "london/004_neutral.jpg"),
    ("composite/f_african.jpg", "london/003_neutral.jpg"),
    ("london/025_neutral.jpg", "london/030_neutral.jpg"),
    ("london/044_neutral.jpg", "london/026_neutral.jpg"),
    ("london/070_neutral.jpg", "london/005_neutral.jpg"),
]
# On cheeks and forehead.
PLACES = [50, 280, 205, 425, 101, 330, 151, 9]
# Where the eyes are.
EYES = [33, 263]
# How far the outline lies within that of the face, as the soft edge of a swap does in the middle of it.
WITHIN = 0.95


def together(pair, images, height):
    """Two pictures side by side."""
    def read(name):
        picture = Image.open(images / name).convert("RGB")
        return np.array(picture.resize((round(picture.width * height / picture.height), height), Image.LANCZOS))
    return np.hstack([read(name) for name in pair])


def samples(picture, places):
    """The colours at places that are not whole pixels, in Lab."""
    x, y = np.moveaxis(places.astype(np.float32), -1, 0).reshape(2, len(places), -1)
    return rgb2lab(cv2.remap(picture, x, y, cv2.INTER_LINEAR)).reshape(*places.shape[:-1], 3)


def steps(picture, outline, size):
    """At places along the lower part of the outline, the steps along the normal, and which of them lie inside."""
    where, normals = outline
    along = np.stack([-normals[:, 1], normals[:, 0]], 1)
    reach, wide = np.arange(-0.05, 0.051, 1 / size), np.arange(-3, 4)
    places = where[:, None, None] + normals[:, None, None] * reach[None, :, None, None] * size
    places = places + along[:, None, None] * wide[None, None, :, None]
    means = samples(picture, places).mean(2)
    return deltaE_ciede2000(means[:, 3:], means[:, :-3]), reach[3:] < -0.01


def outline_of(points):
    """200 places along the outline below the eyes, and its normals there, which point outwards."""
    ring = points[OVAL]
    middle = ring.mean(0)
    ring = middle + (ring - middle) * WITHIN
    closed = np.vstack([ring, ring[:1]])
    lengths = np.r_[0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))]
    at = np.linspace(0, lengths[-1], 400, endpoint=False)
    where = np.stack([np.interp(at, lengths, closed[:, axis]) for axis in (0, 1)], 1)
    tangent = np.roll(where, -1, 0) - np.roll(where, 1, 0)
    normals = np.stack([tangent[:, 1], -tangent[:, 0]], 1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    normals *= np.sign(((where - middle) * normals).sum(1, keepdims=True))
    below = where[:, 1] > points[EYES][:, 1].mean()
    return where[below], normals[below]


def discs(picture, points, size):
    y, x = np.mgrid[0:picture.shape[0], 0:picture.shape[1]]
    means = []
    for place in points[PLACES]:
        inside = (x - place[0]) ** 2 + (y - place[1]) ** 2 < (0.03 * size) ** 2
        means.append(rgb2lab(picture[inside][None].mean(1, keepdims=True) / 255.0)[0, 0])
    return np.array(means)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["images", "mesh", "eval", "fx", "work"]:
        parser.add_argument(f"--{name}", required=True, type=pathlib.Path)
    parser.add_argument("--height", type=int, default=640)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    folder = arguments.work / "pairs"
    folder.mkdir(exist_ok=True)
    names = []
    for number, pair in enumerate(PAIRS):
        name = f"{number}.png"
        Image.fromarray(together(pair, arguments.images, arguments.height)).save(folder / name)
        names.append(name)
    faces = arguments.work / "faces.jsonl"
    subprocess.run([arguments.eval, "--images", folder, "--out", faces], check=True, stderr=subprocess.DEVNULL)
    records = {os.path.basename(it["file"]): it["faces"] for it in map(json.loads, open(faces))}
    triangles, _ = mesh(arguments.mesh)

    seams, colours, took, shown, sizes = {}, {}, [], [], []
    for name in names:
        ours = arguments.work / f"swapped-{name}"
        effect = pathlib.Path(__file__).parents[2] / "effects" / "swap"
        subprocess.run([arguments.fx, "render", effect, "-i", folder / name, "-o", ours, "--software"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        frame = np.array(Image.open(folder / name).convert("RGB"))
        found = sorted(records[name], key=lambda face: face["points478"][1][0])
        if len(found) != 2:
            print(f"{name}: expected two faces, found {len(found)}; left out")
            continue
        points = [np.array(face["points478"])[:468] for face in found]
        pictures = {"paste": frame.copy(), "seamlessClone": frame.copy(),
                    "Moretta": np.array(Image.open(ours).convert("RGB"))}
        shape, others = frame.shape[:2], {}
        for to, of in [(0, 1), (1, 0)]:
            depth = points[to][triangles][:, :, 2].mean(1)
            where = raster(points[to][:, :2], triangles, depth, shape)
            other = warped(frame, points[of][:, :2], where, triangles, shape)
            others[to] = other
            ring = points[to][OVAL, :2]
            inner = ring.mean(0) + (ring - ring.mean(0)) * WITHIN
            mask = np.zeros(shape, np.uint8)
            cv2.fillPoly(mask, [np.round(inner).astype(np.int32)], 255)
            size = np.ptp(ring[:, 0])
            soft = cv2.GaussianBlur(mask, (0, 0), 0.015 * size)[:, :, None] / 255.0
            pictures["paste"] = (pictures["paste"] * (1 - soft) + other * soft).round().astype(np.uint8)
            x, y, width, height = cv2.boundingRect(mask)
            centre = (x + width // 2, y + height // 2)
            start = time.perf_counter()
            pictures["seamlessClone"] = cv2.seamlessClone(other, pictures["seamlessClone"], mask, centre, cv2.NORMAL_CLONE)
            took.append(time.perf_counter() - start)
        for to in (0, 1):
            flat = points[to][:, :2]
            size = np.ptp(flat[OVAL, 0])
            sizes.append(size)
            outline = outline_of(flat)
            # An edge that is a little beside where it was is no seam.
            own_steps, _ = steps(frame, outline, size)
            others_steps, inside = steps(others[to], outline, size)
            there = maximum_filter1d(np.maximum(own_steps, others_steps * inside), 9, axis=1)
            own_discs = discs(frame, flat, size)
            for method, picture in pictures.items():
                beyond = np.maximum(steps(picture, outline, size)[0] - there, 0).max(1)
                off = deltaE_ciede2000(discs(picture, flat, size), own_discs)
                seams.setdefault(method, []).append(beyond.mean())
                colours.setdefault(method, []).append(off.mean())
        shown.append(np.vstack([frame, *pictures.values()]))
    Image.fromarray(np.hstack(shown)).save(arguments.work / "sheet.png")
    print(f"{len(sizes)} faces, {min(sizes):.0f} to {max(sizes):.0f} pixels wide, OpenCV {cv2.__version__}")
    for method in seams:
        print(f"{method}: seam {statistics.mean(seams[method]):.2f} (worst face {max(seams[method]):.2f}), "
              f"colour {statistics.mean(colours[method]):.2f} (worst face {max(colours[method]):.2f})")
        print("   by face, seam:", " ".join(f"{it:.2f}" for it in seams[method]))
        print("   by face, colour:", " ".join(f"{it:.2f}" for it in colours[method]))
    print(f"seamlessClone: {1e3 * statistics.median(took):.1f} ms a face, the warp before it not counted")


if __name__ == "__main__":
    main()
