"""Draws what a defence video may show: slides, a speaker, a promotional film, nothing; each as pixels at a time."""

from functools import cache

import numpy as np
from film_makers import texture
from PIL import Image, ImageDraw, ImageFont

SIZE = (480, 270)
GROUNDS = {"white": ((250, 250, 250), (30, 30, 30)), "blue": ((14, 40, 90), (240, 240, 240))}


@cache
def slide(number: int, ground: str, *, picture: bool) -> np.ndarray:
    """A head line, eight lines of small type, maybe a photograph."""
    width, height = SIZE
    back, ink = GROUNDS[ground]
    image = Image.new("RGB", SIZE, back)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width, height // 8), fill=(40 + number * 37 % 200, 90, 150))
    pen.text((24, 6), f"Slide {number}: what is new", font=ImageFont.load_default(22), fill=(255, 255, 255))
    letters = np.random.default_rng(number).integers(97, 123, (8, 45))
    for row, line in enumerate(letters):
        words = "".join(" " if letter > 118 else chr(letter) for letter in line.tolist())
        pen.text((24, 45 + 26 * row), words, font=ImageFont.load_default(12), fill=ink)
    if picture:
        image.paste(Image.fromarray(texture(SIZE, number)).resize((160, 135)), (300, 90))
    return np.asarray(image)


def slides(seconds: float) -> np.ndarray:
    """A new slide each quarter of a minute."""
    return slide(int(seconds / 15), "white", picture=False)


def dark_slides(seconds: float) -> np.ndarray:
    return slide(int(seconds / 15), "blue", picture=False)


def slides_with_photographs(seconds: float) -> np.ndarray:
    """Each third part a photograph, a pointer that wanders about."""
    shown = slide(int(seconds / 15), "white", picture=True).copy()
    left, top = int(240 + 150 * np.sin(seconds)), int(135 + 75 * np.cos(seconds * 0.7))
    shown[top : top + 10, left : left + 6] = 0
    return shown


def quick_slides(seconds: float) -> np.ndarray:
    """Slides that build up: something new every four seconds."""
    shown = slide(int(seconds / 12), "white", picture=False).copy()
    shown[45 + 75 * (int(seconds / 4) % 3 + 1) :] = GROUNDS["white"][0]
    return shown


def speaker(seconds: float) -> np.ndarray:
    """A head before a wall, moving a little, in front of a camera with its grain."""
    wall = np.linspace(120, 190, SIZE[0])[None, :, None] + np.zeros((SIZE[1], 1, 3))
    left, top = int(180 + 12 * np.sin(seconds)), int(70 + 5 * np.sin(1.7 * seconds))
    wall[top : top + 90, left : left + 75] = texture(SIZE, 9)[:90, :75]
    grain = np.random.default_rng(int(seconds * 25)).integers(-4, 5, (SIZE[1], SIZE[0], 1))
    return np.clip(wall + grain, 0, 255).astype(np.uint8)


def promotion(seconds: float) -> np.ndarray:
    """Another scene each second, the camera always moving."""
    left = int(seconds % 1 * 60)
    return texture(SIZE, int(seconds) % 7)[left // 2 : left // 2 + SIZE[1], left : left + SIZE[0]]


def pan(seconds: float) -> np.ndarray:
    """One scene, the camera moving slowly."""
    left = int(seconds * 5)
    return texture(SIZE, 3)[left // 2 : left // 2 + SIZE[1], left : left + SIZE[0]]


def black_after_a_while(seconds: float) -> np.ndarray:
    return slides(0.0) if seconds < 8 else np.zeros((SIZE[1], SIZE[0], 3), np.uint8)


def frozen(_seconds: float) -> np.ndarray:
    return texture(SIZE, 5)[: SIZE[1], : SIZE[0]]


def half_and_half(seconds: float) -> np.ndarray:
    """Slides for twenty seconds, filmed pictures for twenty."""
    return slides(seconds) if seconds < 20 else pan(seconds)
