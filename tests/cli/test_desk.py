"""``feedserver sources``, ``stories``, ``articles`` and ``tokens``, on both databases."""

import json

from tests.cli.conftest import Command, reaching, rss
from tests.publisher import Publisher

CODED = "Red &#x202E;alert [bold]now[/bold] &#x1b;[31m"


async def test_a_token_is_made_listed_and_ended(feedserver: Command) -> None:
    made = await feedserver.good("tokens", "add", "ada", "--scope", "desk", "--expires", "90d")
    listed = await feedserver.good("tokens", "list", "--json")
    ended = await feedserver.good("tokens", "revoke", "1")
    after = await feedserver.good("tokens", "list", "--json")

    secret = made.out.strip()
    assert made.out == f"{secret}\n", "the secret stands alone, so that a script can take it"
    assert secret.startswith("fst_")
    assert secret not in made.err + listed.out
    assert (listed.records[0]["name"], listed.records[0]["scopes"]) == ("ada", ["desk"])
    assert listed.records[0]["expires_at"]
    assert "opens nothing any more" in ended.out
    assert after.records[0]["revoked_at"]


async def test_a_token_needs_words_that_mean_something(local: Command) -> None:
    scope = await local("tokens", "add", "ada", "--scope", "everything")
    time = await local("tokens", "add", "ada", "--scope", "desk", "--expires", "90")
    missing = await local("tokens", "revoke", "7")

    assert (scope.status, time.status, missing.status) == (2, 2, 1)
    assert 'has no unit; write "5m"' in time.err
    assert "there is no token 7; `feedserver tokens list` has all" in missing.err


async def test_an_article_is_put_listed_and_retracted(feedserver: Command) -> None:
    article = {"title": "Mayor resigns", "sections": ["world"], "html": "<p>Today.</p>"}
    (feedserver.folder / "mayor.json").write_text(json.dumps(article))

    created = await feedserver.good("articles", "put", "mayor.json")
    again = await feedserver.good("articles", "put", "mayor.json")
    retracted = await feedserver.good("articles", "retract", "mayor", "--note", "She did not.")
    listed = await feedserver.good("articles", "list", "--json")

    assert created.out.startswith("published: mayor, version 1")
    assert again.out.startswith("nothing new: mayor, version 1")
    assert retracted.out.startswith("retracted: mayor, version 2")
    [record] = listed.records
    assert (record["state"], record["note"]) == ("retracted", "She did not.")


async def test_an_article_that_is_wrong_is_told_whole_and_not_stored(local: Command) -> None:
    wrong = b'{"title": "", "sections": ["wrld"], "headline": "x"}'

    done = await local("articles", "put", "-", "--id", "one", stdin=wrong)
    nameless = await local("articles", "put", "-", stdin=wrong)
    unread = await local("articles", "put", "missing.json")

    assert (done.status, nameless.status, unread.status) == (1, 2, 1)
    assert all(word in done.err for word in ("title", "sections[0]", "headline"))
    assert "missing.json cannot be read: No such file" in unread.err
    assert (await local.good("articles", "list", "--json")).records == []


async def test_a_story_shows_its_entries_and_why_they_are_one(
    online: Command, publisher: Publisher
) -> None:
    for name in ("one", "two"):
        publisher.put(f"http://{name}.test/feed", rss("River floods town", host="same.test"))
    online.follows(
        one=publisher.url("http://one.test/feed"), two=publisher.url("http://two.test/feed")
    )
    await online.good("poll")

    listed = await online.good("stories", "list", "--words", "river")
    other = await online.good("stories", "list", "--words", "mountain", "--json")
    [story] = (await online.good("stories", "list", "--json", "--source", "one")).records
    shown = await online.good("stories", "show", str(story["id"]))
    whole = await online.good("stories", "show", str(story["id"]), "--json")

    assert "River floods town" in listed.out
    assert other.records == []
    assert story["entries"] == 2
    assert "both lead to the same page" in shown.out
    assert shown.out.count("http://same.test/0") == 2
    assert whole.records[0]["edges"][0]["method"] == "link"


async def test_what_is_asked_of_stories_is_checked(local: Command) -> None:
    section = await local("stories", "list", "--section", "wrld")
    language = await local("stories", "list", "--language", "english")
    words = await local("stories", "list", "--words", "...")
    missing = await local("stories", "show", "7")

    assert [section.status, language.status, words.status, missing.status] == [2, 2, 2, 1]
    assert "there is no section 'wrld'; there are world" in section.err
    assert "there is no story 7" in missing.err


