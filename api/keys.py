"""Who may do what: named keys with scopes, of which only hashes are stored, each with its own pace.

The file of AIFKG_KEYS holds one key a line: its name, a space, the SHA-256 of the key in hex, and, after
another space, its scopes with commas between them; a line without scopes has them all. Keys are random and
long, so a plain hash is enough. `aifkg keys add NAME` makes one. The file is read again when it changes, so
a revoked key is refused at once. Without the file nobody may write.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from kg.errors import BadSetting, Forbidden, MissingScope, TooManyRequests, Unauthorized

Scope = Literal["read", "ingest", "curate", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_HEX = frozenset("0123456789abcdef")
_log = logging.getLogger("aifkg.api")


@dataclass(frozen=True)
class Key:
    """A key as the file has it: who holds it, the hash of it, what it may do."""

    name: str
    sha256: str
    scopes: frozenset[Scope]

    @property
    def line(self) -> str:
        """Its line of the file."""
        return f"{self.name} {self.sha256} {','.join(scope for scope in SCOPES if scope in self.scopes)}"


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
    """The keys of a file; none without one."""

    def __init__(self, path: Path | None, *, per_minute: int) -> None:
        """Read the file; BadSetting if it cannot be read or a line is not a key."""
        self._path = path
        self._per_minute = per_minute
        self._paces: dict[str, _Pace] = {}
        self._stamp = _stamp_of(path)
        self._keys = read_keys(path) if path else ()

    @property
    def any(self) -> bool:
        """Whether anybody may write."""
        self._look_again()
        return bool(self._keys)

    def writer(self, authorization: str | None) -> str:
        """The name of a key that may change everything; errors as of `allow`."""
        return self.allow(authorization, "admin")

    def allow(self, authorization: str | None, scope: Scope) -> str:
        """The name of the key in an Authorization header, `Bearer KEY` or `Basic` with the key as password.

        Raises:
            Forbidden: if no key is configured, so nobody may write.
            Unauthorized: if the header holds no key that is known.
            MissingScope: if the key may not do this.
            TooManyRequests: if the key has written too often in the last minute.
        """
        key = self._known(authorization)
        if scope == "read":  # whoever may do more may read, as often as they like
            return key.name
        if scope not in key.scopes and "admin" not in key.scopes:
            raise MissingScope(scope)
        self._take_pace(key)
        return key.name

    def _known(self, authorization: str | None) -> Key:
        self._look_again()
        if not self._keys:
            raise Forbidden("writing is off: no keys are configured (AIFKG_KEYS)")
        given = hashlib.sha256(_key_of(authorization).encode()).hexdigest()
        # Every hash is compared, in constant time, so that the time tells nothing about the keys.
        found = [key for key in self._keys if hmac.compare_digest(key.sha256, given)]
        if not found:
            raise Unauthorized("this needs a key: Authorization: Bearer KEY")
        return found[0]

    def _take_pace(self, key: Key) -> None:
        pace = self._paces.setdefault(key.sha256, _Pace(self._per_minute, self._per_minute))
        if wait_s := pace.take():
            raise TooManyRequests("this key writes too often", retry_after_s=wait_s)

    def _look_again(self) -> None:
        """Read the file when it has changed; while it is broken nobody may write."""
        stamp = _stamp_of(self._path)
        if self._path is None or stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._keys = read_keys(self._path)
        except BadSetting as error:
            _log.error("no key is accepted: %s", error)
            self._keys = ()


def read_keys(path: Path) -> tuple[Key, ...]:
    """The keys of a file.

    Raises:
        BadSetting: if the file cannot be read or a line is not a name, a hash and known scopes.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"AIFKG_KEYS={path}: {getattr(error, 'strerror', None) or error}") from error
    return tuple(
        _key_in(line, f"AIFKG_KEYS={path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    )


def scopes_of(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes with these names; ValueError for one that is none."""
    wanted = frozenset(names)
    if unknown := wanted - frozenset(SCOPES):
        raise ValueError(f"{', '.join(sorted(unknown))}: scopes are {', '.join(SCOPES)}")
    return frozenset(scope for scope in SCOPES if scope in wanted)


def hash_of(key: str) -> str:
    """What the file keeps of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _key_in(line: str, place: str) -> Key:
    name, sha256, scopes = (*line.split(), "", "", "")[:3]
    if len(line.split()) not in (2, 3) or len(sha256) != 64 or not _HEX.issuperset(sha256):
        raise BadSetting(f"{place}: a name and a SHA-256 in hex are needed, and scopes if not all")
    try:
        return Key(name, sha256, scopes_of(scopes.split(",") if scopes else SCOPES))
    except ValueError as error:
        raise BadSetting(f"{place}: {error}") from error


def _stamp_of(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None


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
