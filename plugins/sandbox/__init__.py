"""What every platform's loopback server is made of: server, clock, faults, control, routes, indexes.

It knows no platform, and nothing else of Tierkeeper.
"""
