#!/usr/bin/env python3
"""Makes picture.png, crops.csv and the crops beside it, by the very calls of MediaPipe's
calculators/tensor/image_to_tensor_converter_opencv.cc.

Needs opencv-python-headless 4.10.0.84 and numpy 1.26 (OpenCV 5 interpolates in another way).
The picture is made up here: no photograph, no face, no rights of others.
"""
import csv
import math
import os

import cv2
import numpy as np

assert cv2.__version__.startswith("4."), cv2.__version__
HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 61, 47

# None with samples half way between two weights, where the noise of the reference's matrix inversion decides.
# name, columns, rows, border, region as MediaPipe counts: centre x, y, width, height, clockwise angle in degrees
CASES = [
    ("whole", 61, 47, "replicate", WIDTH / 2, HEIGHT / 2, WIDTH, HEIGHT, 0),
    ("letterbox", 32, 32, "zero", WIDTH / 2, HEIGHT / 2, WIDTH, WIDTH, 0),
    ("part", 40, 28, "replicate", 33.25, 20.5, 17.5, 12.25, 0),
    ("turned", 40, 40, "zero", 30, 22, 40, 40, 33),
    ("turned_back", 40, 40, "replicate", 30, 22, 40, 40, -100),
    ("corner", 36, 36, "zero", 58, 45, 24, 24, 15),
    ("beyond", 36, 36, "replicate", -3, 60, 50, 50, -20),
    ("magnified", 48, 32, "replicate", 25.6875, 31.125, 4.5, 3, 57),
    ("minified", 7, 5, "zero", 31, 24, 300, 200, 180),
]


def picture():
    """Slopes, which show where a sample lay, under texture, which shows how it was blended."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red = x * 4 + (x * 7 + y * 3) % 11
    green = y * 5 + (x * y) % 19
    blue = (x * 37 + y * 91 + x * y * 13) % 256
    return np.dstack([red, green, blue]).astype(np.uint8)


def crop(rgb, columns, rows, border, centre_x, centre_y, width, height, angle_rad):
    angle_deg = np.float32(float(np.float32(angle_rad) * np.float32(180)) / math.pi)
    region = ((float(centre_x), float(centre_y)), (float(width), float(height)), float(angle_deg))
    corners = np.float32([[0, rows], [0, 0], [columns, 0], [columns, rows]])
    matrix = cv2.getPerspectiveTransform(cv2.boxPoints(region), corners)
    mode = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE}[border]
    return cv2.warpPerspective(rgb, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=mode)


def write_png(name, rgb):
    cv2.imwrite(os.path.join(HERE, name + ".png"), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


rgb = picture()
write_png("picture", rgb)
with open(os.path.join(HERE, "crops.csv"), "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow("name columns rows border centre_x centre_y width height angle_rad".split())
    for name, columns, rows, border, centre_x, centre_y, width, height, angle_deg in CASES:
        angle_rad = float(np.float32(math.radians(angle_deg)))
        region = (centre_x, centre_y, width, height, angle_rad)
        table.writerow([name, columns, rows, border, *map(float, region)])
        write_png(name, crop(rgb, columns, rows, border, *region))
