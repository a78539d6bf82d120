"""An incident event log → a sandbox: a CSV whose rows are states of incidents becomes issues with their history.

`logmap` says which columns mean what, `table` reads rows, `changes` finds what changed from row to row and puts it in
the order of time, `loading` does it again in a GitHub sandbox, `roles` says who acted for which tier.
"""
