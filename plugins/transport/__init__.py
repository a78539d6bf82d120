"""One HTTP policy for every tracker: who may be resent, how long to wait, what an answer means.

A reading order:

* `answer`: what crosses the wire: `Answer`, `Cut`, `Unknown`, and `Send`, the one thing a client must bring
* `policy`: `Transport`, which wraps a `Send`; the only place that retries and the only place that waits
* `refusals`: from an answer that is not a success to our error tree, without a secret in the message
* `limits`: when an answer says "not now", and for how long
* `ports`: what the policy is handed: clock, budget, ETags; each with one that lives in memory
* `paths`: paths and times as they go into a URL, and the check that a link leads to the same server

No SDK is imported here.
"""
