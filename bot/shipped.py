"""What ships with Usher beside its code."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def manifest_path() -> Path:
    """The app's manifest: inside the package where a wheel was installed, beside it in a checkout."""
    inside = _PACKAGE / "manifest.yml"
    return inside if inside.exists() else _PACKAGE.parent / "manifest.yml"
