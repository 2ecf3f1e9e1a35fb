#include "python/native_functions.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "python/call_errors.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// A function of pybind11 and what CPython is told of it.
struct Native {
  FunctionRecord* record = nullptr;
  PyObject* capsule = nullptr;                   ///< of the record, as its dispatcher wants it
  PyCFunctionWithKeywords dispatcher = nullptr;  ///< of pybind11
  bool may_refuse = false;                       ///< NotImplemented is an answer, as of `__eq__`
  std::string text;                              ///< signature and docstring
  PyMethodDef definition{};
};

constexpr std::size_t most_functions = 128;
// They live as long as the process, as the module's classes do.
std::array<Native, most_functions> natives;
std::size_t native_count = 0;

PyObject* refuse(const Native& function, const std::string& mismatch) {
  const FunctionRecord& record = *function.record;
  const std::string name = record.is_constructor ? record.scope.attr("__name__").cast<std::string>() : record.name;
  PyErr_SetString(PyExc_TypeError, (name + "() " + mismatch).c_str());
  return nullptr;
}

/// `self` first, as pybind11 has it.
py::object with_self(PyObject* self, PyObject* arguments) {
  const Py_ssize_t count = PyTuple_GET_SIZE(arguments);
  py::tuple all(static_cast<std::size_t>(count + 1));
  Py_INCREF(self);
  PyTuple_SET_ITEM(all.ptr(), 0, self);
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* const argument = PyTuple_GET_ITEM(arguments, i);
    Py_INCREF(argument);
    PyTuple_SET_ITEM(all.ptr(), i + 1, argument);
  }
  return all;
}

/// Where Python code was running below when the interpreter ended, CPython unwinds the stack of a daemon thread, and
/// what is destroyed then needs an interpreter: this is as far as it gets.
PyObject* dispatched(const Native& function, PyObject* arguments, PyObject* keywords) {
  try {
    return function.dispatcher(function.capsule, arguments, keywords);
  } catch (...) {  // errors come back as null
    wait_for_the_end_of_the_process();
  }
}

PyObject* call(const Native& function, PyObject* self, PyObject* given, PyObject* keywords) noexcept try {
  const py::object arguments =
      function.record->is_method ? with_self(self, given) : py::reinterpret_borrow<py::object>(given);
  if (const std::string mismatch = mismatch_of_names(*function.record, arguments, keywords); !mismatch.empty())
    return refuse(function, mismatch);
  PyObject* const result = dispatched(function, arguments.ptr(), keywords);
  if (result != Py_NotImplemented || function.may_refuse) return result;
  Py_DECREF(result);
  return refuse(function, mismatch_of_types(*function.record, arguments, keywords));
} catch (py::error_already_set& error) {
  error.restore();
  return nullptr;
} catch (const std::exception& error) {
  PyErr_SetString(PyExc_MemoryError, error.what());
  return nullptr;
}

/// What CPython calls: it says `self`, and not which function is meant.
template <std::size_t n>
PyObject* call_native(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return call(natives[n], self, arguments, keywords);
}

template <std::size_t... n>
constexpr std::array<PyCFunctionWithKeywords, sizeof...(n)> make_entries(std::index_sequence<n...>) {
  return {call_native<n>...};
}

constexpr auto entries = make_entries(std::make_index_sequence<most_functions>());

/// The parameters as Python writes them: "$self, source, *, scale=1".
std::string parameters(const FunctionRecord& record) {
  std::string text;
  const auto add = [&text](const std::string& parameter) { text += (text.empty() ? "" : ", ") + parameter; };
  const std::size_t positional = record.nargs_pos;
  for (std::size_t i = 0; i < positional; ++i) {
    const bool is_named = i < record.args.size() && record.args[i].name && *record.args[i].name != '\0';
    std::string parameter = is_named ? record.args[i].name : "argument" + std::to_string(i);
    if (i == 0 && record.is_method) parameter = "$self";
    if (is_named && record.args[i].value) parameter += "=" + py::repr(record.args[i].value).cast<std::string>();
    add(parameter);
  }
  if (record.args.empty() && positional > 0) add("/");
  if (record.has_args)
    add("*args");
  else if (record.args.size() > positional)
    add("*");
  for (std::size_t i = positional; i < record.args.size(); ++i) {
    const auto& argument = record.args[i];
    add(argument.name + (argument.value ? "=" + py::repr(argument.value).cast<std::string>() : std::string()));
  }
  if (record.has_kwargs) add("**kwargs");
  return text;
}

/// The docstring, with the signature where CPython looks for it (`__text_signature__`).
std::string documented(const FunctionRecord& record) {
  std::string_view text = record.doc ? record.doc : "";
  while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
  return std::string(record.name) + "(" + parameters(record) + ")\n--\n\n" + std::string(text);
}

Native& add_native(const py::handle& function) {
  if (native_count == most_functions) py::pybind11_fail("more functions than make_functions_native has room for");
  Native& native = natives[native_count];
  PyObject* const capsule = PyCFunction_GET_SELF(function.ptr());
  native.record = py::reinterpret_borrow<py::capsule>(capsule).get_pointer<FunctionRecord>();
  if (native.record->next) py::pybind11_fail("an overloaded function cannot be made native");
  native.capsule = py::reinterpret_borrow<py::object>(capsule).release().ptr();
  native.dispatcher =
      reinterpret_cast<PyCFunctionWithKeywords>(reinterpret_cast<void (*)()>(PyCFunction_GET_FUNCTION(function.ptr())));
  native.may_refuse = native.record->is_operator;
  // Arguments that do not fit then give NotImplemented, not an error with the text of all of them.
  native.record->is_operator = true;
  native.text = documented(*native.record);
  native.definition = {native.record->name,
                       reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(entries[native_count])),
                       METH_VARARGS | METH_KEYWORDS, native.text.c_str()};
  ++native_count;
  return native;
}

py::object checked(PyObject* made) {
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

py::list names_of(const py::handle& object) {
  return py::list(object.attr("__dict__"));
}

void make_methods_native(const py::handle& type) {
  for (const py::handle name : names_of(type)) {
    const py::object method = type.attr("__dict__")[name];
    if (PyInstanceMethod_Check(method.ptr()) == 0) continue;
    Native& native = add_native(PyInstanceMethod_GET_FUNCTION(method.ptr()));
    type.attr(name) = checked(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type.ptr()), &native.definition));
  }
}

}  // namespace

void make_functions_native(py::module_& module, const py::object& package) {
  for (const py::handle name : names_of(module)) {
    const py::object value = module.attr(name);
    if (PyType_Check(value.ptr()) != 0) {
      make_methods_native(value);
    } else if (PyCFunction_Check(value.ptr()) != 0) {
      Native& native = add_native(value);
      module.attr(name) = checked(PyCFunction_NewEx(&native.definition, module.ptr(), package.ptr()));
    }
  }
}

}  // namespace imgbuf::python
