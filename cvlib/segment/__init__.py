"""Which pixels belong to what: a class, or an object, for every pixel (torch)."""
