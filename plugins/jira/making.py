"""Makes a Jira tracker: credentials, client, transport."""

from pydantic import BaseModel

from tierkeeper.plugins.errors import AuthenticationFailed, UsageError
from tierkeeper.plugins.jira.access import Access
from tierkeeper.plugins.jira.client import ClientOptions, JiraClient
from tierkeeper.plugins.jira.options import JiraOptions
from tierkeeper.plugins.jira.tracker import JiraTracker
from tierkeeper.plugins.jira.transport import JiraTransport
from tierkeeper.plugins.tracker import Ports


def make(name: str, options: BaseModel, ports: Ports) -> JiraTracker:
    """Make the tracker that the policy calls `name`. Raises AuthenticationFailed where no secret is given."""
    if not isinstance(options, JiraOptions):
        raise UsageError(f"tracker {name!r} was given {type(options).__name__}, not JiraOptions")
    client = JiraClient(
        ClientOptions(
            url=options.url,
            token=_token(name, ports),
            email=options.email or _secret(name, "EMAIL", ports),
            cloud_id=options.cloud_id,
            gateway=options.gateway,
            api=options.api,
            timeout=options.timeout,
        )
    )
    transport = JiraTransport(
        client.send,
        credential=client.credential,
        base_url=client.base_url,
        budget=ports.budget,
        etags=ports.etags,
        wall=ports.wall,
    )
    return JiraTracker(Access(name, transport, kept=ports.kept, wall=ports.wall, options=options))


def _token(name: str, ports: Ports) -> str:
    found = _secret(name, "TOKEN", ports)
    if not found:
        names = _names(name, "TOKEN")
        raise AuthenticationFailed(
            f"tracker {name!r} has no credentials: set {' or '.join(names)} in the environment, "
            f"or {names[0]}_FILE to a file that holds it"
        )
    return found


def _secret(name: str, what: str, ports: Ports) -> str:
    return next((found.strip() for wanted in _names(name, what) if (found := ports.secret(wanted))), "")


def _names(name: str, what: str) -> list[str]:
    own = f"{''.join(mark if mark.isalnum() else '_' for mark in name).upper()}_{what}"
    return list(dict.fromkeys((own, f"JIRA_{what}")))
