import asyncio

from feedserver.fetch.places import Places


async def occupy(places: Places, host: str, order: list[str], leave: asyncio.Event) -> None:
    async with places.at(host):
        order.append(host)
        await leave.wait()


async def settled() -> None:
    """Let every task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)  # noqa: TID251 - passes the turn, waits for nothing


async def test_a_host_has_so_many_places_and_others_need_not_wait_for_it() -> None:
    places, inside, leave = Places(2, asyncio.Semaphore(32)), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for host in ["slow", "slow", "slow", "quick"]:
            tasks.create_task(occupy(places, host, inside, leave))
        await settled()
        assert inside == ["slow", "slow", "quick"]
        leave.set()
    assert inside == ["slow", "slow", "quick", "slow"]


async def test_all_hosts_together_have_so_many_places() -> None:
    places, inside, leave = Places(2, asyncio.Semaphore(3)), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for host in ["a", "b", "c", "d", "e"]:
            tasks.create_task(occupy(places, host, inside, leave))
        await settled()
        assert inside == ["a", "b", "c"]
        leave.set()
    assert inside == ["a", "b", "c", "d", "e"]


async def test_who_gives_up_waiting_frees_nothing_and_holds_nothing() -> None:
    places, inside, leave = Places(1, asyncio.Semaphore(1)), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(occupy(places, "a", inside, leave))
        impatient = tasks.create_task(occupy(places, "a", inside, leave))
        await settled()
        impatient.cancel()
        await settled()
        assert inside == ["a"]
        leave.set()
    async with asyncio.timeout(1), places.at("a"):
        pass
