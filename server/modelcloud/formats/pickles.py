"""Reads a pickle without unpickling: runs its opcodes on symbols.

What would be called is noted, never called; what would be imported is listed, never imported. From the calls that
torch and numpy make for tensors, names, shapes and dtypes are worked out.
"""

import pickletools
import struct
from dataclasses import dataclass, field
from typing import IO, Any, cast

from server.modelcloud.formats.findings import BadFile, Findings, clean
from server.modelcloud.formats.known import is_known
from server.modelcloud.formats.window import PickleFile

MAX_OPCODES = 1_000_000
_MARK = object()
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}


@dataclass(slots=True, eq=False)
class Global:
    """Something that the pickle imports."""

    name: str


@dataclass(slots=True, eq=False)
class Call:
    """Something that the pickle calls, the state that it then sets, and the items that it puts in (key and value)."""

    function: Any
    arguments: Any
    state: Any = None
    items: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Stored:
    """What a persistent id stands for: a storage beside the pickle."""

    id: Any


@dataclass(slots=True, eq=False)
class Pairs:
    """A dictionary; keys may be symbols, so it is kept as it was filled."""

    items: list[tuple[Any, Any]] = field(default_factory=list)


class Machine:
    """The pickle's stack and memo. One for each pickle; the number of opcodes is bounded over ``opcodes_left``."""

    def __init__(self, findings: Findings, opcodes_left: int = MAX_OPCODES) -> None:
        self.opcodes_left = opcodes_left
        self._findings = findings
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, file: PickleFile) -> Any:
        """The symbol of the pickled object; the file then stands behind its end.

        Raises:
            BadFile
        """
        try:
            for opcode, argument, _ in pickletools.genops(cast(IO[bytes], file)):
                self.opcodes_left -= 1
                if self.opcodes_left < 0:
                    raise BadFile("the pickle has more steps than are followed")
                if opcode.name == "STOP":
                    return self._pop()
                self._step(opcode.name, argument)
        except BadFile:
            raise
        except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
            raise BadFile(f"the pickle is damaged: {clean(str(error))[:200]}") from None
        raise BadFile("the pickle has no end")

    def _step(self, name: str, argument: Any) -> None:
        action = getattr(self, f"_do_{name.lower()}", None)
        if action is not None:
            action(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name in _IGNORED:
            return
        elif name in _VALUES:
            self._stack.append(argument)
        else:
            raise BadFile(f"the pickle has the unknown step {name}")

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is _MARK:
            raise BadFile("the pickle takes a mark for a value")
        return value

    def _pop_mark(self) -> list[Any]:
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index] is _MARK:
                values = self._stack[index + 1 :]
                del self._stack[index:]
                return values
        raise BadFile("the pickle misses a mark")

    def _import(self, name: str) -> None:
        self._findings.name_global(name, not is_known(name))
        self._stack.append(Global(name))

    # One method an opcode.

    def _do_mark(self, _: Any) -> None:
        self._stack.append(_MARK)

    def _do_pop(self, _: Any) -> None:
        self._stack.pop()

    def _do_pop_mark(self, _: Any) -> None:
        self._pop_mark()

    def _do_dup(self, _: Any) -> None:
        self._stack.append(self._stack[-1])

    def _do_global(self, argument: str) -> None:
        self._import(argument.replace(" ", ".", 1))

    def _do_stack_global(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        if isinstance(module, str) and isinstance(name, str):
            self._import(f"{module}.{name}")
        else:
            self._import("(worked out while unpickling)")

    def _do_inst(self, argument: str) -> None:
        arguments = self._pop_mark()
        self._import(argument.replace(" ", ".", 1))
        self._stack.append(Call(self._stack.pop(), tuple(arguments)))

    def _do_obj(self, _: Any) -> None:
        function, *arguments = self._pop_mark()
        self._stack.append(Call(function, tuple(arguments)))

    def _do_ext1(self, argument: int) -> None:
        self._import(f"(extension {argument})")

    _do_ext2 = _do_ext4 = _do_ext1

    def _do_reduce(self, _: Any) -> None:
        arguments, function = self._pop(), self._pop()
        self._stack.append(Call(function, arguments))

    _do_newobj = _do_reduce

    def _do_newobj_ex(self, _: Any) -> None:
        _keywords, arguments, function = self._pop(), self._pop(), self._pop()
        self._stack.append(Call(function, arguments))

    def _do_build(self, _: Any) -> None:
        state = self._pop()
        if isinstance(self._stack[-1], Call):
            self._stack[-1].state = state

    def _do_binpersid(self, _: Any) -> None:
        self._stack.append(Stored(self._pop()))

    def _do_persid(self, argument: str) -> None:
        self._stack.append(Stored(argument))

    def _do_put(self, argument: int) -> None:
        self._memo[argument] = self._stack[-1]

    _do_binput = _do_long_binput = _do_put

    def _do_memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _do_get(self, argument: int) -> None:
        self._stack.append(self._memo[argument])

    _do_binget = _do_long_binget = _do_get

    def _do_empty_list(self, _: Any) -> None:
        self._stack.append([])

    _do_empty_set = _do_empty_list

    def _do_list(self, _: Any) -> None:
        self._stack.append(self._pop_mark())

    _do_frozenset = _do_list

    def _do_append(self, _: Any) -> None:
        self._extend([self._pop()])

    def _do_appends(self, _: Any) -> None:
        self._extend(self._pop_mark())

    _do_additems = _do_appends

    def _extend(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Call):  # a list of a class of its own
            target.items += enumerate(values, start=len(target.items))
        elif isinstance(target, list):
            target += values

    def _do_empty_tuple(self, _: Any) -> None:
        self._stack.append(())

    def _do_tuple(self, _: Any) -> None:
        self._stack.append(tuple(self._pop_mark()))

    def _do_tuple1(self, _: Any) -> None:
        self._take(1)

    def _do_tuple2(self, _: Any) -> None:
        self._take(2)

    def _do_tuple3(self, _: Any) -> None:
        self._take(3)

    def _take(self, count: int) -> None:
        values = [self._pop() for _ in range(count)]
        self._stack.append(tuple(reversed(values)))

    def _do_empty_dict(self, _: Any) -> None:
        self._stack.append(Pairs())

    def _do_dict(self, _: Any) -> None:
        values = self._pop_mark()
        self._stack.append(Pairs(list(zip(values[::2], values[1::2], strict=False))))

    def _do_setitem(self, _: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set([(key, value)])

    def _do_setitems(self, _: Any) -> None:
        values = self._pop_mark()
        self._set(list(zip(values[::2], values[1::2], strict=False)))

    def _set(self, items: list[tuple[Any, Any]]) -> None:
        target = self._stack[-1]
        if isinstance(target, Call | Pairs):  # a call makes an OrderedDict, or another mapping
            target.items += items


_IGNORED = frozenset({"PROTO", "FRAME", "READONLY_BUFFER"})
_VALUES = frozenset(
    {
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
        *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "NEXT_BUFFER"),
    }
)
