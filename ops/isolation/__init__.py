"""The isolation proof of one stack: what was looked for, what was found, what is shared with the primary all the same."""
