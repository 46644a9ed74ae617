"""The pathology laboratory: a deep net that is ill, the remedies one by one, and what each of them does to the gradient on the same seed and data."""
