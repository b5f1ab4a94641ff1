"""What runs beside a learner's code, on the far side of the sandbox's wall."""
