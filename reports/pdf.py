"""The committee edition on paper: the same page, laid out as tagged PDF (PDF/UA-1) with bookmarks.

Laying out a row of a table takes some five milliseconds, so lists are shorter than on a screen; each says how many
rows are left out and where they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from model.assessment import Assessment
from model.errors import UsageError
from reports._words import language
from reports.committee import Limits, pieces

NAME = "pdf"
SUFFIX = ".pdf"
MEDIA_TYPE = "application/pdf"

PAPER = Limits(sheets=25, rows=150, gaps=120)


def render(assessment: Assessment, lang: str = "fr") -> Iterator[bytes]:
    """The document in one piece; the same assessment gives the same bytes.

    Raises UsageError when WeasyPrint or the libraries that it draws with are not installed.
    """
    page = "".join(pieces(assessment, language(lang), PAPER, printed=True))
    identifier = hashlib.sha256(page.encode(errors="surrogatepass")).hexdigest()[:32].encode()
    document: bytes = _laid_out(page).write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    yield document


def _laid_out(page: str) -> Any:
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        raise UsageError(
            f"the report 'pdf' needs WeasyPrint and its libraries ({error}); install lexsitus[pdf], and on Debian "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from error
    return HTML(string=page, url_fetcher=_refused)


def _refused(url: str, *_: object, **__: object) -> Any:
    """Nothing is ever fetched: the page holds all that it shows."""
    raise ValueError(f"not fetched: {url}")
