"""JQL, the part that this sandbox knows: conditions joined by AND, and an order. Anything else is refused, as 400."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

WORDS = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<sign>>=|<=|!=|!~|[=<>~(),])
      | (?P<word>[^\s=<>!~(),"']+)
    )""",
    re.VERBOSE,
)
FIELDS = {
    "project",
    "key",
    "id",
    "updated",
    "created",
    "labels",
    "status",
    "statuscategory",
    "creator",
    "reporter",
    "assignee",
    "issuetype",
    "priority",
    "resolution",
    "summary",
    "parent",
    "resolved",
}
ALIASES = {
    "issuekey": "key",
    "issue": "key",
    "updateddate": "updated",
    "createddate": "created",
    "type": "issuetype",
    "resolutiondate": "resolved",
}
TIMES = ("updated", "created", "resolved")
ORDERS = ("updated", "created", "key", "id", "priority", "status")
MOST_ORDERS = 7
_OPERATORS = {
    "time": {"=", "!=", ">", ">=", "<", "<=", "is", "is not"},
    "key": {"=", "!=", ">", ">=", "<", "<=", "in", "not in"},
    "text": {"~", "!~"},
    "plain": {"=", "!=", "in", "not in", "is", "is not"},
}
_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_FUNCTION = re.compile(r"[A-Za-z]\w*")


class JqlError(Exception):
    """What Jira would say of a query that it does not take."""


@dataclass(frozen=True)
class Condition:
    """One field, an operator, and values as they were written; `me` stands for who asks."""

    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """Conditions that must all hold, and an order."""

    conditions: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...] = field(default=())
    """(field, whether the newest or highest comes first)"""


CURRENT_USER = "\0me"
"""The value that `currentUser()` stands for."""


class Parser:
    """Reads one query."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._place = 0

    @staticmethod
    def _split(text: str) -> list[tuple[str, str]]:
        tokens, place = list[tuple[str, str]](), 0
        while text[place:].strip():
            match = WORDS.match(text, place)
            if match is None:
                raise JqlError(f"Error in the JQL Query: '{text[place:].strip()[:1]}' is not understood.")
            kind = match.lastgroup or ""
            value = match[kind]
            tokens.append((kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "quoted" else value))
            place = match.end()
        return tokens

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._place += 1
        return token

    def _is_word(self, *words: str) -> bool:
        kind, value = self._peek()
        return kind == "word" and value.lower() in words

    def _expect(self, value: str) -> None:
        _, found = self._next()
        if found.lower() != value:
            raise JqlError(f"Error in the JQL Query: Expecting '{value}' but got '{found or 'the end'}'.")

    def parse(self) -> Query:
        """Return what the query says."""
        conditions = list[Condition]()
        if self._peek()[0] != "end" and not self._is_word("order"):
            conditions.append(self._condition())
            while self._is_word("and"):
                self._next()
                conditions.append(self._condition())
        order = self._order() if self._is_word("order") else ()
        kind, value = self._peek()
        if kind != "end":
            raise JqlError(f"Error in the JQL Query: Expecting 'AND' or 'ORDER BY' but got '{value}'.")
        return Query(tuple(conditions), order)

    def _condition(self) -> Condition:
        kind, name = self._next()
        if kind == "sign" or (kind == "word" and name.lower() == "not"):
            raise JqlError(f"Error in the JQL Query: this sandbox does not know '{name}' here, only AND.")
        operator = self._operator(name)
        if operator in ("in", "not in"):
            return Condition(name, operator, tuple(self._list()))
        value = self._value()
        if operator in ("is", "is not"):
            if value.lower() not in ("empty", "null"):
                raise JqlError(f"Error in the JQL Query: Expecting 'EMPTY' but got '{value}'.")
            return Condition(name, operator, ())
        return Condition(name, operator, (value,))

    def _operator(self, name: str) -> str:
        kind, value = self._next()
        if kind == "sign" and value not in "(),":
            return value
        word = value.lower() if kind == "word" else ""
        if word == "not" and self._is_word("in"):
            self._next()
            return "not in"
        if word == "is" and self._is_word("not"):
            self._next()
            return "is not"
        if word in ("in", "is"):
            return word
        raise JqlError(f"Error in the JQL Query: Expecting operator after '{name}' but got '{value or 'the end'}'.")

    def _value(self) -> str:
        kind, value = self._next()
        if kind not in ("word", "quoted"):
            raise JqlError(f"Error in the JQL Query: Expecting a value but got '{value or 'the end'}'.")
        if kind == "word" and self._peek() == ("sign", "("):
            if value.lower() != "currentuser":
                raise JqlError(f"Unable to find JQL function '{value}()'.")
            self._next()
            self._expect(")")
            return CURRENT_USER
        return value

    def _list(self) -> list[str]:
        if self._peek()[0] == "word":
            self._value()  # a function is refused by its name
        self._expect("(")
        values = [self._value()]
        while self._peek() == ("sign", ","):
            self._next()
            values.append(self._value())
        self._expect(")")
        return values

    def _order(self) -> tuple[tuple[str, bool], ...]:
        self._next()
        self._expect("by")
        found = list[tuple[str, bool]]()
        while True:
            _, name = self._next()
            down = self._is_word("desc")
            if down or self._is_word("asc"):
                self._next()
            found.append((name, down))
            if self._peek() != ("sign", ","):
                break
            self._next()
        if len(found) > MOST_ORDERS:
            raise JqlError(f"The maximum number of orderBy fields is {MOST_ORDERS}.")
        return tuple(found)


def parse(text: str, custom: dict[str, str]) -> Query:
    """Read a query; `custom` are the ids of custom fields by what a query may call them, in small letters."""
    query = Parser(text).parse()
    if not query.conditions:
        raise JqlError("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
    conditions = []
    for one in query.conditions:
        name = field_named(one.name, custom)
        allowed = _OPERATORS["time" if name in TIMES else "text" if name == "summary" else _plain(name)]
        if one.operator not in allowed:
            raise JqlError(f"The operator '{one.operator}' is not supported by the '{one.name}' field.")
        conditions.append(Condition(name, one.operator, one.values))
    order = []
    for name, down in query.order:
        named = field_named(name, custom)
        if named not in ORDERS:
            raise JqlError(f"Not able to sort using field '{name}'.")
        order.append((named, down))
    return Query(tuple(conditions), tuple(order))


def _plain(name: str) -> str:
    return "key" if name in ("key", "id") else "plain"


def field_named(name: str, custom: dict[str, str]) -> str:
    """The id of the field that a query means."""
    small = name.lower()
    small = ALIASES.get(small, small)
    if small in FIELDS:
        return small
    if small in custom:
        return custom[small]
    raise JqlError(f"Field '{name}' does not exist or you do not have permission to view it.")


def moment(text: str, name: str, zone: str) -> tuple[int, int]:
    """Return the first and the last millisecond that a time means: dates are read in the caller's zone, by the minute.

    Milliseconds since 1970 have no zone, and are exact.
    """
    if text.lstrip("-").isdigit():
        return int(text), int(text)
    for form in _FORMATS:
        try:
            local = datetime.strptime(text, form).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
        start = round(local.timestamp() * 1000)
        return start, start + 59_999
    raise JqlError(
        f"Date value '{text}' for field '{name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a number of milliseconds."
    )
