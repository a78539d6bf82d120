"""Text from one format into the other, beside the bare parsing of the same Markdown."""

from pathlib import Path

from bench.figure import Figure, cpu_seconds
from markdown_it import MarkdownIt

from tierkeeper.plugins.markup.conversion import Context, to_adf, to_markdown

CORPUS = Path(__file__).parent.parent / "plugins" / "markup" / "corpus"
FEWEST = 50_000


def markup(*, quick: bool = False) -> list[Figure]:
    """The corpus there and back, each text by itself; plain markdown-it is the yardstick."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.md"))] * (1 if quick else 5)
    context = Context()
    documents = [to_adf(text, context).content for text in texts]
    written = sum(len(to_markdown(document, context).content) for document in documents)
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parsing, there, back = cpu_seconds(
        lambda: [parser.parse(text) for text in texts],
        lambda: [to_adf(text, context) for text in texts],
        lambda: [to_markdown(document, context) for document in documents],
    )
    read = sum(map(len, texts))
    return [_figure("Markdown to ADF", read, there, parsing), _figure("ADF to Markdown", written, back, parsing)]


def _figure(name: str, characters: int, seconds: float, yardstick: float) -> Figure:
    speed = characters / seconds
    ratio = f"{seconds / yardstick:.2f} × plain markdown-it parsing of the same texts"
    return Figure(name, f"{speed:,.0f} characters a CPU second", ratio, f"≥ {FEWEST:,}", speed >= FEWEST)
