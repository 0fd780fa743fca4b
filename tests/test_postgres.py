import asyncpg
import pytest

from tests.postgres import NoPostgresError, Postgres, own_server, running, skip_or_fail


@pytest.mark.parametrize(
    ("server", "database"),
    [
        ("postgresql:///postgres?host=/run/pg", "postgresql:///x?host=/run/pg"),
        ("postgresql://me:secret@[::1]:5432/postgres", "postgresql://me:secret@[::1]:5432/x"),
        ("postgres://127.0.0.1?sslmode=disable", "postgres://127.0.0.1/x?sslmode=disable"),
    ],
)
def test_a_database_has_its_servers_address(server: str, database: str) -> None:
    assert Postgres(url=server).database("x") == database


def test_the_server_that_the_environment_names_is_taken() -> None:
    with running({"FEEDSERVER_TEST_POSTGRES": "postgresql://there/postgres"}) as server:
        assert server.url == "postgresql://there/postgres"


def test_a_missing_postgres_skips_at_home_and_fails_on_ci() -> None:
    with pytest.raises(pytest.skip.Exception, match="not here"):
        skip_or_fail(NoPostgresError("not here"), {})
    with pytest.raises(pytest.fail.Exception, match="not here"):
        skip_or_fail(NoPostgresError("not here"), {"CI": "true"})


async def test_a_server_that_crashed_comes_back_with_what_was_committed(postgres: Postgres) -> None:
    del postgres  # asked for so that this test is skipped where it cannot run
    with own_server(options={}) as server:
        url = await server.postgres.create("kept")
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        connection.terminate()
        server.stop("immediate")
        server.start()
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT n FROM kept") == 1
        await connection.close()
