/* Texts whose length is SAFEWASM_STRLEN, and function types from text. */
#include "check.h"

#define ANY SAFEWASM_STRLEN

TEST(a_text_may_end_at_its_nul) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  safewasm_store_t *store = NULL;
  safewasm_instance_t *instance = NULL;
  safewasm_extern_t item;
  safewasm_bytes_t *bytes = NULL;
  safewasm_error_t *error = NULL;
  OK(safewasm_module_new_text(engine, "(module (func (export \"f\\c3\\a9\")))", ANY, &module));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  OK(safewasm_instance_export(instance, "f\xc3\xa9", ANY, &item));
  CHECK(item.kind == SAFEWASM_EXTERN_FUNC);
  OK(safewasm_wat2wasm("(module)\0 and no more", ANY, &bytes));
  OK(safewasm_error_new("said\0 no more", ANY, NULL, NULL, NULL, &error));
  CHECK(strcmp(safewasm_error_message(error, NULL), "said") == 0);
  safewasm_error_delete(error);
  safewasm_bytes_delete(bytes);
  safewasm_extern_delete(&item);
  safewasm_instance_delete(instance);
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_nul_within_a_text_of_known_length_is_a_character) {
  world_t world = new_world("(module (func (export \"a\\00b\")) (memory (export \"a\") 1))");
  safewasm_extern_t item;
  OK(safewasm_instance_export(world.instance, "a\0b", 3, &item));
  CHECK(item.kind == SAFEWASM_EXTERN_FUNC);
  safewasm_extern_delete(&item);
  OK(safewasm_instance_export(world.instance, "a\0b", ANY, &item));
  CHECK(item.kind == SAFEWASM_EXTERN_MEMORY);
  safewasm_extern_delete(&item);
  delete_world(world);
}

TEST(null_and_text_that_is_not_utf8_are_refused_at_any_length) {
  world_t world = new_world("(module (func (export \"\")))");
  safewasm_extern_t item;
  FAILS(safewasm_instance_export(world.instance, NULL, ANY, &item), NULL_POINTER, "`name`");
  FAILS(safewasm_instance_export(world.instance, "a\xff", ANY, &item), INVALID_ARGUMENT, "byte 1");
  FAILS(safewasm_instance_export(world.instance, "a", ANY - 1, &item), INVALID_ARGUMENT, "`name`");
  OK(safewasm_instance_export(world.instance, "", ANY, &item));
  safewasm_extern_delete(&item);
  delete_world(world);
}

TEST(bytes_have_no_nul_at_their_end) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = NULL;
  FAILS(safewasm_module_new(engine, (const uint8_t *)"\0asm\1\0\0", ANY, &module), INVALID_ARGUMENT,
        "`bytes`");
  safewasm_engine_delete(engine);
}

/* Whether the type that is made from a text is described by the other text. */
static bool is_written(safewasm_engine_t *engine, const char *text, const char *written) {
  safewasm_functype_t *type = NULL;
  safewasm_text_t said;
  OK(safewasm_functype_new_text(engine, text, ANY, &type));
  OK(safewasm_functype_text(type, &said));
  bool same = strcmp(said.data, written) == 0;
  safewasm_functype_delete(type);
  return same;
}

TEST(function_types_are_made_from_text_and_say_it_again) {
  static const char *const types[] = {
      "() -> ()", "(i32, i64) -> f64", "(v128) -> (f32, f64)", "(funcref, externref) -> anyref",
      "((ref func), (ref eq)) -> (ref extern)", "() -> (i31ref, structref, arrayref, exnref)",
      "(nullref, nullfuncref, nullexternref, nullexnref) -> ()"};
  safewasm_engine_t *engine = new_engine();
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) CHECK(is_written(engine, types[i], types[i]));
  CHECK(is_written(engine, "((ref null func))->(i32)", "(funcref) -> i32"));
  safewasm_engine_delete(engine);
}

TEST(a_function_type_from_text_has_its_parameters_and_results) {
  safewasm_engine_t *engine = new_engine();
  safewasm_functype_t *type = NULL;
  safewasm_valtype_t param, result;
  size_t params_len, results_len;
  OK(safewasm_functype_new_text(engine, "(i32, (ref null func)) -> f64 and more", 29, &type));
  OK(safewasm_functype_params_len(type, &params_len));
  OK(safewasm_functype_results_len(type, &results_len));
  OK(safewasm_functype_param(type, 1, &param));
  OK(safewasm_functype_result(type, 0, &result));
  CHECK(params_len == 2 && results_len == 1);
  CHECK(param.kind == SAFEWASM_VAL_FUNC && param.heap == SAFEWASM_HEAP_FUNC && param.nullable);
  CHECK(result.kind == SAFEWASM_VAL_F64);
  safewasm_functype_delete(type);
  safewasm_engine_delete(engine);
}

static safewasm_error_t *add(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                             size_t slots_len) {
  (void)env, (void)caller, (void)slots_len;
  slots[0].i32 += slots[1].i32;
  return NULL;
}

TEST(a_host_function_of_a_type_from_text_is_called) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type = NULL;
  safewasm_func_t *func = NULL;
  safewasm_slot_t slots[2] = {{.i32 = 40}, {.i32 = 2}};
  OK(safewasm_functype_new_text(world.engine, "(i32, i32) -> i32", ANY, &type));
  OK(safewasm_func_new_slots(world.store, type, add, NULL, NULL, &func));
  OK(safewasm_func_call_slots(func, slots, 2));
  CHECK(slots[0].i32 == 42);
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  delete_world(world);
}

TEST(a_text_that_is_no_function_type_is_refused_with_the_place) {
  safewasm_engine_t *engine = new_engine();
  safewasm_functype_t *type = (safewasm_functype_t *)1;
  FAILS(safewasm_functype_new_text(engine, "(i32, i65) -> f64", ANY, &type), INVALID_ARGUMENT,
        "`text` is no function type: a type such as `i32` or `funcref` is expected at byte 6, not `i65`");
  CHECK(type == NULL);
  FAILS(safewasm_functype_new_text(engine, "(i32)", ANY, &type), INVALID_ARGUMENT,
        "`->` is expected at byte 5, not its end");
  FAILS(safewasm_functype_new_text(engine, "", 0, &type), INVALID_ARGUMENT, "byte 0");
  FAILS(safewasm_functype_new_text(engine, "\xff", ANY, &type), INVALID_ARGUMENT, "not UTF-8");
  FAILS(safewasm_functype_new_text(engine, NULL, ANY, &type), NULL_POINTER, "`text`");
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_text_may_end_at_its_nul);
  RUN(a_nul_within_a_text_of_known_length_is_a_character);
  RUN(null_and_text_that_is_not_utf8_are_refused_at_any_length);
  RUN(bytes_have_no_nul_at_their_end);
  RUN(function_types_are_made_from_text_and_say_it_again);
  RUN(a_function_type_from_text_has_its_parameters_and_results);
  RUN(a_host_function_of_a_type_from_text_is_called);
  RUN(a_text_that_is_no_function_type_is_refused_with_the_place);
  return finish("text");
}
