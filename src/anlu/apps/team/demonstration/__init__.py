"""What the brigade of 青澜县 studied, wrote and trained in the first half of 2023; every name is invented."""
