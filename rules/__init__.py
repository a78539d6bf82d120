"""The decisions: policy, reading, rules and how they are merged. No I/O, no clock, no settings of its own."""
