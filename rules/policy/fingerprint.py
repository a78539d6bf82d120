"""One short text for all that a judgement depends on."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from pydantic import BaseModel

from tierkeeper.plugins.model.desk import Desk
from tierkeeper.rules.policy.policy import ActiveRule

_LENGTH = 16


def fingerprint(desk: Desk, rules: Sequence[ActiveRule], others: Sequence[object]) -> str:
    """A digest of desk, rules with modes and options, and `others`. How the policy is written does not matter."""
    judged = {
        "tierkeeper": _version(),
        "desk": desk,
        "rules": [(active.code, active.mode, active.rule.options) for active in rules],
        "others": others,
    }
    text = msgspec.json.encode(judged, enc_hook=_plain, order="deterministic")
    return hashlib.sha256(text).hexdigest()[:_LENGTH]


def _plain(value: Any) -> object:
    return dict(value) if isinstance(value, BaseModel) else str(value)


@cache
def _version() -> str:
    try:
        return version("tierkeeper")
    except PackageNotFoundError:  # run from a folder that nobody installed
        return "0"
