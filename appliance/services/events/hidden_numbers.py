"""The numbers of events as a viewer of some customers reads them: what lies between two of them it cannot count."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BYTES = 16
_MOST_DIGITS = 39  # of a number of as many bytes


class HiddenNumbers:
    """Each number is encrypted alone, under a key that nobody keeps: the same one always looks the same."""

    def __init__(self) -> None:
        # One block, whose text is a number that comes once: ECB's fault, that equal blocks look alike, is wanted here.
        self._cipher = Cipher(algorithms.AES(os.urandom(_BLOCK_BYTES)), modes.ECB())  # noqa: S305

    def hide(self, number: int) -> int:
        """What stands for this number."""
        return int.from_bytes(self._cipher.encryptor().update(number.to_bytes(_BLOCK_BYTES)))

    def read(self, digits: str) -> int | None:
        """The number for which these stand; a senseless one for those that we did not make, None for no number."""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
            return None
        hidden = int(digits)
        if hidden.bit_length() > _BLOCK_BYTES * 8:
            return None
        return int.from_bytes(self._cipher.decryptor().update(hidden.to_bytes(_BLOCK_BYTES)))
