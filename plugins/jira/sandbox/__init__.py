"""A loopback server that speaks Jira Cloud's REST API v3: issues, search, history, comments, people, limits and faults.

It depends on nothing else of Tierkeeper but what all sandboxes share, so that a test of the real client never tests
the client against itself.
"""

from tierkeeper.plugins.jira.sandbox.server import JiraSandbox

__all__ = ["JiraSandbox"]
