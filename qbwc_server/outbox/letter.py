"""What a letter says, as plain text and as HTML of the same words."""

from __future__ import annotations

from dataclasses import dataclass

from jinja2 import Environment

_HTML = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ subject }}</title></head>
<body style="margin:0;padding:24px;background:#f4f5f7;color:#1c2330;font:16px/1.5 system-ui,sans-serif">
<main style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
<h1 style="margin:0 0 16px;font-size:20px">{{ subject }}</h1>
{% for paragraph in paragraphs %}
<p style="margin:0 0 12px">{{ paragraph }}</p>
{% endfor %}
{% if facts %}
<table style="border-collapse:collapse;margin:0 0 12px">
{% for name, value in facts %}
<tr><th scope="row" style="padding:4px 16px 4px 0;text-align:left;font-weight:normal">{{ name }}</th>
<td style="padding:4px 0;text-align:right">{{ value }}</td></tr>
{% endfor %}
</table>
{% endif %}
{% if link %}
<p style="margin:0 0 12px"><a href="{{ link }}">{{ link }}</a></p>
{% endif %}
{% if why %}
<p style="margin:16px 0 0;color:#5b6472;font-size:13px">{{ why }}</p>
{% endif %}
</main>
</body>
</html>
"""
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, of one line each.

    Args:
        facts: name and value, shown as a table.
        link: where to go on.
        why: why the reader gets it, in small letters at the end.
    """

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    link: str = ""
    why: str = ""

    def as_text(self) -> str:
        """Plain text."""
        parts = list(self.paragraphs)
        if self.facts:
            width = max(len(name) for name, _ in self.facts)
            parts.append("\n".join(f"{name:<{width}}  {value}" for name, value in self.facts))
        if self.link:
            parts.append(self.link)
        if self.why:
            parts.append(f"-- \n{self.why}")
        return "\n\n".join(parts) + "\n"

    def as_html(self) -> str:
        """A page that asks for nothing from elsewhere."""
        return _HTML.render(
            subject=self.subject, paragraphs=self.paragraphs, facts=self.facts, link=self.link, why=self.why
        )
