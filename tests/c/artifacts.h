/* Shared by the tests of artifacts. */
#ifndef ARTIFACTS_H
#define ARTIFACTS_H

#include "check.h"
#include <stdbool.h>
#include <unistd.h>

/* The size of the trailer of an artifact, and of the numbers that it begins with. */
enum { TRAILER = 96, NUMBERS = 24 };

static const char *TEXT =
    "(module $shop"
    "  (import \"env\" \"base\" (global $base i32))"
    "  (memory (export \"memory\") 1) (data (i32.const 8) \"compiled once\")"
    "  (global $started (mut i32) (i32.const 0))"
    "  (func $begin (global.set $started (i32.const 1))) (start $begin)"
    "  (func $sum (export \"sum\") (param i32) (result i32)"
    "    (i32.add (local.get 0) (i32.add (global.get $base) (global.get $started))))"
    "  (func $trap (export \"trap\") unreachable)"
    "  (@custom \"notes\" \"by hand\"))";

/* The file of the test that runs. */
static char path[] = "target/c/artifact-XXXXXX";

/* Bytes of the test's own. */
typedef struct {
  uint8_t *data;
  size_t len;
} copy_t;

static inline copy_t copy_of(const void *data, size_t len) {
  copy_t copy = {malloc(len + 1), len};
  memcpy(copy.data, data, len);
  return copy;
}

/* Copies bytes of the library, and deletes them. */
static inline copy_t taken(safewasm_bytes_t *bytes) {
  const uint8_t *data = NULL;
  size_t len = 0;
  OK(safewasm_bytes_data(bytes, &data, &len));
  copy_t copy = copy_of(data, len);
  safewasm_bytes_delete(bytes);
  return copy;
}

static inline copy_t serialized(safewasm_module_t *module) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_module_serialize(module, &bytes));
  return taken(bytes);
}

static inline copy_t wasm_of(const char *text) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_wat2wasm(text, strlen(text), &bytes));
  return taken(bytes);
}

static inline copy_t artifact_of(safewasm_engine_t *engine, const char *text) {
  safewasm_bytes_t *bytes = NULL;
  copy_t wasm = wasm_of(text);
  OK(safewasm_module_precompile(engine, wasm.data, wasm.len, &bytes));
  free(wasm.data);
  return taken(bytes);
}

static inline void new_file(const void *data, size_t len) {
  strcpy(path, "target/c/artifact-XXXXXX");
  int file = mkstemp(path);
  CHECK(file >= 0 && write(file, data, len) == (ssize_t)len && close(file) == 0);
}

static inline safewasm_error_t *load(safewasm_engine_t *engine, copy_t artifact, safewasm_module_t **module) {
  return safewasm_module_deserialize(engine, artifact.data, artifact.len, module);
}

static inline safewasm_error_t *load_file(safewasm_engine_t *engine, safewasm_module_t **module) {
  return safewasm_module_deserialize_file(engine, path, strlen(path), module);
}

/* Neither the bytes nor a file of them are an artifact that can be loaded. */
#define REFUSED(engine, bytes, kind, text)                    \
  do {                                                        \
    safewasm_module_t *none = (safewasm_module_t *)&none;     \
    FAILS(load(engine, bytes, &none), kind, text);            \
    CHECK(none == NULL);                                      \
    FAILS(load(engine, bytes, &none), kind, "`bytes`");       \
    new_file((bytes).data, (bytes).len);                      \
    FAILS(load_file(engine, &none), kind, text);              \
    FAILS(load_file(engine, &none), kind, path);              \
    CHECK(none == NULL && unlink(path) == 0);                 \
  } while (0)

static inline int32_t call_sum(safewasm_instance_t *instance, int32_t number) {
  safewasm_func_t *sum = NULL;
  safewasm_slot_t slot = {.i32 = number};
  OK(safewasm_instance_func(instance, "sum", 3, &sum));
  OK(safewasm_func_call_slots(sum, &slot, 1));
  safewasm_func_delete(sum);
  return slot.i32;
}

/* An instance of the module of `TEXT` in a new store. */
static inline safewasm_instance_t *start(safewasm_engine_t *engine, safewasm_module_t *module, safewasm_store_t **store) {
  const char *text = "(module (global (export \"base\") i32 (i32.const 40)))";
  safewasm_module_t *env = new_module(engine, text);
  safewasm_instance_t *base = NULL, *instance = NULL;
  OK(safewasm_store_new(engine, store));
  OK(safewasm_instance_new(*store, env, NULL, 0, &base));
  safewasm_extern_t import = get_export(base, "base");
  OK(safewasm_instance_new(*store, module, &import, 1, &instance));
  safewasm_instance_delete(base);
  safewasm_module_delete(env);
  return instance;
}

/* The module has all that the module of `TEXT` has. */
static inline void check_module(safewasm_engine_t *engine, safewasm_module_t *module) {
  safewasm_text_t name;
  const uint8_t *data = NULL;
  size_t count = 0, len = 0;
  bool has_notes = false;
  OK(safewasm_module_name(module, &name));
  CHECK(name.len == 4 && strcmp(name.data, "shop") == 0);
  OK(safewasm_module_imports_len(module, &count));
  CHECK(count == 1);
  OK(safewasm_module_exports_len(module, &count));
  CHECK(count == 3);
  OK(safewasm_module_custom_sections_len(module, &count));
  for (size_t i = 0; i < count; i++) {
    OK(safewasm_module_custom_section(module, i, &name, &data, &len));
    has_notes |= strcmp(name.data, "notes") == 0 && len == 7 && memcmp(data, "by hand", 7) == 0;
  }
  CHECK(has_notes);
  copy_t wasm = wasm_of(TEXT);
  OK(safewasm_module_wasm(module, &data, &len));
  CHECK(len == wasm.len && memcmp(data, wasm.data, len) == 0);
  free(wasm.data);

  safewasm_store_t *store = NULL;
  safewasm_func_t *trap = NULL;
  safewasm_frame_t frame;
  safewasm_instance_t *instance = start(engine, module, &store);
  CHECK(call_sum(instance, 1) == 42);
  OK(safewasm_instance_func(instance, "trap", 4, &trap));
  safewasm_error_t *error = safewasm_func_call_slots(trap, NULL, 0);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE && safewasm_error_frame(error, 0, &frame));
  CHECK(frame.func_name.data != NULL && strcmp(frame.func_name.data, "trap") == 0);
  safewasm_error_delete(error);
  safewasm_func_delete(trap);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
}

static inline uint32_t content_of(copy_t bytes) {
  uint32_t content = 99;
  OK(safewasm_detect(bytes.data, bytes.len, &content));
  return content;
}

#endif
