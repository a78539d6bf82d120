"""A loopback server that speaks GitHub's REST API: issues, labels, comments, history, people, limits and faults.

It depends on nothing else of Tierkeeper, so that a test of the real client never tests the client against itself.
"""

from tierkeeper.plugins.github.sandbox.server import GitHubSandbox

__all__ = ["GitHubSandbox"]
