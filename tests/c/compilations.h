/* Shared by the tests of compilations. */
#ifndef COMPILATIONS_H
#define COMPILATIONS_H

#include "check.h"
#include <stdatomic.h>

/* A function that the compiler needs some time for. */
#define FUNCTION "(func (param i32 i32) (result i32) (local i32)"
#define STEP                                                                            \
  "(local.set 2 (i32.add (i32.mul (local.get 0) (local.get 2)) (local.get 1)))"         \
  "(if (i32.gt_u (local.get 2) (local.get 0)) (then (local.set 0 (local.get 2))))"

/* As many functions take seconds, and those of a small module are compiled at once. */
enum { MANY = 8000, SOME = 100 };

static inline safewasm_bytes_t *bytes_of(const char *text, const uint8_t **data, size_t *len) {
  safewasm_bytes_t *bytes = NULL;
  OK(safewasm_wat2wasm(text, SAFEWASM_STRLEN, &bytes));
  OK(safewasm_bytes_data(bytes, data, len));
  return bytes;
}

/* A module with so many functions and the one that is exported. */
static inline safewasm_bytes_t *functions(size_t count, const uint8_t **data, size_t *len) {
  text_t text = {NULL, 0, 0};
  put(&text, "(module (func (export \"add\") (param i32 i32) (result i32)"
             "  (i32.add (local.get 0) (local.get 1)))");
  for (size_t i = 1; i < count; i++) {
    put(&text, FUNCTION);
    put_many(&text, STEP, 20);
    put(&text, "(local.get 2))");
  }
  put(&text, ")");
  safewasm_bytes_t *bytes = bytes_of(text.data, data, len);
  free(text.data);
  return bytes;
}

/* Starts to compile such a module. */
static inline safewasm_compilation_t *start(safewasm_engine_t *engine, size_t count, safewasm_notify_t notify,
                                     void *env, safewasm_finalizer_t finalizer) {
  safewasm_compilation_t *compilation = NULL;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(count, &data, &len);
  OK(safewasm_compilation_new(engine, data, len, notify, env, finalizer, &compilation));
  safewasm_bytes_delete(bytes);
  return compilation;
}

static inline bool wait_for(safewasm_compilation_t *compilation, uint64_t timeout) {
  bool has_ended = false;
  OK(safewasm_compilation_wait(compilation, timeout, &has_ended));
  return has_ended;
}

static inline safewasm_module_t *module_of(safewasm_compilation_t *compilation) {
  safewasm_module_t *module = NULL;
  OK(safewasm_compilation_module(compilation, &module));
  return module;
}

/* Runs a module of `functions`. */
static inline void expect_adds(safewasm_engine_t *engine, safewasm_module_t *module) {
  world_t world = {engine, NULL, module, NULL};
  safewasm_slot_t slots[2] = {{.i32 = 40}, {.i32 = 2}};
  safewasm_func_t *add = NULL;
  OK(safewasm_store_new(engine, &world.store));
  OK(safewasm_instance_new(world.store, module, NULL, 0, &world.instance));
  OK(safewasm_instance_func(world.instance, "add", 3, &add));
  OK(safewasm_func_call_slots(add, slots, 2));
  CHECK(slots[0].i32 == 42);
  safewasm_func_delete(add);
  safewasm_instance_delete(world.instance);
  safewasm_store_delete(world.store);
}

/* Compiles a module in the background, and runs it. */
static inline void expect_compiles(safewasm_engine_t *engine) {
  safewasm_compilation_t *compilation = start(engine, 3, NULL, NULL, NULL);
  safewasm_module_t *module = module_of(compilation);
  expect_adds(engine, module);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
}

static inline safewasm_error_t *compile_and_tell(safewasm_engine_t *engine, size_t count, safewasm_progress_t progress,
                                          void *env, safewasm_module_t **module) {
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(count, &data, &len);
  safewasm_error_t *error = safewasm_module_new_with_progress(engine, data, len, progress, env, module);
  safewasm_bytes_delete(bytes);
  return error;
}

static inline safewasm_config_t *new_config(void) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  return config;
}

/* How often a compilation has given notice and was finalized. */
typedef struct {
  atomic_int notices, finalizers;
} counts_t;

static inline void note(void *env) { ((counts_t *)env)->notices++; }

static inline void finalize(void *env) {
  counts_t *counts = (counts_t *)env;
  counts->finalizers++;
}

/* Waits until all is over, which a deleted compilation tells by its notice. */
static inline void wait_for_finalizer(counts_t *counts) {
  while (counts->finalizers == 0) usleep(1000);
  CHECK(counts->finalizers == 1);
}

#endif
