// The kernels as a Node-API addon. They work on the engine's own linear memory: an address is an
// offset from its first byte.
//
// A call takes no arguments. Its values lie in a record of 32-bit words that JavaScript has written,
// one for each parameter of the contract, which costs a fraction of passing them one by one.
#include <node_api.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "contract.generated.h"
#include "processor.hpp"
#include "subnormals.hpp"

extern "C" const WeftKernels weft_generic;
#if defined(__x86_64__) || defined(_M_X64)
extern "C" const WeftKernels weft_avx2;
extern "C" const WeftKernels weft_avx512;
#endif

namespace {

struct InstructionSet {
  const char *name;
  const WeftKernels *kernels;
};

/// The sets that this processor has, the fastest first; ends with an entry without a name.
const InstructionSet *instructionSets() {
  static InstructionSet sets[4];
  int count = 0;
#if defined(__x86_64__) || defined(_M_X64)
  if (processor::hasAvx512()) sets[count++] = {"avx512", &weft_avx512};
  if (processor::hasAvx2()) sets[count++] = {"avx2", &weft_avx2};
#endif
  sets[count++] = {"generic", &weft_generic};
  sets[count] = {nullptr, nullptr};
  return sets;
}

/// The kernels of one set, bound to one memory and one record.
struct Binding {
  char *memory;
  const uint32_t *record;
  const WeftKernels *kernels;
  Binding *next;
};

// Node runs each environment in a thread of its own, so the working space belongs to both.
thread_local float *workspace = nullptr;
thread_local size_t workspaceFloats = 0;

/// Everything of one environment: freed when it ends.
struct Environment {
  Binding *bindings = nullptr;
};

void endEnvironment(napi_env, void *data, void *) {
  Environment *environment = static_cast<Environment *>(data);
  while (environment->bindings) {
    Binding *binding = environment->bindings;
    environment->bindings = binding->next;
    free(binding);
  }
  free(environment);
  free(workspace);
  workspace = nullptr;
  workspaceFloats = 0;
}

template <class T>
struct Value {
  static T of(const Binding &, uint32_t word) {
    static_assert(sizeof(T) == sizeof word, "a number of a call is one word");
    T value;
    memcpy(&value, &word, sizeof value);
    return value;
  }
};

template <class T>
struct Value<T *> {
  static T *of(const Binding &binding, uint32_t word) {
    return word == 0 ? nullptr : reinterpret_cast<T *>(binding.memory + word);
  }
};

template <size_t... indices>
struct Indices {};
template <size_t count, size_t... indices>
struct IndicesBelow : IndicesBelow<count - 1, count - 1, indices...> {};
template <size_t... indices>
struct IndicesBelow<0, indices...> {
  using All = Indices<indices...>;
};

napi_value numberOf(napi_env env, double value) {
  napi_value number = nullptr;
  napi_create_double(env, value, &number);
  return number;
}

template <class... Parameters, size_t... indices>
napi_value invoke(napi_env, const Binding &binding, void (*kernel)(Parameters...), Indices<indices...>) {
  kernel(Value<Parameters>::of(binding, binding.record[indices])...);
  return nullptr;
}

template <class Returned, class... Parameters, size_t... indices>
napi_value invoke(napi_env env, const Binding &binding, Returned (*kernel)(Parameters...), Indices<indices...>) {
  return numberOf(env, static_cast<double>(kernel(Value<Parameters>::of(binding, binding.record[indices])...)));
}

template <auto kernel, size_t parameters>
napi_value call(napi_env env, napi_callback_info info) {
  void *data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  const Binding &binding = *static_cast<Binding *>(data);
  const WithoutSubnormals flushed;
  return invoke(env, binding, binding.kernels->*kernel, typename IndicesBelow<parameters>::All());
}

napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

/// The first byte of a typed array; null if the value is none. Unlike a buffer, a typed array may
/// lie over shared memory in every version of Node.
void *bytesOf(napi_env env, napi_value array) {
  void *data = nullptr;
  return napi_get_typedarray_info(env, array, nullptr, nullptr, &data, nullptr, nullptr) == napi_ok ? data : nullptr;
}

/// attach(memory: Uint8Array): follows a memory that has grown.
napi_value attach(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value memory = nullptr;
  void *data = nullptr;
  napi_get_cb_info(env, info, &count, &memory, nullptr, &data);
  void *bytes = bytesOf(env, memory);
  if (!bytes) return fail(env, "attach takes a Uint8Array over the memory of the kernels");
  static_cast<Binding *>(data)->memory = static_cast<char *>(bytes);
  return nullptr;
}

void define(napi_env env, napi_value target, const char *name, napi_callback function, void *data) {
  napi_value value = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, data, &value);
  napi_set_named_property(env, target, name, value);
}

