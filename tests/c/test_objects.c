/* Configs, engines, stores, modules, instances, errors: making, misusing and deleting them. */
#include "check.h"
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *COUNTER =
    "(module (memory (export \"memory\") 1)"
    "  (global $n (export \"count\") (mut i32) (i32.const 0))"
    "  (table (export \"table\") 1 funcref)"
    "  (func (export \"next\") (result i32)"
    "    (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))"
    "  (func (export \"peek\") (result i32) (i32.load (i32.const 0))))";

static int32_t call(safewasm_instance_t *instance, const char *name) {
  safewasm_extern_t func = get_export(instance, name);
  safewasm_slot_t slot = {.i32 = -1};
  OK(safewasm_func_call_slots(func.of.func, &slot, 1));
  safewasm_extern_delete(&func);
  return slot.i32;
}

static const char *WITH_MEMORY = "(module (memory (export \"memory\") 1))";

TEST(version_and_abi_number_are_those_of_the_header) {
  CHECK(strcmp(safewasm_version(), "0.1.0") == 0);
  CHECK(safewasm_abi_version() == SAFEWASM_ABI_VERSION);
}

TEST(a_config_is_consumed_by_its_engine_even_if_that_fails) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_opt_level(config, SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE));
  OK(safewasm_config_set_debug_info(config, true));
  FAILS(safewasm_config_set_opt_level(config, 3), INVALID_ARGUMENT, "`level` is 3");
  FAILS(safewasm_engine_new(config, NULL), NULL_POINTER, "`engine_out`");
  CHECK(!safewasm_config_is_valid(config));
  safewasm_config_delete(config);
  FAILS(safewasm_engine_new(config, &engine), INVALID_HANDLE, "`config`");
  CHECK(engine == NULL);
}

TEST(deleting_null_or_twice_does_nothing) {
  world_t world = new_world(COUNTER);
  safewasm_store_delete(NULL);
  safewasm_store_delete(world.store);
  safewasm_store_delete(world.store);
  CHECK(!safewasm_store_is_valid(world.store));
  CHECK(!safewasm_instance_is_valid(world.instance));
  /* A new store in the same slot is another store. */
  safewasm_store_t *next;
  OK(safewasm_store_new(world.engine, &next));
  safewasm_store_delete(world.store);
  CHECK(safewasm_store_is_valid(next));
  safewasm_store_delete(next);
  delete_world(world);
}

TEST(engine_and_module_may_go_before_their_instance) {
  world_t world = new_world(COUNTER);
  safewasm_engine_delete(world.engine);
  safewasm_module_delete(world.module);
  CHECK(!safewasm_engine_is_valid(world.engine) && !safewasm_module_is_valid(world.module));
  CHECK(call(world.instance, "next") == 1);
  delete_world(world);
}

TEST(a_deleted_store_is_an_error_that_names_it) {
  world_t world = new_world(COUNTER);
  safewasm_instance_t *instance;
  safewasm_store_delete(world.store);
  FAILS(safewasm_instance_new(world.store, world.module, NULL, 0, &instance), INVALID_HANDLE,
        "Invalid store: `store` was deleted");
  /* Of two bad arguments the store is reported last. */
  FAILS(safewasm_instance_new(NULL, NULL, NULL, 0, &instance), NULL_POINTER,
        "Invalid module: `module` is NULL");
  FAILS(safewasm_instance_new(NULL, world.module, NULL, 0, &instance), NULL_POINTER,
        "Invalid store: `store` is NULL");
  FAILS(safewasm_instance_new((safewasm_store_t *)world.engine, world.module, NULL, 0, &instance),
        INVALID_HANDLE, "`store` is an engine, not a store");
  delete_world(world);
}

