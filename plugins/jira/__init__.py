"""Jira as a tracker, and a loopback server that speaks its API."""
