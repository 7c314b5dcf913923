"""Plans and honours of 青澜县; the meaning of groups is invented and marked as to be confirmed."""
