"""Promises: their label and due time, what is told of them, and waits that stop them."""
