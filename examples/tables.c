/*
 * A global and a table that the program and the module share: the program changes the step of a counter, and puts a
 * function of its own where the module calls one.
 *
 *   cc -Iinclude examples/tables.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o tables
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MODULE[] =
    "(module"
    "  (import \"env\" \"step\" (global $step (mut i32)))"
    "  (import \"env\" \"handlers\" (table 1 funcref))"
    "  (type $handler (func (param i32)))"
    "  (global $count (mut i32) (i32.const 0))"
    "  (func (export \"tick\")"
    "    (global.set $count (i32.add (global.get $count) (global.get $step)))"
    "    (call_indirect (type $handler) (global.get $count) (i32.const 0))))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

static safewasm_error_t *show(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)caller, (void)slots_len;
  *(int32_t *)env = slots[0].i32;
  printf("the counter is %d\n", (int)slots[0].i32);
  return NULL;
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));

  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32};
  const safewasm_globaltype_t step_type = {.content = i32, .is_mutable = true};
  safewasm_val_t value = {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 1}};
  safewasm_global_t *step;
  check(safewasm_global_new(store, &step_type, &value, &step));

  const safewasm_tabletype_t handlers_type = {
      .min = 1, .element = {.kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC, .nullable = true}};
  safewasm_table_t *handlers;
  check(safewasm_table_new(store, &handlers_type, NULL, &handlers));

  int32_t last = 0;
  safewasm_functype_t *type;
  safewasm_func_t *handler;
  check(safewasm_functype_new(engine, &i32, 1, NULL, 0, &type));
  check(safewasm_func_new_slots(store, type, show, &last, NULL, &handler));
  const safewasm_val_t element = {.kind = SAFEWASM_VAL_FUNC, .of = {.func = handler}};
  check(safewasm_table_set(handlers, 0, &element));

  /* Imports are in the order of the module's. */
  const safewasm_extern_t imports[] = {
      {.kind = SAFEWASM_EXTERN_GLOBAL, .of = {.global = step}},
      {.kind = SAFEWASM_EXTERN_TABLE, .of = {.table = handlers}},
  };
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t tick;
  check(safewasm_module_new_text(engine, MODULE, strlen(MODULE), &module));
  check(safewasm_instance_new(store, module, imports, 2, &instance));
  check(safewasm_instance_export(instance, "tick", 4, &tick));

  check(safewasm_func_call_slots(tick.of.func, NULL, 0));
  value.of.i32 = 10;
  check(safewasm_global_set(step, &value));
  check(safewasm_func_call_slots(tick.of.func, NULL, 0));

  safewasm_extern_delete(&tick);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_func_delete(handler);
  safewasm_functype_delete(type);
  safewasm_table_delete(handlers);
  safewasm_global_delete(step);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return last == 11 ? 0 : 1;
}
