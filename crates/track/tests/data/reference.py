#!/usr/bin/env python3
"""Cuts the test picture out of NASA's portrait of Eileen Collins, as the package scikit-image carries it, and writes
what the reference says of it.

    pip install mediapipe==0.10.21 onnxruntime
    reference.py ASTRONAUT_PNG FACE_LANDMARKER_TASK MODELS_DIRECTORY

The landmarks and the blendshapes come from MediaPipe itself; so do the short range's detections. MediaPipe's Python
package has another full-range network than ours, so that one runs in ONNX Runtime, between MediaPipe's steps.
Pixels are MediaPipe's: the centre of the first one is at 0.
"""
import json
import math
import pathlib
import sys

import cv2
import mediapipe as mp
import numpy as np
import onnxruntime
from mediapipe.tasks.python import BaseOptions, vision

HERE = pathlib.Path(__file__).parent
LEFT, TOP, SIDE = 97, 0, 256


def landmarks(picture, task):
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=task), output_face_blendshapes=True)
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        result = landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=picture))
    height, width = picture.shape[:2]
    points = [[p.x * width, p.y * height, p.z * width] for p in result.face_landmarks[0]]
    return points, [c.score for c in result.face_blendshapes[0]]


def short_range(picture):
    with mp.solutions.face_detection.FaceDetection(model_selection=0) as detector:
        found = detector.process(picture).detections[0]
    height, width = picture.shape[:2]
    box = found.location_data.relative_bounding_box
    points = found.location_data.relative_keypoints
    return {"min": [box.xmin * width, box.ymin * height],
            "max": [(box.xmin + box.width) * width, (box.ymin + box.height) * height],
            "keypoints": [[p.x * width, p.y * height] for p in points],
            "score": found.score[0]}


def full_range(picture, models):
    size, side = 192, max(picture.shape[:2])
    height, width = picture.shape[:2]
    left, top = (width - side) / 2, (height - side) / 2
    corners = np.float32([[left, top], [left + side, top], [left, top + side], [left + side, top + side]])
    crop = np.float32([[0, 0], [size, 0], [0, size], [size, size]])
    matrix = cv2.getPerspectiveTransform(corners, crop)
    image = cv2.warpPerspective(picture, matrix, (size, size), flags=cv2.INTER_LINEAR)
    tensor = (image.astype(np.float32) * (2 / 255) - 1).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(f"{models}/face_detection_full_range.onnx")
    regressors, logits = session.run(None, {"input": np.ascontiguousarray(tensor)})
    scores = 1 / (1 + np.exp(-np.clip(logits.ravel(), -100, 100)))
    cells = [((x + .5) / 48, (y + .5) / 48) for y in range(48) for x in range(48)]
    rows = regressors.reshape(-1, 16) / size
    points = rows[:, 4:].reshape(-1, 6, 2) + np.array(cells)[:, None]
    centres = rows[:, :2] + np.array(cells)
    boxes = np.concatenate([centres - rows[:, 2:4] / 2, centres + rows[:, 2:4] / 2], 1)
    best = int(scores.argmax())

    def area(box):
        return np.prod(np.clip(box[..., 2:] - box[..., :2], 0, None), -1)

    shared = area(np.concatenate([np.maximum(boxes[:, :2], boxes[best, :2]),
                                  np.minimum(boxes[:, 2:], boxes[best, 2:])], 1))
    same = (scores >= .5) & (shared / (area(boxes) + area(boxes[best]) - shared) > .3)
    weights = scores[same] / scores[same].sum()
    box = (boxes[same] * weights[:, None]).sum(0) * side + [left, top, left, top]
    keypoints = (points[same] * weights[:, None, None]).sum(0) * side + [left, top]
    return {"min": box[:2].tolist(), "max": box[2:].tolist(), "keypoints": keypoints.tolist(),
            "score": float(scores[best])}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 6)


def main():
    source, task, models = sys.argv[1:]
    picture = cv2.imread(source)[TOP:TOP + SIDE, LEFT:LEFT + SIDE]
    cv2.imwrite(str(HERE / "astronaut.png"), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    picture = np.ascontiguousarray(picture[:, :, ::-1])
    points, blendshapes = landmarks(picture, task)
    assert all(map(math.isfinite, np.ravel(points)))
    reference = rounded({"landmarks": points, "blendshapes": blendshapes,
                         "short_range": short_range(picture), "full_range": full_range(picture, models)})
    lines = ",\n".join(f'"{key}": {json.dumps(value)}' for key, value in reference.items())
    (HERE / "astronaut.json").write_text("{\n" + lines + "\n}\n")


main()
