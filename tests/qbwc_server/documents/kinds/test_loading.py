"""The models of documents are made when the first one is read, whichever of many threads reads it."""

from __future__ import annotations

import subprocess
import sys

NOT_MADE = """
import qbwc_server.app
from qbwc_server.documents.kinds import KINDS
print([name for name, kind in KINDS.items() if kind.__pydantic_complete__])
"""

BY_MANY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from qbwc_server.documents.kinds import dump_document, read_document
from qbwc_server.documents.kinds.invoice import Invoice

sys.setswitchinterval(1e-5)
together = Barrier(8)
record = {"kind": "invoice", "origin": "a", "date": "2026-03-02", "customer": "Acme", "lines": [{"item": "Seat"}]}

def read(number):
    together.wait()
    return dump_document(read_document(record) if number % 2 else Invoice.model_validate(record))

with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(read, range(8)))))
"""


def said(program: str) -> str:
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return result.stdout.strip()


def test_the_application_starts_without_them() -> None:
    assert said(NOT_MADE) == "[]"


def test_threads_that_come_first_together_read_the_same() -> None:
    assert said(BY_MANY) == "1"
