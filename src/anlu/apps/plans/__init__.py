"""Plans: the theme of the year, work plans as trees of measures, and the honours that came of them."""
