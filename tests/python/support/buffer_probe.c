/* What the tests of the buffer protocol need and Python cannot say: an exporter of any Py_buffer, suboffsets included,
   and a consumer that shows what an exporter answers to any request. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

/* Exporter(address, shape, strides, suboffsets, format, itemsize, readonly=False, on_release=None, error=None) */
typedef struct {
  PyObject_HEAD void* address;
  Py_ssize_t itemsize;
  Py_ssize_t bytes;
  int ndim;
  int readonly;
  int has_suboffsets;
  Py_ssize_t axes[3][PyBUF_MAX_NDIM + 1]; /* shape, strides, suboffsets; one axis more than buffers may have */
  char* format;
  PyObject* on_release; /* called without arguments before each release; may be NULL */
  PyObject* error;      /* raised instead of an answer; may be NULL */
  Py_ssize_t acquired;
  Py_ssize_t released;
} Exporter;

static int read_axes(PyObject* values, int ndim, Py_ssize_t* out) {
  PyObject* sequence = PySequence_Fast(values, "an axis needs a number");
  if (!sequence) return -1;
  if (PySequence_Fast_GET_SIZE(sequence) != ndim) {
    PyErr_SetString(PyExc_ValueError, "as many strides and suboffsets as axes");
    Py_DECREF(sequence);
    return -1;
  }
  for (int a = 0; a < ndim; ++a) out[a] = PyLong_AsSsize_t(PySequence_Fast_GET_ITEM(sequence, a));
  Py_DECREF(sequence);
  return PyErr_Occurred() ? -1 : 0;
}

static int exporter_init(PyObject* object, PyObject* args, PyObject* keywords) {
  static char* names[] = {"address",  "shape",    "strides",    "suboffsets", "format",
                          "itemsize", "readonly", "on_release", "error",      NULL};
  Exporter* self = (Exporter*)object;
  PyObject *address, *shape, *strides, *suboffsets, *on_release = NULL, *error = NULL;
  const char* format;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "OOOOsn|pOO", names, &address, &shape, &strides, &suboffsets,
                                   &format, &self->itemsize, &self->readonly, &on_release, &error))
    return -1;
  self->address = PyLong_AsVoidPtr(address);
  const Py_ssize_t ndim = PySequence_Size(shape);
  if (PyErr_Occurred()) return -1;
  if (ndim > PyBUF_MAX_NDIM + 1) {
    PyErr_SetString(PyExc_ValueError, "too many axes");
    return -1;
  }
  self->ndim = (int)ndim;
  self->has_suboffsets = suboffsets != Py_None;
  if (read_axes(shape, self->ndim, self->axes[0]) || read_axes(strides, self->ndim, self->axes[1])) return -1;
  if (self->has_suboffsets && read_axes(suboffsets, self->ndim, self->axes[2])) return -1;
  size_t bytes = (size_t)self->itemsize;  // of shapes that no memory has it wraps round
  for (int a = 0; a < self->ndim; ++a) bytes *= (size_t)self->axes[0][a];
  self->bytes = (Py_ssize_t)bytes;
  self->format = PyMem_Malloc(strlen(format) + 1);
  if (!self->format) {
    PyErr_NoMemory();
    return -1;
  }
  strcpy(self->format, format);
  if (on_release && on_release != Py_None) self->on_release = Py_NewRef(on_release);
  if (error && error != Py_None) self->error = Py_NewRef(error);
  return 0;
}

static void exporter_dealloc(PyObject* object) {
  Exporter* self = (Exporter*)object;
  PyMem_Free(self->format);
  Py_XDECREF(self->on_release);
  Py_XDECREF(self->error);
  Py_TYPE(object)->tp_free(object);
}

static int exporter_get(PyObject* object, Py_buffer* view, int flags) {
  Exporter* self = (Exporter*)object;
  view->obj = NULL;
  if (self->error) {
    PyErr_SetNone(self->error);
    return -1;
  }
  if ((flags & PyBUF_WRITABLE) && self->readonly) {
    PyErr_SetString(PyExc_BufferError, "read-only");
    return -1;
  }
  if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT) {
    PyErr_SetString(PyExc_BufferError, "only for consumers that take everything");
    return -1;
  }
  view->buf = self->address;
  view->len = self->bytes;
  view->itemsize = self->itemsize;
  view->readonly = self->readonly;
  view->ndim = self->ndim;
  view->format = (flags & PyBUF_FORMAT) ? self->format : NULL;
  view->shape = self->axes[0];
  view->strides = self->axes[1];
  view->suboffsets = self->has_suboffsets ? self->axes[2] : NULL;
  view->internal = NULL;
  view->obj = Py_NewRef(object);
  ++self->acquired;
  return 0;
}

