"""One file a topic, each with a tuple `EXERCISES`."""
