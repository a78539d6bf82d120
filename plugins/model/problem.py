"""One finding about the policy or a tracker, with its place and its remedy."""

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong, where, and what was expected.

    `file`, `line` and `column` (from 1) are given where the finding has a place in a file; `key` is the path of the
    value (``handovers[2].to``) or the thing in the tracker; `excerpt` is the line of the file as it stands.
    """

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    excerpt: str = ""
    width: int = 1
    hint: str = ""
    fatal: bool = True

    @property
    def place(self) -> str:
        """``file:line:column``, as far as they are known."""
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)

    def __str__(self) -> str:
        """The finding as shown to a person: place, key, message, the line, and a pointer at the value."""
        said = f"{self.key}: {self.message}" if self.key else self.message
        head = f"{self.place}  {said}" if self.place else said
        if not self.excerpt:
            return f"{head}\n    {self.hint}" if self.hint else head
        pad = " " * len(str(self.line))
        pointer = " " * (self.column - 1) + "^" * max(1, self.width)
        hint = f" {self.hint}" if self.hint else ""
        return f"{head}\n    {self.line} | {self.excerpt}\n    {pad} | {pointer}{hint}"
