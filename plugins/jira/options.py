"""What `desk.yaml` says of a Jira Cloud tracker."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class JiraOptions(BaseModel):
    """Where Jira is and how it is asked. Secrets are not among these: they come from the environment or a keyring.

    A token with scopes works through Atlassian's gateway only: give `cloud_id`, which
    ``https://SITE.atlassian.net/_edge/tenant_info`` shows. `fields` are the custom fields that facets are kept in, by
    name. In a service project what we say is internal; `public_status` allows comments that customers see.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="the site's address, such as `https://example.atlassian.net`")
    email: str = Field(default="", description="the account that the token belongs to")
    cloud_id: str = Field(default="", description="the site's id, for a token with scopes")
    gateway: str = Field(default="https://api.atlassian.com", description="where a token with scopes is used")
    api: Literal[3] = Field(default=3, description="the version of the API that is asked for")
    timeout: float = Field(default=15, gt=0, le=300, description="seconds, for connecting and for each read")
    fields: tuple[str, ...] = Field(default=(), description="custom fields that facets are kept in, by name")
    public_status: bool = Field(default=False, description="whether comments that customers see are allowed")
    notify: bool = Field(default=True, description="mail watchers of each edit; without needs project administration")
