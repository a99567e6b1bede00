/*
 * An exception of wasm that a host function throws. It carries a number and an object of the program. Wasm catches it in
 * one function, and lets it pass in another: the program then finds it in the error.
 *
 *   cc -Iinclude examples/exceptions.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o exceptions
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MODULE[] =
    "(module"
    "  (import \"env\" \"failed\" (tag $failed (param i32 externref)))"
    "  (import \"env\" \"work\" (func $work))"
    "  (func (export \"careful\") (result i32)"
    "    (block $caught (result i32 externref)"
    "      (try_table (catch $failed $caught) (call $work))"
    "      (return (i32.const 0)))"
    "    (drop))"
    "  (func (export \"careless\") (call $work)))";

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  exit(1);
}

static char reason[] = "the disk is full";

/* Throws by returning an error that `safewasm_error_new_exception` made. */
static safewasm_error_t *work(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)slots, (void)slots_len;
  safewasm_tag_t *failed = *(safewasm_tag_t **)env;
  safewasm_store_t *store;
  safewasm_ref_t *object, *exception = NULL;
  safewasm_error_t *thrown = NULL;
  safewasm_error_t *error = safewasm_caller_store(caller, &store);
  if (error != NULL) return error;
  error = safewasm_ref_new_extern(store, reason, NULL, &object);
  if (error != NULL) return error;
  const safewasm_val_t fields[] = {
      {.kind = SAFEWASM_VAL_I32, .of = {.i32 = 28}},
      {.kind = SAFEWASM_VAL_REF, .of = {.reference = object}},
  };
  error = safewasm_ref_new_exception(failed, fields, 2, &exception);
  if (error == NULL) error = safewasm_error_new_exception(exception, &thrown);
  safewasm_ref_delete(exception);
  safewasm_ref_delete(object);
  return error != NULL ? error : thrown;
}

int main(void) {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_store_new(engine, &store));

  const safewasm_valtype_t carried[] = {
      {.kind = SAFEWASM_VAL_I32},
      {.kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true},
  };
  safewasm_functype_t *tag_type, *work_type;
  safewasm_tag_t *failed;
  safewasm_func_t *func;
  check(safewasm_functype_new(engine, carried, 2, NULL, 0, &tag_type));
  check(safewasm_tag_new(store, tag_type, &failed));
  check(safewasm_functype_new(engine, NULL, 0, NULL, 0, &work_type));
  check(safewasm_func_new_slots(store, work_type, work, &failed, NULL, &func));

  const safewasm_extern_t imports[] = {
      {.kind = SAFEWASM_EXTERN_TAG, .of = {.tag = failed}},
      {.kind = SAFEWASM_EXTERN_FUNC, .of = {.func = func}},
  };
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_extern_t careful, careless;
  check(safewasm_module_new_text(engine, MODULE, strlen(MODULE), &module));
  check(safewasm_instance_new(store, module, imports, 2, &instance));
  check(safewasm_instance_export(instance, "careful", 7, &careful));
  check(safewasm_instance_export(instance, "careless", 8, &careless));

  safewasm_slot_t slot;
  check(safewasm_func_call_slots(careful.of.func, &slot, 1));
  printf("wasm caught %d\n", (int)slot.i32);

  safewasm_error_t *error = safewasm_func_call_slots(careless.of.func, NULL, 0);
  safewasm_ref_t *exception;
  safewasm_val_t field;
  void *object;
  check(safewasm_error_exception(error, &exception));
  check(safewasm_ref_field(exception, 1, &field));
  check(safewasm_ref_env(field.of.reference, &object));
  printf("the program caught: %s\n", (const char *)object);

  safewasm_ref_delete(field.of.reference);
  safewasm_ref_delete(exception);
  safewasm_error_delete(error);
  safewasm_extern_delete(&careful);
  safewasm_extern_delete(&careless);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  safewasm_func_delete(func);
  safewasm_functype_delete(work_type);
  safewasm_tag_delete(failed);
  safewasm_functype_delete(tag_type);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
  return slot.i32 == 28 && object == reason ? 0 : 1;
}
