"""Model packs: verified folders of weights on this machine's disk. Importing this loads neither torch nor transformers.

A worker needs `open_pack`; the commands `vbot models …` use the rest.
"""

from engine.errors import ModelPackError
from engine.models.catalogue import CATALOGUE, find_entry
from engine.models.catalogue_entry import CatalogueEntry
from engine.models.export import export_pack
from engine.models.hub import check_revision
from engine.models.installer import PackInstaller, TrustCode, trust_nobody
from engine.models.manifest import Manifest, PackFile
from engine.models.progress import Progress, Silence, TextProgress, megabytes
from engine.models.store import OFF, InstalledPack, PackStore, open_language_pack, open_pack, open_voice_pack

__all__ = [
    "CATALOGUE",
    "OFF",
    "CatalogueEntry",
    "InstalledPack",
    "Manifest",
    "ModelPackError",
    "PackFile",
    "PackInstaller",
    "PackStore",
    "Progress",
    "Silence",
    "TextProgress",
    "TrustCode",
    "check_revision",
    "export_pack",
    "find_entry",
    "megabytes",
    "open_language_pack",
    "open_pack",
    "open_voice_pack",
    "trust_nobody",
]
