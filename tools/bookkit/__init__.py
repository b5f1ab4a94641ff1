"""How the book is built: read pages, execute them, write notebooks, call Sphinx."""
