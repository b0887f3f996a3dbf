"""The AWS resources of the product.

``trailer.settings`` names the environment of the functions. It lies in the core
layer, which is put on the path here, so that ``python3 app.py`` needs no installation.
"""

import sys
from pathlib import Path

_CORE_LAYER = str(Path(__file__).resolve().parents[1] / "layers" / "core" / "python")
if _CORE_LAYER not in sys.path:
    sys.path.append(_CORE_LAYER)
