"""Hardening of what is built on Azure."""
