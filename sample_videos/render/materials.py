"""Materials of the scene, made from shader nodes (no picture files but plates and signs)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sample_videos.render.blender import bpy

Rgb = tuple[float, float, float]

PAINTS: dict[str, Rgb] = {
    "silver": (0.52, 0.54, 0.56),
    "white": (0.80, 0.80, 0.78),
    "red": (0.50, 0.02, 0.02),
    "crimson": (0.42, 0.01, 0.035),
    "blue": (0.02, 0.10, 0.42),
    "navy": (0.015, 0.035, 0.14),
    "black": (0.012, 0.012, 0.014),
    "green": (0.03, 0.30, 0.16),
    "yellow": (0.72, 0.42, 0.02),
    "orange": (0.65, 0.16, 0.01),
    "teal": (0.01, 0.24, 0.28),
    "grey": (0.13, 0.14, 0.15),
    "sky": (0.16, 0.40, 0.62),
    "brown": (0.16, 0.07, 0.03),
    "pink": (0.62, 0.20, 0.28),
}


def _new(name: str) -> tuple[Any, Any, Any]:
    mat = bpy.data.materials.new(name)
    mat.use_nodes = True
    return mat, mat.node_tree, mat.node_tree.nodes["Principled BSDF"]


@cache
def plain(
    rgb: Rgb,
    rough: float = 0.6,
    metal: float = 0.0,
    coat: float = 0.0,
    *,
    glow: float = 0.0,
    specular: float = 0.5,
) -> Any:
    """Return a single-colour material; ``glow`` is emission strength in that colour."""
    mat, _, shader = _new("plain")
    shader.inputs["Base Color"].default_value = (*rgb, 1)
    shader.inputs["Roughness"].default_value = rough
    shader.inputs["Metallic"].default_value = metal
    shader.inputs["Coat Weight"].default_value = coat
    shader.inputs["Coat Roughness"].default_value = 0.04
    shader.inputs["Specular IOR Level"].default_value = specular
    if glow:
        shader.inputs["Emission Color"].default_value = (*rgb, 1)
        shader.inputs["Emission Strength"].default_value = glow
    return mat


def paint(name: str) -> Any:
    """Return glossy vehicle paint by colour name."""
    return plain(PAINTS[name], 0.35, 0.15, 1.0)


@cache
def hair(rgb: Rgb) -> Any:
    """Return hair: dark, streaked along its fall, with a broad dull shine."""
    mat, tree, shader = _new("hair")
    stretch = tree.nodes.new("ShaderNodeMapping")
    stretch.inputs["Scale"].default_value = (1.0, 1.0, 0.18)
    tree.links.new(tree.nodes.new("ShaderNodeTexCoord").outputs["Object"], stretch.inputs["Vector"])
    strands = _noise(tree, stretch.outputs["Vector"], 260.0, 3.0)
    light: Rgb = (1.7 * rgb[0], 1.6 * rgb[1], 1.5 * rgb[2])
    tree.links.new(_ramp(tree, strands, [(0.35, rgb), (0.68, light)]), shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.85
    shader.inputs["Specular IOR Level"].default_value = 0.08
    return mat


def glass() -> Any:
    """Return dark window glass (opaque and glossy: cheap to render, looks tinted)."""
    return plain((0.012, 0.016, 0.02), 0.04, 0.0, 0.6, specular=0.9)


def rubber() -> Any:
    """Return tyre rubber."""
    return plain((0.018, 0.018, 0.018), 0.85)


def trim() -> Any:
    """Return dark plastic."""
    return plain((0.022, 0.022, 0.024), 0.5)


def metal() -> Any:
    """Return bright metal."""
    return plain((0.62, 0.62, 0.64), 0.28, 1.0)


@cache
def picture(path: Path, rough: float = 0.45) -> Any:
    """Return a material showing a picture file through the UV map."""
    mat, tree, shader = _new(path.stem)
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.load(str(path), check_existing=True)
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = rough
    shader.inputs["Specular IOR Level"].default_value = 0.25
    return mat


@cache
def decal(path: Path) -> Any:
    """Return road paint in the shape of a picture's alpha channel."""
    mat, tree, shader = _new(path.stem)
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image = bpy.data.images.load(str(path), check_existing=True)
    tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    tree.links.new(node.outputs["Alpha"], shader.inputs["Alpha"])
    shader.inputs["Roughness"].default_value = 0.6
    return mat


