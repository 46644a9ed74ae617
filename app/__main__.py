"""`python -m app`: the thread counts are set before NumPy can be imported."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys

from app.cli import main

sys.exit(main(sys.argv[1:]))
