"""`python -m benchmarks`: one training step through the public Session against PyTorch eager, one thread, float64, plain SGD."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys

from benchmarks.step import main

sys.exit(main(sys.argv[1:]))
