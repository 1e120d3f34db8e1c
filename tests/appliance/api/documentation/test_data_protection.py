"""The page about moods, in English and in German: for people who decide whether they may be computed at all."""

from __future__ import annotations

import pytest

from appliance.api.documentation.rendering import LANGUAGES, Documentation
from appliance.api.openapi.document import openapi_document
from appliance.api.services import PublishedLimits
from tests.appliance.api.conftest import Api
from tests.appliance.api.documentation.test_docs import Page

PATHS = {"en": "/docs/data-protection", "de": "/docs/data-protection/de"}
# What both must tell: the field, the settings, the law.
TOLD = (
    "sentiment_basis",
    "models.sentiment",
    "VBOT_SENTIMENT_OF=none",
    "sentiment_of",
    "caller_channel",
    "outside",
    "both",
    "none",
    "2024/1689",
    "2016/679",
    "§ 87",
    "§ 201",
)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_is_open_to_all_well_formed_and_runs_no_script(api: Api, language: str) -> None:
    answer = await api.request("GET", PATHS[language])
    page = Page(answer.text)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'<html lang="{language}">' in answer.text
    assert not page.open
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert not page.tags & {"script", "img", "link", "iframe", "object"}
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert {link for link in page.links if not link.startswith("#")} <= {"/docs", *PATHS.values()}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_tells_the_fields_the_settings_and_the_law(api: Api, language: str) -> None:
    words = " ".join(Page((await api.request("GET", PATHS[language])).text).words.split())

    assert [name for name in TOLD if name not in words] == []


async def test_both_languages_have_the_same_chapters_rows_and_points(api: Api) -> None:
    texts = [(await api.request("GET", path)).text for path in PATHS.values()]
    english, german = map(Page, texts)

    assert english.ids == german.ids
    for tag in ("<h2", "<tr>", "<li>", "<p", "<code>"):
        assert texts[0].count(tag) == texts[1].count(tag), tag


async def test_the_documentation_leads_to_both(api: Api) -> None:
    assert set(PATHS.values()) <= set(Page((await api.request("GET", "/docs")).text).links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_tells_what_this_appliance_is_set_to(language: str) -> None:
    limits = PublishedLimits(100, 10, 1, (1.0, 2.0, 3.0), 15.0, sentiment_of="none", retention_days=(7, 90))
    page = Documentation(openapi_document([], limits) | {"paths": {}}).data_protection(language).decode()

    words = " ".join(Page(page).words.split())
    assert (
        "This appliance is set to none" if language == "en" else "Diese Appliance ist auf none eingestellt"
    ) in words
    assert ("90 days here" if language == "en" else "Hier 90 Tage") in words
    assert ("7 days here" if language == "en" else "Hier 7 Tage") in words
