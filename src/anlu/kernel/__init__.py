"""Django apps that every feature shares: models and services, no pages."""
