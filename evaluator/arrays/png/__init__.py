"""PNG images and stacks of them: own reader of the structure, Pillow for the pixels.

Pillow sees nothing but header, palette and pixels, so that no other chunk (texts, profiles,
animations) can ask for anything. Source: PNG, third edition, W3C 2025.
"""
