"""Rules on how an issue moves between tiers."""
