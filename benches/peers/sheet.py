#!/usr/bin/env python3
"""The pictures of docs/SWAP.md: swaps beside a plain paste and OpenCV's `seamlessClone`, shapes and morphs, and what does not come out well.

It needs OpenCV with `seamlessClone`, NumPy and Pillow, and shows nobody but those of crates/fx/inputs, whom everybody may show.

    cargo xtask eval --images DIR --out target/eval.jsonl          # once, which builds target/declassify/moretta-eval
    cargo build --release -p moretta-fx
    python3 benches/peers/sheet.py --mesh canonical_face_model.obj --eval target/declassify/moretta-eval \\
        --fx target/release/moretta-fx --work target/sheet --out docs

What is drawn onto pictures here, glasses, a shadow, noise, is drawn from fixed numbers.
"""
import argparse
import json
import os
import pathlib
import subprocess

import cv2
import numpy as np
from PIL import Image, ImageSequence

from swap import OVAL, mesh, raster, warped

ROOT = pathlib.Path(__file__).parents[2]
INPUTS = ROOT / "crates" / "fx" / "inputs"
# How far the outline of paste and clone lies within that of the face.
WITHIN = 0.95
# A face's picture in a sheet is so many pixels wide and high, and shows so many times the face's width.
TILE = 240
ROOM = 1.75
GAP = 4
# The frame of the clip in which he looks farthest aside.
TURNED = 86


