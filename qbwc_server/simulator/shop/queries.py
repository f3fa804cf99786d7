"""Reads questions in GraphQL, as far as a shop is asked them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r'\s*(?:("""(?s:.*?)"""|"(?:\\.|[^"\\])*")|(\.\.\.)|(-?\d+(?:\.\d+)?)|(\$?\w+)|([{}()\[\]:=!]))')


class BadQuestion(Exception):
    """It is no question that this shop understands."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field that is asked for. ``on``: what is asked of objects of the type ``name`` only."""

    name: str
    arguments: Mapping[str, Any]
    inside: tuple[Wanted, ...] = ()
    on: bool = False

    @property
    def is_connection(self) -> bool:
        """Whether it is asked for as a connection."""
        return bool({"nodes", "edges", "pageInfo"} & {one.name for one in self.inside})

    @property
    def of_node(self) -> tuple[Wanted, ...]:
        """What is asked of each node of a connection."""
        for one in self.inside:
            if one.name == "nodes":
                return one.inside
            if one.name == "edges":
                return next((below.inside for below in one.inside if below.name == "node"), ())
        return ()


@dataclass(frozen=True, slots=True)
class Question:
    """``kind`` is query or mutation."""

    kind: str
    wanted: tuple[Wanted, ...]


def read(text: str, variables: Mapping[str, Any]) -> Question:
    """The question in a text, its variables put in. Raises BadQuestion."""
    return _Reader(text, variables).question()


def cost_of(wanted: tuple[Wanted, ...]) -> int:
    """Points that a question costs: objects one, connections by the logarithm of what is asked for."""
    return sum(_cost(one) for one in wanted)


def _cost(one: Wanted) -> int:
    if not one.inside:
        return 0
    if one.on or not one.is_connection:
        return (0 if one.on else 1) + cost_of(one.inside)
    first = int(one.arguments.get("first") or 1)
    return (2 + math.ceil(math.log2(first or 1))) * (1 + cost_of(one.of_node) // 4)


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._variables = variables

    def question(self) -> Question:
        kind = "query"
        if self._peek() != "{":
            kind = self._next()
            if self._peek() not in "({":
                self._next()  # its name
            if self._peek() == "(":
                while self._next() != ")":
                    pass
        if kind not in ("query", "mutation"):
            raise BadQuestion(f"A {kind} is not understood.")
        found = Question(kind, self._inside())
        if self._at < len(self._tokens):
            raise BadQuestion(f"Unexpected {self._peek()}.")
        return found

    def _inside(self) -> tuple[Wanted, ...]:
        self._expect("{")
        found: list[Wanted] = []
        while self._peek() != "}":
            found.append(self._field())
        self._expect("}")
        if not found:
            raise BadQuestion("Nothing is asked of an object.")
        return tuple(found)

    def _field(self) -> Wanted:
        name = self._next()
        if name == "...":
            self._expect("on")
            return Wanted(self._next(), {}, self._inside(), on=True)
        arguments: dict[str, Any] = {}
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                argument = self._next()
                self._expect(":")
                arguments[argument] = self._value()
            self._next()
        return Wanted(name, arguments, self._inside() if self._peek() == "{" else ())

    def _value(self) -> Any:
        word = self._next()
        if word == "[":
            found = []
            while self._peek() != "]":
                found.append(self._value())
            self._next()
            return found
        if word.startswith("$"):
            return self._variables.get(word[1:])
        if word.startswith('"""'):
            return word[3:-3]
        if word.startswith('"'):
            return word[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        constants = {"true": True, "false": False, "null": None}
        if word in constants:
            return constants[word]
        return int(word) if re.fullmatch(r"-?\d+", word) else word

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise BadQuestion("The question ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise BadQuestion(f"Expected {token}, found {found}.")


def _tokens(text: str) -> list[str]:
    text = re.sub(r"(?m)#[^\n\"]*$", "", text).strip() if "#" in text else text.strip()
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at] in " \n\t\r,":
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadQuestion(f"Unexpected {text[at]}.")
        found.append(next(one for one in match.groups() if one is not None))
        at = match.end()
    return found
