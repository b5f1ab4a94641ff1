"""Build the book: execute its pages, write them as notebooks, publish the site.

`make book` and `make notebooks` call this. Pages run several at a time, each only when
its code, a file it uses or the environment changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    start = time.perf_counter()
    sys.stdout.reconfigure(line_buffering=True)  # progress shows in a log, too

    from bookkit.book import Book, BuildError

    try:
        build(Book(options.root.resolve()), options)
    except BuildError as error:
        print(f"\nThe book was not built: {error}.", file=sys.stderr)
        return 1
    print(f"Done in {time.perf_counter() - start:.1f} s.")
    return 0


def build(book, options: argparse.Namespace) -> None:
    from bookkit import execute, notebooks

    if options.fresh:
        shutil.rmtree(book.cache, ignore_errors=True)
        (book.out / "pages.json").unlink(missing_ok=True)
    pages = execute.count(len(book.executable_pages), "executable page")
    print(f"The book has {execute.count(len(book.pages), 'page')}, {pages}.")
    outcome = execute.execute(book, workers=options.workers)
    execute.check(outcome)
    written = notebooks.write_notebooks(book)
    if options.notebooks_only:
        print(f"{execute.count(len(written), 'notebook')} in {book.notebooks}")
        return

    from bookkit import site, vendor

    served = vendor.vendor(book)
    print("Writing the site")
    site.build_site(book, served, executed=set(outcome.executed), fresh=options.fresh)
    print(served.words)
    index = book.html / "index.html"
    print(f"The book: {os.path.relpath(index)}\n  {index.as_uri()}")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=REPOSITORY)
    cores = min(4, os.cpu_count() or 2)
    parser.add_argument("--workers", type=int, default=cores, help="pages at a time")
    parser.add_argument("--fresh", action="store_true", help="execute every page again")
    parser.add_argument(
        "--notebooks-only", action="store_true", help="stop before the site"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
