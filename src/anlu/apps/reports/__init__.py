"""Reports put together from the sections of the other apps; every number in them opens its rows."""
