"""desk.yaml → a typed policy. Every error says file, line, key, and what was expected."""

from tierkeeper.rules.policy.load import load_policy
from tierkeeper.rules.policy.policy import ActiveRule, Policy, TrackerEntry
from tierkeeper.rules.policy.schema import json_schema

__all__ = ["ActiveRule", "Policy", "TrackerEntry", "json_schema", "load_policy"]
