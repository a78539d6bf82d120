"""The deeds: pull, plan, apply, the ledger, and the command line."""
