"""公文: the register, drafting, the steps of a document, its paper, templates, phrases and rules."""
