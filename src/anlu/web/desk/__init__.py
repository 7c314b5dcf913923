"""Pages for what the kernel owns: accounts, people, units, roles, dictionaries, imports, audit, the machine itself."""
