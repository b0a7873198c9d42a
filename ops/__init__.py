"""What people do with an environment: plan, up, tunnel, doctor. `ops/cli.py` only parses and prints."""
