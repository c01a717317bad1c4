"""Files of profiles, as people keep them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendation_applier.domain.profiles_file import read_profile_id, read_profiles
from recommendation_applier.domain.wanted_subscription import Profile


def test_one_id_a_line_with_comments_and_gaps() -> None:
    """What begins with # is for people, and who is named twice is one."""
    text = "# Europe\r\n1234567890\r\n\r\n  # and two more\n 22 \n22\n333"

    assert read_profiles(text) == (Profile("1234567890"), Profile("22"), Profile("333"))


def test_csv_is_told_by_its_header() -> None:
    """Columns stand in any order, and those that mean nothing here are passed over."""
    text = (
        'name,marketplace,profileId\n"Müller, Söhne",DE,11\n# not yet\n,FR,22\nOnly a name and,UK\n'
    )
    with pytest.raises(ValueError, match=r"^line 5: '' is no profile id, which is a whole number$"):
        read_profiles(text)

    assert read_profiles(text.replace("Only a name and,UK\n", "")) == (
        Profile("11", "Müller, Söhne"),
        Profile("22", ""),
    )
    assert read_profiles("Profile ID\n5\n") == (Profile("5"),)


def test_every_line_that_is_wrong_is_named_up_to_five() -> None:
    """A spreadsheet's 1.2E+15 is no id, nor is a second column without a header."""
    with pytest.raises(ValueError, match="no profile id") as raised:
        read_profiles("1.23E+15\n1\n2,Ann\n-3\nx\n٣\ny\nz")
    assert str(raised.value) == (
        "line 1: '1.23E+15' is no profile id, which is a whole number; "
        "line 3: more than a profile id: CSV needs a header with profileId; "
        "line 4: '-3' is no profile id, which is a whole number; "
        "line 5: 'x' is no profile id, which is a whole number; "
        "line 6: '٣' is no profile id, which is a whole number; and 2 more"
    )


def test_five_lines_that_are_wrong_are_all_there_are() -> None:
    """Nobody is told of 0 more."""
    with pytest.raises(ValueError, match=r"line 5: 'e' is no profile id, which is a whole number$"):
        read_profiles("a\nb\nc\nd\ne")


@pytest.mark.parametrize("text", ["", "\n# nobody\n", "profileId,name\n"])
def test_a_file_without_a_profile_is_a_mistake(text: str) -> None:
    """Nobody gives one on purpose."""
    with pytest.raises(ValueError, match=r"^there is no profile in it$"):
        read_profiles(text)


def test_an_id_is_shown_as_far_as_it_is_short() -> None:
    """Whatever stands in its place may be long."""
    with pytest.raises(ValueError, match=f"'{'9' * 40}' is no profile id"):
        read_profile_id("9" * 41)
    assert read_profile_id(" 17 ") == "17"


@given(ids=st.lists(st.integers(min_value=0, max_value=10**16).map(str), min_size=1))
def test_what_is_written_is_read(ids: list[str]) -> None:
    """Each id once, in the order in which they first come."""
    assert [each.profile_id for each in read_profiles("\n".join(ids))] == list(dict.fromkeys(ids))
