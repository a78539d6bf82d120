"""Messages through apprise: Slack, Teams, e-mail and whatever else it knows."""
