"""`python -m app`: the thread counts are set before NumPy can be imported, and who is asked to stop while still starting has done well too."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import signal
import sys

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

from app.cli import main

sys.exit(main(sys.argv[1:]))
