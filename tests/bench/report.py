"""Tables for a terminal, and RESULTS.md."""

import datetime

import goals

head = """# Results

Measured {when} with `{command}`: {rounds} rounds of {seconds} s, interleaved, medians. Written by the benchmark itself;
[README.md](README.md) says how to read it. The ratios carry over to another machine, the figures don't.
"""


def is_figure(text):
    return not text or text[0].isdigit()


def terminal(columns, rows, left=1):
    """The first `left` columns hold texts, the others figures; a remark in place of figures may take any space."""
    def counts(row, i):
        return i < left or row is columns or is_figure(row[i])

    every = [columns, *rows]
    widths = [max(len(row[i]) for row in every if counts(row, i)) for i in range(len(columns))]
    lines = []
    for row in every:
        cells = [text.ljust(width) if i < left else text.rjust(width) if counts(row, i) else text
                 for i, (text, width) in enumerate(zip(row, widths))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(columns, rows, left=1):
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * left + "---:|" * (len(columns) - left)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def table_text(table):
    note = f"\n  {table.note}" if table.note else ""
    return f"{table.name}: {table.title}\n{terminal(table.columns, table.rows)}{note}\n"


def goals_text(tables):
    rows = goals.judged(tables)
    return f"goals\n{terminal(['table', 'goal', 'figure', ''], rows, left=2)}\n" if rows else ""


def results(tables, machine, versions, command, rounds, seconds):
    """The text of RESULTS.md."""
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    parts = [head.format(when=when, command=command, rounds=rounds, seconds=seconds)]
    facts = [[name, text] for name, text in [*machine.items(), *versions.items()]]
    parts.append(markdown(["machine and versions", ""], facts, left=2))
    judged = goals.judged(tables)
    if judged:
        parts.append("\n## Goals\n\n" + markdown(["table", "goal", "figure", ""], judged, left=2))
    for table in tables:
        note = f"\n\n{table.note}" if table.note else ""
        text = markdown(table.columns, table.rows)
        parts.append(f"\n## {table.name}\n\n{table.title[0].upper()}{table.title[1:]}.\n\n{text}{note}")
    return "\n".join(parts) + "\n"
