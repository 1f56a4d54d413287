"""Which version of the product runs."""

from importlib import metadata


def product_version() -> str:
    """The installed distribution's, or a word for sources that were never installed."""
    try:
        return metadata.version("callwright")
    except metadata.PackageNotFoundError:
        return "0+source"
