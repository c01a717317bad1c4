"""HTML in small pieces. What is no piece of it is escaped: names may be anybody's."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from recommendation_applier.domain.amounts import readable


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Html:
    """Make an element; of *content*, what is not Html is escaped. `class_` is for `class`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(readable(value))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{written}>{joined(content)}</{name}>")


def joined(content: Iterable[str]) -> Html:
    """Put pieces behind each other."""
    return Html(
        "".join(each if isinstance(each, Html) else escape(readable(each)) for each in content)
    )


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Make a table; the first cell of a row names it, all others are numbers.

    On a narrow page it is moved by itself, and by the keyboard too; the page stays.
    """
    head = element("tr", *(element("th", each, scope="col") for each in headings))
    body = [
        element("tr", element("th", name, scope="row"), *(element("td", each) for each in cells))
        for name, *cells in rows
    ]
    return element(
        "div",
        element(
            "table",
            element("caption", caption),
            element("thead", head),
            element("tbody", *body),
        ),
        class_="scrolls",
        role="region",
        aria_label=caption,
        tabindex="0",
    )


def figure(drawing: str, numbers: Html, *, note: str) -> Html:
    """Put a drawing, which is SVG, before a note on its source, and its numbers behind both."""
    return element(
        "figure",
        Html(drawing),
        element("figcaption", note),
        element("details", element("summary", "The same in numbers"), numbers),
    )


def tiles(numbers: Mapping[str, tuple[str, str]]) -> Html:
    """Show a few numbers in large type: by name, the number and what it is."""
    return element(
        "dl",
        *(
            element(
                "div",
                element("dt", name),
                element("dd", number, class_="number"),
                element("dd", meaning),
            )
            for name, (number, meaning) in numbers.items()
        ),
        class_="tiles",
    )


def section(title: str, *content: str) -> Html:
    """Make a part of the page with a heading."""
    return element("section", element("h2", title), *content)
