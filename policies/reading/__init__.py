"""How rules read what they are given: values that may be unknown, documents, addresses, pods."""