static void exporter_release(PyObject* object, Py_buffer* view) {
  (void)view;
  Exporter* self = (Exporter*)object;
  ++self->released;
  if (!self->on_release) return;
  PyObject* result = PyObject_CallNoArgs(self->on_release);
  if (!result) PyErr_WriteUnraisable(object);
  Py_XDECREF(result);
}

static PyMemberDef exporter_members[] = {
    {"acquired", T_PYSSIZET, offsetof(Exporter, acquired), READONLY, "Buffers given out."},
    {"released", T_PYSSIZET, offsetof(Exporter, released), READONLY, "Buffers that came back."},
    {NULL, 0, 0, 0, NULL}};

static PyBufferProcs exporter_buffer = {exporter_get, exporter_release};

static PyTypeObject ExporterType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "buffer_probe.Exporter",
    .tp_basicsize = sizeof(Exporter),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_init = exporter_init,
    .tp_dealloc = exporter_dealloc,
    .tp_members = exporter_members,
    .tp_as_buffer = &exporter_buffer,
};

static PyObject* tuple_or_none(const Py_ssize_t* values, int count) {
  if (!values) Py_RETURN_NONE;
  PyObject* result = PyTuple_New(count);
  for (int i = 0; result && i < count; ++i) PyTuple_SET_ITEM(result, i, PyLong_FromSsize_t(values[i]));
  return result;
}

/* request(object, flags): what the exporter fills in, as a dict; or its exception. */
static PyObject* request(PyObject* module, PyObject* args) {
  (void)module;
  PyObject* object;
  int flags;
  if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) return NULL;
  Py_buffer view;
  memset(&view, 0x5A, sizeof view); /* what is not filled in shows */
  if (PyObject_GetBuffer(object, &view, flags) != 0) {
    if (view.obj) {
      PyErr_SetString(PyExc_SystemError, "a request that failed left view->obj");
    }
    return NULL;
  }
  PyObject* shape = tuple_or_none(view.shape, view.ndim);
  PyObject* strides = tuple_or_none(view.strides, view.ndim);
  PyObject* suboffsets = tuple_or_none(view.suboffsets, view.ndim);
  PyObject* result =
      Py_BuildValue("{s:N,s:n,s:n,s:i,s:i,s:z,s:N,s:N,s:N,s:O}", "buf", PyLong_FromVoidPtr(view.buf), "len", view.len,
                    "itemsize", view.itemsize, "readonly", view.readonly, "ndim", view.ndim, "format", view.format,
                    "shape", shape, "strides", strides, "suboffsets", suboffsets, "obj", view.obj);
  PyBuffer_Release(&view);
  return result;
}

static Py_buffer held_at_exit;
static releasebufferproc release_at_exit;

static void drop_held(void) {
  /* Without an interpreter there is no PyBuffer_Release, only what the exporter does. */
  release_at_exit(held_at_exit.obj, &held_at_exit);
}

/* drop_at_exit(object): takes the object's buffer, and gives it back when the interpreter is gone. */
static PyObject* drop_at_exit(PyObject* module, PyObject* object) {
  (void)module;
  if (PyObject_GetBuffer(object, &held_at_exit, PyBUF_FULL_RO) != 0) return NULL;
  release_at_exit = Py_TYPE(held_at_exit.obj)->tp_as_buffer->bf_releasebuffer;
  if (Py_AtExit(drop_held) != 0) return PyErr_Format(PyExc_RuntimeError, "no exit function is left");
  Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"request", request, METH_VARARGS, NULL}, {"drop_at_exit", drop_at_exit, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "buffer_probe", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_buffer_probe(void) {
  PyObject* module = PyModule_Create(&definition);
  if (!module || PyType_Ready(&ExporterType) < 0) return NULL;
  Py_INCREF(&ExporterType);
  if (PyModule_AddObject(module, "Exporter", (PyObject*)&ExporterType) < 0) return NULL;
  static const struct {
    const char* name;
    int value;
  } flags[] = {{"SIMPLE", PyBUF_SIMPLE},
               {"WRITABLE", PyBUF_WRITABLE},
               {"FORMAT", PyBUF_FORMAT},
               {"ND", PyBUF_ND},
               {"STRIDES", PyBUF_STRIDES},
               {"C_CONTIGUOUS", PyBUF_C_CONTIGUOUS},
               {"F_CONTIGUOUS", PyBUF_F_CONTIGUOUS},
               {"ANY_CONTIGUOUS", PyBUF_ANY_CONTIGUOUS},
               {"INDIRECT", PyBUF_INDIRECT},
               {"FULL", PyBUF_FULL},
               {"FULL_RO", PyBUF_FULL_RO}};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i)
    if (PyModule_AddIntConstant(module, flags[i].name, flags[i].value) < 0) return NULL;
  return module;
}
