#!/usr/bin/python3
"""Checks that the includes of lib/ point down its layers only, and that no source file is forgotten.

Usage: layers.py ROOT      prints one line a violation; exits 1 when there is one.

What a new file needs: a public header is entered in PUBLIC_HEADERS under its layer, a new third-party library in
THIRD_PARTY under the layers that may know it.
"""

import re
import sys
from pathlib import Path

# Lowest first; layers of one line do not know each other.
LAYERS = [
    ["base"],
    ["layout"],
    ["memory"],
    ["image"],
    ["walk"],
    ["pixel"],
    ["stream"],
    ["codecs", "filters", "handoff", "measure"],
    ["drawing"],
    ["convert"],
    ["python", "capi"],
    ["umbrella"],  # imgbuf.hpp, which includes every public header and which nothing in lib/ includes
]
RANK = {layer: rank for rank, layers in enumerate(LAYERS) for layer in layers}

PUBLIC_HEADERS = {
    "base": ["context", "error", "executor", "export", "function_ref", "inline_vector", "limits", "version"],
    "layout": ["buffer_protocol", "format", "item_format", "layout"],
    "memory": ["arrangement", "mapped_guard", "storage"],
    # rows: of one view, without a plan
    "image": [
        "array", "collapse", "grid", "grid_image", "grid_view", "image", "image_info", "index_expression", "metadata",
        "metadata_changes", "photoshop", "rebuild_pointers", "rewire", "rows", "strips", "view", "vstack",
    ],
    "walk": ["elements", "locate", "walk"],
    "pixel": ["pixel"],
    "stream": ["sink", "source"],
    "codecs": ["open_image", "reader", "writer"],
    "handoff": ["handoff"],
    "measure": ["compare", "statistics"],
    "drawing": ["explain_layout", "histogram_svg"],
    "convert": ["convert", "metadata_parts"],
    "umbrella": ["imgbuf"],
}
LAYER_OF_PUBLIC = {f"{name}.hpp": layer for layer, names in PUBLIC_HEADERS.items() for name in names}

# Beginnings of third-party include paths and the layers of lib/ that may use them.
THIRD_PARTY = {
    "png.h": ["codecs"],
    "zlib.h": ["codecs"],
    "jpeglib.h": ["codecs"],
    "jerror.h": ["codecs"],
    "isa-l": ["codecs"],
    "OpenImageIO/": ["codecs", "handoff"],
    "tbb/": ["base"],
    "oneapi/": ["base"],
    "hwy/": ["walk", "pixel", "filters"],
    "numpy/": ["handoff", "python"],
    "dlpack/": ["handoff", "python"],
    "opencv2/": ["handoff"],
    "Python.h": ["python"],
    "pybind11/": ["python"],
    "fmt/": [],
    "CLI/": [],
    "nlohmann/": [],
}

STANDARD = set(
    """algorithm any array atomic barrier bit bitset cassert ccomplex cctype cerrno cfenv cfloat charconv chrono cinttypes
    climits clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef
    cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list
    fstream functional future initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map
    memory memory_resource mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf string string_view
    syncstream system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant
    vector version""".split()
)
# The operating system's; private code may use them, public headers may not.
SYSTEM = re.compile(r"^(fcntl|poll|pthread|signal|unistd|stdio|stdlib|sys/\w+|linux/\w+|immintrin|arm_neon)\.h$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def includes(path):
    """Yields (line, name, is_quoted) for each include of a file."""
    keep_lines = lambda match: "\n" * match.group(0).count("\n")
    text = BLOCK_COMMENT.sub(keep_lines, path.read_text(encoding="utf-8"))
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(1) or match.group(2), match.group(2) is not None


def source_files(folder, suffixes):
    return sorted(p for p in folder.rglob("*") if p.suffix in suffixes and p.is_file()) if folder.is_dir() else []


def wrong_include(lib, layer, is_public, name, is_quoted):
    """Why a file of `layer` may not include `name`, or None."""
    if not is_quoted:
        if name in STANDARD:
            return None
        for beginning, layers in THIRD_PARTY.items():
            if name == beginning or name.startswith(beginning):
                if is_public:
                    return f"a public header includes only the standard library and imgbuf, not <{name}>"
                if layer in layers:
                    return None
                return f"<{name}> is known to {' and '.join(layers) or 'no layer'} only, not to {layer}"
        if SYSTEM.match(name):
            return f"a public header includes only the standard library and imgbuf, not <{name}>" if is_public else None
        return f"<{name}> is no header that layers.py knows"

    folder, _, rest = name.partition("/")
    if folder == "imgbuf":
        target = LAYER_OF_PUBLIC.get(rest)
        if target is None:
            return f'"{name}" has no layer in layers.py'
    else:
        if is_public:
            return f'a public header includes a private one: "{name}"'
        if folder not in RANK or not (lib / name).is_file():
            return f'"{name}" is no path from lib/'
        target = folder
    if target != layer and RANK[target] >= RANK[layer]:
        return f'"{name}" of {target} is not below {layer}'
    return None


def check_includes(root):
    """The violations of the includes of lib/, as "file:line: reason"."""
    lib = root / "lib"
    found = []
    for path in source_files(lib, {".hpp", ".cpp", ".h"}):
        relative = path.relative_to(lib)
        is_public = relative.parts[:2] == ("include", "imgbuf")
        layer = LAYER_OF_PUBLIC.get(path.name) if is_public else relative.parts[0]
        if layer not in RANK:
            found.append(f"lib/{relative}:1: a file of no layer")
            continue
        for line, name, is_quoted in includes(path):
            reason = wrong_include(lib, layer, is_public, name, is_quoted)
            if reason:
                found.append(f"lib/{relative}:{line}: {reason}")
    return found


def listed_in_cmake(root, folders):
    """The files that the CMakeLists.txt under some folders name."""
    listed = set()
    for folder in folders:
        for cmake in source_files(root / folder, {".txt"}):
            if cmake.name != "CMakeLists.txt":
                continue
            text = re.sub(r"#.*", "", cmake.read_text(encoding="utf-8"))
            text = text.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "").replace("${PROJECT_SOURCE_DIR}", str(root))
            for word in re.split(r"[\s()\"]+", text):
                if word.endswith(".cpp") and "$" not in word:
                    listed.add((cmake.parent / word).resolve())
    return listed


def check_forgotten_files(root):
    """Source files that no CMakeLists.txt names, and private headers that nobody includes."""
    folders = ["lib", "apps", "tests", "docs"]
    listed = listed_in_cmake(root, folders)
    found = []
    for folder in folders:
        for path in source_files(root / folder, {".cpp"}):
            if path.resolve() not in listed:
                found.append(f"{path.relative_to(root)}:1: in no CMakeLists.txt")

    lib = root / "lib"
    files = [p for folder in folders for p in source_files(root / folder, {".cpp", ".hpp"})]
    included = {name for path in files for _, name, is_quoted in includes(path) if is_quoted}
    for path in source_files(lib, {".hpp"}):
        relative = path.relative_to(lib).as_posix()
        if not relative.startswith("include/") and relative not in included:
            found.append(f"lib/{relative}:1: a private header that nobody includes")
    return found


def check(root):
    return check_includes(root) + check_forgotten_files(root)


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(arguments[0]).resolve()
    if not source_files(root / "lib", {".cpp"}):
        print(f"{root}: no sources under lib/", file=sys.stderr)
        return 2
    violations = check(root)
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
