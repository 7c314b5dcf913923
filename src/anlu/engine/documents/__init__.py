"""Official documents on paper: what they consist of, and their pages laid out to GB/T 9704-2012."""