TEST(bytes_that_are_no_module_are_errors) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  uint8_t bytes[64] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 200};
  FAILS(safewasm_module_new(engine, bytes, 0, &module), INVALID_MODULE, "Invalid module");
  FAILS(safewasm_module_new(engine, bytes, 5, &module), INVALID_MODULE, "Invalid module");
  FAILS(safewasm_module_new(engine, bytes, 10, &module), INVALID_MODULE, "Invalid module");
  FAILS(safewasm_module_validate(engine, bytes, 10), INVALID_MODULE, "offset");
  FAILS(safewasm_module_new(engine, bytes, SIZE_MAX, &module), INVALID_ARGUMENT,
        "`bytes` has the length `SAFEWASM_STRLEN`, which only texts may have");
  OK(safewasm_module_validate(engine, bytes, 8));
  srand(1);
  for (int round = 0; round < 200; round++) {
    for (size_t i = 8; i < sizeof bytes; i++) bytes[i] = (uint8_t)rand();
    safewasm_error_t *error = safewasm_module_new(engine, bytes, sizeof bytes, &module);
    CHECK((error == NULL) == (module != NULL));
    safewasm_error_delete(error);
    safewasm_module_delete(module);
  }
  safewasm_engine_delete(engine);
}

TEST(a_syntax_error_says_line_and_column) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  safewasm_bytes_t *bytes;
  const char *text = "(module\n  (fnc))";
  FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_TEXT, "line 2, column 4");
  FAILS(safewasm_wat2wasm(text, strlen(text), &bytes), INVALID_TEXT, "(fnc)");
  FAILS(safewasm_wat2wasm("\xff\xfe", 2, &bytes), INVALID_ARGUMENT, "`text` is not UTF-8");
  const uint8_t *data;
  size_t len;
  OK(safewasm_wat2wasm("(module)", 8, &bytes));
  OK(safewasm_bytes_data(bytes, &data, &len));
  CHECK(len == 8 && memcmp(data, "\0asm\1\0\0\0", 8) == 0 && safewasm_bytes_is_valid(bytes));
  OK(safewasm_module_new(engine, data, len, &module));
  safewasm_bytes_delete(bytes);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_module_comes_from_a_file_of_bytes_or_text) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  char path[] = "/tmp/safewasm-test-XXXXXX";
  int file = mkstemp(path);
  CHECK(write(file, "(module)", 8) == 8);
  OK(safewasm_module_new_file(engine, path, strlen(path), &module));
  safewasm_module_delete(module);
  CHECK(pwrite(file, "\0asm\1\0\0\0", 8, 0) == 8);
  OK(safewasm_module_new_file(engine, path, strlen(path), &module));
  safewasm_module_delete(module);
  close(file);
  unlink(path);
  safewasm_error_t *error = safewasm_module_new_file(engine, path, strlen(path), &module);
  CHECK(safewasm_error_os_code(error) == ENOENT);
  FAILS(error, IO, path);
  FAILS(safewasm_module_new_file(engine, "/tmp", 4, &module), IO, "/tmp");
  /* A pipe would wait for a writer, and the device has no end. */
  char pipe[] = "target/c/pipe-XXXXXX";
  CHECK(mkdtemp(pipe) != NULL && rmdir(pipe) == 0 && mkfifo(pipe, 0600) == 0);
  FAILS(safewasm_module_new_file(engine, pipe, strlen(pipe), &module), IO, "a pipe or a device");
  CHECK(unlink(pipe) == 0);
  FAILS(safewasm_module_new_file(engine, "/dev/zero", 9, &module), IO, "a pipe or a device");
  safewasm_engine_delete(engine);
}

TEST(a_path_and_a_text_in_the_place_of_the_other_are_recognized) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  safewasm_bytes_t *bytes;
  const char *path = "add.wat", *url = "https://example.com/add.wasm";
  FAILS(safewasm_wat2wasm(path, strlen(path), &bytes), INVALID_TEXT,
        "it is the path of a file, not the text of a module; `safewasm_module_new_file` reads");
  FAILS(safewasm_module_new_text(engine, path, strlen(path), &module), INVALID_TEXT,
        "it is the path of a file");
  FAILS(safewasm_wat2wasm("(add.wat", 8, &bytes), INVALID_TEXT, "line 1, column 2");
  FAILS(safewasm_module_new_file(engine, "(module)", 8, &module), INVALID_ARGUMENT,
        "`path` is the text of a module");
  FAILS(safewasm_module_new_file(engine, url, strlen(url), &module), IO,
        "which is a URL: download the module first");
  safewasm_engine_delete(engine);
}

