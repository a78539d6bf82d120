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

    url: str
    email: str = ""
    cloud_id: str = ""
    gateway: str = "https://api.atlassian.com"
    api: Literal[3] = 3
    timeout: float = Field(default=15, gt=0, le=300, description="seconds, for connecting and for each read")
    fields: tuple[str, ...] = ()
    public_status: bool = False
    notify: bool = Field(default=True, description="mail watchers of each edit; without needs project administration")
