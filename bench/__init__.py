"""Ratios measured side by side in one run. Absolute seconds are this machine's; the ratios are what is promised."""
