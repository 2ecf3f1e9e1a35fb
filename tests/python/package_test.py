"""Where the package can be imported, and what it needs for that."""

import subprocess
import sys

import pytest

pytest.importorskip("_xxsubinterpreters")

IN_A_SUB_INTERPRETER = """
import sys, _xxsubinterpreters as interpreters
{before}
interpreters.run_string(interpreters.create(), '''
import sys
sys.path[:0] = {path!r}
try:
    import imgbuf
except ImportError as error:
    print(error)
''')
"""


def run(program):
    # It once waited for a lock for ever.
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("before", ["", "import imgbuf"], ids=["first", "after_the_main_one"])
def test_a_sub_interpreter_is_refused(before):
    result = run(IN_A_SUB_INTERPRETER.format(before=before, path=sys.path))
    assert (result.returncode, result.stdout) == (0, "imgbuf cannot be used in a sub-interpreter\n"), result.stderr


def test_an_import_takes_neither_numpy_nor_pillow():
    result = run("import sys, imgbuf; print('numpy' in sys.modules, 'PIL' in sys.modules)")
    assert result.stdout == "False False\n", result.stderr
