"""The Jira sandbox stays quick when it is full."""

import time
from datetime import timedelta

from jira_world import OWN, START, START_MS, world

ISSUES, CHANGES = 5_000, 6


def test_many_issues_and_their_history_are_read_a_page_at_a_time() -> None:
    with world() as there:
        for number in range(ISSUES):
            at = START + timedelta(minutes=number)
            key = there.store.create_issue("HELP", "key-user-1", f"t{number}", labels=["a"], at=at)
            for change in range(CHANGES):
                there.store.set_labels(key, "support-1", [f"l{change}"], at=at + timedelta(seconds=change + 1))
        client, token, found, pages = there.as_(OWN), None, list[str](), 0
        wish = {"jql": f"project = HELP AND updated >= {START_MS} ORDER BY updated ASC", "maxResults": 100}
        start = time.perf_counter()
        while True:
            asked = {**wish, "fields": ["summary", "labels"], **({"nextPageToken": token} if token else {})}
            page = client.post("/search/jql", asked)
            found += [one["id"] for one in page["issues"]]
            token, pages = page.get("nextPageToken"), pages + 1
            if page["isLast"]:
                break
        histories = client.post("/changelog/bulkfetch", {"issueIdsOrKeys": found[:1000], "maxResults": 10_000})
        took = time.perf_counter() - start
        assert (len(found), len(set(found)), pages) == (ISSUES, ISSUES, ISSUES / 100)
        assert sum(len(one["changeHistories"]) for one in histories["issueChangeLogs"]) == 1000 * CHANGES
        assert took < 8
