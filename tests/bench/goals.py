"""What webserv is to reach, and whether it did. Each goal looks at the figures of one table."""

import dataclasses
import typing

import servers
from measures import best_peer


@dataclasses.dataclass(frozen=True)
class Goal:
    table: str
    text: str
    value: typing.Callable    # the table's data -> a figure, None when it can't be told
    limit: float
    at_least: bool = False

    def judge(self, data):
        """-> the figure and whether it is as it should be, None when it can't be told."""
        try:
            value = self.value(data)
        except (KeyError, TypeError, ZeroDivisionError):
            value = None
        if value is None:
            return None
        return value, (value >= self.limit if self.at_least else value <= self.limit)


def over_floor(data):
    return data["webserv"]["cpu_us"] / data["floor"]["cpu_us"]


def over_peer(data):
    return data["webserv"]["cpu_us"] / best_peer(data)


def over_best(key, best):
    """Against the best of the floor and all peers; above 1 is worse."""
    def value(data):
        mine = data["webserv"][key]
        other = best(found for found in (data["floor"].get(key), best_peer(data, key, best)) if found is not None)
        return mine / other if best is min else other / mine
    return value


def logged_over_peer(data):
    costs = [data[name]["on"]["cpu_us"] for name in servers.peers if data.get(name, {}).get("on", {}).get("cpu_us")]
    return data["webserv"]["on"]["cpu_us"] / min(costs) if costs else None


goals = [
    *(Goal(name, text, value, limit) for name in ("small", "browser", "medium", "close", "c1000")
      for text, value, limit in (("CPU / floor at most 1.10", over_floor, 1.10),
                                 ("CPU / best peer below 1", over_peer, 0.9999))),
    Goal("pipelined", "CPU / floor at most 2", over_floor, 2.0),
    Goal("many", "CPU / best peer at most 1 / 1.5", over_peer, 1 / 1.5),
    Goal("missing", "CPU / best peer below 1", over_peer, 0.9999),
    Goal("large", "time within 5 % of the best", over_best("rate", max), 1.05),
    Goal("large", "CPU within 5 % of the best", over_best("cpu_us", min), 1.05),
    Goal("idle", "KiB of memory for a connection, below 0.4", lambda data: data["webserv"]["kib"], 0.3999),
    Goal("idle", "connections held, at least 18,000", lambda data: data["webserv"]["held"], 18_000, True),
    Goal("idle10k", "p99 with idle ones / without, at most 1.2",
         lambda data: data["webserv"]["with"]["p99_ms"] / data["webserv"]["without"]["p99_ms"], 1.2),
    Goal("scaling", "CPU at 10,000 connections / at 64, at most 1.3",
         lambda data: data["webserv"]["cpu_us"][10_000] / data["webserv"]["cpu_us"][64], 1.3),
    Goal("logging", "requests/s with the log / without, at least 0.9",
         lambda data: data["webserv"]["on"]["rate"] / data["webserv"]["off"]["rate"], 0.9, True),
    Goal("logging", "CPU with the log / best peer with its log, below 1", logged_over_peer, 0.9999),
    Goal("workers", "CPU with two workers / with one, at most 1.1",
         lambda data: data["webserv"]["two"]["cpu_us"] / data["webserv"]["one"]["cpu_us"], 1.1),
    Goal("workers", "the smaller worker's share of the connections, at least 0.35",
         lambda data: data["webserv"]["share"], 0.35, True),
]


def judged(tables):
    """-> rows of table, goal, figure, verdict, for the tables that were measured."""
    data = {table.name: table.data for table in tables}
    rows = []
    for goal in goals:
        if goal.table in data and "webserv" in data[goal.table]:
            verdict = goal.judge(data[goal.table])
            figure, word = ("", "no figure") if verdict is None else (f"{verdict[0]:,.2f}",
                                                                      "met" if verdict[1] else "missed")
            rows.append([goal.table, goal.text, figure, word])
    return rows
