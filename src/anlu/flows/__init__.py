"""Where apps meet: one file for each sentence. Everything in this package is loaded at start-up."""
