"""Activities: ledgers over families of kinds, holding and signing in, the calendar, and the required rhythm."""
