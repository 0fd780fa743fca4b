from typing import Any

import msgspec

from feedserver.model.article import Article, ArticleState
from feedserver.model.feed import Format
from feedserver.publish.documents import document, feed_head, fragment
from tests.publish.samples import CHINA, NOW, OWN, PICKED, PICTURE, PLACE, in_state


def feed(*articles: Article) -> dict[str, Any]:
    head = feed_head(CHINA, Format.JSON, PLACE, updated_at=NOW)
    body = document(head, [fragment(a, PLACE, Format.JSON) for a in articles], Format.JSON)
    decoded: dict[str, Any] = msgspec.json.decode(body)
    return decoded


def item(article: Article) -> dict[str, Any]:
    only: dict[str, Any] = feed(article)["items"][0]
    return only


def test_the_feed_says_who_it_is() -> None:
    assert feed() == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Harbour Post: China",
        "home_page_url": "https://harbour.example/",
        "feed_url": "https://feeds.harbour.example/feeds/china.json",
        "description": "News from China",
        "icon": "https://harbour.example/logo.png",
        "authors": [{"name": "The Harbour Post", "url": "https://harbour.example/"}],
        "language": "en",
        "_feedserver": {
            "about": "https://feeds.harbour.example/feeds",
            "rights": "© 2025 The Harbour Post",
            "updated": "2025-11-03T12:00:00Z",
        },
        "items": [],
    }


def test_the_items_stand_in_their_order() -> None:
    assert [found["id"] for found in feed(PICKED, OWN)["items"]] == [PICKED.guid, OWN.guid]


def test_an_item_of_our_own() -> None:
    assert item(OWN) == {
        "id": OWN.guid,
        "url": "https://harbour.example/2025/ferries",
        "title": "Ferries & trams < 2 hours late",
        "content_html": OWN.content.html,
        "summary": "Fog held up the morning's ferries.",
        "image": PICTURE.url,
        "date_published": "2025-11-03T09:30:00Z",
        "date_modified": "2025-11-03T09:30:00Z",
        "authors": [{"name": "Ana Duarte", "url": "https://harbour.example/by/ana"}],
        "tags": ["China", "Home", "Fog", "Transport"],
        "language": "en",
        "attachments": [{"url": PICTURE.url, "mime_type": "image/jpeg", "size_in_bytes": 240_000}],
        "_feedserver": {
            "rights": "© 2025 The Harbour Post",
            "images": [
                {
                    "url": PICTURE.url,
                    "mime_type": "image/jpeg",
                    "width": 1200,
                    "height": 800,
                    "size_in_bytes": 240_000,
                    "caption": "The ferry <Ida> at berth",
                    "credit": "Lin Mei/Harbour Post",
                    "alt": "A white ferry",
                    "rights": "© 2025 Lin Mei",
                }
            ],
        },
    }


def test_a_picked_item_says_for_programs_who_deserves_the_credit() -> None:
    found = item(PICKED)

    assert found["external_url"] == "https://outlet.example/zh/fog"
    assert found["_feedserver"] == {
        "credit": "《海湾日报》报道",
        "source": {
            "title": "Bay Daily",
            "url": "https://outlet.example/zh/fog",
            "feed_url": "https://outlet.example/rss",
            "updated": "2025-11-03T09:55:00Z",
            "language": "zh-Hans",
            "rights": "© Bay Daily",
        },
        "also": [
            {
                "outlet": "Pier Wire",
                "title": "Fog shuts port",
                "url": "https://pier.example/1?a=1&b=2",
            }
        ],
    }


def test_a_correction_says_its_state_and_note() -> None:
    found = item(in_state(OWN, ArticleState.CORRECTED, "Three hours."))

    assert found["_feedserver"]["state"] == "corrected"
    assert found["_feedserver"]["note"] == "Three hours."
    assert found["date_modified"] == "2025-11-03T11:00:00Z"
