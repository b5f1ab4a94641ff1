"""A downloader for pooch that goes on where an interrupted download stopped."""

import os
from pathlib import Path

import requests
from tqdm.auto import tqdm

TIMEOUT = 30  # seconds without a byte
TRIES = 3  # in a row without a new byte; a server that breaks off is asked again
CHUNK = 1 << 14  # what may be lost when it does


class ResumingDownloader:
    """Writes to `part` first, which stays when the download is broken off.

    Args:
        part: the file of what has arrived.
        progress: show a bar.
    """

    def __init__(self, part: Path, *, progress: bool = True) -> None:
        self.part, self.progress = part, progress

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """What pooch calls: fetch `url` and leave it in `output_file`."""
        left = TRIES
        while left:
            have = self.arrived()
            try:
                self.fetch(url)
                break
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                left = TRIES if self.arrived() > have else left - 1
                if not left:
                    raise
        os.replace(self.part, output_file)

    def arrived(self) -> int:
        """How many bytes are here."""
        return self.part.stat().st_size if self.part.exists() else 0

    def fetch(self, url: str) -> None:
        """Ask for what is missing; an answer that is too short is an error."""
        have = self.arrived()
        headers = {"Range": f"bytes={have}-"} if have else {}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
            if answer.status_code == 416:  # nothing is missing
                return
            answer.raise_for_status()
            if answer.status_code != 206:  # the server sends everything again
                have = 0
            size = int(answer.headers.get("content-length", 0)) + have
            with (
                self.part.open("ab" if have else "wb") as file,
                tqdm(
                    total=size or None,
                    initial=have,
                    unit="B",
                    unit_scale=True,
                    desc=self.part.stem,
                    disable=not self.progress,
                ) as bar,
            ):
                for chunk in answer.iter_content(CHUNK):
                    file.write(chunk)
                    bar.update(len(chunk))
        if self.arrived() < size:
            raise requests.ConnectionError(
                f"the answer broke off after {self.arrived()} of {size} bytes"
            )
