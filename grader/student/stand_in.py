"""`cvlib.grade` inside the sandbox: the answers are checked outside."""


def check(name: str, answer: object = None, *, seed: int | None = None) -> None:
    """Say that the real check happens elsewhere."""
    print(f"{name} is checked where no answer can look.")
