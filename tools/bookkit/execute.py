"""Execute the pages that need it, several at a time, into the cache Sphinx reads."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from . import kernels
from .book import Book, BuildError, Page
from .records import Records

BUDGET = 20  # seconds a page may take on two cores before the build says so
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class PageError(Exception):
    """A page failed; the message is what its author needs to see."""


@dataclass
class Outcome:
    """What the build did with the pages: names, and seconds where one ran."""

    executed: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    fresh: int = 0


def execute(book: Book, *, workers: int = 2, say=print) -> Outcome:
    """Bring the cache up to date; report each page as it ends, and all failures."""
    kernels.use_quiet_kernels(book.out)
    cache = get_cache(str(book.cache))
    records = Records(book)
    outcome = Outcome()
    stale = []
    for page in book.executable_pages:
        if records.is_fresh(page) and is_cached(cache, page):
            outcome.fresh += 1
        else:
            stale.append(page)
    if not stale:
        return outcome

    stale.sort(key=records.seconds, reverse=True)  # the longest first fills both cores
    say(
        f"Executing {count(len(stale), 'page')}, {workers} at a time"
        f" ({outcome.fresh} unchanged)"
    )

    async def run_all() -> None:
        slots = asyncio.Semaphore(workers)

        async def run(page: Page) -> None:
            async with slots:
                start = time.perf_counter()
                try:
                    notebook, opened = await run_page(page)
                except PageError as error:
                    outcome.failed.append(page.name)
                    records.forget(page)
                    say(f"  FAILED {page.name}\n{error}")
                    return
                seconds = time.perf_counter() - start
                cache.cache_notebook_bundle(
                    CacheBundleIn(
                        notebook, str(page.path), data={"execution_seconds": seconds}
                    ),
                    check_validity=False,
                    overwrite=True,
                )
                records.note(page, opened, seconds)
                outcome.executed[page.name] = seconds
                done = len(outcome.executed) + len(outcome.failed)
                say(f"  [{done}/{len(stale)}] {page.name}  {seconds:.1f} s")

        await asyncio.gather(*map(run, stale))

    asyncio.run(run_all())
    report_times(book, records, outcome, say)
    return outcome


def is_cached(cache, page: Page) -> bool:
    try:
        cache.match_cache_notebook(page.notebook())
    except KeyError:
        return False
    return True


async def run_page(page: Page) -> tuple[NotebookNode, list[str]]:
    """Run one page in its own kernel: its notebook with outputs, files it opened."""
    notebook = page.notebook()
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return notebook, []
    notebook.cells.append(nbformat.v4.new_code_cell(kernels.REPORT))
    timeout = (page.book.config.get("execute") or {}).get("timeout", 120)
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,  # it writes into the metadata that the cache hashes
        resources={"metadata": {"path": str(page.path.parent)}},
    )
    try:
        await client.async_execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise PageError(describe(page, notebook, error)) from error
    report = notebook.cells.pop()
    complain_about_stderr(page, notebook)
    printed = "".join(out.get("text", "") for out in report.outputs)
    return notebook, json.loads(printed.splitlines()[-1])


def complain_about_stderr(page: Page, notebook: NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                raise PageError(
                    f"{place(page, notebook, index)}: it wrote to stderr, which"
                    f" readers would see:\n{indent(plain(output.text))}"
                )


def describe(page: Page, notebook: NotebookNode, error: Exception) -> str:
    """Where it failed, the cell, and the traceback without colour codes."""
    ran = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    failed = [
        i
        for i in ran
        if any(out.output_type == "error" for out in notebook.cells[i].outputs)
    ]
    started = [i for i in ran if notebook.cells[i].get("execution_count")]
    index = (failed or started or ran)[-1]
    traceback = [
        "\n".join(out.traceback)
        for out in notebook.cells[index].outputs
        if out.output_type == "error"
    ]
    text = traceback[0] if traceback else f"{type(error).__name__}: {error}"
    return f"{place(page, notebook, index)}:\n{indent(plain(text))}"


def place(page: Page, notebook: NotebookNode, index: int) -> str:
    lines = notebook.metadata.get("source_map", [])
    where = f"    {page.path.relative_to(page.book.root)}"
    return f"{where}, cell at line {lines[index]}" if index < len(lines) else where


def plain(text: str) -> str:
    return text if sys.stdout.isatty() else ANSI.sub("", text)


def indent(text: str) -> str:
    return "\n".join(f"      {line}" for line in text.rstrip().splitlines())


def count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def report_times(book: Book, records: Records, outcome: Outcome, say) -> None:
    """Write every page's seconds, slowest first, and warn about those over budget."""
    times = {
        page.name: records.pages[page.name]["seconds"]
        for page in book.executable_pages
        if page.name in records.pages
    }
    slowest = dict(sorted(times.items(), key=lambda item: -item[1]))
    (book.out / "page_times.json").write_text(json.dumps(slowest, indent=1) + "\n")
    ranked = sorted(outcome.executed.items(), key=lambda item: -item[1])
    if len(ranked) > 1:
        top = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in ranked[:5])
        say(f"Slowest: {top} (all in {book.out.name}/page_times.json)")
    for name, seconds in ranked:
        if seconds > BUDGET:
            say(f"Over budget: {name} took {seconds:.0f} s; a page has {BUDGET} s")


def check(outcome: Outcome) -> None:
    if outcome.failed:
        names = ", ".join(sorted(outcome.failed))
        raise BuildError(
            f"{count(len(outcome.failed), 'page')} failed, so nothing is published:"
            f" {names}"
        )
