"""Makes the picture files of the tests: python3 make_data.py PORTRAIT FRAMES

PORTRAIT is crates/track/tests/data/astronaut.png, FRAMES a folder with the frames of examples/media/webcam.webp as
ffmpeg decodes them from the original (see examples/media/ATTRIBUTION.md). Needs Pillow (13.0.0)
and ffmpeg (5.1).
"""

import io
import math
import struct
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
portrait_path, frames_path = sys.argv[1], Path(sys.argv[2])

# The portrait in each format, from the same 64 x 48 pixels.
portrait = Image.open(portrait_path).convert("RGB").crop((64, 40, 192, 136)).resize((64, 48), Image.Resampling.BOX)
portrait.save(HERE / "portrait.png", optimize=True)
portrait.save(HERE / "portrait.jpg", quality=90, subsampling=2)
portrait.save(HERE / "portrait_progressive.jpg", quality=90, subsampling=0, progressive=True)
portrait.save(HERE / "portrait.webp", quality=90, method=6)
portrait.save(HERE / "portrait_lossless.webp", lossless=True)
portrait.convert("L").save(HERE / "portrait_grey.jpg", quality=90)

# What other decoders (libjpeg-turbo, libwebp) make of the lossy ones: red, green, blue.
for name in ["portrait.jpg", "portrait_progressive.jpg", "portrait_grey.jpg", "portrait.webp"]:
    decoded = Image.open(HERE / name).convert("RGB")
    decoded.save(HERE / (name.replace(".", "_") + "_decoded.png"), optimize=True)

# An animation of frames that are known: a disc goes round before a gradient, transparent at the corners. Every format
# here keeps them as they are, and each encoder makes parts, blends and disposals of them as it sees fit.
SIZE = (32, 24)
DELAYS_MS = [40, 80, 120, 200, 40, 60]


def frame(number):
    picture = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for x in range(2, 30):
        draw.line([(x, 2), (x, 21)], (x * 8, 255 - x * 8, 64, 255))
    angle = number * math.tau / len(DELAYS_MS)
    x, y = 15 + 9 * math.cos(angle), 11 + 6 * math.sin(angle)
    draw.ellipse([x - 4, y - 4, x + 4, y + 4], (250, 40 * number, 20, 255))
    return picture


frames = [frame(number) for number in range(len(DELAYS_MS))]
strip = Image.new("RGBA", (SIZE[0], SIZE[1] * len(frames)))
for number, picture in enumerate(frames):
    strip.paste(picture, (0, SIZE[1] * number))
strip.save(HERE / "disc_frames.png", optimize=True)

rest = {"save_all": True, "append_images": frames[1:], "duration": DELAYS_MS, "loop": 0}
frames[0].save(HERE / "disc.png", **rest)
frames[0].save(HERE / "disc_background.png", **rest, disposal=1, blend=1)
frames[0].save(HERE / "disc.webp", **rest, lossless=True)

# A GIF has a palette, so that its encoder need not choose colours: entry 0 is the transparent one.
colours = sorted({pixel for picture in frames for pixel in picture.getdata() if pixel[3]})
palette = [0, 0, 0] + [level for colour in colours for level in colour[:3]]


def indexed(picture):
    entries = [colours.index(pixel) + 1 if pixel[3] else 0 for pixel in picture.getdata()]
    result = Image.new("P", SIZE)
    result.putdata(entries)
    result.putpalette(palette)
    result.info["transparency"] = 0
    return result


small = [indexed(picture) for picture in frames]
rest = {"save_all": True, "append_images": small[1:], "duration": DELAYS_MS, "loop": 0, "transparency": 0}
small[0].save(HERE / "disc.gif", **rest, disposal=2, optimize=False)
small[0].save(HERE / "one_frame.gif", transparency=0)

# Encoders make a still picture of an animation of one frame, so this one is put together by hand (RFC 9649).
still = io.BytesIO()
frames[0].save(still, "WEBP", lossless=True)
still = still.getvalue()
pixels = still[still.index(b"VP8L"):]


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def three(number):
    return struct.pack("<I", number)[:3]


