"""Procedural Blender scene, traffic plan and ground truth of the sample clip."""
