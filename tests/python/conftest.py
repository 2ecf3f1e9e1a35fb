"""What all tests of the Python package share."""

import warnings

import pytest

import imgbuf


@pytest.fixture(autouse=True)
def copies_are_errors():
    """A copy that a test does not expect fails it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", imgbuf.CopyWarning)
        yield
