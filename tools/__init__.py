"""What the project's own tests are run with: the engine, stand-in providers. Nothing here reaches a user's cloud."""
