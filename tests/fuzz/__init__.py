"""What reads other people's text, given any text at all: by examples in the tests, and coverage-guided by `python -m tests.fuzz`."""
