"""config.toml is checked as a whole, and no secret stands in it."""

import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from daemon.settings import ConfigError, load, parse, secret
from domain.notice import SHANGHAI
from tests.fixtures.cases import ROOT, configuration


def changed(**sections: Any) -> dict[str, Any]:
    told = copy.deepcopy(configuration())
    for name, values in sections.items():
        told[name] = {**told.get(name, {}), **values}
    return told


def test_the_repositorys_own_configuration_is_sound() -> None:
    settings = load(ROOT / "config.toml")
    assert settings.notice.name == "潍坊市信用典型案例评选"
    assert settings.digest.at.isoformat() == "08:30:00"


def test_every_mistake_is_told_at_once() -> None:
    wrong = changed(mailbox={"poll_seconds": 0}, smtp={"per_day": "many"}, notice={"opens": "2023-07-15"})
    with pytest.raises(ConfigError) as told:
        parse(wrong)
    assert all(place in str(told.value) for place in ("mailbox.poll_seconds", "smtp.per_day", "notice.opens"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rules": {"laet": {"severity": "error"}}}, "no such rule: laet"),
        ({"rules": {"late": {"severity": "terrible"}}}, "rules.late.severity"),
        ({"mailbox": {"source": "folder"}}, "needs `directory`"),
        ({"mailbox": {"secret": "x"}}, "mailbox.secret"),
        ({"links": {"fetch": True}}, "needs `hosts`"),
        ({"links": {"max_bytes": 0}}, "links.max_bytes"),
        ({"notice": {"closes": datetime(2023, 7, 1, tzinfo=SHANGHAI)}}, "opens is not before closes"),
        ({"notice": {"video": {"min_s": 400}}}, "min_s = 400 is over max_s = 300"),
        ({"notice": {"text": {"min_words": 3000}}}, "min_words = 3000 is over max_words = 2000"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        parse(changed(**change))


def test_a_password_in_the_file_is_refused() -> None:
    with pytest.raises(ConfigError, match="no secret belongs into the file"):
        parse({**configuration(), "password": "abcdefghijklmnop"})


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[notice", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"c\.toml is not TOML"):
        load(tmp_path / "c.toml")


def test_the_data_directory_is_beside_the_configuration_unless_given(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes((ROOT / "config.toml").read_bytes())
    assert load(path).directory == tmp_path / "data"
    assert load(path, tmp_path / "else").directory == tmp_path / "else"


def test_the_credential_comes_before_the_environment(tmp_path: Path) -> None:
    (tmp_path / "mail-password").write_text("from-credential\n", encoding="utf-8")
    both = {"CREDENTIALS_DIRECTORY": str(tmp_path), "SHOUJIAN_MAIL_PASSWORD": "from-environment"}
    credential, variable = (
        secret("mail-password", both),
        secret("mail-password", {"SHOUJIAN_MAIL_PASSWORD": "from-environment"}),
    )
    assert credential
    assert credential.get_secret_value() == "from-credential"
    assert variable
    assert variable.get_secret_value() == "from-environment"
    assert secret("mail-password", {}) is None
