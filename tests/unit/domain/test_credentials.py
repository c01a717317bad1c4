"""The credentials of a Login with Amazon application."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from recommendation_applier.domain.credentials import Credentials, read_credentials, redact
from recommendation_applier.domain.errors import CredentialsRefusedError

CLIENT = "amzn1.application-oa2-client.1"
SECRET = "amzn1.oa2-cs.v1.secret"
TOKEN = "Atzr|IwEBrefresh"

# Long enough not to stand in a text by chance, and apart from the word that replaces them.
secrets = st.text("QXZ|%+/=", min_size=8)


def secret_text(**changes: Any) -> str:
    """Make the secret's text; a field that is changed to `...` is left out."""
    values = {"client_id": CLIENT, "client_secret": SECRET, "refresh_token": TOKEN, **changes}
    return json.dumps({name: value for name, value in values.items() if value is not ...})


def credentials() -> Credentials:
    """Read what the secret should hold."""
    return read_credentials(secret_text(), source="arn:secret")


def test_the_secret_holds_three_values() -> None:
    """Client, secret and refresh token; whatever else is there is ignored."""
    read = read_credentials(secret_text(note="rotated in May"), source="arn:secret")

    assert read.client_id == CLIENT
    assert read.client_secret.get_secret_value() == SECRET
    assert read.refresh_token.get_secret_value() == TOKEN


def test_a_value_may_be_as_short_as_one_character() -> None:
    """How long Amazon's values are is Amazon's business."""
    read = read_credentials(
        secret_text(client_id="i", client_secret="s", refresh_token="t"), source="arn:secret"
    )

    assert (read.client_id, read.client_secret.get_secret_value()) == ("i", "s")
    assert read.refresh_token.get_secret_value() == "t"


def test_equal_values_are_equal_credentials() -> None:
    """A secret that was read again can be compared with what was read before."""
    assert credentials() == credentials()
    assert credentials() != read_credentials(
        secret_text(refresh_token="Atzr|other"), source="arn:secret"
    )


@pytest.mark.parametrize("value", [..., None, "", 5, []], ids=repr)
@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
def test_a_field_that_is_missing_or_malformed_is_named(name: str, value: Any) -> None:
    """The error says which field, where it was read from, and what to store."""
    with pytest.raises(CredentialsRefusedError) as caught:
        read_credentials(secret_text(**{name: value}), source="arn:secret")

    assert str(caught.value) == (
        "reading the Login with Amazon credentials from arn:secret failed: "
        f"wrong or missing: {name}; store "
        '{"client_id": "…", "client_secret": "…", "refresh_token": "…"}'
    )


def test_every_wrong_field_is_named_at_once() -> None:
    """In the order of the alphabet, so that the sentence is always the same."""
    with pytest.raises(
        CredentialsRefusedError, match="missing: client_id, client_secret, refresh_token; store"
    ):
        read_credentials("{}", source="arn:secret")


@pytest.mark.parametrize("text", ["", "Atzr|IwEBrefresh", "[]", "null", '"Atzr|IwEBrefresh"'])
def test_a_secret_that_is_no_object_is_refused(text: str) -> None:
    """An empty secret, as the template creates it, or a bare token."""
    with pytest.raises(
        CredentialsRefusedError, match="from arn:secret failed: it is not a JSON object; store"
    ):
        read_credentials(text, source="arn:secret")