/// bind(memory: Uint8Array, record: Uint32Array, set: string): an object of functions, one for each
/// kernel, and `attach`.
napi_value bind(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  void *memory = bytesOf(env, arguments[0]);
  void *record = bytesOf(env, arguments[1]);
  char name[16] = {};
  const bool isNamed = napi_get_value_string_utf8(env, arguments[2], name, sizeof name, nullptr) == napi_ok;
  if (!memory || !record || !isNamed) return fail(env, "bind takes a Uint8Array, a Uint32Array and the name of an instruction set");
  const InstructionSet *set = instructionSets();
  while (set->name && strcmp(set->name, name) != 0) set++;
  if (!set->name) return fail(env, "this processor has no such instruction set");

  void *data = nullptr;
  napi_get_instance_data(env, &data);
  Environment *environment = static_cast<Environment *>(data);
  Binding *binding = static_cast<Binding *>(malloc(sizeof(Binding)));
  if (!environment || !binding) return fail(env, "no memory for the native kernels");
  *binding = {static_cast<char *>(memory), static_cast<const uint32_t *>(record), set->kernels, environment->bindings};
  environment->bindings = binding;

  napi_value kernels = nullptr;
  napi_create_object(env, &kernels);
  define(env, kernels, "attach", attach, binding);
#define WEFT_DEFINE(name, parameters) define(env, kernels, #name, call<&WeftKernels::name, parameters>, binding);
  WEFT_KERNELS(WEFT_DEFINE)
#undef WEFT_DEFINE
  return kernels;
}

#if defined(__SANITIZE_ADDRESS__)
/// forbid(memory: Uint8Array, from: number, to: number, forbidden: boolean): the address sanitizer
/// reports every access to forbidden bytes of the memory.
napi_value forbid(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4] = {};
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  char *memory = static_cast<char *>(bytesOf(env, arguments[0]));
  uint32_t from = 0, to = 0;
  bool forbidden = false;
  napi_get_value_uint32(env, arguments[1], &from);
  napi_get_value_uint32(env, arguments[2], &to);
  napi_get_value_bool(env, arguments[3], &forbidden);
  if (forbidden) __asan_poison_memory_region(memory + from, to - from);
  else __asan_unpoison_memory_region(memory + from, to - from);
  return nullptr;
}
#endif

}  // namespace

extern "C" float *weftWorkspace(size_t floats) {
  constexpr size_t line = 16;  // floats of a cache line
  if (floats + line > workspaceFloats) {
    free(workspace);
    workspaceFloats = floats + floats / 2 + line;
    workspace = static_cast<float *>(malloc(workspaceFloats * sizeof(float)));
    if (!workspace) abort();
  }
  return reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(workspace) + 63) & ~static_cast<uintptr_t>(63));
}

NAPI_MODULE_INIT() {
  Environment *environment = static_cast<Environment *>(calloc(1, sizeof(Environment)));
  napi_set_instance_data(env, environment, endEnvironment, nullptr);
  napi_value sets = nullptr;
  napi_create_array(env, &sets);
  uint32_t count = 0;
  for (const InstructionSet *set = instructionSets(); set->name; set++) {
    napi_value name = nullptr;
    napi_create_string_utf8(env, set->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, sets, count++, name);
  }
  napi_set_named_property(env, exports, "instructionSets", sets);
  define(env, exports, "bind", bind, nullptr);
#if defined(__SANITIZE_ADDRESS__)
  define(env, exports, "forbid", forbid, nullptr);
#endif
  return exports;
}
