"""What `desk.yaml` says of a notifier that goes through apprise."""

from pydantic import BaseModel, ConfigDict, Field


class AppriseOptions(BaseModel):
    """How messages go out. The address itself is a secret: it comes from the environment, a file or a keyring."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address_from: str = Field(
        default="", description="the name of the secret with apprise's address; absent: `<NAME>_URL`"
    )
    to_mail: bool = Field(
        default=False, description="an e-mail address of apprise: messages go to the `mail` of those who are told"
    )


def address_name(name: str, options: AppriseOptions) -> str:
    """The name of the secret that holds the address: ``CHAT_URL`` for the notifier ``chat``."""
    return options.address_from or f"{name.upper().replace('-', '_').replace(' ', '_')}_URL"