TEST(imports_and_exports_have_full_types) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(
      engine,
      "(module (import \"a\" \"f\" (func (param i32 v128) (result f64 i64)))"
      "  (import \"a\" \"m\" (memory 1 10)) (import \"a\" \"t\" (table 2 externref))"
      "  (import \"a\" \"g\" (global (mut f32))) (import \"a\" \"e\" (tag (param i32)))"
      "  (func (export \"x\") (param (ref null func))))");
  const char *texts[] = {"(func (param i32 v128) (result f64 i64))", "(memory 1 10)",
                         "(table 2 externref)", "(global (mut f32))", "(tag (param i32))"};
  const char *words[] = {"func (i32, v128) -> (f64, i64)", "memory 1 10", "table 2 externref",
                         "global (mut f32)", "tag (i32) -> ()"};
  const uint32_t kinds[] = {SAFEWASM_EXTERN_FUNC, SAFEWASM_EXTERN_MEMORY, SAFEWASM_EXTERN_TABLE,
                            SAFEWASM_EXTERN_GLOBAL, SAFEWASM_EXTERN_TAG};
  size_t len;
  OK(safewasm_module_imports_len(module, &len));
  CHECK(len == 5);
  for (size_t i = 0; i < 5; i++) {
    safewasm_text_t from, name, text;
    safewasm_externtype_t *type;
    uint32_t kind;
    OK(safewasm_module_import(module, i, &from, &name, &type));
    OK(safewasm_externtype_text(type, &text));
    OK(safewasm_externtype_kind(type, &kind));
    CHECK(strcmp(from.data, "a") == 0 && from.len == 1 && name.len == 1);
    CHECK(strcmp(text.data, texts[i]) == 0 && kind == kinds[i]);
    safewasm_memorytype_t memory;
    safewasm_functype_t *func;
    if (kind == SAFEWASM_EXTERN_MEMORY) {
      OK(safewasm_externtype_memorytype(type, &memory));
      CHECK(memory.min == 1 && memory.has_max && memory.max == 10 && !memory.is_64);
      CHECK(memory.page_size == 65536);
    } else {
      FAILS(safewasm_externtype_memorytype(type, &memory), TYPE_MISMATCH, words[i]);
    }
    if (kind == SAFEWASM_EXTERN_FUNC) {
      safewasm_valtype_t param;
      size_t results;
      OK(safewasm_externtype_functype(type, &func));
      OK(safewasm_functype_param(func, 1, &param));
      OK(safewasm_functype_results_len(func, &results));
      CHECK(param.kind == SAFEWASM_VAL_V128 && results == 2);
      FAILS(safewasm_functype_param(func, 2, &param), NOT_FOUND, "2 parameters");
      safewasm_functype_delete(func);
    }
    safewasm_externtype_delete(type);
  }
  safewasm_text_t name;
  safewasm_externtype_t *type;
  FAILS(safewasm_module_export(module, 1, &name, &type), NOT_FOUND, "1 export");
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_missing_or_wrong_import_is_named_with_its_type) {
  world_t world = new_world(COUNTER);
  safewasm_module_t *module =
      new_module(world.engine, "(module (import \"env\" \"log\" (func (param i32))))");
  safewasm_extern_t given[2] = {get_export(world.instance, "next"),
                                get_export(world.instance, "memory")};
  safewasm_instance_t *instance;
  safewasm_error_t *error = safewasm_instance_new(world.store, module, NULL, 0, &instance);
  CHECK(strstr(safewasm_error_message(error, NULL), "`env`") != NULL);
  CHECK(strstr(safewasm_error_message(error, NULL), "func (i32) -> ()") != NULL);
  FAILS(error, LINK, "`log`");
  FAILS(safewasm_instance_new(world.store, module, given, 1, &instance), LINK,
        "expected func (i32) -> (), given func () -> i32");
  FAILS(safewasm_instance_new(world.store, module, given, 2, &instance), LINK, "1 import");
  given[0].kind = 9;
  FAILS(safewasm_instance_new(world.store, module, given, 1, &instance), INVALID_ARGUMENT,
        "`imports[0].kind` is 9");
  given[0].kind = SAFEWASM_EXTERN_FUNC;
  CHECK(call(world.instance, "next") == 1);
  safewasm_extern_delete(&given[0]);
  safewasm_extern_delete(&given[1]);
  CHECK(given[0].kind == 0 && given[0].of.func == NULL);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(what_belongs_to_another_store_or_engine_is_refused) {
  world_t world = new_world(COUNTER), other = new_world(COUNTER);
  safewasm_module_t *module =
      new_module(world.engine, "(module (import \"a\" \"next\" (func (result i32))))");
  safewasm_extern_t foreign = get_export(other.instance, "next");
  safewasm_instance_t *instance;
  FAILS(safewasm_instance_new(world.store, module, &foreign, 1, &instance), WRONG_STORE,
        "`imports[0].of.func`");
  FAILS(safewasm_instance_new(other.store, module, &foreign, 1, &instance), WRONG_ENGINE,
        "`module`");
  safewasm_extern_delete(&foreign);
  safewasm_module_delete(module);
  delete_world(world);
  delete_world(other);
}

TEST(of_several_bad_arguments_the_store_is_reported_last) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(engine, COUNTER);
  safewasm_instance_t *instance;
  safewasm_extern_t none = {.kind = SAFEWASM_EXTERN_FUNC, .of = {.func = NULL}};
  FAILS(safewasm_instance_new(NULL, NULL, NULL, 0, &instance), NULL_POINTER, "`module`");
  FAILS(safewasm_instance_new(NULL, module, &none, 1, &instance), NULL_POINTER, "`imports[0]");
  FAILS(safewasm_instance_new(NULL, module, NULL, 0, &instance), NULL_POINTER, "`store`");
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_start_function_that_traps_leaves_the_store_usable) {
  world_t world = new_world(COUNTER);
  safewasm_module_t *module = new_module(world.engine, "(module (func $f unreachable) (start $f))");
  safewasm_instance_t *instance;
  FAILS(safewasm_instance_new(world.store, module, NULL, 0, &instance), TRAP, "unreachable");
  CHECK(instance == NULL);
  CHECK(call(world.instance, "next") == 1);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(instances_have_a_state_of_their_own) {
  world_t world = new_world(COUNTER);
  safewasm_instance_t *second;
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &second));
  CHECK(call(world.instance, "next") == 1 && call(world.instance, "next") == 2);
  CHECK(call(second, "next") == 1);
  safewasm_extern_t memory = get_export(world.instance, "memory");
  OK(safewasm_memory_write(memory.of.memory, 0, (const uint8_t[]){7}, 1));
  CHECK(call(world.instance, "peek") == 7 && call(second, "peek") == 0);
  safewasm_extern_delete(&memory);
  safewasm_instance_delete(second);
  delete_world(world);
}

