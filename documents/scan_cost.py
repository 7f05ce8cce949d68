"""Reckons what drawing a page would cost, before anybody draws it: forms in forms, pictures without end (R78)."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from documents.scan_images import jbig2_dots, jpeg_dots, jpx_dots
from documents.scan_objects import MOST_OLD_PACKED_BYTES

if TYPE_CHECKING:
    import pikepdf

MOST_STEPS = 2 << 20  # bytes of page description, each form counted as often as it is drawn
MOST_DOTS = 150_000_000  # a page of 1200 dpi
MOST_UNPACKED_BYTES = 64 << 20  # of one packed stream
_MOST_WHOLE_DOTS = 40_000_000  # of a picture that must be unpacked as a whole: a page of 600 dpi
_DEEPEST = 24
_LARGEST_PAGE = 14_500  # 200 inches in points, the largest that PDF knows
_PLAIN_GLYPH = 4096
_PLAIN_GLYPH_DOTS = 1_000_000
_SHADING_DOTS = 1_000_000
_PAGE_POINTS = 595 * 842
_MOST_TILES = 50_000  # on a page
_FILL_DOTS = 40_000  # of one path in a form, which nothing interrupts

_DRAW = re.compile(rb"(?:/([^\s/<>()\[\]{}%]*)\s+)?(?<![A-Za-z0-9])Do(?![A-Za-z0-9])")
_PATTERN = re.compile(rb"(?<![A-Za-z0-9])(?:scn|SCN)(?![A-Za-z0-9])")
_SHADING = re.compile(rb"(?<![A-Za-z0-9])sh(?![A-Za-z0-9])")
_PAINT = re.compile(rb"(?<![A-Za-z0-9])(?:[fF]\*?|[bB]\*?|[sS]|sh|Do|Tj|TJ)(?![A-Za-z0-9])")
_FILL = re.compile(rb"(?<![A-Za-z0-9])(?:[fF]\*?|[bB]\*?|[sS])(?![A-Za-z0-9])")
_INLINE = re.compile(rb"(?<![A-Za-z0-9])BI(?![A-Za-z0-9])")
_INLINE_SIDE = re.compile(rb"/(W|H|Width|Height)\s+(\d{1,9})")


class TooCostly(Exception):
    """Something that nobody draws: too deep, too long when unpacked, too many dots in one piece."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Steps are bytes of page description as often as they are read; dots those of pictures as often as drawn."""

    steps: int = 0
    dots: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.steps + other.steps, self.dots + other.dots)

    def times(self, count: float) -> "Cost":
        """The same so many times over."""
        return Cost(int(self.steps * count), int(self.dots * count))

    @property
    def is_too_much(self) -> bool:
        """Whether drawing it would take more than a scan ever needs."""
        return self.steps > MOST_STEPS or self.dots > MOST_DOTS


