/* Shared by the tests of linkers. */
#ifndef LINKS_H
#define LINKS_H

#include "check.h"

/* A name and its length. */
#define NAME(text) (text), sizeof(text) - 1

static const safewasm_valtype_t I32 = {.kind = SAFEWASM_VAL_I32};

typedef struct {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_linker_t *linker;
  safewasm_functype_t *unary; /* (i32) -> i32 */
  int calls, finalized;
} links_t;

static inline links_t new_links(void) {
  links_t links = {.engine = new_engine()};
  OK(safewasm_store_new(links.engine, &links.store));
  OK(safewasm_linker_new(links.engine, &links.linker));
  OK(safewasm_functype_new(links.engine, &I32, 1, &I32, 1, &links.unary));
  return links;
}

static inline void delete_links(links_t *links) {
  safewasm_functype_delete(links->unary);
  safewasm_linker_delete(links->linker);
  safewasm_store_delete(links->store);
  safewasm_engine_delete(links->engine);
}

static inline void finalize(void *env) { ((links_t *)env)->finalized++; }

static inline safewasm_error_t *next(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  (void)caller;
  CHECK(slots_len == 1);
  ((links_t *)env)->calls++;
  slots[0].i32++;
  return NULL;
}

static inline safewasm_error_t *define_next(links_t *links, const char *name) {
  return safewasm_linker_define_func_slots(links->linker, NAME("env"), name, strlen(name),
                                           links->unary, next, links, finalize);
}

/* The error of linking a module, NULL if an instance was made. */
static inline safewasm_error_t *link_text(links_t *links, safewasm_store_t *store,
                                          const char *text) {
  safewasm_module_t *module = new_module(links->engine, text);
  safewasm_instance_t *instance;
  safewasm_error_t *error = safewasm_linker_instantiate(links->linker, store, module, &instance);
  CHECK((error == NULL) == (instance != NULL));
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  return error;
}

static inline safewasm_instance_t *instantiate(links_t *links, const char *text) {
  safewasm_module_t *module = new_module(links->engine, text);
  safewasm_instance_t *instance;
  OK(safewasm_linker_instantiate(links->linker, links->store, module, &instance));
  safewasm_module_delete(module);
  return instance;
}

/* Calls an export (i32) -> i32. */
static inline int32_t call(safewasm_instance_t *instance, const char *name, int32_t argument) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_slot_t slot = {.i32 = argument};
  OK(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  return slot.i32;
}

/* Calls `f`, which it imports from `env`, on its argument. */
#define USES_F                                                      \
  "(module (import \"env\" \"f\" (func $f (param i32) (result i32)))" \
  "  (func (export \"go\") (param i32) (result i32) (call $f (local.get 0))))"

#endif
