"""Files over HTTP, in pieces: however large they are, memory holds one piece.

A client's `send` takes these in place of JSON.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from tierkeeper.plugins.model.attachment import File

PIECE = 65_536
_IN_QUOTES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""How a form writes what would end a quoted name; as browsers do it."""


class Download:
    """Where an answer's body goes: `into`, at most `most` bytes of it. `size` and `digest` tell what came."""

    def __init__(self, into: BinaryIO, most: int) -> None:
        self._into, self._most = into, most
        self._hash = hashlib.sha256()
        self.size = 0
        self.too_large = False

    @property
    def digest(self) -> str:
        """The SHA-256 of what came."""
        return self._hash.hexdigest()

    def take(self, pieces: Iterable[bytes]) -> None:
        """Keep the body, in place of what an earlier try brought; no longer than it may be."""
        self._into.seek(0)
        self._into.truncate()
        self._hash, self.size, self.too_large = hashlib.sha256(), 0, False
        for piece in pieces:
            self.size += len(piece)
            if self.size > self._most:
                self.too_large = True
                return
            self._hash.update(piece)
            self._into.write(piece)


class Upload:
    """A form that holds one file, as ``multipart/form-data``."""

    def __init__(self, file: File) -> None:
        self._file = file
        boundary = f"tierkeeper-{file.digest}"  # no content holds its own digest
        disposition = f'Content-Disposition: form-data; name="file"; filename="{file.name.translate(_IN_QUOTES)}"'
        kind = f"Content-Type: {file.mime.translate(_IN_QUOTES) or 'application/octet-stream'}"
        self._head = f"--{boundary}\r\n{disposition}\r\n{kind}\r\n\r\n".encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers: Mapping[str, str] = {"Content-Type": f"multipart/form-data; boundary={boundary}"}

    def __len__(self) -> int:
        return len(self._head) + self._file.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        self._file.content.seek(0)
        while piece := self._file.content.read(PIECE):
            yield piece
        yield self._tail
