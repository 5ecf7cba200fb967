"""Untyped doorway to Blender's Python modules (``bpy`` ships no type information)."""

from __future__ import annotations

import importlib
from typing import Any

bpy: Any = importlib.import_module("bpy")
bmesh: Any = importlib.import_module("bmesh")
mathutils: Any = importlib.import_module("mathutils")