TEST(exports_are_found_by_name_and_by_index) {
  world_t world = new_world("(module (memory (export \"m\") 1) (func (export \"a\\00b\")))");
  safewasm_extern_t item;
  safewasm_module_t *module;
  safewasm_text_t name;
  safewasm_externtype_t *type;
  size_t len;
  OK(safewasm_instance_exports_len(world.instance, &len));
  OK(safewasm_instance_export(world.instance, "a\0b", 3, &item));
  CHECK(len == 2 && item.kind == SAFEWASM_EXTERN_FUNC);
  safewasm_extern_delete(&item);
  OK(safewasm_instance_export_at(world.instance, 0, &item));
  CHECK(item.kind == SAFEWASM_EXTERN_MEMORY);
  safewasm_extern_delete(&item);
  OK(safewasm_instance_module(world.instance, &module));
  OK(safewasm_module_export(module, 1, &name, &type));
  CHECK(name.len == 3 && memcmp(name.data, "a\0b", 4) == 0);
  safewasm_externtype_delete(type);
  safewasm_module_delete(module);
  FAILS(safewasm_instance_export(world.instance, "a", 1, &item), NOT_FOUND, "`m`");
  FAILS(safewasm_instance_export(world.instance, "\xff", 1, &item), INVALID_ARGUMENT, "`name`");
  FAILS(safewasm_instance_export_at(world.instance, 2, &item), NOT_FOUND, "2 exports");
  CHECK(item.kind == 0);
  delete_world(world);
}

