"""Kinds of shared fate with the primary, by the names under which a stack file may accept them."""

KINDS = (
    "organisation",
    "region",
    "registrar",
    "parentZone",
    "stateBackend",
    "alertChannel",
    "certificateAuthority",
    "imageRegistry",
)
