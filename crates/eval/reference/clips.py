#!/usr/bin/env python3
"""How the reference follows the clips of the test material: writes clips.csv, which `cargo xtask conformance` reads.

    VENV/bin/python clips.py FACE_LANDMARKER_TASK DATA

For each clip `measure.py --max-faces 4` runs in video mode. `faces` is how many the clip shows, of its annotation.
`missing` counts, over all frames, faces that were not seen; `longest_gap` the most frames in a row in which one was
not; `extra` faces beyond those that are there. In derived_blank_reacquire.mp4 frames without a picture count as
missing, for both sides.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def counts(task, clip):
    with tempfile.NamedTemporaryFile(mode="r") as out:
        subprocess.run([sys.executable, str(HERE / "measure.py"), "--task", task, "--video", str(clip),
                        "--max-faces", "4", "--out", out.name], check=True)
        return [len(json.loads(line)["faces"]) for line in out]


def row(name, faces, seen):
    gap = longest = 0
    for count in seen:
        gap = gap + 1 if count < faces else 0
        longest = max(longest, gap)
    missing = sum(max(0, faces - count) for count in seen)
    extra = sum(max(0, count - faces) for count in seen)
    return f"{name},{len(seen)},{faces},{missing},{longest},{extra}"


def main():
    task, data = sys.argv[1], pathlib.Path(sys.argv[2])
    annotations = json.loads((data / "annotations.json").read_text())
    lines = ["# MediaPipe 0.10.14, VIDEO mode, at most 4 faces: written by clips.py", "file,frames,faces,missing,longest_gap,extra"]
    for annotation in annotations:
        folder, _, name = annotation["file"].partition("/")
        if folder == "video":
            # "1 (0 while grey)" is 1.
            faces = int(str(annotation["n_faces"]).split()[0])
            lines.append(row(name, faces, counts(task, data / "video" / name)))
    (HERE / "clips.csv").write_text("\n".join(lines) + "\n")


main()
