"""The instructor's engine: grades classes with nbgrader. Nothing imports it."""
