"""What stops a collection; trouble with one student's work is a `Quarantine`."""


class CollectError(ValueError):
    """The collection cannot go on; the sentence says where and why."""