@pytest.mark.parametrize(
    "text",
    [
        secret_text(client_id=..., client_secret=SECRET),
        secret_text(client_secret=[SECRET, TOKEN]),
        f'{{"refresh_token": "{TOKEN}" "client_secret": "{SECRET}"}}',
    ],
    ids=["missing", "malformed", "not-json"],
)
def test_an_error_never_quotes_the_secret(text: str) -> None:
    """Neither the sentence nor what is chained to it shows a value."""
    with pytest.raises(CredentialsRefusedError, match="arn:secret") as caught:
        read_credentials(text, source="arn:secret")

    error: BaseException = caught.value
    assert SECRET not in repr(error)
    assert TOKEN not in repr(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_credentials_do_not_show_their_values() -> None:
    """`repr`, `str` and a dump for a log all hide them."""
    shown = f"{credentials()!r} {credentials()} {credentials().model_dump_json()}"

    assert SECRET not in shown
    assert TOKEN not in shown


def test_pydantics_own_error_hides_its_input() -> None:
    """Even where nobody catches it, it cannot show a value."""
    with pytest.raises(ValidationError, match="client_secret") as caught:
        Credentials.model_validate({"client_id": CLIENT, "client_secret": [SECRET]})

    assert SECRET not in str(caught.value)


def test_credentials_do_not_change() -> None:
    """A new secret is read as new credentials."""
    with pytest.raises(ValidationError, match="frozen"):
        credentials().client_id = "other"  # type: ignore[misc]


def test_the_secret_values_are_blanked_out_of_a_text() -> None:
    """The client id as well: it is a value of the secret."""
    text = f"client {CLIENT} with {SECRET} and {TOKEN} and {TOKEN}"

    assert credentials().redact(text) == (
        "client [redacted] with [redacted] and [redacted] and [redacted]"
    )


def test_a_text_without_secrets_stays_as_it_is() -> None:
    """Nothing else is blanked."""
    assert credentials().redact("invalid_grant") == "invalid_grant"


def test_other_secrets_are_other_words_to_look_for() -> None:
    """What was looked for the last time is not blanked, and what is new is."""
    assert redact("old-secret, new-secret", "old-secret") == "[redacted], new-secret"
    assert redact("old-secret, new-secret", "new-secret") == "old-secret, [redacted]"
    assert redact("old-secret, new-secret", "old-secret") == "[redacted], new-secret"


def test_a_secret_that_is_part_of_the_other_leaves_nothing_of_either() -> None:
    """The longer one is blanked first."""
    read = read_credentials(
        secret_text(client_secret="QQQQQQQQ", refresh_token="QQQQQQQQXXXXXXXX"), source="arn:secret"
    )

    assert read.redact("token QQQQQQQQXXXXXXXX") == "token [redacted]"


@pytest.mark.parametrize("quoted", ["Atzr%7CIwEBrefresh", "amzn1.oa2-cs.v1%2Bsecret"])
def test_the_values_are_blanked_as_a_form_writes_them(quoted: str) -> None:
    """The request that a text may quote is a form, in which `|` is `%7C`."""
    read = read_credentials(secret_text(client_secret="amzn1.oa2-cs.v1+secret"), source="arn:s")

    assert read.redact(f"body was refresh_token={quoted}") == ("body was refresh_token=[redacted]")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        pytest.param('{"it": "Atzr|Iw\\"EB-ref.1_x"}', '{"it": "Atzr|Iw\\"[redacted]"}', id="json"),
        pytest.param("Atzr|Iw&quot;EB-ref.1_x", "Atzr|Iw&quot;[redacted]", id="html"),
        pytest.param('Atzr|Iw"EB-ref.1_x', "[redacted]", id="as-it-is"),
        pytest.param("Atzr%7CIw%22EB-ref.1_x", "[redacted]", id="form"),
        pytest.param("Atzr|Iw", "Atzr|Iw", id="parts-too-short-to-tell"),
    ],
)
def test_a_secret_is_found_however_it_was_escaped(text: str, redacted: str) -> None:
    """No escape changes letters, digits, dots, dashes and underscores: six of them give it away."""
    assert redact(text, 'Atzr|Iw"EB-ref.1_x') == redacted


@pytest.mark.parametrize(("secret", "redacted"), [("|abcdef|", "[redacted]"), ("|abcde|", "abcde")])
def test_a_part_of_a_secret_is_six_characters_at_least(secret: str, redacted: str) -> None:
    """Shorter ones would blank ordinary words."""
    assert redact(secret.strip("|"), secret) == redacted


@given(client_secret=secrets, refresh_token=secrets, around=st.lists(st.text(), min_size=3))
def test_no_secret_value_survives_redaction(
    client_secret: str, refresh_token: str, around: list[str]
) -> None:
    """Whatever text quotes them, and wherever."""
    read = read_credentials(
        secret_text(client_secret=client_secret, refresh_token=refresh_token), source="arn:secret"
    )
    before, between, after = around[:3]

    redacted = read.redact(f"{before} {client_secret} {between} {refresh_token} {after}")

    assert client_secret not in redacted
    assert refresh_token not in redacted
