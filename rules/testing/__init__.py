"""The YAML case harness, and the pytest plugin that rule authors use."""
