"""Seals and signatures on pages drawn as a scanner gives them: yes, unsure, no."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from cli.specimen_page import DOTS_A_MM, PAPER, ScannedPage
from cli.specimen_seal import PEN_BLUE, SEAL_RED, seal_mask, signature
from documents.ink import Picture, read_ink
from documents.marks import Seal
from documents.seals import find_seals
from documents.signatures import find_signatures

pytestmark = pytest.mark.slow

UNIT, SOCIETY = "江城重型机床股份有限公司", "中国机械工程学会"
SEEDS = range(4)
Draw = Callable[[ScannedPage], None]


def page_with_text(*, bare: bool = False) -> ScannedPage:
    page = ScannedPage(bare=bare)
    page.centred(22, "承诺书", size=7)
    for line in range(12):
        page.text(24, 40 + 8.4 * line, "推荐科技进展所涉及的内容和相关数据真实准确，无欺瞒和作假行为。")
    for top in (150, 198, 246):
        page.line(24, top, 186, top)
    page.text(28, 154, "推荐学会（盖章）或推荐专家（签字）")
    return page


def picture(page: ScannedPage, seed: int = 0) -> Picture:
    return cv2.imdecode(np.frombuffer(page.scanned(seed), np.uint8), cv2.IMREAD_COLOR)


def seals(page: ScannedPage, seed: int = 0) -> tuple[Seal, ...]:
    return find_seals(read_ink(picture(page, seed)))


def brush(page: ScannedPage) -> ImageDraw.ImageDraw:
    return ImageDraw.Draw(page.image)


def in_dots(*millimetres: float) -> tuple[int, ...]:
    return tuple(round(number * DOTS_A_MM) for number in millimetres)


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_red_seal_is_seen_at_its_place_and_size(seed: int, *, bare: bool) -> None:
    """R86, R87: yes, with millimetres; also where the machine has no Chinese font to draw it with."""
    page = page_with_text(bare=bare)
    page.stamp(seal_mask(UNIT, seed, bare=bare), 130, 222, SEAL_RED)
    (found,) = seals(page, seed)
    assert (found.answer, found.shape) == ("yes", "round")
    assert found.x_mm == pytest.approx(130, abs=4)
    assert found.y_mm == pytest.approx(222, abs=4)
    assert found.width_mm == pytest.approx(42, abs=2)
    assert found.coverage > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_two_seals_are_two(seed: int) -> None:
    page = page_with_text()
    page.stamp(seal_mask(SOCIETY, seed), 135, 173, SEAL_RED)
    page.stamp(seal_mask(UNIT, seed), 128, 221, SEAL_RED)
    assert [seal.answer for seal in seals(page, seed)] == ["yes", "yes"]


@pytest.mark.parametrize("apart", [30, 36, 43])
@pytest.mark.parametrize("seed", SEEDS)
def test_two_seals_that_touch_or_overlap_are_still_two(seed: int, apart: int) -> None:
    """The field of the endorser and that of the unit are narrow on real letters."""
    page = page_with_text()
    page.stamp(seal_mask(SOCIETY, seed), 125, 180, SEAL_RED)
    page.stamp(seal_mask(UNIT, seed), 125 + apart * 0.4, 180 + apart * 0.92, SEAL_RED)
    found = seals(page, seed)
    assert [seal.answer for seal in found] == ["yes", "yes"]
    assert sorted(seal.y_mm for seal in found) == pytest.approx([180, 180 + apart * 0.92], abs=4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seal_over_print_is_seen(seed: int) -> None:
    page = page_with_text()
    page.stamp(seal_mask(UNIT, seed), 90, 90, SEAL_RED)
    assert [seal.answer for seal in seals(page, seed)] == ["yes"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_faint_seal_in_a_shadow_is_not_missed(seed: int) -> None:
    """A dry stamp, photographed by a phone: yes or unsure, never no."""
    page = page_with_text()
    page.stamp(seal_mask(UNIT, seed).point(lambda ink: ink * 0.4), 120, 215, SEAL_RED)
    dots = picture(page, seed).astype(np.float32)
    shadow = np.linspace(0.65, 1.0, dots.shape[1], dtype=np.float32)[None, :, None]
    assert find_seals(read_ink((dots * shadow).astype(np.uint8)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_without_a_seal_has_none(seed: int) -> None:
    assert seals(page_with_text(), seed) == ()
    assert seals(ScannedPage(), seed) == ()


def test_a_black_and_white_copy_of_a_seal_is_unsure() -> None:
    """R86: a copier took the red away; a person must look."""
    page = page_with_text()
    page.stamp(seal_mask(UNIT, 1), 130, 222, SEAL_RED)
    grey = cv2.cvtColor(picture(page), cv2.COLOR_BGR2GRAY)
    copy = cv2.cvtColor(np.where(grey < 190, 40, 250).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    (found,) = find_seals(read_ink(copy))
    assert (found.answer, found.shape) == ("unsure", "black_and_white")


def _letterhead(page: ScannedPage) -> None:
    brush(page).line(in_dots(24, 34, 186, 34), fill=SEAL_RED, width=5)
    brush(page).line(in_dots(24, 284, 186, 284), fill=SEAL_RED, width=4)
    brush(page).rectangle(in_dots(60, 14, 150, 22), fill=SEAL_RED)


def _logo(page: ScannedPage) -> None:
    brush(page).ellipse(in_dots(20, 8, 62, 50), fill=SEAL_RED)


def _red_pen(page: ScannedPage) -> None:
    page.pen(signature(110, 160, 3), SEAL_RED)


def _red_box(page: ScannedPage) -> None:
    brush(page).rectangle(in_dots(30, 160, 120, 240), outline=SEAL_RED, width=4)


def _photograph(page: ScannedPage) -> None:
    spots = np.random.default_rng(2).random((60, 90, 3)) * np.array([1, 0.45, 0.4]) * 255
    photograph = Image.fromarray(spots.astype(np.uint8)).resize(in_dots(70, 48), Image.Resampling.BICUBIC)
    page.image.paste(photograph, in_dots(60, 190))


def test_a_photograph_with_red_in_it_is_never_surely_a_seal() -> None:
    page = page_with_text()
    _photograph(page)
    assert "yes" not in {seal.answer for seal in seals(page)}


@pytest.mark.parametrize("draw", [_letterhead, _logo, _red_pen, _red_box])
def test_other_red_things_are_no_seals(draw: Draw) -> None:
    """A red letterhead and its rules, a filled logo, a red pen, a red frame: no."""
    page = page_with_text()
    draw(page)
    assert seals(page) == ()


def test_a_square_personal_seal_is_unsure() -> None:
    page = page_with_text()
    mask = Image.new("L", in_dots(20, 20), 0)
    box = ImageDraw.Draw(mask)
    box.rectangle((2, 2, mask.width - 3, mask.height - 3), outline=255, width=5)
    box.line((mask.width // 2, 12, mask.width // 2, mask.height - 12), fill=255, width=4)
    page.stamp(mask, 130, 170, SEAL_RED)
    (found,) = seals(page)
    assert (found.answer, found.shape) == ("unsure", "square")


def test_a_seal_that_hangs_over_the_edge_is_unsure() -> None:
    page = page_with_text()
    page.stamp(seal_mask(UNIT, 2), 207, 200, SEAL_RED)
    (found,) = seals(page)
    assert found.answer == "unsure"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_signature_is_seen_and_print_is_not_one(seed: int) -> None:
    """R39, R86: a hint where an expert signed."""
    page = page_with_text()
    assert find_signatures(read_ink(picture(page, seed))) == ()
    page.pen(signature(112, 160, seed), PEN_BLUE)
    (found,) = find_signatures(read_ink(picture(page, seed)))
    assert found.y_mm == pytest.approx(167, abs=5)
    assert 15 < found.width_mm < 45


def test_a_seal_is_no_signature() -> None:
    page = page_with_text()
    page.stamp(seal_mask(UNIT, 2), 130, 222, SEAL_RED)
    assert find_signatures(read_ink(picture(page))) == ()


def test_a_picture_at_another_resolution_gives_the_same_millimetres() -> None:
    page = page_with_text()
    page.stamp(seal_mask(UNIT, 2), 130, 222, SEAL_RED)
    large = cv2.resize(picture(page), None, fx=2.2, fy=2.2, interpolation=cv2.INTER_CUBIC)
    (found,) = find_seals(read_ink(large))
    assert found.answer == "yes"
    assert found.width_mm == pytest.approx(42, abs=2)


def test_the_paper_itself_carries_no_ink() -> None:
    ink = read_ink(np.full((1169, 827, 3), PAPER[0], np.uint8))
    assert not ink.red.any()
    assert not ink.dark.any()
