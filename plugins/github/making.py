"""Makes a GitHub tracker: credentials, client, transport."""

from pydantic import BaseModel

from tierkeeper.plugins.errors import AuthenticationFailed, UsageError
from tierkeeper.plugins.github.access import Access
from tierkeeper.plugins.github.client import AppCredentials, ClientOptions, GitHubClient
from tierkeeper.plugins.github.options import GitHubOptions
from tierkeeper.plugins.github.tracker import GitHubTracker
from tierkeeper.plugins.tracker import Ports
from tierkeeper.plugins.transport.policy import Transport


def make(name: str, options: BaseModel, ports: Ports) -> GitHubTracker:
    """Make the tracker that the policy calls `name`. Raises AuthenticationFailed where no secret is given."""
    if not isinstance(options, GitHubOptions):
        raise UsageError(f"tracker {name!r} was given {type(options).__name__}, not GitHubOptions")
    client = GitHubClient(_client_options(name, options, ports))
    transport = Transport(
        client.send,
        credential=client.credential,
        base_url=client.base_url,
        budget=ports.budget,
        etags=ports.etags,
        wall=ports.wall,
    )
    return GitHubTracker(Access(name, transport, kept=ports.kept, wall=ports.wall, options=options))


def _client_options(name: str, options: GitHubOptions, ports: Ports) -> ClientOptions:
    app = token = None
    if options.app_id is not None and options.installation_id is not None:
        key = _secret(name, "PRIVATE_KEY", ports)
        app = AppCredentials(app_id=options.app_id, installation_id=options.installation_id, private_key=key)
    else:
        token = _secret(name, "TOKEN", ports)
    return ClientOptions(
        url=options.url, token=token, app=app, timeout=options.timeout, api_version=options.api_version
    )


def _secret(name: str, what: str, ports: Ports) -> str:
    own = f"{''.join(mark if mark.isalnum() else '_' for mark in name).upper()}_{what}"
    names = list(dict.fromkeys((own, f"GITHUB_{what}")))
    for wanted in names:
        if found := ports.secret(wanted):
            return found.strip()
    raise AuthenticationFailed(
        f"tracker {name!r} has no credentials: set {' or '.join(names)} in the environment, "
        f"or {names[0]}_FILE to a file that holds it"
    )
