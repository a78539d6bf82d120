"""YAML nodes → plain data: scalars by YAML 1.2, merges, and no key twice."""

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tierkeeper.plugins.errors import PolicyError
from tierkeeper.plugins.model.problem import Problem
from tierkeeper.rules.policy.yaml_text import Document, Mark, Path, read_yaml, refusal

_TAG = "tag:yaml.org,2002:"
_MERGE = _TAG + "merge"
_MOST_VALUES = 200_000
_DEEPEST = 40
_BY_DATE = ("dates",)
_EMPTY = ("there is nothing in it; a policy needs at least a desk and its tiers", "")
_SHAPE = ("a policy is a mapping of keys to values", "begin with desk: and the desk's name")


class YamlDate(str):
    """Text that YAML takes for a date. Where a name is wanted it has to be quoted."""

    __slots__ = ()


def read_document(text: str, file: str) -> tuple[Document, list[Problem]]:
    """The text as data, and what is wrong with it so far. Raises PolicyError where nothing can be made of it."""
    root, lines = read_yaml(text, file)
    reader = _NodeReader(file, lines)
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        raise PolicyError([reader.refusal(Mark(1, 1), _EMPTY)])
    if not isinstance(root, MappingNode):
        raise PolicyError([reader.refusal(_mark(root, lines), _SHAPE)])
    data = reader.mapping(root, ())
    if reader.overfull:
        raise PolicyError([reader.refusal(Mark(1, 1), ("aliases make this grow without end", "leave them out"))])
    reader.values[()] = Mark(root.start_mark.line + 1, root.start_mark.column + 1)
    return Document(file, lines, data, reader.values, reader.keys), reader.problems


class _NodeReader:
    """Walks the nodes of one document."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self._seen = 0
        self._merging: list[Node] = []

    @property
    def overfull(self) -> bool:
        """Whether there is more than a policy can hold; reading stops then."""
        return self._seen > _MOST_VALUES

    def refusal(self, mark: Mark, why: tuple[str, str]) -> Problem:
        """A finding about the text at `mark`."""
        return refusal(self.file, self.lines, mark, why)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        """A mapping's data: its own keys first, then those merged in that it does not have."""
        found: dict[str, object] = {}
        merged: list[Node] = []
        for key, value in node.value:
            if key.tag == _MERGE:
                merged.append(value)
                continue
            name = self._name(key, path)
            if name is None:
                continue
            if name in found:
                first = self.keys[(*path, name)]
                self._report(key, (*path, name), f'"{name}" stands here twice; first in line {first.line}', "keep one")
                continue
            self.keys[(*path, name)] = _mark(key, self.lines)
            found[name] = self._value(value, (*path, name))
        for source in merged:
            self._merge(source, path, found)
        return found

    def _merge(self, source: Node, path: Path, found: dict[str, object]) -> None:
        self._seen += 1
        if self.overfull or source in self._merging:
            return
        self._merging.append(source)
        for part in source.value if isinstance(source, SequenceNode) else [source]:
            if not isinstance(part, MappingNode):
                self._report(part, path, "only a mapping can be merged with <<", "")
                continue
            for key, value in part.value:
                if key.tag == _MERGE:
                    self._merge(value, path, found)
                    continue
                name = self._name(key, path)
                if name is not None and name not in found:
                    self.keys[(*path, name)] = _mark(key, self.lines)
                    found[name] = self._value(value, (*path, name))
        self._merging.pop()

    def _name(self, key: Node, path: Path) -> str | None:
        if not isinstance(key, ScalarNode):
            self._report(key, path, "a key is a name, not a list or a mapping", "")
            return None
        if key.tag != _TAG + "str" and not (key.tag == _TAG + "timestamp" and path[-1:] == _BY_DATE):
            self._report(
                key, (*path, key.value), f"a key must be text, and {key.value or 'nothing'} is not", "quote it"
            )
        return str(key.value)

    def _value(self, node: Node, path: Path) -> object:
        self._seen += 1
        if self.overfull:
            return None
        if len(path) > _DEEPEST:
            if len(path) == _DEEPEST + 1:
                self._report(node, path[:4], "nested too deeply", "")
            return None
        on_line_of_key = self.keys.get(path, Mark(0, 0)).line == node.start_mark.line + 1
        if on_line_of_key or isinstance(path[-1], int) or isinstance(node, ScalarNode):
            self.values[path] = _mark(node, self.lines)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, position)) for position, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: Node, path: Path) -> object:
        text = str(node.value)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            self._report(node, path, "half a character: a surrogate escape without its other half", "")
            return "?"
        kind = str(node.tag).removeprefix(_TAG)
        if kind == "null":
            self.values.pop(path, None) if not text and path in self.keys else None  # nothing to point at but the key
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "timestamp":
            return YamlDate(text)
        if kind in {"int", "float"}:
            return _number(text)
        if kind not in {"str", "merge", "value"}:
            self._report(node, path, f"the YAML tag {node.tag} means nothing here", "leave it out")
        return text

    def _report(self, node: Node, path: Path, message: str, hint: str) -> None:
        mark = _mark(node, self.lines)
        document = Document(self.file, self.lines, {}, {path: mark}, {})
        problem = document.problem(path, message, hint=hint)
        if (problem.key, problem.line) not in {(known.key, known.line) for known in self.problems}:
            self.problems.append(problem)


def _mark(node: Node, lines: tuple[str, ...]) -> Mark:
    """Where a node stands, and how wide it is on its first line. A block's pointer is one column wide."""
    start, end = node.start_mark, node.end_mark
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style:
        return Mark(start.line + 1, start.column + 1)
    last = end.column if end.line == start.line else len(lines[start.line])
    return Mark(start.line + 1, start.column + 1, max(1, last - start.column))


def _number(text: str) -> object:
    """A YAML number; text where it is none that a policy could mean."""
    plain = text.replace("_", "").lower()
    for read in (int, lambda digits: int(digits, 0), float):
        try:
            return read(plain.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            continue
    return text
