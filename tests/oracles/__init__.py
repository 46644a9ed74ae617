"""Textbook implementations written by hand, which share no code with the engine."""
