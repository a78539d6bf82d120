"""An incident event log → a sandbox: a CSV whose rows are states of incidents becomes issues with their history.

`logmap` says which columns mean what, `table` reads rows, `changes` finds what changed from row to row and puts it in
the order of time, `loading` does it again in a sandbox, `roles` says who acted for which tier.

`platforms` says what a map may say on GitHub and on Jira; `github_target` and `jira_target` do what `targets` asks.
"""
