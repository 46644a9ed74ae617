"""`python -m app.shares`: a worker, as its parent starts it: with the handles of the channel and the lock, and all else on its standard input."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pickle
import signal
import socket
import sys

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))

from app.shares.worker import work

channel, *lock = map(int, sys.argv[1:])
sys.exit(work(pickle.load(sys.stdin.buffer), socket.socket(fileno=channel), os.fdopen(lock[0], "ab") if lock else None))