TEST(every_kind_of_export_has_a_handle_that_goes_with_its_store) {
  world_t world = new_world(
      "(module (func (export \"f\")) (memory (export \"m\") 1) (table (export \"t\") 1 2 funcref)"
      "  (global (export \"g\") (mut i64) (i64.const 0)) (tag (export \"e\") (param i32)))");
  safewasm_extern_t f = get_export(world.instance, "f"), m = get_export(world.instance, "m"),
                    t = get_export(world.instance, "t"), g = get_export(world.instance, "g"),
                    e = get_export(world.instance, "e");
  CHECK(safewasm_func_is_valid(f.of.func) && safewasm_memory_is_valid(m.of.memory));
  CHECK(safewasm_table_is_valid(t.of.table) && safewasm_global_is_valid(g.of.global));
  CHECK(safewasm_tag_is_valid(e.of.tag) && !safewasm_tag_is_valid((safewasm_tag_t *)g.of.global));
  /* Two look-ups return two handles: deleting one leaves the other valid. */
  safewasm_extern_t again = get_export(world.instance, "g");
  CHECK(again.of.global != g.of.global);
  safewasm_global_delete(again.of.global);
  CHECK(!safewasm_global_is_valid(again.of.global) && safewasm_global_is_valid(g.of.global));
  safewasm_table_delete(t.of.table);
  safewasm_tag_delete(e.of.tag);
  safewasm_memory_delete(m.of.memory);
  CHECK(!safewasm_table_is_valid(t.of.table) && !safewasm_tag_is_valid(e.of.tag));
  CHECK(!safewasm_memory_is_valid(m.of.memory));
  safewasm_store_delete(world.store);
  CHECK(!safewasm_global_is_valid(g.of.global) && !safewasm_func_is_valid(f.of.func));
  delete_world(world);
}

TEST(types_of_tables_globals_and_functions_are_whole) {
  world_t world = new_world(
      "(module (table (export \"t\") 1 2 funcref) (global (export \"g\") (mut i64) (i64.const 0))"
      "  (func (export \"f\") (param i32) (result f32 v128)"
      "    (f32.const 0) (v128.const i64x2 0 0)))");
  size_t len;
  safewasm_text_t name;
  safewasm_externtype_t *type;
  safewasm_tabletype_t table;
  safewasm_globaltype_t global;
  OK(safewasm_module_exports_len(world.module, &len));
  CHECK(len == 3 && safewasm_module_is_valid(world.module));
  OK(safewasm_module_export(world.module, 0, &name, &type));
  OK(safewasm_externtype_tabletype(type, &table));
  CHECK(table.min == 1 && table.has_max && table.max == 2 && !table.is_64);
  CHECK(table.element.kind == SAFEWASM_VAL_FUNC && table.element.heap == SAFEWASM_HEAP_FUNC);
  CHECK(table.element.nullable);
  FAILS(safewasm_externtype_globaltype(type, &global), TYPE_MISMATCH, "table 1 2 funcref");
  safewasm_externtype_delete(type);
  CHECK(!safewasm_externtype_is_valid(type));
  OK(safewasm_module_export(world.module, 1, &name, &type));
  OK(safewasm_externtype_globaltype(type, &global));
  CHECK(global.is_mutable && global.content.kind == SAFEWASM_VAL_I64);
  FAILS(safewasm_externtype_tabletype(type, &table), TYPE_MISMATCH, "global (mut i64)");
  safewasm_externtype_delete(type);

  safewasm_extern_t func = get_export(world.instance, "f");
  safewasm_functype_t *functype;
  safewasm_text_t text;
  safewasm_valtype_t result;
  OK(safewasm_func_type(func.of.func, &functype));
  OK(safewasm_functype_text(functype, &text));
  CHECK(strcmp(text.data, "(i32) -> (f32, v128)") == 0 && text.len == strlen(text.data));
  OK(safewasm_functype_params_len(functype, &len));
  CHECK(len == 1);
  OK(safewasm_functype_result(functype, 1, &result));
  CHECK(result.kind == SAFEWASM_VAL_V128 && result.heap == SAFEWASM_HEAP_NOT_A_REFERENCE);
  FAILS(safewasm_functype_result(functype, 2, &result), NOT_FOUND, "2 results");
  CHECK(result.kind == 0 && safewasm_functype_is_valid(functype));
  safewasm_functype_delete(functype);
  CHECK(!safewasm_functype_is_valid(functype));
  safewasm_extern_delete(&func);
  delete_world(world);
}

