"""The larger Whispers, which are in no Python package: from a hub, each at one commit and by the SHA-256 of each file.

No hub is reachable from where this was written, so the sums are those that others published, and only where two who do
not know of each other agree. Where that is so only for Git's own sum (medium's generation_config.json), the SHA-256
was computed from a copy that has that sum. The weights stay as they are published, also in half precision: transformers
makes them fp32 when it loads them, as our config.json says.
"""

from __future__ import annotations

from engine.models.catalogue_entry import CatalogueEntry, HubFile, HubRepository

WHISPER_MEDIUM = CatalogueEntry(
    name="whisper-medium",
    task="asr",
    summary="speech to text, 99 languages, more often right than base, many times as slow",
    licence="Apache-2.0",
    origin="OpenAI Whisper medium, as openai/whisper-medium",
    packaging="hub-whisper",
    packages=(),
    files=(),
    installed_bytes=3_058_035_000,
    converted_files=(
        ("preprocessor_config.json", "e0bd85a5b6ae9ff9adbedcf310821a93abcf2d867d9391e4d072151d73f3fe76"),
        ("tokenizer_config.json", "f854b299c1711fc24d7a979520cbce6e1dad214e8c7f32fc48fed67345f0d5db"),
    ),
    hub=HubRepository(
        "openai/whisper-medium",
        "abdf7c39ab9d0397620ccaea8974cc764cd0953e",
        (
            HubFile("config.json", 1_991, "18706810eb740d1dc54d1db181358d5f8578600d0f449e51dfd4798c0223a1f5"),
            HubFile(
                "generation_config.json", 3_755, "503290bc2da3923915d96a96ab96ddaa76e7ea18fbd4c5c1822a2947c82c86db"
            ),
            HubFile(
                "model.safetensors",
                3_055_544_304,
                "62f73550fa6db24b0c6f6c5962bd0dae80fa644e93cde9cd9c3792971b47fd28",
            ),
            HubFile("tokenizer.json", 2_480_466, "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566"),
        ),
    ),
)

WHISPER_LARGE_V3_TURBO = CatalogueEntry(
    name="whisper-large-v3-turbo",
    task="asr",
    summary="speech to text, 99 languages, the most often right, for a graphics card",
    licence="MIT",
    origin="OpenAI Whisper large-v3-turbo, as openai/whisper-large-v3-turbo",
    packaging="hub-whisper",
    packages=(),
    files=(),
    installed_bytes=1_620_825_000,
    hub=HubRepository(
        "openai/whisper-large-v3-turbo",
        "41f01f3fe87f28c78e2fbf8b568835947dd65ed9",
        (
            HubFile("config.json", 1_256, "c5b526b3e3cd64cd8940dabb45e8ba726629e22d8ed389c29b552f9140daf04a"),
            HubFile(
                "generation_config.json", 3_772, "cce11bfe3aaa6ae9e072ea2637caaec8795e68d9b67e655a5af16ee509681a4c"
            ),
            HubFile(
                "model.safetensors",
                1_617_824_864,
                "542566a422ae4f3fd23f1ba11add198fca01bbf82e66e6a2857b3f608b1eb9d1",
            ),
            HubFile(
                "preprocessor_config.json", 340, "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711"
            ),
            HubFile("tokenizer.json", 2_710_337, "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd"),
            HubFile(
                "tokenizer_config.json", 282_843, "844b642c73a91359722f47b35705f7174686df33d252695d8572cf9ac03a6389"
            ),
        ),
    ),
)
