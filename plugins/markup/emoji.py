"""The short names of emoji that GitHub's people use most, as characters; the others stay as they are written."""

import re

_SHORT = re.compile(r"(?<![A-Za-z0-9:]):([a-z0-9_+-]{1,40}):(?![A-Za-z0-9:])")
_EMOJI = {
    "+1": "\U0001f44d",
    "thumbsup": "\U0001f44d",
    "-1": "\U0001f44e",
    "thumbsdown": "\U0001f44e",
    "100": "\U0001f4af",
    "beetle": "\U0001f41e",
    "boom": "\U0001f4a5",
    "bug": "\U0001f41b",
    "bulb": "\U0001f4a1",
    "clap": "\U0001f44f",
    "construction": "\U0001f6a7",
    "eyes": "\U0001f440",
    "exclamation": "\u2757",
    "fire": "\U0001f525",
    "heart": "\u2764\ufe0f",
    "heavy_check_mark": "\u2714\ufe0f",
    "information_source": "\u2139\ufe0f",
    "joy": "\U0001f602",
    "lock": "\U0001f512",
    "memo": "\U0001f4dd",
    "ok_hand": "\U0001f44c",
    "point_right": "\U0001f449",
    "pray": "\U0001f64f",
    "question": "\u2753",
    "rocket": "\U0001f680",
    "rotating_light": "\U0001f6a8",
    "slightly_smiling_face": "\U0001f642",
    "smile": "\U0001f604",
    "sparkles": "\u2728",
    "tada": "\U0001f389",
    "thinking": "\U0001f914",
    "warning": "\u26a0\ufe0f",
    "wave": "\U0001f44b",
    "white_check_mark": "\u2705",
    "wrench": "\U0001f527",
    "x": "\u274c",
}


def with_emoji(text: str) -> str:
    """Text with the short names that are known as characters."""
    return _SHORT.sub(lambda found: _EMOJI.get(found[1], found[0]), text)
