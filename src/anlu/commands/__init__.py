"""One module per command of `anlu`, imported only when it is called."""
