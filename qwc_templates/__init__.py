"""The .qwc file, with which a user adds an application to the Web Connector: written from values, and read back."""

from qwc_templates.qwc_file import (
    AuthFlags,
    PersonalDataPref,
    QbType,
    QwcError,
    QwcFile,
    Style,
    UnattendedModePref,
    check,
)
from qwc_templates.reading import read
from qwc_templates.rendering import render

__all__ = [
    "AuthFlags",
    "PersonalDataPref",
    "QbType",
    "QwcError",
    "QwcFile",
    "Style",
    "UnattendedModePref",
    "check",
    "read",
    "render",
]
