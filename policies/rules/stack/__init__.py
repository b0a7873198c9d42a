"""How the resources of a stack belong together."""
