"""Text for where it goes: Markdown today, Atlassian's document format and wiki markup beside it."""
