"""The shell: pages, components and islands that know no feature."""