def _glow_by_object(tree: Any, shader: Any, gain: float) -> None:
    """Let the emission follow the red channel of the object's colour."""
    info = tree.nodes.new("ShaderNodeObjectInfo")
    split = tree.nodes.new("ShaderNodeSeparateColor")
    strength = _math(tree, "MULTIPLY", split.outputs["Red"], gain)
    tree.links.new(info.outputs["Color"], split.inputs["Color"])
    tree.links.new(strength, shader.inputs["Emission Strength"])


@cache
def headlamp() -> Any:
    """Return clear glass whose white glow follows the object colour's red channel."""
    mat, tree, shader = _new("headlamp")
    _glow_by_object(tree, shader, 12.0)
    shader.inputs["Base Color"].default_value = (0.75, 0.78, 0.8, 1)
    shader.inputs["Emission Color"].default_value = (1.0, 0.93, 0.8, 1)
    shader.inputs["Roughness"].default_value = 0.06
    return mat


@cache
def brake_light() -> Any:
    """Return a red lens whose glow follows the object colour's red channel."""
    mat, tree, shader = _new("brake")
    _glow_by_object(tree, shader, 0.8)
    shader.inputs["Base Color"].default_value = (0.36, 0.008, 0.008, 1)
    shader.inputs["Emission Color"].default_value = (1.0, 0.03, 0.015, 1)
    shader.inputs["Roughness"].default_value = 0.15
    shader.inputs["Coat Weight"].default_value = 1.0
    return mat


def _math(tree: Any, operation: str, a: Any, b: Any) -> Any:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, value in zip(node.inputs, (a, b), strict=False):
        if isinstance(value, int | float):
            socket.default_value = value
        else:
            tree.links.new(value, socket)
    return node.outputs[0]


def _noise(tree: Any, vector: Any, scale: float, detail: float = 3.0) -> Any:
    node = tree.nodes.new("ShaderNodeTexNoise")
    node.inputs["Scale"].default_value = scale
    node.inputs["Detail"].default_value = detail
    tree.links.new(vector, node.inputs["Vector"])
    return node.outputs["Fac"]


def _ramp(tree: Any, value: Any, stops: list[tuple[float, Rgb]]) -> Any:
    node = tree.nodes.new("ShaderNodeValToRGB")
    ramp = node.color_ramp
    while len(ramp.elements) < len(stops):
        ramp.elements.new(0.5)
    for element, (pos, rgb) in zip(ramp.elements, stops, strict=True):
        element.position = pos
        element.color = (*rgb, 1)
    tree.links.new(value, node.inputs["Fac"])
    return node.outputs["Color"]


def _mix(tree: Any, fac: Any, a: Any, b: Any) -> Any:
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type = "RGBA"
    for index, value in ((0, fac), (6, a), (7, b)):
        if isinstance(value, tuple):
            node.inputs[index].default_value = (*value, 1)
        elif isinstance(value, int | float):
            node.inputs[index].default_value = value
        else:
            tree.links.new(value, node.inputs[index])
    return node.outputs[2]


def _bump(tree: Any, shader: Any, height: Any, strength: float) -> None:
    node = tree.nodes.new("ShaderNodeBump")
    node.inputs["Strength"].default_value = strength
    node.inputs["Distance"].default_value = 0.02
    tree.links.new(height, node.inputs["Height"])
    tree.links.new(node.outputs["Normal"], shader.inputs["Normal"])


