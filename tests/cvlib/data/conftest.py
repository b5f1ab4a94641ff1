"""A server on this machine to download from; it can break off and forget ranges."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Handler(BaseHTTPRequestHandler):
    """Serves `server.content` with ranges, and breaks off after `server.most` bytes."""

    def do_GET(self):
        content = self.server.content
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        if not self.server.ranges:
            start = 0
        self.server.asked.append(start)
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if self.server.says_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.server.most])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.most, server.ranges = b"", None, True
    server.says_length = True
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
