"""What a drill restores, and for how long its copy lives."""

from __future__ import annotations

from components.schema import Day, Moment, Section, Slug, StackName, Text


class DatabaseSource(Section):
    """Either a named snapshot, or a cluster and an explicit point in time; never 'latest' (ADR 0013)."""

    snapshot: Text | None = None
    """The snapshot to restore."""
    cluster: Text | None = None
    """The database cluster of the environment, to be restored as a full copy."""
    point_in_time: Moment | None = None
    """The moment to restore, together with `cluster`."""


class ObjectsSource(Section):
    """Where a drill reads files and backups: the environment's own stores or their replicas, and only to read."""

    files: Text
    """The store of uploaded files."""
    backups: Text
    """The store of backups and dumps."""
    key: Text | None = None
    """The encryption key that may decrypt them."""
    as_of: Moment
    """The moment whose versions are read. Not before the database's, or posts would point at missing files."""


class Drill(Section):
    """A sealed restore of an environment."""

    id: Slug
    """The drill's name, like q4-2026. Everything it makes is called drill- and this."""
    created: Day
    """The day on which this drill was written down."""
    expires: Day
    """The day after which the sweeper removes what is left of it; at most 14 days after `created`."""
    source_stack: StackName
    """The stack that is restored."""
    database: DatabaseSource
    objects: ObjectsSource
    velero_backup: Text
    """The backup of the cluster's objects to restore, by name."""
