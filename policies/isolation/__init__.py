"""Does a resource depend on the declared primary, by which value, at which path? Pure functions of plain values.

`declared` reads the `primary:` block, `find` judges one resource, `examine` also tells the expected crossing points.
"""

from policies.isolation.declaration import Declaration, Entry, declared
from policies.isolation.walk import Dependency, Resource, Search, examine, find, prepared

__all__ = ["Declaration", "Dependency", "Entry", "Resource", "Search", "declared", "examine", "find", "prepared"]
