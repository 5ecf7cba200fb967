"""Assembles the static scene, light and camera, and renders rectangles of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sample_videos.render import layout as lo
from sample_videos.render.blender import bpy, mathutils
from sample_videos.render.camera import Pinhole

Rect = tuple[int, int, int, int]


def reset() -> None:
    """Empty Blender and choose the renderer's fixed settings."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.use_persistent_data = True
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.compression = 15
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.use_denoising = True
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_prefilter = "FAST"
    cycles.use_fast_gi = True
    cycles.ao_bounces_render = 1
    cycles.use_adaptive_sampling = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 4, 2, 2
    cycles.transparent_max_bounces, cycles.transmission_bounces = 4, 1
    cycles.sample_clamp_indirect = 3.0
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = 1.3
    scene.view_settings.view_transform = "AgX"
    scene.view_settings.look = "AgX - Medium High Contrast"


def light(
    travel: tuple[float, float, float] = lo.SUN_TRAVEL,
    sun: float = 4.2,
    sky: float = 0.085,
    exposure: float = 1.08,
) -> None:
    """Set sun (``travel`` is the direction its light travels) and the sky."""
    scene = bpy.context.scene
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = sun, math.radians(0.6), (1.0, 0.93, 0.82)
    obj = bpy.data.objects.new("sun", lamp)
    obj.rotation_euler = mathutils.Vector(travel).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(obj)
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    node = world.node_tree.nodes.new("ShaderNodeTexSky")
    node.sky_type = "NISHITA"
    node.sun_disc = False
    length = math.sqrt(sum(c * c for c in travel))
    node.sun_elevation = math.asin(-travel[2] / length)
    node.sun_rotation = math.atan2(-travel[0], -travel[1])
    world.light_settings.ao_factor, world.light_settings.distance = 0.75, 12.0
    background = world.node_tree.nodes["Background"]
    world.node_tree.links.new(node.outputs["Color"], background.inputs["Color"])
    background.inputs["Strength"].default_value = sky
    scene.view_settings.exposure = exposure


def set_camera(camera: Pinhole) -> None:
    """Make Blender's camera equal to ``camera`` (square pixels, no distortion)."""
    scene = bpy.context.scene
    data = bpy.data.cameras.new("camera")
    data.sensor_fit, data.sensor_width = "HORIZONTAL", 36.0
    data.lens = camera.focal_px * 36.0 / camera.width
    data.clip_end = 1000.0
    right, down, forward = (mathutils.Vector(row) for row in camera.axes())
    turn = mathutils.Matrix((right, -down, -forward)).transposed().to_4x4()
    obj = bpy.data.objects.new("camera", data)
    obj.matrix_world = mathutils.Matrix.Translation(camera.position_m) @ turn
    scene.collection.objects.link(obj)
    scene.camera = obj
    scene.render.resolution_x, scene.render.resolution_y = camera.width, camera.height
    scene.render.resolution_percentage = 100


def render(path: Path, samples: int, rect: Rect | None = None) -> None:
    """Render the picture, or only the pixel rectangle (x, y, w, h), into a PNG file."""
    scene = bpy.context.scene
    scene.cycles.samples = samples
    r = scene.render
    r.use_border = r.use_crop_to_border = rect is not None
    if rect is not None:
        x, y, w, h = rect
        width, height = r.resolution_x, r.resolution_y
        r.border_min_x, r.border_max_x = x / width, (x + w) / width
        r.border_min_y, r.border_max_y = 1 - (y + h) / height, 1 - y / height
    r.filepath = str(path)
    bpy.ops.render.render(write_still=True)


def threads(count: int) -> None:
    """Limit the render threads."""
    scene: Any = bpy.context.scene
    scene.render.threads_mode = "FIXED"
    scene.render.threads = count
