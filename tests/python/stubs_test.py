"""The stubs name what the package has, with the same parameters, and everything public has a docstring."""

import ast
import inspect
import pathlib
import re

import pytest

import imgbuf
from imgbuf import _imgbuf

STUBS = ast.parse((pathlib.Path(imgbuf.__file__).parent / "_imgbuf.pyi").read_text())
CLASSES = [node for node in STUBS.body if isinstance(node, ast.ClassDef)]
FUNCTIONS = [(_imgbuf, node) for node in STUBS.body if isinstance(node, ast.FunctionDef)] + [
    (getattr(_imgbuf, owner.name), node)
    for owner in CLASSES
    for node in owner.body
    if isinstance(node, ast.FunctionDef)
]
# What CPython makes of the buffer slots from 3.12 on, and slots of the class itself.
NOT_CALLED_BY_NAME = {"__buffer__", "__init__"}


def is_property(node):
    return any("property" in ast.dump(d) or "setter" in ast.dump(d) for d in node.decorator_list)


def parameters(node):
    """Names and defaults, as the stub has them."""
    arguments = node.args
    names = [a.arg for a in arguments.args if a.arg != "self"]
    if arguments.vararg:
        names.append("*" + arguments.vararg.arg)
    elif arguments.kwonlyargs:
        names.append("*")
    names += [a.arg for a in arguments.kwonlyargs]
    if arguments.kwarg:
        names.append("and keywords")
    defaults = {a.arg: ast.literal_eval(d) for a, d in zip(reversed(arguments.args), reversed(arguments.defaults))}
    defaults.update((a.arg, ast.literal_eval(d)) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults) if d)
    return names, defaults


def real_parameters(function):
    """The same of a function of the extension."""
    names, defaults = [], {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            names.append("and keywords")
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not any(n.startswith("*") for n in names):
            names.append("*")
        names.append("*" + parameter.name if parameter.kind is parameter.VAR_POSITIONAL else parameter.name)
        if parameter.default is not parameter.empty:
            defaults[parameter.name] = parameter.default
    return names, defaults


@pytest.mark.parametrize("owner, node", [(o, n) for o, n in FUNCTIONS if not is_property(n)],
                         ids=lambda value: getattr(value, "name", getattr(value, "__name__", "")))
def test_functions_have_the_parameters_of_their_stubs(owner, node):
    if node.name in NOT_CALLED_BY_NAME:
        return
    names, defaults = parameters(node)
    real_names, real_defaults = real_parameters(getattr(owner, node.name))
    if node.name in ("__eq__", "__hash__"):  # named by their slots
        return
    assert [n for n in names if n[1:] == "" or n[0] != "*"] == [n for n in real_names if n[1:] == "" or n[0] != "*"]
    assert defaults == real_defaults


@pytest.mark.parametrize("owner", [getattr(_imgbuf, c.name) for c in CLASSES], ids=lambda c: c.__name__)
def test_classes_have_what_their_stubs_name_and_no_more(owner):
    stub = next(c for c in CLASSES if c.name == owner.__name__)
    named = {n.name for n in stub.body if isinstance(n, ast.FunctionDef)} - NOT_CALLED_BY_NAME
    real = {n for n in vars(owner) if not n.startswith("_")}
    assert named >= real, f"not in the stub: {sorted(real - named)}"
    assert all(hasattr(owner, n) for n in named)


def test_the_package_exports_what_the_stubs_name():
    named = {n.name for n in STUBS.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
    assert named <= set(imgbuf.__all__)
    assert all(hasattr(imgbuf, name) for name in imgbuf.__all__)


@pytest.mark.parametrize("name", [n for n in imgbuf.__all__ if n != "__version__"])
def test_everything_public_says_what_it_is(name):
    assert len(getattr(imgbuf, name).__doc__.split()) > 3


@pytest.mark.parametrize("name", [n for n in vars(imgbuf.Image) if not n.startswith("_")])
def test_everything_of_an_image_says_what_it_is(name):
    assert len(vars(imgbuf.Image)[name].__doc__.split()) >= 3
