"""Serves files of installed wheels as static files under `vendor/`: no CDN, no Node."""

import importlib.util
from pathlib import Path

from bootstrap_wrapper import get_bootstrap_css_dir
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage


def vendor_files() -> dict[str, Path]:
    """Static path → file. The `.map` file is there because the manifest storage follows it."""
    css = get_bootstrap_css_dir()
    plotly = Path(importlib.util.find_spec("plotly").submodule_search_locations[0])
    return {
        "vendor/bootstrap.min.css": css / "bootstrap.min.css",
        "vendor/bootstrap.min.css.map": css / "bootstrap.min.css.map",
        "vendor/plotly.min.js": plotly / "package_data" / "plotly.min.js",
    }


class VendorFinder(BaseFinder):
    """Finds the files of `vendor_files`, and only those."""

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        file = vendor_files().get(path)
        if find_all:
            return [str(file)] if file else []
        return str(file) if file else []

    def list(self, ignore_patterns):
        for path, file in vendor_files().items():
            storage = FileSystemStorage(location=file.parent)
            storage.prefix = str(Path(path).parent)
            yield file.name, storage