async def test_what_strangers_write_cannot_speak_to_the_terminal(
    local: Command, publisher: Publisher
) -> None:
    online = reaching(local, publisher)
    publisher.put("http://one.test/feed", rss(CODED))
    online.follows(one=publisher.url("http://one.test/feed"))
    await online.good("poll")

    texts = [
        (await online.good("stories", "list")).out,
        (await online.good("stories", "show", "1")).out,
        (await online.good("sources", "test", "one")).out,
        (await online.good("stories", "list", "--json")).out,
    ]

    for text in texts:
        assert "[bold]now[/bold]" in text, "no markup of ours is made of it"
        assert not {"\x1b", "\u202e", "\x07"} & set(text)


async def test_a_source_beside_the_files_comes_and_goes(feedserver: Command) -> None:
    feedserver.follows(one="http://one.test/feed")
    await feedserver.good("poll")

    added = await feedserver.good(
        "sources",
        "add",
        "https://www.example.org/rss",
        "--language",
        "zh-Hans",
        "--section",
        "world",
    )
    twice = await feedserver("sources", "add", "https://www.example.org/rss")
    listed = await feedserver.good("sources", "list")
    removed = await feedserver.good("sources", "remove", "example-org")
    files = await feedserver("sources", "remove", "one")
    unknown = await feedserver("sources", "remove", "exampl-org")
    records = {
        source["source"]: source
        for source in (await feedserver.good("sources", "list", "--json")).records
    }
    back = await feedserver.good("sources", "add", "https://www.example.org/rss")

    assert added.out.startswith("example-org is followed; `feedserver sources remove example-org`")
    assert (twice.status, files.status, unknown.status) == (1, 1, 1)
    assert "example-org" in listed.out
    assert "is not polled any more" in removed.out
    assert "sources.toml lists one; take it out there" in files.err
    assert 'did you mean "example-org"?' in unknown.err
    assert records["example-org"]["followed"] is False
    assert records["example-org"]["language"] == "zh-Hans"
    assert records["one"]["followed"] is True
    assert back.out.startswith("example-org is followed")


async def test_what_is_said_of_a_source_is_checked(local: Command) -> None:
    wrong = {
        "--language": "cn",
        "--country": "UK",
        "--kind": "radio",
        "--section": "wrld",
        "--interval": "1m",
        "--key": "A B",
    }
    for option, value in wrong.items():
        done = await local("sources", "add", "https://example.org/rss", option, value)
        assert done.status == 2, option
        assert option in done.err
    address = await local("sources", "add", "ftp://example.org/rss")
    assert address.status == 2


async def test_a_source_is_tried_in_plain_words(local: Command, publisher: Publisher) -> None:
    online = reaching(local, publisher)
    publisher.put("http://one.test/feed", rss("First", "Second"), headers={"ETag": '"v1"'})
    publisher.put("http://page.test/", "<!doctype html><html><p>Hello</p></html>")
    publisher.put("http://old.test/", status=301, headers={"Location": "http://one.test/feed"})

    good = await online.good("sources", "test", publisher.url("http://one.test/feed"))
    record = await online.good("sources", "test", publisher.url("http://one.test/feed"), "--json")
    page = await online("sources", "test", publisher.url("http://page.test/"))
    refused = await online("sources", "test", "http://10.0.0.7:8080/feed")

    assert "one.test" in good.out.splitlines()[0]
    assert "2 items" in good.out
    assert "all have guid; all have link; none has date" in good.out
    assert "ETag" in good.out
    assert "headline  First" in good.out
    assert (record.records[0]["items"], record.records[0]["has"]["guid"]) == (2, 2)
    assert (page.status, refused.status) == (1, 1)
    assert page.err.startswith("no feed: ")
    assert "FEEDSERVER_ALLOW_PRIVATE=10.0.0.7/32:8080" in refused.err
    assert (await online.good("sources", "list", "--json")).records == []


async def test_a_listed_source_is_tried_before_anything_is_stored(
    bare: Command, publisher: Publisher
) -> None:
    online = reaching(bare, publisher)
    publisher.put("http://one.test/feed", rss("First"))
    online.follows(one=publisher.url("http://one.test/feed"))

    tried = await online.good("sources", "test", "one")

    assert "headline  First" in tried.out
    assert not list(online.folder.glob("*.db"))
