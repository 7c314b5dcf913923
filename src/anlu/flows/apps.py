"""The flows, as an app that is loaded after all others."""

import importlib
import pkgutil

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """流程衔接."""

    name = "anlu.flows"
    label = "flows"
    verbose_name = "流程衔接"

    def ready(self) -> None:
        """Every file registers itself with the apps that it joins."""
        package = importlib.import_module(self.name)
        for found in pkgutil.iter_modules(package.__path__, f"{self.name}."):
            importlib.import_module(found.name)
