"""What all of a policy's raw models share: texts, moments, and no key that is not known."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from tierkeeper.rules.policy.nodes import YamlDate

MOMENT_REMEDY = "write date, time and offset, such as 2026-12-01T00:00:00Z"


def wrong(message: str, hint: str = "") -> PydanticCustomError:
    """What a validator raises to be heard in its own words."""
    return PydanticCustomError("policy", "{message}", {"message": message, "hint": hint})


def _no_date(value: object) -> object:
    if isinstance(value, YamlDate):
        raise wrong(f"expected text, got the date {value}", f'quote it: "{value}"')
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise wrong("expected text, got an empty one")
    if value != value.strip() or not value.isprintable():
        raise wrong("line breaks, control characters and spaces at the ends do not belong here")
    return value


def _moment(value: object) -> datetime:
    try:
        if not isinstance(value, str):
            raise wrong("expected a date and time with its offset", MOMENT_REMEDY)
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise wrong(f"{value} does not say in which time zone", MOMENT_REMEDY)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        if isinstance(error, PydanticCustomError):
            raise
        raise wrong(f'"{value}" is no date and time', MOMENT_REMEDY) from None


Text = Annotated[str, BeforeValidator(_no_date), AfterValidator(_text)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class Raw(BaseModel):
    """What all mappings of the policy share: no key that is not known, no value that is nearly right."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)
