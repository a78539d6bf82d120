"""What `desk.yaml` says of a GitHub tracker."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class GitHubOptions(BaseModel):
    """Where GitHub is and how it is asked. Secrets are not among these: they come from the environment or a keyring.

    With `app_id` and `installation_id` an App is used instead of a token; `app_slug` is its name in URLs, since the
    App's own token may not ask who it is. `fields` are the organisation's issue fields to read; those that facets are
    kept in need not be named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="https://api.github.com", description="the API's address; Enterprise Server: `…/api/v3`")
    api_version: str = Field(default="2022-11-28", description="the version of the API that is asked for")
    timeout: float = Field(default=15, gt=0, le=300, description="seconds, for connecting and for each read")
    app_id: int | None = Field(default=None, description="the App that is used instead of a token")
    installation_id: int | None = Field(default=None, description="the App's installation; needed with `app_id`")
    app_slug: str = Field(default="", description="the App's name in URLs")
    fields: tuple[str, ...] = Field(default=(), description="issue fields to read besides those of facets, by name")

    @model_validator(mode="after")
    def _whole_app(self) -> Self:
        if (self.app_id is None) != (self.installation_id is None):
            raise ValueError("an App needs both app_id and installation_id")
        return self
