"""Hardening of what runs in the cluster."""
