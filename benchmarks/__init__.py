"""Side-by-side measurements against other engines: ratios taken in one run, after the losses have been seen to agree."""
