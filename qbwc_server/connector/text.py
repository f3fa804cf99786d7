"""A string that may lie in a temporary file, for the parameters that can be as large as a company's whole list."""

import io
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SPOOL_ABOVE_BYTES = 1024 * 1024


class Text:
    """A string of any length, read as UTF-8; what is long lies in a file that goes when the text is closed.

    It belongs to one call and one thread. A text is true when it is not empty.
    """

    __slots__ = ("_content", "size")

    def __init__(self, content: bytes | BinaryIO, size: int) -> None:
        """Prefer ``Text.of`` or ``TextWriter``. A file is owned from here on, and closed with the text."""
        self._content = content
        self.size = size
        """Length in bytes of UTF-8."""

    @classmethod
    def of(cls, text: str) -> Self:
        """A text held in memory."""
        content = text.encode()
        return cls(content, len(content))

    def __bool__(self) -> bool:
        return self.size > 0

    def __repr__(self) -> str:
        # The content is customer data; it must not slip into a log with a traceback.
        return f"<Text of {self.size} bytes>"

    @property
    def in_file(self) -> bool:
        """Whether the content lies in a file."""
        return not isinstance(self._content, bytes)

    def open(self) -> BinaryIO:
        """The content as UTF-8, from its start. Each call gives a reader of its own; closing it is optional.

        Raises:
            ValueError: the text is closed (when its content lay in a file).
        """
        if isinstance(self._content, bytes):
            return io.BytesIO(self._content)
        if self._content.closed:
            raise ValueError("the text is closed")
        return io.BufferedReader(_Reader(self._content), buffer_size=64 * 1024)

    def read(self, limit: int) -> str:
        """The first ``limit`` characters, or all of them when there are fewer."""
        return io.TextIOWrapper(self.open(), encoding="utf-8", newline="").read(limit)

    def close(self) -> None:
        """Remove the file, if there is one."""
        if not isinstance(self._content, bytes):
            self._content.close()


class TextWriter:
    """Builds a text piece by piece, in memory up to ``spool_above`` bytes and in a temporary file beyond."""

    __slots__ = ("_file", "_pieces", "_spool_above", "size")

    def __init__(self, spool_above: int = SPOOL_ABOVE_BYTES) -> None:
        self._pieces: list[bytes] = []
        self._file: BinaryIO | None = None
        self._spool_above = spool_above
        self.size = 0
        """Bytes of UTF-8 so far."""

    def write(self, piece: str) -> None:
        """Append ``piece``.

        Raises:
            OSError: the temporary file cannot be made or written, for instance because the disk is full.
        """
        data = piece.encode()
        self.size += len(data)
        if self._file is not None:
            self._file.write(data)
            return
        self._pieces.append(data)
        if self.size > self._spool_above:
            self._file = TemporaryFile()  # noqa: SIM115 - handed to the text, which closes it
            self._file.writelines(self._pieces)
            self._pieces.clear()

    def finish(self) -> Text:
        """The text written so far; nothing may be written afterwards.

        Raises:
            OSError: the rest does not fit into the temporary file.
        """
        if self._file is None:
            return Text(b"".join(self._pieces), self.size)
        self._file.flush()
        return Text(self._file, self.size)

    def discard(self) -> None:
        """Throw away what was written."""
        self._pieces.clear()
        if self._file is not None:
            try:
                self._file.close()
            except OSError:
                # Closing writes what is still buffered; on a full disk that fails again, and nobody wants it any more.
                return


class _Reader(io.RawIOBase):
    """A reader with a position of its own over a file that others read as well; closing it leaves the file open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            offset += self._file.seek(0, io.SEEK_END)
        if offset < 0:
            raise ValueError("a position before the start")
        self._position = offset
        return offset

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        self._file.seek(self._position)
        data = self._file.read(len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
