"""Draws A4 pages as a scanner would give them, a little tilted and grainy, and packs them into a PDF of pictures."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from documents.chinese_faces import chinese_font

DOTS_AN_INCH = 110
DOTS_A_MM = DOTS_AN_INCH / 25.4
WIDTH, HEIGHT = round(210 * DOTS_A_MM), round(297 * DOTS_A_MM)
INK = (24, 24, 28)
PAPER = (252, 252, 250)

Ink = tuple[int, int, int] | int

_WESTERN = 0x2E7F  # the last code point before Chinese radicals; quotes and dashes are narrow


class ScannedPage:
    """One A4 page to draw on; places and sizes are in millimetres from the upper left corner."""

    def __init__(self, *, bare: bool = False) -> None:
        """An empty page; ``bare`` draws strokes for characters, as on a machine without a Chinese font."""
        self._bare = bare
        self.image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A thin printed rule."""
        self._draw.line(tuple(round(at * DOTS_A_MM) for at in (x, y, to_x, to_y)), fill=INK, width=2)

    def text(self, x: float, y: float, text: str, *, size: float = 4.2) -> None:
        """One line of print; on a machine without a Chinese font each character becomes a few strokes."""
        write(self._draw, (x * DOTS_A_MM, y * DOTS_A_MM), text, size * DOTS_A_MM, INK, bare=self._bare)

    def paragraph(self, x: float, y: float, text: str, *, width: float, size: float = 4.2) -> float:
        """Print wrapped to ``width``; returns the place of the line after it."""
        line = ""
        for letter in text:
            if line and printed_width(line + letter) * size > width:
                self.text(x, y, line, size=size)
                line, y = "", y + 2.0 * size
            line += letter
        self.text(x, y, line, size=size)
        return y + 2.0 * size

    def centred(self, y: float, text: str, *, size: float) -> None:
        """One line of print in the middle of the page."""
        self.text(105 - printed_width(text) * size / 2, y, text, size=size)

    def pen(self, strokes: list[list[tuple[float, float]]], colour: tuple[int, int, int]) -> None:
        """Strokes of a pen, each a run of points."""
        for stroke in strokes:
            self._draw.line([(x * DOTS_A_MM, y * DOTS_A_MM) for x, y in stroke], fill=colour, width=2, joint="curve")

    def stamp(self, mask: Image.Image, x: float, y: float, colour: tuple[int, int, int]) -> None:
        """Ink through a mask with its middle at the place; what is printed below shines through."""
        left, top = round(x * DOTS_A_MM - mask.width / 2), round(y * DOTS_A_MM - mask.height / 2)
        box = (left, top, left + mask.width, top + mask.height)
        below = np.asarray(self.image.crop(box), np.float32)
        cover = np.asarray(mask, np.float32)[..., None] / 255
        inked = below * (1 - cover) + below * (np.asarray(colour, np.float32) / 255) * cover
        self.image.paste(Image.fromarray(inked.astype(np.uint8)), box[:2])

    def scanned(self, seed: int) -> bytes:
        """The page as a scanner's JPEG: tilted by up to a degree, with grain."""
        chance = np.random.default_rng(seed)
        tilt = float(chance.uniform(-0.9, 0.9))
        turned = self.image.rotate(tilt, resample=Image.Resampling.BILINEAR, fillcolor=PAPER)
        grain = np.tile(chance.integers(-5, 6, (128, 128, 1), np.int16), (HEIGHT // 128 + 1, WIDTH // 128 + 1, 1))
        dots = np.clip(np.asarray(turned, np.int16) + grain[:HEIGHT, :WIDTH], 0, 255).astype(np.uint8)
        file = BytesIO()
        Image.fromarray(dots).save(file, "JPEG", quality=72)
        return file.getvalue()


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    size: float,
    ink: Ink,
    *,
    bare: bool = False,
) -> None:
    """Print a line at a place, ``size`` dots high; strokes for characters when ``bare`` or without a Chinese font."""
    font = None if bare else chinese_font(round(size))
    if font is not None:
        draw.text(place, text, font=font, fill=ink)
        return
    for number, letter in enumerate(text):
        if not letter.isspace():
            wide = printed_width(letter)
            left = place[0] + printed_width(text[:number]) * size
            _strokes(draw, (left, place[1]), ord(letter), (size * wide * 0.86, size * 0.86), ink)


def printed_width(text: str) -> float:
    """How wide a line is, in heights of its characters: a Chinese one is 1, a Western one about half."""
    return sum(1.0 if ord(letter) > _WESTERN else 0.55 for letter in text)


def _strokes(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], code: int, size: tuple[float, float], ink: Ink
) -> None:
    """A few strokes in a box that look like a character from afar; the same code gives the same strokes."""
    (x, y), (wide, high) = place, size
    for row in range(4):
        if code >> row & 1 or row == 1:
            draw.line((x, y + row * high / 3, x + wide, y + row * high / 3), fill=ink, width=1)
    for column in range(3):
        if code >> (column + 4) & 1 or column == 1:
            middle = x + (column + 0.5) * wide / 3
            draw.line((middle, y, middle, y + high), fill=ink, width=1)


def pdf_of_pictures(pictures: list[bytes]) -> bytes:
    """A PDF whose A4 pages are these JPEG pictures and nothing else."""
    kids = " ".join(f"{3 + 3 * at} 0 R" for at in range(len(pictures)))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pictures)} /Kids [{kids}] >>".encode(),
    ]
    paint = b"q 595.28 0 0 841.89 0 0 cm /Im0 Do Q"
    for at, picture in enumerate(pictures):
        first = 3 + 3 * at
        bodies += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595.28 841.89] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /Im0 {first + 2} 0 R >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(paint), paint),
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
            b"/Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (WIDTH, HEIGHT, len(picture), picture),
        ]
    return _numbered(bodies)


def _numbered(bodies: list[bytes]) -> bytes:
    """The objects one after another with the table of their places."""
    file = BytesIO()
    file.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(bodies, start=1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    file.writelines(b"%010d 00000 n \n" % place for place in places)
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table))
    return file.getvalue()
