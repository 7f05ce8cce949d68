"""Seals a long stream piece by piece, so that a film need not lie in memory; a piece cut off, changed or moved is told.

Each stream has a key of its own, made from the given one, a salt and what the stream is; each piece is AES-256-GCM
under its number and whether it is the last.
"""

import io
import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.refusal import Refusal

PIECE = 1 << 20  # bytes of clear text
_TAG, _SALT = 16, 16
_LENGTH = struct.Struct(">IB")  # of the sealed piece; 1 for the last


class SealBroken(Refusal):
    """The file was changed or cut off, or is locked by another key."""

    def __init__(self) -> None:
        super().__init__("文件不完整、被改动过，或口令不符。", next_step="请重新拷贝文件，并核对口令。")


class SealedWriter(io.RawIOBase):
    """Takes bytes and writes them sealed; `close` writes the end, without which the file counts as cut off."""

    def __init__(self, target: BinaryIO, key: bytes, kind: str) -> None:
        super().__init__()
        salt = os.urandom(_SALT)
        target.write(salt)
        self._target, self._cipher = target, _cipher(key, salt, kind)
        self._held, self._number = bytearray(), 0

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; a whole piece is written as soon as more follow."""
        taken = bytes(memoryview(data))  # type: ignore[arg-type]
        self._held += taken
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), is_last=False)
            del self._held[:PIECE]
        return len(taken)

    def close(self) -> None:
        """Write the last piece; the target stays open."""
        if not self.closed:
            self._put(bytes(self._held), is_last=True)
        super().close()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        place = _place(self._number, is_last=is_last)
        sealed = self._cipher.encrypt(_nonce(self._number), piece, place)
        self._target.write(_LENGTH.pack(len(sealed), is_last) + sealed)
        self._number += 1


def unsealed(source: BinaryIO, key: bytes, kind: str) -> io.BufferedReader:
    """The clear bytes as a stream; reading raises `SealBroken`."""
    return io.BufferedReader(_Pieces(_pieces(source, _cipher(key, source.read(_SALT), kind))), buffer_size=PIECE)


def _cipher(key: bytes, salt: bytes, kind: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, f"linxuan {kind}".encode()).derive(key))


def _pieces(source: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, is_last = 0, False
    while not is_last:
        told = source.read(_LENGTH.size)
        if len(told) < _LENGTH.size:
            raise SealBroken
        length, last = _LENGTH.unpack(told)
        is_last = bool(last)
        sealed = source.read(length) if length <= PIECE + _TAG else b""
        try:
            yield cipher.decrypt(_nonce(number), sealed, _place(number, is_last=is_last))
        except InvalidTag as fault:
            raise SealBroken from fault
        number += 1


class _Pieces(io.RawIOBase):
    """An iterator of bytes as a raw stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._left = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer)  # type: ignore[arg-type]
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        count = min(len(room), len(self._left))
        room[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _nonce(number: int) -> bytes:
    """A key seals one stream only: a count does for a nonce."""
    return number.to_bytes(12, "big")


def _place(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(8, "big") + bytes([is_last])
