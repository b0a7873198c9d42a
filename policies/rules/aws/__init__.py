"""Hardening of what is built on AWS."""
