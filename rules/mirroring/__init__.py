"""What twins should have in common: merged by facet, translated, written as text. Pure."""