def _asphalt_colour(tree: Any, vec: Any) -> Any:
    """Return the asphalt colour: grain, blotches, wheel tracks, oil and cracks."""
    fine = _ramp(
        tree, _noise(tree, vec, 55.0, 4.0), [(0.3, (0.050, 0.050, 0.052)), (0.7, (0.125, 0.122, 0.118))]
    )
    large = _ramp(
        tree, _noise(tree, vec, 0.35, 5.0), [(0.32, (0.72, 0.72, 0.73)), (0.68, (1.18, 1.16, 1.12))]
    )
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type, node.blend_type = "RGBA", "MULTIPLY"
    node.inputs[0].default_value = 1.0
    tree.links.new(fine, node.inputs[6])
    tree.links.new(large, node.inputs[7])
    sep = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(vec, sep.inputs[0])
    wave = _math(tree, "COSINE", _math(tree, "MULTIPLY", sep.outputs[0], 3.59), 0.0)
    tracks = _math(tree, "MULTIPLY_ADD", wave, 0.09)
    tracks.node.inputs[2].default_value = 0.09
    worn = _mix(tree, tracks, node.outputs[2], (0.03, 0.03, 0.032))
    cracks = tree.nodes.new("ShaderNodeTexVoronoi")
    cracks.feature = "DISTANCE_TO_EDGE"
    cracks.inputs["Scale"].default_value = 0.42
    shift = tree.nodes.new("ShaderNodeVectorMath")
    noise = tree.nodes.new("ShaderNodeTexNoise")
    noise.inputs["Scale"].default_value = 1.6
    tree.links.new(vec, noise.inputs["Vector"])
    tree.links.new(vec, shift.inputs[0])
    tree.links.new(noise.outputs["Color"], shift.inputs[1])
    tree.links.new(shift.outputs[0], cracks.inputs["Vector"])
    thin = _math(tree, "LESS_THAN", cracks.outputs["Distance"], 0.0055)
    part = _math(tree, "GREATER_THAN", _noise(tree, vec, 0.22, 1.0), 0.53)
    line = _math(tree, "MULTIPLY", _math(tree, "MULTIPLY", thin, part), 0.75)
    return _mix(tree, line, worn, (0.02, 0.02, 0.02))


@cache
def asphalt() -> Any:
    """Return worn asphalt in object coordinates (metres)."""
    mat, tree, shader = _new("asphalt")
    vec = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    tree.links.new(_asphalt_colour(tree, vec), shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.82
    shader.inputs["Specular IOR Level"].default_value = 0.3
    _bump(tree, shader, _noise(tree, vec, 90.0, 2.0), 0.35)
    return mat


@cache
def road_paint(rgb: Rgb = (0.74, 0.74, 0.71)) -> Any:
    """Return thermoplastic road marking with wear through to the asphalt."""
    mat, tree, shader = _new("marking")
    vec = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    dirt = _mix(tree, _noise(tree, vec, 1.3, 4.0), rgb, tuple(0.72 * c for c in rgb))
    worn = _ramp(tree, _noise(tree, vec, 9.0, 8.0), [(0.60, (0, 0, 0)), (0.68, (1, 1, 1))])
    share = _math(tree, "MULTIPLY", worn, 0.8)
    tree.links.new(_mix(tree, share, dirt, (0.10, 0.10, 0.10)), shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.6
    return mat


@cache
def stained(rgb: Rgb, scale: float = 0.9, rough: float = 0.85, depth: float = 0.45) -> Any:
    """Return plaster or concrete with soft stains; ``depth`` is how dark they get."""
    mat, tree, shader = _new("plaster")
    vec = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    dark: Rgb = (rgb[0] * (1 - depth), rgb[1] * (1 - depth), rgb[2] * (1 - depth))
    colour = _ramp(tree, _noise(tree, vec, scale, 6.0), [(0.33, dark), (0.62, rgb)])
    tree.links.new(colour, shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = rough
    return mat


@cache
def tiles(a: Rgb, b: Rgb, size: float = 0.4) -> Any:
    """Return pavement tiles of ``size`` metres with joints."""
    mat, tree, shader = _new("tiles")
    vec = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    brick = tree.nodes.new("ShaderNodeTexBrick")
    brick.offset = 0.0
    for key, value in (
        ("Color1", (*a, 1)),
        ("Color2", (*b, 1)),
        ("Mortar", (0.12, 0.115, 0.11, 1)),
        ("Scale", 1.0),
        ("Brick Width", size),
        ("Row Height", size),
        ("Mortar Size", 0.012),
    ):
        brick.inputs[key].default_value = value
    tree.links.new(vec, brick.inputs["Vector"])
    dirty = _mix(tree, _noise(tree, vec, 0.8, 5.0), brick.outputs["Color"], (0.16, 0.15, 0.14))
    tree.links.new(dirty, shader.inputs["Base Color"])
    shader.inputs["Roughness"].default_value = 0.8
    return mat


@cache
def leaf(rgb: Rgb) -> Any:
    """Return leaf green with some light passing through."""
    mat, _, shader = _new("leaf")
    shader.inputs["Base Color"].default_value = (*rgb, 1)
    shader.inputs["Roughness"].default_value = 0.5
    shader.inputs["Subsurface Weight"].default_value = 0.0
    shader.inputs["Emission Color"].default_value = (*rgb, 1)
    shader.inputs["Emission Strength"].default_value = 0.08
    return mat