@dataclass(slots=True)
class Reckoning:
    """The costs of one file's pages; what was reckoned once is remembered."""

    known: dict[tuple[int, int], Cost] = field(default_factory=dict)
    unpacked: int = 0

    def can_be_drawn(self, page: "pikepdf.Page") -> bool:
        """Whether the page and what lies on it can be drawn within bounds."""
        if any(abs(_number(side)) > _LARGEST_PAGE for side in (*_box(page, "/MediaBox"), *_box(page, "/CropBox"))):
            return False
        try:
            cost = self._of_contents(page)
            for note in _items(page.obj.get("/Annots")):
                cost += self._of_appearance(note)
        except TooCostly:
            return False
        return not cost.is_too_much

    def _of_contents(self, page: "pikepdf.Page") -> Cost:
        import pikepdf

        parts = page.obj.get("/Contents")
        streams = [part for part in _items(parts) or [parts] if isinstance(part, pikepdf.Stream)]
        text = b"\n".join(self._unpacked(stream) for stream in streams)
        return self._of_text(text, _dictionary(page.resources), 0)

    def _of_appearance(self, note: object) -> Cost:
        looks = _dictionary(_dictionary(note).get("/AP")).get("/N")
        candidates = [looks, *_dictionary(looks).values()]
        return max((self._of_stream(look, {}, 1) for look in candidates), key=_weight, default=Cost())

    def _of_stream(self, thing: object, inherited: dict[str, Any], depth: int) -> Cost:
        """The cost of drawing a form, a pattern, a glyph or a picture once."""
        import pikepdf

        if not isinstance(thing, pikepdf.Stream):
            return Cost()
        if depth > _DEEPEST:
            raise TooCostly
        if thing.objgen in self.known:
            return self.known[thing.objgen]
        if thing.get("/Subtype") == pikepdf.Name.Image:
            cost = _of_picture(thing) + self._of_stream(thing.get("/SMask"), {}, depth + 1)
        else:
            self.known[thing.objgen] = Cost(MOST_STEPS + 1)  # who draws itself never ends
            own = _dictionary(thing.get("/Resources")) or inherited
            cost = self._of_text(self._unpacked(thing), own, depth)
        if cost.is_too_much:
            raise TooCostly
        self.known[thing.objgen] = cost
        return cost

    def _of_text(self, text: bytes, resources: dict[str, Any], depth: int) -> Cost:
        shaded = _SHADING_DOTS * len(_SHADING.findall(text))
        filled = _FILL_DOTS * len(_FILL.findall(text)) if depth else 0  # the page's own are drawn under a clock
        cost = Cost(len(text), shaded + filled + _inline_dots(text))
        cost += self._of_drawn(text, resources, depth)
        patterns = [self._of_pattern(each, resources, depth) for each in _values(resources, "/Pattern")]
        cost += max(patterns, key=_weight, default=Cost()).times(len(_PATTERN.findall(text)))
        masks = [_dictionary(each.get("/SMask")).get("/G") for each in _dictionaries(resources, "/ExtGState")]
        mask = max((self._of_stream(each, resources, depth + 1) for each in masks), key=_weight, default=Cost())
        cost += mask.times(len(_PAINT.findall(text)) if mask.steps else 0)
        for font in _dictionaries(resources, "/Font"):
            cost += self._of_glyphs(font, resources, len(text), depth)
        return cost

    def _of_drawn(self, text: bytes, resources: dict[str, Any], depth: int) -> Cost:
        """What ``Do`` draws; where the name before it cannot be read, the dearest thing is taken."""
        calls = _DRAW.findall(text)
        if not calls:
            return Cost()
        things = _dictionary(resources.get("/XObject"))
        prices = {_plain(name): self._of_stream(thing, resources, depth + 1) for name, thing in things.items()}
        dearest = max(prices.values(), key=_weight, default=Cost())
        cost = Cost()
        for name in set(calls):
            cost += prices.get(_plain("/" + name.decode("latin-1")), dearest).times(calls.count(name))
        return cost

    def _of_pattern(self, thing: object, resources: dict[str, Any], depth: int) -> Cost:
        """One tile, or as many as lie over each other where the steps are smaller than the tile."""
        cost = self._of_stream(thing, resources, depth + 1)
        words = _dictionary(thing)
        step = abs(_number(words.get("/XStep"))) * abs(_number(words.get("/YStep")))
        a, b, c, d = ([_number(each) for each in _items(words.get("/Matrix"))] or [1.0, 0.0, 0.0, 1.0])[:4]
        if "/XStep" in words and _MOST_TILES * step * abs(a * d - b * c) < _PAGE_POINTS:
            raise TooCostly
        box = [abs(_number(side)) for side in _items(words.get("/BBox"))]
        over = max(box, default=0.0) ** 2 / step if step else 1.0
        return cost.times(max(1.0, over / 4))

    def _of_glyphs(self, font: dict[str, Any], resources: dict[str, Any], letters: int, depth: int) -> Cost:
        """Glyphs that are drawn like forms: plain ones once each, for they are kept; others as often as they stand."""
        glyphs = _dictionary(font.get("/CharProcs"))
        own = _dictionary(font.get("/Resources")) or resources
        costs = [self._of_stream(glyph, own, depth + 1) for glyph in glyphs.values()]
        dearest = max(costs, key=_weight, default=Cost())
        plain = dearest.steps <= _PLAIN_GLYPH and dearest.dots <= _PLAIN_GLYPH_DOTS
        return sum(costs, Cost()) if plain else dearest.times(letters)

    def _unpacked(self, stream: "pikepdf.Stream") -> bytes:
        import pikepdf

        filters = _filters(stream)
        raw = stream.read_raw_bytes()
        if filters & {"/LZWDecode", "/LZW"} and len(raw) > MOST_OLD_PACKED_BYTES:
            raise TooCostly
        try:
            data = stream.read_bytes()
        except pikepdf.PdfError as error:
            if "memory" in str(error) or "limit" in str(error):
                raise TooCostly from error
            data = raw  # what cannot be unpacked is drawn as far as it goes
        self.unpacked += len(data)
        if self.unpacked > MOST_UNPACKED_BYTES:
            raise TooCostly
        return data


