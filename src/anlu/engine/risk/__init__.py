"""Where, when and who next: density on the network, screening, black spots, warnings, evaluation."""
