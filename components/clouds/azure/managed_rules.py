"""Microsoft's rules by group, for the switch that makes each of them report and not refuse. Data.

Source: "Web Application Firewall DRS and CRS rule groups and rules", Azure Web Application Firewall documentation: default rule
set 2.1 and bot manager rule set 1.0 on Application Gateway. An unknown number would be refused by Azure when it is deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ATTACKS, ATTACKS_VERSION = "Microsoft_DefaultRuleSet", "2.1"
BOTS, BOTS_VERSION = "Microsoft_BotManagerRuleSet", "1.0"


def _of(prefix: str, endings: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{ending}" for ending in endings.split())


ATTACK_RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "General": _of("200", "002 003"),
        "METHOD-ENFORCEMENT": _of("911", "100"),
        "PROTOCOL-ENFORCEMENT": _of(
            "920",
            "100 120 121 160 170 171 180 181 190 200 201 210 220 230 240 260 270 271 280 290 300 310 311 320 330 340 341 350"
            " 420 430 440 450 470 480 500",
        ),
        "PROTOCOL-ATTACK": _of("921", "110 120 130 140 150 151 160 190 200"),
        "LFI": _of("930", "100 110 120 130"),
        "RFI": _of("931", "100 110 120 130"),
        "RCE": _of("932", "100 105 110 115 120 130 140 150 160 170 171 180"),
        "PHP": _of("933", "100 110 120 130 140 150 151 160 170 180 200 210"),
        "NODEJS": _of("934", "100"),
        "XSS": _of(
            "941",
            "100 101 110 120 130 140 150 160 170 180 190 200 210 220 230 240 250 260 270 280 290 300 310 320 330 340 350 360"
            " 370 380",
        ),
        "SQLI": _of(
            "942",
            "100 110 120 140 150 160 170 180 190 200 210 220 230 240 250 260 270 280 290 300 310 320 330 340 350 360 361 370"
            " 380 390 400 410 430 440 450 460 470 480 500 510",
        ),
        "FIX": _of("943", "100 110 120"),
        "JAVA": _of("944", "100 110 120 130 200 210 240 250"),
        "MS-ThreatIntel-WebShells": _of("990050", "02 03 04 05 06"),
        "MS-ThreatIntel-AppSec": _of("990300", "01 02"),
        "MS-ThreatIntel-SQLI": _of("990310", "01 02 03 04"),
        "MS-ThreatIntel-CVEs": _of("990010", "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16"),
    }
)
BOT_RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "BadBots": _of("Bot100", "100 200"),
        "UnknownBots": _of("Bot300", "100 200 300 400 500 600 700"),
    }
)
