"""The FAQ as a library: text in, entry out. Imports nothing of ours."""

import os

# Our tables are small: a second thread of the linear algebra library waits by spinning, which
# takes the other core from everybody and made the index three times as dear.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
