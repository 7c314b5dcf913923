"""The boards: the morning page, the leader's view and the big screen, put together from panels and indicators."""
