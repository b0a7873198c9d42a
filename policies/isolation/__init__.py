"""Does a resource depend on the declared primary, by which value, at which path? Pure functions of plain values.

`declared` reads the `primary:` block, `prepared` makes its search, whose `examine` tells everything, and `find` what must not be.
"""

from policies.isolation.declaration import Declaration, Entry, declared
from policies.isolation.walk import Dependency, Resource, Search, find, prepared

__all__ = ["Declaration", "Dependency", "Entry", "Resource", "Search", "declared", "find", "prepared"]
