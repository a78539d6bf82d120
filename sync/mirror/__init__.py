"""Mirrors: makes twins, carries over what changed on either side, and keeps who belongs to whom."""
