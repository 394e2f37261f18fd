"""Who may write: named keys, of which only hashes are stored, each with its own pace.

The file of AIFKG_KEYS holds one key a line: its name, a space, the SHA-256 of the key in hex. Keys are
random and long, so a plain hash is enough. `python -m api.keys NAME` makes one. Without the file nobody may
write.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import BadSetting, Forbidden, TooManyRequests, Unauthorized


@dataclass
class _Pace:
    """A bucket of writes that refills evenly."""

    per_minute: int
    left: float = 0.0
    looked: float = field(default_factory=time.monotonic)

    def take(self) -> float:
        """0 and one write is taken, or the seconds until the next."""
        now = time.monotonic()
        self.left = min(self.per_minute, self.left + (now - self.looked) * self.per_minute / 60)
        self.looked = now
        if self.left < 1:
            return (1 - self.left) * 60 / self.per_minute
        self.left -= 1
        return 0.0


class Keys:
    """The keys that are known."""

    def __init__(self, hashes: dict[str, str], *, per_minute: int) -> None:
        """Names to hex hashes."""
        self._hashes = hashes
        self._paces = {name: _Pace(per_minute, per_minute) for name in hashes}

    @property
    def any(self) -> bool:
        """Whether anybody may write."""
        return bool(self._hashes)

    def writer(self, authorization: str | None) -> str:
        """The name of the key in an Authorization header, `Bearer KEY` or `Basic` with the key as password.

        Raises:
            Forbidden: if no key is configured, so nobody may write.
            Unauthorized: if the header holds no key that is known.
            TooManyRequests: if the key has written too often in the last minute.
        """
        if not self._hashes:
            raise Forbidden("writing is off: no keys are configured (AIFKG_KEYS)")
        given = hashlib.sha256(_key_of(authorization).encode()).hexdigest()
        # Every hash is compared, in constant time, so that the time tells nothing about the keys.
        names = [name for name, known in self._hashes.items() if hmac.compare_digest(known, given)]
        if not names:
            raise Unauthorized("a write needs a key: Authorization: Bearer KEY")
        wait_s = self._paces[names[0]].take()
        if wait_s:
            raise TooManyRequests("this key writes too often", retry_after_s=wait_s)
        return names[0]


def read_keys(path: Path | None, *, per_minute: int) -> Keys:
    """The keys of a file; none without one.

    Raises:
        BadSetting: if the file cannot be read or a line is not a name and a hash.
    """
    if path is None:
        return Keys({}, per_minute=per_minute)
    try:
        lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise BadSetting(f"AIFKG_KEYS={path}: {error.strerror}") from error
    for number, parts in enumerate(lines, 1):
        if len(parts) != 2 or len(parts[1]) != 64 or not all(c in "0123456789abcdef" for c in parts[1]):
            raise BadSetting(f"AIFKG_KEYS={path}, line {number}: a name and a SHA-256 in hex are needed")
    return Keys(dict(lines), per_minute=per_minute)


def _key_of(authorization: str | None) -> str:
    scheme, _, rest = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def main(name: str) -> None:
    """Print a new key, and the line of the file for it."""
    key = secrets.token_urlsafe(32)
    sys.stderr.write(f"the key, shown once: {key}\nthe line for the file of AIFKG_KEYS:\n")
    sys.stdout.write(f"{name} {hashlib.sha256(key.encode()).hexdigest()}\n")


if __name__ == "__main__":
    main(sys.argv[1])
