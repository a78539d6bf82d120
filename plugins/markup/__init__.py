"""Text for where it goes: Markdown and Atlassian's document format now.

`conversion.py` turns one into the other; `adf.py` writes our own text for Jira, `adf_text.py` reads Jira's as plain
text for commands and rules, `text.py` makes what a tracker holds harmless. Another format (Jira's wiki markup) is one
more reader and one more writer of the tree that `conversion.py` works with.
"""
