"""Connection strings: any password comes back, and TLS is verified in each. Not proved: that a driver reads them the same way."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from components.platform.dsn import dsn

ANYTHING = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60)


def made(password: str, user: str = "mmuser", database: str = "mattermost") -> str:
    return dsn(user=user, password=password, host="db.example", port=5432, database=database, trust="/trust/ca.pem")


@given(password=ANYTHING, user=ANYTHING)
def test_any_password_and_user_parse_back_unchanged(password: str, user: str) -> None:
    parts = urlsplit(made(password, user))
    assert unquote(parts.password or "") == password
    assert unquote(parts.username or "") == user
    assert (parts.hostname, parts.port, parts.path) == ("db.example", 5432, "/mattermost")


@given(password=ANYTHING)
def test_every_string_verifies_the_server_and_gives_up_after_ten_seconds(password: str) -> None:
    options = parse_qs(urlsplit(made(password)).query)
    assert options == {"sslmode": ["verify-full"], "connect_timeout": ["10"], "sslrootcert": ["/trust/ca.pem"]}


def test_the_characters_that_the_source_warns_of_are_encoded() -> None:
    text = made(":@/?#&= %+")
    assert "%3A%40%2F%3F%23%26%3D%20%25%2B" in text
    assert text.startswith("postgres://"), "the operator takes no other scheme"
