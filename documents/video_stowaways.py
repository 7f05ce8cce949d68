"""Finds what else the bytes of a film are: an archive, a page or a program that hides in it (R70)."""

import struct
from pathlib import Path

_TAIL_BYTES = 22 + 0xFFFF  # an archive's closing record, its comment at the longest
_HEAD_BYTES = 1024  # so far readers of PDF and browsers look for a beginning
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<?php")


def stowaways(path: Path) -> tuple[str, ...]:
    """The names of other formats as which the file could be opened too, empty for an honest film."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    found = {
        "PDF": b"%PDF-" in head or _closes_a_pdf(tail),
        "网页": any(mark in head.lower() for mark in _PAGES),
        "压缩包（ZIP）": _closes_an_archive(tail, size),
    }
    return tuple(name for name, there in found.items() if there)


def _closes_a_pdf(tail: bytes) -> bool:
    return b"startxref" in tail[-_HEAD_BYTES:] and b"%%EOF" in tail[-_HEAD_BYTES:]


def _closes_an_archive(tail: bytes, size: int) -> bool:
    """Whether the end of the file is the end of an archive whose list of entries lies right before it."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + 22 > len(tail):
        return False
    entries, length, _start, comment = struct.unpack_from("<HIIH", tail, at + 10)
    whole = size - len(tail) + at
    return bool(entries > 0 and length <= whole and at + 22 + comment <= len(tail))
