"""The engine's functions, so that a call with wrong arguments does not put them into its exception.

pybind11 ends such a TypeError with "Invoked with:" and every argument: request lines, keys files, states.
"""

import functools
from collections.abc import Callable
from types import BuiltinFunctionType, ModuleType
from typing import Any

from . import _core


def forget_arguments(module: ModuleType) -> None:
    """Wrap every function of an extension and every method and constructor of its classes."""
    for holder in (module, *(member for member in vars(module).values() if isinstance(member, type))):
        for name, member in list(vars(holder).items()):
            if _is_function(member) and (name == "__init__" or not name.startswith("_")):
                setattr(holder, name, _scrubbed(member))


def _is_function(member: object) -> bool:
    # What pybind11 puts into classes is an `instancemethod`, a type that Python has no name for.
    return isinstance(member, BuiltinFunctionType) or type(member).__name__ == "instancemethod"


def _scrubbed(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            told = str(error).partition("\nInvoked with:")[0]
        raise TypeError(told)

    call.__annotations__ = {}  # they would hide the signature that the documentation carries
    return call


forget_arguments(_core)
