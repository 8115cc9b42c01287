"""The 48 classes of the challenge: 31 that divide the tissue, and 17 that are made of them.

The names, and which class is made of which, are those of the public challenge's test set.
"""

# Each voxel belongs to exactly one of these; its code is the position here, from 1.
LEAVES = (
    *("ecs", "pm", "cyto"),
    *("mito_mem", "mito_lum", "mito_ribo"),
    *("golgi_mem", "golgi_lum"),
    *("ves_mem", "ves_lum"),
    *("endo_mem", "endo_lum"),
    *("lyso_mem", "lyso_lum"),
    *("ld_mem", "ld_lum"),
    *("perox_mem", "perox_lum"),
    *("er_mem", "er_lum"),
    *("eres_mem", "eres_lum"),
    *("ne_mem", "ne_lum"),
    *("np_out", "np_in"),
    *("hchrom", "echrom", "nucpl"),
    *("mt_out", "mt_in"),
)
CODES = {name: code for code, name in enumerate(LEAVES, start=1)}

_ERES = ("eres_mem", "eres_lum")
_PORE = ("np_out", "np_in")
_ENVELOPE = ("ne_mem", "ne_lum", *_PORE)
_CHROMATIN = ("hchrom", "echrom")
UNIONS = {
    "mito": ("mito_mem", "mito_lum", "mito_ribo"),
    "golgi": ("golgi_mem", "golgi_lum"),
    "ves": ("ves_mem", "ves_lum"),
    "endo": ("endo_mem", "endo_lum"),
    "lyso": ("lyso_mem", "lyso_lum"),
    "ld": ("ld_mem", "ld_lum"),
    "perox": ("perox_mem", "perox_lum"),
    "eres": _ERES,
    "er": ("er_mem", "er_lum", *_ERES, *_ENVELOPE),
    "er_mem_all": ("er_mem", "eres_mem", "ne_mem"),
    "ne": _ENVELOPE,
    "ne_mem_all": ("ne_mem", *_PORE),
    "np": _PORE,
    "chrom": _CHROMATIN,
    "nuc": (*_ENVELOPE, *_CHROMATIN, "nucpl"),
    "mt": ("mt_out", "mt_in"),
    "cell": tuple(leaf for leaf in LEAVES if leaf != "ecs"),
}
PARTS = {**{leaf: (leaf,) for leaf in LEAVES}, **UNIONS}
CLASSES = tuple(PARTS)
# Of these it matters which object is which.
INSTANCES = ("nuc", "ves", "endo", "lyso", "ld", "perox", "mito", "np", "mt", "cell")
# What is large is kept at twice the voxel size.
LARGE = ("ecs", "cyto", "hchrom", "echrom", "nucpl", "chrom", "nuc", "cell")
# What can be seen at 16 nm.
COARSE = (
    *("ecs", "pm", "cyto", "cell"),
    *("nuc", "nucpl", "chrom", "hchrom", "echrom", "ne", "er", "er_mem_all"),
    *("mito", "mito_mem", "mito_lum", "golgi", "ves", "endo", "endo_lum"),
    *("lyso", "lyso_mem", "lyso_lum", "ld", "ld_lum", "perox", "perox_lum"),
)
