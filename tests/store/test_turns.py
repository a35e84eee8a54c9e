"""One process at a time has a turn; the next takes it when the first ends, is cut off, or the server was restarted."""

from contextlib import closing

from store.archive import Archive
from store.desk import Store
from tests.fixtures.postgres import Cluster, Wire


def test_one_has_the_turn_and_gives_it_to_the_next(postgresql: str, archive: Archive) -> None:
    with Store.open(postgresql, archive) as one, Store.open(postgresql, archive) as two:
        first, second = one.turn("send a@b.cn"), two.turn("send a@b.cn")
        assert [first.mine(), second.mine(), first.mine()] == [True, False, True]
        other = two.turn("send c@d.cn")
        assert other.mine()
        first.give_back()
        assert [second.mine(), first.mine()] == [True, False]
        second.give_back()
        other.give_back()


def test_a_holder_that_was_cut_off_knows_it_and_another_has_taken_over(
    cluster: Cluster, postgresql: str, archive: Archive
) -> None:
    with Wire(cluster) as wire:
        beyond = postgresql.replace(f"host={cluster.root}", f"host={wire.root}")
        with Store.open(beyond, archive) as one, Store.open(postgresql, archive) as two:
            first, second = one.turn("poll"), two.turn("poll")
            assert first.mine()
            wire.cut()
            assert [second.mine(), first.mine()] == [True, False]
            wire.mend()
            assert [first.mine(), second.mine()] == [False, True]
            second.give_back()
            assert first.mine()
            first.give_back()


def test_a_restart_of_the_server_takes_every_turn(archive: Archive) -> None:
    with Cluster() as server, Store.open(server.url(server.make()), archive) as store:
        first, second = store.turn("poll"), store.turn("poll")
        assert first.mine()
        server.restart()
        assert [second.mine(), first.mine()] == [True, False]
        second.give_back()


def test_on_sqlite_there_is_nobody_else(sqlite: str, archive: Archive) -> None:
    with closing(Store.open(sqlite, archive)) as store:
        assert store.turn("poll").mine()
        assert store.turn("poll").mine()
