"""The policy pack: rules as pure functions, called in process by `oob plan` and by the engine."""
