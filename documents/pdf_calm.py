"""Takes out of a PDF what could act by itself, so that a copy of it can only be looked at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from documents.pdf_structure import ACTING_KEYS, ACTING_KINDS, ACTIONS, DEEPEST, word

if TYPE_CHECKING:
    import pikepdf

_TRIGGERS = ("/OpenAction", "/AA", "/Next", "/PA")


def calm(pdf: "pikepdf.Pdf") -> None:
    """Take out scripts, attachments, media, sending forms, and all that would start by opening or turning a page.

    The words and pictures of the pages stay, plain links to addresses too. What only looked like an action stays as an
    empty one, which viewers pass over.
    """
    import pikepdf

    for thing in pdf.objects:
        for holder in _holders(thing):
            for key in (*ACTING_KEYS, *_TRIGGERS):
                if key in holder:
                    del holder[key]
            if word(holder.get("/S")) in ACTIONS:
                for key in list(holder.keys()):
                    del holder[key]
            remarks = holder.get("/Annots")
            if isinstance(remarks, pikepdf.Array):
                holder["/Annots"] = pikepdf.Array([one for one in remarks if not _acts(one)])


def _acts(remark: "pikepdf.Object") -> bool:
    import pikepdf

    return isinstance(remark, pikepdf.Dictionary) and word(remark.get("/Subtype")) in ACTING_KINDS


def _holders(thing: "pikepdf.Object", depth: int = 0) -> Iterator["pikepdf.Dictionary | pikepdf.Stream"]:
    """The dictionaries written inside one object, as they can be changed; what it refers to comes by itself."""
    import pikepdf

    children: list[pikepdf.Object] = []
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        children = list(thing.values())
        yield thing
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    for child in children:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect and depth < DEEPEST:
            yield from _holders(child, depth + 1)
