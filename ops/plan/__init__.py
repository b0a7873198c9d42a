"""The whole graph of a stack, in process: no engine, no credentials, no network."""
