"""Addresses of Route 53's health checkers, the second allow-list beside people's (OOB-21, OOB-62).

Source: https://ip-ranges.amazonaws.com/ip-ranges.json, service ROUTE53_HEALTHCHECKS, IPv4, as published on 2026-08-22;
without the ranges of the China, government and European sovereign partitions, whose checkers do not serve this one.
AWS says that these rarely change. If one does, its checkers count this environment as down; more than 18 % of them must
still see it. Compare with the published file when a health check reports failures from a single region.
"""

from __future__ import annotations

PUBLISHED = "2026-08-22"

HEALTH_CHECKERS = (
    "15.177.0.0/18",
    "15.177.108.0/24",
    "54.183.255.128/26",
    "54.228.16.0/26",
    "54.232.40.64/26",
    "54.241.32.64/26",
    "54.243.31.192/26",
    "54.244.52.192/26",
    "54.245.168.0/26",
    "54.248.220.0/26",
    "54.250.253.192/26",
    "54.251.31.128/26",
    "54.252.79.128/26",
    "54.252.254.192/26",
    "54.255.254.192/26",
    "107.23.255.0/26",
    "176.34.159.192/26",
    "177.71.207.128/26",
)
