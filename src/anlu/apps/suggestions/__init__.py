"""意见建议: what users of the platform propose or complain about, answered like every other case."""