sides = three(SIZE[0] - 1) + three(SIZE[1] - 1)
body = chunk(b"VP8X", b"\x12\0\0\0" + sides)  # an animation, with alpha
body += chunk(b"ANIM", b"\0\0\0\0\0\0")
body += chunk(b"ANMF", three(0) + three(0) + sides + three(500) + b"\x02" + pixels)
(HERE / "one_frame.webp").write_bytes(chunk(b"RIFF", b"WEBP" + body))

# An animation of parts with and without alpha and loss, laid over each other and cleared away: what libwebp's own
# animation decoder, by way of Pillow, makes of it.
def part(size, draw_on, **options):
    picture = Image.new("RGBA", size)
    draw_on(ImageDraw.Draw(picture), *size)
    encoded = io.BytesIO()
    picture.save(encoded, "WEBP", **options)
    return encoded.getvalue()


def fading(draw, width, height):
    for x in range(width):
        draw.line([(x, 0), (x, height)], (255 - 8 * x, 60, 8 * x, min(255, 16 * x)))


def opaque(draw, width, height):
    draw.rectangle([0, 0, width, height], (40, 160, 90, 255))
    draw.ellipse([width // 4, height // 4, width * 3 // 4, height * 3 // 4], (230, 200, 30, 255))


def laid(encoded, x, y, duration_ms, blended, disposed):
    width, height = Image.open(io.BytesIO(encoded)).size
    at = encoded.index(b"ALPH") if b"ALPH" in encoded else encoded.index(b"VP8L" if b"VP8L" in encoded else b"VP8 ")
    place = three(x // 2) + three(y // 2) + three(width - 1) + three(height - 1) + three(duration_ms)
    return chunk(b"ANMF", place + bytes([(not blended) * 2 + disposed]) + encoded[at:])


body = chunk(b"VP8X", b"\x12\0\0\0" + sides)
body += chunk(b"ANIM", b"\xFF\xFF\xFF\xFF\0\0")
body += laid(part((20, 16), opaque, lossless=True), 2, 2, 40, True, False)
body += laid(part((16, 16), fading, lossless=True, exact=True), 8, 4, 40, True, True)
body += laid(part((12, 12), opaque, quality=95), 16, 8, 40, False, False)
body += laid(part((16, 10), fading, quality=95, exact=True), 0, 12, 40, True, True)
body += laid(part((32, 24), fading, lossless=True, exact=True), 0, 0, 40, True, True)
body += laid(part((2, 2), opaque, lossless=True), 30, 22, 40, False, False)
(HERE / "layers.webp").write_bytes(chunk(b"RIFF", b"WEBP" + body))
layers = Image.open(HERE / "layers.webp")
strip = Image.new("RGBA", (SIZE[0], SIZE[1] * layers.n_frames))
for number in range(layers.n_frames):
    layers.seek(number)
    strip.paste(layers.convert("RGBA"), (0, SIZE[1] * number))
strip.save(HERE / "layers_frames.png", optimize=True)

# A GIF whose delays are 0, and one whose delays are 10 ms.
grey = [Image.new("L", (4, 4), 60 * number) for number in range(3)]
grey[0].save(HERE / "no_delay.gif", save_all=True, append_images=grey[1:], duration=0, loop=0)
grey[0].save(HERE / "hasty.gif", save_all=True, append_images=grey[1:], duration=10, loop=0)

# Three frames of the demo clip, a quarter as large: the mean of four by four pixels.
demo = Image.new("RGB", (100, 75 * 3))
for row, number in enumerate([1, 71, 140]):
    decoded = Image.open(frames_path / f"{number:03}.png").convert("RGB")
    demo.paste(decoded.resize((100, 75), Image.Resampling.BOX), (0, 75 * row))
demo.save(HERE / "webcam_frames.png", optimize=True)

# A video without loss: what OpenCV reads of it must be the animation's frames on black.
black = Image.new("RGBA", SIZE, (0, 0, 0, 255))
raw = b"".join(Image.alpha_composite(black, picture).convert("RGB").tobytes() for picture in frames)
subprocess.run(
    ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "32x24", "-r", "25"]
    + ["-i", "-", "-c:v", "ffv1", "-pix_fmt", "bgr0", "-bitexact", str(HERE / "disc.avi")],
    input=raw,
    check=True,
)
