"""Compression for those who ask for it, Zstandard before gzip; everybody else is passed on untouched."""

import sys
from functools import lru_cache

import anyio.to_thread
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Receive, Scope, Send

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor
else:
    from backports.zstd import ZstdCompressor

COMPRESS_FROM = 1000  # bytes
_GZIP_LEVEL = 4
_ZSTD_LEVEL = 3
_INLINE = 1 << 17  # more than this is compressed outside of the event loop


class Compressing:
    """Compresses answers of some size in the encoding that the client wants most, RFC 9110, 12.5.3."""

    def __init__(self, app: ASGIApp, *, minimum_size: int) -> None:
        """Wrap the application; shorter answers, in bytes, are sent as they are."""
        self._app = app
        self._minimum_size = minimum_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        coding = _wanted_coding(scope) if scope["type"] == "http" else None
        responder: ASGIApp = self._app
        if coding == "zstd":
            responder = _ZstdResponder(self._app, self._minimum_size)
        elif coding == "gzip":
            responder = GZipResponder(self._app, self._minimum_size, _GZIP_LEVEL, thread_minimum_size=_INLINE)
        await responder(scope, receive, send)


def _wanted_coding(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return coding_of(value)
    return None


@lru_cache(maxsize=256)
def coding_of(accepted: bytes) -> str | None:
    """The coding that an Accept-Encoding header wants most, zstd first among equals; None for none of ours.

    >>> coding_of(b"gzip, deflate, br, zstd")
    'zstd'
    >>> coding_of(b"zstd;q=0.5, gzip")
    'gzip'
    >>> coding_of(b"br, zstd;q=0")
    """
    weights = dict(_weight(entry) for entry in accepted.decode("latin-1").lower().split(","))
    wanted = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in ("zstd", "gzip")}
    best = max(wanted, key=lambda coding: wanted[coding])
    return best if wanted[best] > 0 else None


def _weight(entry: str) -> tuple[str, float]:
    coding, _, parameter = entry.partition(";")
    name, _, value = parameter.partition("=")
    try:
        return coding.strip(), float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return coding.strip(), 0.0


class _ZstdResponder(IdentityResponder):
    content_encoding = "zstd"

    def __init__(self, app: ASGIApp, minimum_size: int) -> None:
        super().__init__(app, minimum_size)
        self._compressor: ZstdCompressor | None = None

    async def apply_compression(self, body: bytes, *, more_body: bool) -> bytes:
        if len(body) < _INLINE:
            return self._compress(body, more_body)
        return await anyio.to_thread.run_sync(self._compress, body, more_body)

    def _compress(self, body: bytes, more_body: bool) -> bytes:
        if self._compressor is None:
            self._compressor = ZstdCompressor(level=_ZSTD_LEVEL)
        if more_body:
            return self._compressor.compress(body, ZstdCompressor.FLUSH_BLOCK)
        return self._compressor.compress(body, ZstdCompressor.FLUSH_FRAME)
