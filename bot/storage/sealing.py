"""Sealed files: encrypted and authenticated in pieces, so that size does not matter.

AES-256-GCM; each piece carries its number and whether it is the last, so pieces cannot be
swapped, repeated or cut off unseen. The key is derived from a pass phrase with scrypt.
"""

import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"CONTACTPUNT-SEALED-1\n"
PIECE = 1 << 20
_SALT = 16
_PREFIX = 7
_TAG = 16


class CannotUnseal(Exception):
    """Made with another key, damaged, or cut off."""


def seal(source: BinaryIO, target: BinaryIO, key: str) -> None:
    salt, prefix = os.urandom(_SALT), os.urandom(_PREFIX)
    cipher = AESGCM(_derived(key, salt))
    target.write(MAGIC + salt + prefix)
    number = 0
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        target.write(cipher.encrypt(_nonce(prefix, number, last=not following), piece, MAGIC))
        if not following:
            target.flush()
            return
        piece, number = following, number + 1


def is_sealed(source: BinaryIO) -> bool:
    """Look at the beginning; leaves *source* there."""
    begin = source.read(len(MAGIC))
    source.seek(0)
    return begin == MAGIC


def unseal(source: BinaryIO, target: BinaryIO, key: str) -> None:
    """Raises:
    CannotUnseal: what was written to *target* so far must not be used.
    """
    head = source.read(len(MAGIC) + _SALT + _PREFIX)
    salt, prefix = head[len(MAGIC) : len(MAGIC) + _SALT], head[len(MAGIC) + _SALT :]
    if not head.startswith(MAGIC) or len(prefix) != _PREFIX:
        raise CannotUnseal("this is not a sealed file")
    cipher = AESGCM(_derived(key, salt))
    number = 0
    piece = source.read(PIECE + _TAG)
    while True:
        following = source.read(PIECE + _TAG)
        try:
            nonce = _nonce(prefix, number, last=not following)
            target.write(cipher.decrypt(nonce, piece, MAGIC))
        except InvalidTag:
            raise CannotUnseal("another key, or the file is damaged") from None
        if not following:
            target.flush()
            return
        piece, number = following, number + 1


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def _derived(key: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(key.encode())
