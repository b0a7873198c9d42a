"""Rules about what a stack may be: hardening, drills, isolation. Pure functions; the SDK is met in `pack.py`."""
