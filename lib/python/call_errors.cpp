#include "python/call_errors.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::size_t size_of(const py::handle& arguments) {
  return static_cast<std::size_t>(PyTuple_GET_SIZE(arguments.ptr()));
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Where a parameter of a name is among the function's, or as many as there are.
std::size_t find(const FunctionRecord& function, const std::string& name) {
  std::size_t i = function.nargs_pos_only;
  while (i < function.args.size() && name != function.args[i].name) ++i;
  return i < function.args.size() ? i : function.args.size();
}

/// Parts of a text between separators that stand outside of brackets and quotes.
std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool is_quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (text[i] == '[' || text[i] == '(') ++depth;
    if (text[i] == ']' || text[i] == ')') --depth;
    if (depth != 0 || text.substr(i, separator.size()) != separator) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + separator.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// What is between "name[" and "]"; empty when the text is not of this form.
std::string_view inside(std::string_view type, std::string_view name) {
  if (type.size() < name.size() + 2 || !type.starts_with(name) || type[name.size()] != '[') return {};
  return type.substr(name.size() + 1, type.size() - name.size() - 2);
}

/// A type of pybind11's signatures in words: "int or None" for "Optional[int]".
std::string in_words(std::string_view type) {
  if (const std::string_view optional = inside(type, "Optional"); !optional.empty())
    return in_words(optional) + " or None";
  if (const std::string_view either = inside(type, "Union"); !either.empty()) {
    std::string text;
    for (const std::string_view one : split(either, ", ")) text += (text.empty() ? "" : " or ") + in_words(one);
    return text;
  }
  if (const std::string_view item = inside(type, "List"); !item.empty()) {
    const std::size_t bracket = item.rfind('[');
    const bool has_count = bracket != std::string_view::npos && item.find_first_of("0123456789") == bracket + 1;
    if (!has_count) return "a sequence of " + in_words(item);
    return "a sequence of " + std::string(item.substr(bracket + 1, item.size() - bracket - 2)) + " " +
           in_words(item.substr(0, bracket));
  }
  return std::string(type);
}

/// The type of a parameter as pybind11's signature has it: "str" of "(source: object, *, arrangement: str = 'rows')".
std::string_view type_of(const FunctionRecord& function, std::string_view name) {
  std::string_view text = function.signature;
  text = text.substr(1, text.rfind(") -> ") - 1);
  for (const std::string_view parameter : split(text, ", ")) {
    if (!parameter.starts_with(name) || parameter.substr(name.size(), 2) != ": ") continue;
    return split(parameter.substr(name.size() + 2), " = ").front();
  }
  return {};
}

std::string_view type_name(const py::handle& value) {
  const std::string_view name = Py_TYPE(value.ptr())->tp_name;
  return name == "NoneType" ? "None" : name;
}

/// The type of an argument, and those of the items of a short sequence.
std::string given_type(const py::handle& value) {
  constexpr std::size_t few = 8;
  std::string text(type_name(value));
  if (PyTuple_Check(value.ptr()) == 0 && PyList_Check(value.ptr()) == 0) return text;
  const auto items = py::reinterpret_borrow<py::sequence>(value);
  if (items.size() > few) return text + " of " + std::to_string(items.size());
  std::string names;
  for (const py::handle item : items) names += (names.empty() ? "" : ", ") + std::string(type_name(item));
  return text + " (" + names + ")";
}

bool is_alternative(std::string_view words, std::string_view name) {
  for (std::size_t at = words.find(name); at != std::string_view::npos; at = words.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || words.substr(0, at).ends_with(" or ")) &&
        (end == words.size() || words.substr(end).starts_with(" or ")))
      return true;
  }
  return false;
}

}  // namespace

std::string mismatch_of_names(const FunctionRecord& function, const py::handle& arguments, const py::handle& keywords) {
  const std::size_t self = function.is_method ? 1 : 0;
  const std::size_t given = size_of(arguments);
  if (given > function.nargs_pos && !function.has_args)
    return "takes " + counted(function.nargs_pos - self, "positional argument") + " but " +
           std::to_string(given - self) + (given - self == 1 ? " was" : " were") + " given";
  std::vector<bool> is_given(function.args.size());
  for (std::size_t i = 0; i < given && i < is_given.size(); ++i) is_given[i] = true;
  if (keywords) {
    for (const auto& [key, value] : py::reinterpret_borrow<py::dict>(keywords)) {
      const auto name = key.cast<std::string>();
      const std::size_t i = find(function, name);
      if (i == is_given.size() && function.has_kwargs) continue;
      if (i == is_given.size()) return "got an unexpected keyword argument " + quoted(name);
      if (is_given[i]) return "got multiple values for argument " + quoted(name);
      is_given[i] = true;
    }
  }
  if (function.args.empty() && given < function.nargs_pos)
    return "takes " + counted(function.nargs_pos - self, "positional argument") + " but " +
           std::to_string(given - self) + " were given";
  for (std::size_t i = 0; i < is_given.size(); ++i)
    if (!is_given[i] && !function.args[i].value) return "missing required argument " + quoted(function.args[i].name);
  return {};
}

std::string mismatch_of_types(const FunctionRecord& function, const py::handle& arguments, const py::handle& keywords) {
  std::vector<std::pair<std::string, py::handle>> given;
  for (std::size_t i = 0; i < size_of(arguments) && i < function.args.size(); ++i)
    given.emplace_back(function.args[i].name, PyTuple_GET_ITEM(arguments.ptr(), static_cast<Py_ssize_t>(i)));
  if (keywords)
    for (const auto& [key, value] : py::reinterpret_borrow<py::dict>(keywords))
      given.emplace_back(key.cast<std::string>(), value);
  std::string wrong;
  std::string integers;
  for (const auto& [name, value] : given) {
    const std::string words = in_words(type_of(function, name));
    if (words.empty() || words == "object" || name == "self") continue;
    // Its type is right: only a number can still be wrong.
    if (is_alternative(words, type_name(value))) {
      if (PyLong_CheckExact(value.ptr()) != 0) integers += (integers.empty() ? "" : ", ") + quoted(name);
      continue;
    }
    wrong += (wrong.empty() ? "argument " : "; argument ") + quoted(name) + " must be " + words + ", not " +
             given_type(value);
  }
  if (!wrong.empty()) return wrong;
  if (!integers.empty()) return "got a number that is out of range: " + integers;
  return "got arguments of types that it does not take";
}

}  // namespace imgbuf::python