TEST(an_error_that_is_none_has_a_message_too) {
  safewasm_engine_t *engine;
  safewasm_error_t *error = safewasm_engine_new(NULL, NULL);
  size_t len = 0;
  CHECK(strlen(safewasm_error_message(error, &len)) == len && len > 0);
  CHECK(safewasm_error_is_valid(error));
  safewasm_error_delete(error);
  safewasm_error_delete(error);
  int on_the_stack;
  safewasm_error_t *none[] = {NULL, error, (safewasm_error_t *)(void *)&on_the_stack};
  for (int i = 0; i < 3; i++) {
    safewasm_frame_t frame;
    CHECK(!safewasm_error_is_valid(none[i]));
    CHECK(safewasm_error_kind(none[i]) ==
          (none[i] == NULL ? SAFEWASM_ERROR_NONE : SAFEWASM_ERROR_INVALID_HANDLE));
    CHECK(strstr(safewasm_error_message(none[i], NULL), "invalid error") != NULL);
    CHECK(safewasm_error_trap_code(none[i]) == SAFEWASM_TRAP_NOT_A_TRAP);
    CHECK(safewasm_error_frames_len(none[i]) == 0 && !safewasm_error_frame(none[i], 0, &frame));
  }
  OK(safewasm_engine_new(NULL, &engine));
  safewasm_engine_delete(engine);
}

TEST(a_panic_poisons_its_store_and_nothing_else) {
  world_t world = new_world(WITH_MEMORY), other = new_world(COUNTER);
  safewasm_extern_t memory = get_export(world.instance, "memory");
  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  size_t len;
  OK(safewasm_memory_view(memory.of.memory, &view, &cell));
  CHECK(cell->len == 65536);
  FAILS(safewasm_provoke_panic(NULL), INTERNAL, "internal error");
  FAILS(safewasm_provoke_panic(world.store), INTERNAL, "internal error");
  FAILS(safewasm_instance_exports_len(world.instance, &len), STORE_POISONED, "delete the store");
  CHECK(cell->data == NULL && cell->len == 0);
  safewasm_view_delete(view);
  safewasm_extern_delete(&memory);
  CHECK(call(other.instance, "next") == 1);
  delete_world(world);
  CHECK(!safewasm_store_is_valid(world.store));
  delete_world(other);
}

int main(void) {
  RUN(version_and_abi_number_are_those_of_the_header);
  RUN(a_config_is_consumed_by_its_engine_even_if_that_fails);
  RUN(deleting_null_or_twice_does_nothing);
  RUN(engine_and_module_may_go_before_their_instance);
  RUN(a_deleted_store_is_an_error_that_names_it);
  RUN(bytes_that_are_no_module_are_errors);
  RUN(a_syntax_error_says_line_and_column);
  RUN(a_module_comes_from_a_file_of_bytes_or_text);
  RUN(a_path_and_a_text_in_the_place_of_the_other_are_recognized);
  RUN(imports_and_exports_have_full_types);
  RUN(a_missing_or_wrong_import_is_named_with_its_type);
  RUN(what_belongs_to_another_store_or_engine_is_refused);
  RUN(of_several_bad_arguments_the_store_is_reported_last);
  RUN(a_start_function_that_traps_leaves_the_store_usable);
  RUN(instances_have_a_state_of_their_own);
  RUN(exports_are_found_by_name_and_by_index);
  RUN(every_kind_of_export_has_a_handle_that_goes_with_its_store);
  RUN(types_of_tables_globals_and_functions_are_whole);
  RUN(an_error_that_is_none_has_a_message_too);
  RUN(a_panic_poisons_its_store_and_nothing_else);
  return finish("objects");
}
