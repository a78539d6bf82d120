"""A help desk's week on a loopback tracker, start to end."""