class Bench:
    def __init__(self, arguments):
        self.fx, self.eval, self.work = arguments.fx, arguments.eval, arguments.work
        self.triangles, _ = mesh(arguments.mesh)
        self.work.mkdir(parents=True, exist_ok=True)

    def save(self, picture, name):
        path = self.work / f"{name}.png"
        Image.fromarray(picture).save(path)
        return path

    def render(self, effect, picture, name, donor=None, **params):
        """What the effect makes of a picture, which is an array."""
        out = self.work / f"{name}-{effect}.png"
        command = [self.fx, "render", ROOT / "effects" / effect, "-i", self.save(picture, name), "-o", out, "--software"]
        if donor is not None:
            command += ["--donor", self.save(donor, f"{name}-donor")]
        for param, value in params.items():
            command += ["--set", f"{param}={value}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return np.array(Image.open(out).convert("RGB"))

    def faces(self, picture, name):
        """The landmarks of the faces in a picture, from left to right."""
        folder = self.work / f"{name}-faces"
        folder.mkdir(exist_ok=True)
        Image.fromarray(picture).save(folder / "picture.png")
        found = self.work / f"{name}.jsonl"
        subprocess.run([self.eval, "--images", folder, "--out", found], check=True, stderr=subprocess.DEVNULL)
        faces = next(map(json.loads, open(found)))["faces"]
        return sorted((np.array(face["points478"])[:468] for face in faces), key=lambda points: points[1][0])

    def peers(self, frame, points):
        """The same exchange by a plain paste and by `seamlessClone`."""
        paste, clone, shape = frame.copy(), frame.copy(), frame.shape[:2]
        for to, of in [(0, 1), (1, 0)]:
            depth = points[to][self.triangles][:, :, 2].mean(1)
            where = raster(points[to][:, :2], self.triangles, depth, shape)
            other = warped(frame, points[of][:, :2], where, self.triangles, shape)
            ring = points[to][OVAL, :2]
            inner = ring.mean(0) + (ring - ring.mean(0)) * WITHIN
            mask = np.zeros(shape, np.uint8)
            cv2.fillPoly(mask, [np.round(inner).astype(np.int32)], 255)
            soft = cv2.GaussianBlur(mask, (0, 0), 0.015 * np.ptp(ring[:, 0]))[:, :, None] / 255.0
            paste = (paste * (1 - soft) + other * soft).round().astype(np.uint8)
            x, y, width, height = cv2.boundingRect(mask)
            centre = (x + width // 2, y + height // 2)
            clone = cv2.seamlessClone(other, clone, mask, centre, cv2.NORMAL_CLONE)
        return paste, clone


def still(name, at=0):
    """A picture of crates/fx/inputs, or a frame of its clip."""
    frames = ImageSequence.Iterator(Image.open(INPUTS / name))
    return np.array(next(frame for number, frame in enumerate(frames) if number == at).convert("RGB"))


def together(pictures, height=400):
    scaled = [Image.fromarray(it).resize((round(it.shape[1] * height / it.shape[0]), height), Image.LANCZOS) for it in pictures]
    return np.hstack([np.array(it) for it in scaled])


def tile(picture, points):
    """The face with some room, in the size of a tile."""
    ring = points[OVAL, :2]
    middle, side = (ring.min(0) + ring.max(0)) / 2, np.ptp(ring[:, 1]) * ROOM / 1.25
    scale = TILE / side
    move = np.array([[scale, 0, TILE / 2 - middle[0] * scale], [0, scale, TILE / 2 - middle[1] * scale]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.warpAffine(picture, move, (TILE, TILE), flags=how, borderMode=cv2.BORDER_REPLICATE)


def sheet(rows, path, quality=88):
    """Rows of pictures of one size, with white between them."""
    white = lambda height, width: np.full((height, width, 3), 255, np.uint8)
    lines = []
    for row in rows:
        line = row[0]
        for picture in row[1:]:
            line = np.hstack([line, white(line.shape[0], GAP), picture])
        lines += [line, white(GAP, line.shape[1])]
    whole = np.vstack(lines[:-1])
    Image.fromarray(whole).save(path, quality=quality, method=6)
    print(f"{path}: {whole.shape[1]} x {whole.shape[0]}, {os.path.getsize(path)} bytes")


def beside(bench, out):
    """Faces, paste, clone and ours: a row each."""
    columns = []
    for number, other in enumerate(["neutral.webp", "brows-up.webp"]):
        frame = together([still("portrait.webp"), still(other)])
        points = bench.faces(frame, f"beside-{number}")
        assert len(points) == 2, f"{other}: expected two faces, found {len(points)}"
        pictures = [frame, *bench.peers(frame, points), bench.render("swap", frame, f"beside-{number}")]
        for face in points:
            columns.append([tile(picture, face) for picture in pictures])
    sheet(list(zip(*columns)), out / "swap_beside.webp")


def shapes(bench, out):
    """A morph to a photo in five steps: by looks alone, with the shape, with shape and expression."""
    frame, photo = together([still("mouth-open.webp")]), still("portrait.webp")
    face = bench.faces(frame, "shapes")[0]
    steps = [0, 0.25, 0.5, 0.75, 1]
    rows = []
    for row, (shape, expression) in enumerate([(0, 0), (1, 0), (1, 1)]):
        of = lambda far: bench.render("photo", frame, f"shapes-{row}-{far}", photo, amount=far, shape=far * shape,
                                      expression=far * expression)
        rows.append([tile(of(far), face) for far in steps])
    sheet(rows, out / "swap_shapes.webp")


def shaded(picture, face):
    """A hard shadow over the left half of a face."""
    nose, brow = face[[1, 9], :2]
    y, x = np.mgrid[0:picture.shape[0], 0:picture.shape[1]]
    side = (brow[0] - nose[0]) * (y - nose[1]) - (brow[1] - nose[1]) * (x - nose[0])
    share = np.clip(side / np.linalg.norm(brow - nose) / 2 + 0.5, 0, 1)[:, :, None]
    return (picture * (1 - 0.62 * share)).astype(np.uint8)


def dark(picture):
    """As a camera sees it at a ninth of the light, with its noise."""
    light = (picture / 255.0) ** 2.2 / 9
    noise = np.random.default_rng(7).normal(0, 1, picture.shape)
    light = np.clip(light + noise * (0.0035 + 0.02 * np.sqrt(light) * 0.5), 0, 1)
    return (light ** (1 / 2.2) * 255).round().astype(np.uint8)


def failures(bench, out):
    """What does not come out well: the picture above, what becomes of it below."""
    portrait, neutral = still("portrait.webp"), still("neutral.webp")
    glasses, moustache = (bench.render(effect, neutral, effect) for effect in ["glasses", "moustache"])
    columns = []

    def column(name, own, other, **params):
        """`own` with the looks of the photo `other`."""
        own = together([own])
        face = bench.faces(own, name)[0]
        after = bench.render("photo", own, name, other, **params)
        columns.append([tile(own, face), tile(after, face)])

    column("own-glasses", glasses, portrait)
    column("others-glasses", portrait, glasses)
    column("own-moustache", moustache, portrait)
    column("others-moustache", portrait, moustache)
    column("smile", still("eyes-closed.webp"), portrait)
    column("turned", still("clip.webp", TURNED), portrait)
    column("shadow", portrait, shaded(neutral, bench.faces(neutral, "shadow")[0]))
    column("dark", portrait, dark(neutral))
    four = [columns[at:at + 4] for at in range(0, len(columns), 4)]
    sheet([row for part in four for row in zip(*part)], out / "swap_failures.webp")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["mesh", "eval", "fx", "work", "out"]:
        parser.add_argument(f"--{name}", required=True, type=pathlib.Path)
    parser.add_argument("--only", choices=["beside", "shapes", "failures"])
    arguments = parser.parse_args()
    bench = Bench(arguments)
    for make in [beside, shapes, failures]:
        if arguments.only in [None, make.__name__]:
            make(bench, arguments.out)


if __name__ == "__main__":
    main()
