# ruff: noqa: PLR0917  (points, radii and sizes read best in the order of a drawing)
"""Mesh builder: bevelled boxes, tubes, spheres, tori and lofted skins joined in one mesh.

All lengths in metres, in the local frame of the object under construction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from sample_videos.render.blender import bmesh, bpy, mathutils

Vec = tuple[float, float, float]
Ring = Sequence[Vec]
SlotRule = Callable[[int, int], Any]


class Builder:
    """Collects parts, each with its material, into one mesh object."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._bm = bmesh.new()
        self._materials: list[Any] = []

    def _slot(self, material: Any) -> int:
        if material not in self._materials:
            self._materials.append(material)
        return self._materials.index(material)

    def _merge(self, part: Any, material: Any | None = None, matrix: Any | None = None) -> None:
        if matrix is not None:
            bmesh.ops.transform(part, matrix=matrix, verts=part.verts)
        if material is not None:
            slot = self._slot(material)
            for face in part.faces:
                face.material_index = slot
        mesh = bpy.data.meshes.new("part")
        part.to_mesh(mesh)
        part.free()
        self._bm.from_mesh(mesh)
        bpy.data.meshes.remove(mesh)

    def box(
        self,
        centre: Vec,
        size: Vec,
        material: Any,
        bevel: float = 0.01,
        rot: Vec = (0.0, 0.0, 0.0),
        *,
        segments: int = 2,
    ) -> None:
        """Add a box with rounded edges; ``rot`` is an XYZ Euler rotation in radians."""
        part = bmesh.new()
        bmesh.ops.create_cube(part, size=1.0)
        bmesh.ops.scale(part, vec=size, verts=part.verts)
        if bevel > 0:
            width = min(bevel, 0.49 * min(size))
            bmesh.ops.bevel(
                part,
                geom=list(part.edges),
                offset=width,
                segments=segments,
                affect="EDGES",
                profile=0.5,
                clamp_overlap=True,
            )
        turn = mathutils.Euler(rot).to_matrix().to_4x4()
        self._merge(part, material, mathutils.Matrix.Translation(centre) @ turn)

    def tube(
        self, a: Vec, b: Vec, r0: float, r1: float, material: Any, n: int = 14, *, round_ends: bool = False
    ) -> None:
        """Add a (conical) tube from ``a`` to ``b``, optionally with ball ends."""
        start, end = mathutils.Vector(a), mathutils.Vector(b)
        axis = end - start
        part = bmesh.new()
        bmesh.ops.create_cone(part, cap_ends=True, segments=n, radius1=r0, radius2=r1, depth=axis.length)
        turn = axis.to_track_quat("Z", "Y").to_matrix().to_4x4()
        self._merge(part, material, mathutils.Matrix.Translation((start + end) / 2) @ turn)
        if round_ends:
            self.ball(a, (r0, r0, r0), material, n)
            self.ball(b, (r1, r1, r1), material, n)

    def chain(self, points: Sequence[Vec], radii: Sequence[float], material: Any, n: int = 12) -> None:
        """Add a limb: tubes through ``points`` with ball joints."""
        for i in range(len(points) - 1):
            self.tube(points[i], points[i + 1], radii[i], radii[i + 1], material, n, round_ends=True)

    def ball(self, centre: Vec, radii: Vec, material: Any, n: int = 16, rot: Vec = (0.0, 0.0, 0.0)) -> None:
        """Add an ellipsoid."""
        part = bmesh.new()
        bmesh.ops.create_uvsphere(part, u_segments=n, v_segments=max(6, n // 2), radius=1.0)
        bmesh.ops.scale(part, vec=radii, verts=part.verts)
        turn = mathutils.Euler(rot).to_matrix().to_4x4()
        self._merge(part, material, mathutils.Matrix.Translation(centre) @ turn)

    def torus(
        self,
        centre: Vec,
        big: float,
        small: float,
        material: Any,
        n: int = 32,
        m: int = 10,
        squeeze: float = 1.0,
    ) -> None:
        """Add a ring around the local x axis; ``squeeze`` scales its width."""
        part = bmesh.new()
        rows = []
        for i in range(n):
            a = 2 * math.pi * i / n
            row = []
            for j in range(m):
                b = 2 * math.pi * j / m
                r = big + small * math.cos(b)
                p = (
                    centre[0] + squeeze * small * math.sin(b),
                    centre[1] + r * math.cos(a),
                    centre[2] + r * math.sin(a),
                )
                row.append(part.verts.new(p))
            rows.append(row)
        for i in range(n):
            for j in range(m):
                i2, j2 = (i + 1) % n, (j + 1) % m
                part.faces.new((rows[i][j], rows[i2][j], rows[i2][j2], rows[i][j2]))
        bmesh.ops.recalc_face_normals(part, faces=part.faces)
        self._merge(part, material)

    def loft(self, rings: Sequence[Ring], rule: SlotRule | Any, subdivide: int = 2) -> None:
        """Skin closed rings of equal size; ``rule(segment, strip)`` picks the material."""
        part = bmesh.new()
        grid = [[part.verts.new(p) for p in ring] for ring in rings]
        count = len(grid[0])
        pick: SlotRule = rule if callable(rule) else (lambda _i, _j: rule)
        for i in range(len(grid) - 1):
            for j in range(count):
                j2 = (j + 1) % count
                face = part.faces.new((grid[i][j], grid[i][j2], grid[i + 1][j2], grid[i + 1][j]))
                face.material_index = self._slot(pick(i, j))
        for i, row in ((-1, grid[0][::-1]), (len(grid) - 1, grid[-1])):
            face = part.faces.new(row)
            face.material_index = self._slot(pick(i, -1))
        bmesh.ops.recalc_face_normals(part, faces=part.faces)
        self._merge_subdivided(part, subdivide)

    def _merge_subdivided(self, part: Any, levels: int) -> None:
        mesh = bpy.data.meshes.new("loft")
        part.to_mesh(mesh)
        part.free()
        obj = bpy.data.objects.new("loft", mesh)
        bpy.context.scene.collection.objects.link(obj)
        if levels:
            modifier = obj.modifiers.new("s", "SUBSURF")
            modifier.levels = modifier.render_levels = levels
        graph = bpy.context.evaluated_depsgraph_get()
        done = bpy.data.meshes.new_from_object(obj.evaluated_get(graph))
        self._bm.from_mesh(done)
        bpy.data.objects.remove(obj)
        bpy.data.meshes.remove(mesh)
        bpy.data.meshes.remove(done)

    def polygon(self, points: Sequence[Vec], material: Any) -> None:
        """Add one flat face."""
        part = bmesh.new()
        part.faces.new([part.verts.new(p) for p in points])
        self._merge(part, material)

    def build(self, smooth_deg: float = 38.0) -> Any:
        """Turn everything into one linked object and return it."""
        mesh = bpy.data.meshes.new(self.name)
        self._bm.to_mesh(mesh)
        self._bm.free()
        for material in self._materials:
            mesh.materials.append(material)
        for face in mesh.polygons:
            face.use_smooth = True
        mesh.set_sharp_from_angle(angle=math.radians(smooth_deg))
        obj = bpy.data.objects.new(self.name, mesh)
        bpy.context.scene.collection.objects.link(obj)
        return obj


def picture_quad(name: str, corners: Sequence[Vec], material: Any) -> Any:
    """Add a textured quad: corners bottom-left, bottom-right, top-right, top-left."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(list(corners), [], [(0, 1, 2, 3)])
    layer = mesh.uv_layers.new(name="UVMap")
    for loop, uv in zip(layer.data, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True):
        loop.uv = uv
    mesh.materials.append(material)
    obj = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(obj)
    return obj
