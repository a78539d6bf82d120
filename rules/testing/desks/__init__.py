"""The desks that come with the harness, one file each."""
