/* Names of modules cost only a bounded time and memory in every message. */
#include "check.h"

enum { LONG_NAME = 50000 };

/* Imports, exports, calls itself 90 times and traps, under names of 50,000 characters of two bytes,
   which are as long as they may be. */
static text_t module_with_long_names(void) {
  text_t text = {NULL, 0, 0};
  const char *parts[] = {"(module $", " (import \"", "\" \"", "\" (func)) (func $", " (export \"",
                         "\") (param i32) (if (i32.eqz (local.get 0)) (then unreachable))"
                         " (call 1 (i32.sub (local.get 0) (i32.const 1)))))"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    put(&text, parts[i]);
    if (i < 5) {
      bool is_identifier = i == 0 || i == 3;
      if (is_identifier) put(&text, "\"");
      put_many(&text, "\xc3\xa9", LONG_NAME);
      if (is_identifier) put(&text, "\"");
    }
  }
  return text;
}

static bool is_cut(safewasm_text_t name, size_t longest) {
  return name.len <= longest && name.len > longest - 6 && strlen(name.data) == name.len &&
         strcmp(name.data + name.len - 3, "\xe2\x80\xa6") == 0;
}

static safewasm_error_t *do_nothing(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  (void)env, (void)caller, (void)slots, (void)slots_len;
  return NULL;
}

TEST(long_names_are_cut_in_messages_and_backtraces) {
  safewasm_engine_t *engine = new_engine();
  text_t text = module_with_long_names();
  safewasm_module_t *module;
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_linker_t *linker;
  safewasm_functype_t *type;
  safewasm_extern_t import = {.kind = SAFEWASM_EXTERN_FUNC}, wrong = {.kind = SAFEWASM_EXTERN_GLOBAL};
  safewasm_val_t zero = {.kind = SAFEWASM_VAL_I32};
  safewasm_globaltype_t global = {.content = {.kind = SAFEWASM_VAL_I32}};
  safewasm_text_t name, namespace;
  safewasm_externtype_t *of;
  safewasm_error_t *errors[5];
  safewasm_frame_t frame;
  size_t len;
  OK(safewasm_module_new_text(engine, text.data, text.len, &module));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_linker_new(engine, &linker));
  OK(safewasm_functype_new(engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(store, type, do_nothing, NULL, NULL, &import.of.func));
  OK(safewasm_global_new(store, &global, &zero, &wrong.of.global));
  OK(safewasm_module_import(module, 0, &namespace, &name, &of));
  CHECK(name.len == 2 * LONG_NAME && namespace.len == 2 * LONG_NAME);
  errors[0] = safewasm_instance_new(store, module, NULL, 0, &instance);
  errors[1] = safewasm_instance_new(store, module, &wrong, 1, &instance);
  errors[2] = safewasm_linker_instantiate(linker, store, module, &instance);
  OK(safewasm_instance_new(store, module, &import, 1, &instance));
  safewasm_extern_t func, none;
  errors[3] = safewasm_instance_export(instance, name.data, name.len - 2, &none);
  OK(safewasm_module_export(module, 0, &name, &of));
  OK(safewasm_instance_export(instance, name.data, name.len, &func));
  safewasm_slot_t depth = {.i32 = 90};
  errors[4] = safewasm_func_call_slots(func.of.func, &depth, 1);
  for (int i = 0; i < 5; i++) {
    safewasm_error_message(errors[i], &len);
    CHECK(errors[i] != NULL && len < 1000);
  }
  CHECK(safewasm_error_frames_len(errors[4]) == 91);
  for (size_t i = 0; i < 91; i++) {
    CHECK(safewasm_error_frame(errors[4], i, &frame));
    CHECK(is_cut(frame.func_name, 1000) && is_cut(frame.module_name, 1000));
  }
  safewasm_error_message(errors[0], &len);
  CHECK(strstr(safewasm_error_message(errors[0], NULL), "\xc3\xa9\xe2\x80\xa6` of module `") != NULL);
  for (int i = 0; i < 5; i++) safewasm_error_delete(errors[i]);
  safewasm_functype_delete(type);
  safewasm_externtype_delete(of);
  free(text.data);
  safewasm_store_delete(store);
  safewasm_linker_delete(linker);
  safewasm_engine_delete(engine);
}

/* A thousand parameters, each a function of a thousand parameters, and as many results. */
static text_t module_with_a_large_type(void) {
  text_t text = {NULL, 0, 0};
  const char *lists[] = {" (param", " (result"};
  put(&text, "(module (type $f (func");
  for (int i = 0; i < 2; i++) {
    put(&text, lists[i]);
    put_many(&text, " i32", 1000);
    put(&text, ")");
  }
  put(&text, ")) (import \"\" \"g\" (func");
  for (int i = 0; i < 2; i++) {
    put(&text, lists[i]);
    put_many(&text, " (ref $f)", 1000);
    put(&text, ")");
  }
  put(&text, ")))");
  return text;
}

TEST(a_type_within_a_type_is_spelt_out_only_if_it_is_short) {
  safewasm_engine_t *engine = new_engine();
  text_t text = module_with_a_large_type();
  safewasm_module_t *module;
  safewasm_text_t namespace, name, shown;
  safewasm_externtype_t *type;
  OK(safewasm_module_new_text(engine, text.data, text.len, &module));
  OK(safewasm_module_import(module, 0, &namespace, &name, &type));
  OK(safewasm_externtype_text(type, &shown));
  CHECK(shown.len < 50000 && strstr(shown.data, "(param (ref (func \xe2\x80\xa6))") != NULL);
  safewasm_externtype_delete(type);
  safewasm_module_delete(module);
  free(text.data);
  safewasm_engine_delete(engine);
}

TEST(listing_many_exports_takes_no_longer_for_each_than_listing_few) {
  enum { EXPORTS = 20000 };
  safewasm_engine_t *engine = new_engine();
  text_t text = {NULL, 0, 0};
  safewasm_module_t *module;
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_text_t name;
  safewasm_externtype_t *type;
  safewasm_extern_t item;
  char field[60];
  put(&text, "(module (func $f)");
  for (int i = 0; i < EXPORTS; i++) {
    snprintf(field, sizeof field, "(export \"%d\" (func $f))", i);
    put(&text, field);
  }
  put(&text, ")");
  OK(safewasm_module_new_text(engine, text.data, text.len, &module));
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  for (size_t i = 0; i < EXPORTS; i++) {
    OK(safewasm_module_export(module, i, &name, &type));
    OK(safewasm_instance_export_at(instance, i, &item));
    CHECK((size_t)atoi(name.data) == i && item.kind == SAFEWASM_EXTERN_FUNC);
    safewasm_externtype_delete(type);
    safewasm_extern_delete(&item);
  }
  free(text.data);
  safewasm_module_delete(module);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(long_names_are_cut_in_messages_and_backtraces);
  RUN(a_type_within_a_type_is_spelt_out_only_if_it_is_short);
  RUN_NATIVELY(listing_many_exports_takes_no_longer_for_each_than_listing_few);
  return finish("names");
}
