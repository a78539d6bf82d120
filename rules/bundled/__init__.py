"""The rules that come with Tierkeeper; they enter through the same hooks as anybody's."""
