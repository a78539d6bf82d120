"""The transport, with what Jira needs besides: questions that are sent by POST because their body is long."""

from tierkeeper.plugins.transport.answer import Answer
from tierkeeper.plugins.transport.policy import Transport, _Ask
from tierkeeper.plugins.transport.refusals import check


class JiraTransport(Transport):
    """The policy around Jira's client."""

    def ask(self, path: str, json: object, *, feature: str | None = None) -> Answer:
        """Read by POST: nothing is written, so that it is tried again like any read."""
        answer = self._patiently(self._read_once, _Ask("read", "POST", path, json))
        check(answer, method="POST", feature=feature, wrote=False)
        return answer