def bound_unpacking() -> None:
    """Bound what one packed stream may unpack to, object streams and tables of places among them; for all files."""
    import pikepdf

    most = MOST_UNPACKED_BYTES
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=most,
        run_length_max_memory=most,
        png_max_memory=most,
        tiff_max_memory=most,
        dct_max_memory=most,
    )


def _of_picture(picture: "pikepdf.Stream") -> Cost:
    """The dots of a picture, as the PDF or as the picture itself says: whichever is more."""
    dots = int(_number(picture.get("/Width")) * _number(picture.get("/Height")))
    filters = _filters(picture)
    whole = 0
    if filters & {"/DCTDecode", "/DCT"}:
        own, in_passes = jpeg_dots(picture.read_raw_bytes())
        dots = max(dots, own)
        whole = own if in_passes else 0
    elif "/JPXDecode" in filters:
        dots = whole = max(dots, jpx_dots(picture.read_raw_bytes()))
    elif "/JBIG2Decode" in filters:
        dots = max(dots, jbig2_dots(picture.read_raw_bytes()))
    if whole > _MOST_WHOLE_DOTS or dots > MOST_DOTS:
        raise TooCostly
    return Cost(0, dots)


def _filters(stream: "pikepdf.Stream") -> set[str]:
    """The names of a stream's packings; a name need not be UTF-8."""
    import pikepdf

    given = _items(stream.get("/Filter")) or [stream.get("/Filter")]
    return {each.unparse().decode("latin-1") for each in given if isinstance(each, pikepdf.Name)}


def _inline_dots(text: bytes) -> int:
    """The dots of pictures that stand in the page description itself: each is taken for the largest."""
    pictures = len(_INLINE.findall(text))
    if not pictures:
        return 0
    sides: dict[bytes, int] = {}
    for name, number in _INLINE_SIDE.findall(text):
        sides[name[:1]] = max(sides.get(name[:1], 0), int(number))
    return pictures * sides.get(b"W", 0) * sides.get(b"H", 0)


def _weight(cost: Cost) -> int:
    return cost.steps + cost.dots


def _plain(name: str) -> str:
    """A name with its ``#41`` written out, so that both spellings are one."""
    return re.sub(r"#([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), name)


def _items(thing: object) -> list[Any]:
    import pikepdf

    return list(thing) if isinstance(thing, pikepdf.Array) else []


def _dictionary(thing: object) -> dict[str, Any]:
    import pikepdf

    return dict(thing.items()) if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) else {}


def _box(page: "pikepdf.Page", key: str) -> list[Any]:
    """A box of the page or of what it belongs to."""
    import pikepdf

    entries: pikepdf.Object = page.obj
    for _ in range(_DEEPEST):
        if key in entries or "/Parent" not in entries:
            break
        entries = entries["/Parent"]
        if not isinstance(entries, pikepdf.Dictionary):
            return []
    return _items(entries.get(key))


def _values(resources: dict[str, Any], key: str) -> list[Any]:
    return list(_dictionary(resources.get(key)).values())


def _dictionaries(resources: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [_dictionary(each) for each in _values(resources, key)]


def _number(value: object) -> float:
    return max(-1e12, min(1e12, float(value))) if isinstance(value, int | float | Decimal) else 0.0
