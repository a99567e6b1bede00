/* Properties of modules: name, custom sections, resources, and the text of types. */
#include "check.h"

static safewasm_module_t *module_of(safewasm_engine_t *engine, const uint8_t *bytes, size_t len) {
  safewasm_module_t *module;
  OK(safewasm_module_new(engine, bytes, len, &module));
  return module;
}

static safewasm_text_t name_of(safewasm_module_t *module) {
  safewasm_text_t name;
  OK(safewasm_module_name(module, &name));
  return name;
}

TEST(a_module_has_the_name_of_its_name_section) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(engine, "(module $calculator)");
  safewasm_text_t name = name_of(module), again = name_of(module);
  CHECK(name.len == 10 && strcmp(name.data, "calculator") == 0 && again.data == name.data);
  safewasm_module_delete(module);
  module = new_module(engine, "(module $\"gr\\u{fc}\\00n\")");
  name = name_of(module);
  CHECK(name.len == 6 && memcmp(name.data, "gr\xc3\xbc\0n", 7) == 0);
  safewasm_module_delete(module);
  module = new_module(engine, "(module (func $f (export \"f\")))");
  name = name_of(module);
  CHECK(name.data == NULL && name.len == 0);
  safewasm_module_delete(module);
  FAILS(safewasm_module_name(module, &name), INVALID_HANDLE, "`module`");
  FAILS(safewasm_module_name(NULL, &name), NULL_POINTER, "`module`");
  CHECK(name.data == NULL && name.len == 0);
  safewasm_engine_delete(engine);
}

TEST(an_instance_gives_the_module_that_it_was_made_from) {
  world_t world = new_world("(module $origin)");
  safewasm_module_t *module;
  safewasm_module_delete(world.module);
  OK(safewasm_instance_module(world.instance, &module));
  CHECK(strcmp(name_of(module).data, "origin") == 0);
  safewasm_store_delete(world.store);
  CHECK(strcmp(name_of(module).data, "origin") == 0);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(a_clone_keeps_a_module_and_its_texts_and_bytes_when_other_handles_are_deleted) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(
      engine, "(module $kept (@custom \"note\" \"xyz\") (func (export \"f\") (result i32) (i32.const 7)))");
  safewasm_module_t *clone;
  safewasm_text_t name = name_of(module), section, export;
  safewasm_externtype_t *type;
  const uint8_t *wasm, *data;
  size_t wasm_len, len;
  OK(safewasm_module_wasm(module, &wasm, &wasm_len));
  OK(safewasm_module_custom_section(module, 0, &section, &data, &len));
  OK(safewasm_module_export(module, 0, &export, &type));
  safewasm_externtype_delete(type);
  OK(safewasm_module_clone(module, &clone));
  CHECK(clone != module && name_of(clone).data == name.data);
  safewasm_module_delete(module);
  CHECK(!safewasm_module_is_valid(module) && safewasm_module_is_valid(clone));
  CHECK(strcmp(name.data, "kept") == 0 && strcmp(export.data, "f") == 0);
  CHECK(strcmp(section.data, "note") == 0 && len == 3 && memcmp(data, "xyz", 3) == 0);
  CHECK(wasm_len > 8 && memcmp(wasm, "\0asm\1\0\0\0", 8) == 0);
  safewasm_module_t *again;
  OK(safewasm_module_clone(clone, &again));
  safewasm_module_delete(clone);
  CHECK(safewasm_module_is_valid(again) && strcmp(name.data, "kept") == 0);
  FAILS(safewasm_module_clone(clone, &module), INVALID_HANDLE, "`module` was deleted");
  CHECK(module == NULL);
  FAILS(safewasm_module_clone((safewasm_module_t *)(void *)engine, &module), INVALID_HANDLE,
        "`module` is an engine, not a module");
  FAILS(safewasm_module_clone(NULL, &module), NULL_POINTER, "`module` is NULL");
  FAILS(safewasm_module_clone(again, NULL), NULL_POINTER, "`module_out`");
  safewasm_module_delete(again);
  safewasm_engine_delete(engine);
}

TEST(custom_sections_come_in_their_order_with_all_their_bytes) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(
      engine, "(module $m (@custom \"a\" (before first) \"x\\00y\") (memory 1)"
              "  (@custom \"b\" (after memory) \"\")"
              "  (@custom \"a\" (after last) \"second\"))");
  const char *names[] = {"a", "b", "a"}, *contents[] = {"x\0y", "", "second"};
  const size_t lens[] = {3, 0, 6};
  safewasm_text_t name;
  const uint8_t *data;
  size_t count, len, found = 0;
  OK(safewasm_module_custom_sections_len(module, &count));
  for (size_t i = 0; i < count; i++) {
    OK(safewasm_module_custom_section(module, i, &name, &data, &len));
    if (strcmp(name.data, "name") == 0) continue; /* the module's name is in one as well */
    CHECK(found < 3 && strcmp(name.data, names[found]) == 0 && name.len == 1);
    CHECK(len == lens[found] && (data == NULL) == (len == 0));
    CHECK(len == 0 || memcmp(data, contents[found], len) == 0);
    found++;
  }
  CHECK(found == 3 && count == 4);
  FAILS(safewasm_module_custom_section(module, 4, &name, &data, &len), NOT_FOUND,
        "4 custom sections");
  CHECK(name.data == NULL && name.len == 0 && data == NULL && len == 0);
  FAILS(safewasm_module_custom_section(module, SIZE_MAX, &name, &data, &len), NOT_FOUND,
        "`index`");
  FAILS(safewasm_module_custom_section(module, 0, &name, NULL, &len), NULL_POINTER, "`data_out`");
  FAILS(safewasm_module_custom_section(module, 0, NULL, &data, &len), NULL_POINTER, "`name_out`");
  CHECK(data == NULL && len == 0);
  safewasm_module_delete(module);
  FAILS(safewasm_module_custom_sections_len(module, &count), INVALID_HANDLE, "`module`");
  CHECK(count == 0);
  safewasm_engine_delete(engine);
}

TEST(a_custom_section_may_be_of_any_name_and_hold_anything) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0,   /* the header */
                           0, 1, 0,                        /* an empty section without a name */
                           0, 3, 1, 'x', 9,                /* x */
                           0, 3, 1, 'x', 8,                /* x again */
                           0, 7, 4, 'n', 'a', 'm', 'e', 0xff, 0xff}; /* a broken name section */
  const uint8_t not_utf8[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 0, 2, 1, 0xff};
  const uint8_t cut_off[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 0, 9, 1, 'x'};
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = module_of(engine, bytes, sizeof bytes), *none;
  safewasm_text_t name;
  const uint8_t *data;
  size_t len;
  CHECK(name_of(module).data == NULL);
  OK(safewasm_module_custom_sections_len(module, &len));
  CHECK(len == 4);
  OK(safewasm_module_custom_section(module, 0, &name, &data, &len));
  CHECK(name.len == 0 && name.data != NULL && name.data[0] == 0 && len == 0);
  OK(safewasm_module_custom_section(module, 2, &name, &data, &len));
  CHECK(strcmp(name.data, "x") == 0 && len == 1 && data[0] == 8);
  FAILS(safewasm_module_new(engine, not_utf8, sizeof not_utf8, &none), INVALID_MODULE, "0xb");
  FAILS(safewasm_module_new(engine, cut_off, sizeof cut_off, &none), INVALID_MODULE, "offset");
  FAILS(safewasm_module_new(engine, (const uint8_t *)"(module)", 8, &none), INVALID_MODULE,
        "compile text with `safewasm_module_new_text`");
  CHECK(none == NULL);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(resources_are_what_the_module_itself_defines) {
  safewasm_engine_t *engine = new_engine();
  const struct {
    const char *text;
    safewasm_resources_t needed;
  } modules[] = {
      {"(module)", {0, 0, 0, 0}},
      {"(module (memory 3 9) (memory 7) (memory i64 0) (table 5 funcref) (table i64 40 externref))",
       {3, 2, 7, 40}},
      {"(module (memory 0) (table 0 0 anyref))", {1, 1, 0, 0}},
      {"(module (import \"\" \"m\" (memory 8)) (import \"\" \"t\" (table 9 funcref)) (memory 2))",
       {1, 0, 2, 0}},
  };
  for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
    safewasm_module_t *module = new_module(engine, modules[i].text);
    const safewasm_resources_t needed = modules[i].needed;
    safewasm_resources_t found;
    OK(safewasm_module_resources(module, &found));
    CHECK(found.memories == needed.memories && found.tables == needed.tables);
    CHECK(found.max_memory_size == needed.max_memory_size);
    CHECK(found.max_table_size == needed.max_table_size);
    safewasm_module_delete(module);
    FAILS(safewasm_module_resources(module, &found), INVALID_HANDLE, "`module`");
    CHECK(found.memories == 0 && found.max_table_size == 0);
  }
  safewasm_engine_delete(engine);
}

/* Types as the text format writes them, and so as they come out again. */
static const char *TYPES[] = {
    "(func)",
    "(func (param i32))",
    "(func (result i32))",
    "(func (param i32 i64 f32 f64 v128) (result f64 v128))",
    "(func (param funcref externref anyref eqref i31ref structref arrayref exnref))",
    "(func (result nullref nullfuncref nullexternref nullexnref))",
    "(func (param (ref func) (ref extern)) (result (ref any) (ref eq) (ref i31)))",
    "(func (param (ref struct) (ref array) (ref exn) (ref none)))",
    "(memory 0)",
    "(memory 1 10)",
    "(memory 65536)",
    "(memory i64 1)",
    "(memory i64 0 281474976710656)",
    "(memory 1 2 shared)",
    "(table 0 funcref)",
    "(table 1 2 externref)",
    "(table 3 4294967295 (ref func))",
    "(table i64 5 6 anyref)",
    "(global i32)",
    "(global (mut i64))",
    "(global v128)",
    "(global (mut externref))",
    "(global (ref extern))",
    "(tag)",
    "(tag (param i32 externref))",
};

enum { TYPES_LEN = sizeof TYPES / sizeof TYPES[0] };

/* A module that imports something of each of the types. */
static safewasm_module_t *new_importer(safewasm_engine_t *engine) {
  char text[4000] = "(module";
  for (size_t i = 0; i < TYPES_LEN; i++) {
    char import[200];
    snprintf(import, sizeof import, " (import \"from\" \"%zu\" %s)", i, TYPES[i]);
    strcat(text, import);
  }
  return new_module(engine, strcat(text, ")"));
}

TEST(the_text_of_a_type_is_that_of_the_text_format) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_importer(engine);
  size_t len;
  OK(safewasm_module_imports_len(module, &len));
  CHECK(len == TYPES_LEN);
  for (size_t i = 0; i < len; i++) {
    safewasm_text_t from, name, text;
    safewasm_externtype_t *type;
    OK(safewasm_module_import(module, i, &from, &name, &type));
    OK(safewasm_externtype_text(type, &text));
    if (strcmp(text.data, TYPES[i]) != 0) printf("%s, not %s\n", text.data, TYPES[i]);
    CHECK(strcmp(text.data, TYPES[i]) == 0 && text.len == strlen(TYPES[i]));
    CHECK(strtoul(name.data, NULL, 10) == i && strcmp(from.data, "from") == 0);
    safewasm_externtype_delete(type);
    FAILS(safewasm_externtype_text(type, &text), INVALID_HANDLE, "`externtype`");
    CHECK(text.data == NULL && text.len == 0);
  }
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(the_text_of_a_type_that_a_module_defines_is_that_of_the_text_format) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_module(
      engine, "(module (type $t (func (param i32) (result i64))) (type $s (struct (field i32)))"
              "  (type $a (array (mut i8)))"
              "  (import \"a\" \"0\" (table i64 1 2 (ref null $t)))"
              "  (import \"a\" \"1\" (func (param (ref $t)) (result (ref null $s))))"
              "  (import \"a\" \"2\" (global (mut (ref null $a))))"
              "  (type $r (func (param (ref null $r)))) (import \"a\" \"3\" (func (type $r))))");
  const char *begins[] = {
      "(table i64 1 2 (ref null (func (param i32) (result i64))))",
      "(func (param (ref (func (param i32) (result i64)))) (result (ref null (struct ",
      "(global (mut (ref null (array ", "(func (param (ref null (func (param (ref null (func "};
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  for (size_t i = 0; i < 4; i++) {
    safewasm_text_t from, name, text;
    safewasm_externtype_t *type;
    OK(safewasm_module_import(module, i, &from, &name, &type));
    OK(safewasm_externtype_text(type, &text));
    CHECK(strncmp(text.data, begins[i], strlen(begins[i])) == 0);
    safewasm_externtype_delete(type);
  }
  OK(safewasm_store_new(engine, &store));
  FAILS(safewasm_instance_new(store, module, NULL, 0, &instance), LINK,
        "`0` of module `a`: table i64 1 2 (ref null (func (param i32) (result i64)))");
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_type_outlives_its_module_and_engine) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module = new_importer(engine);
  safewasm_text_t from, name, text;
  safewasm_externtype_t *type;
  safewasm_functype_t *functype;
  safewasm_valtype_t param;
  OK(safewasm_module_import(module, 4, &from, &name, &type));
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  OK(safewasm_externtype_functype(type, &functype));
  safewasm_externtype_delete(type);
  OK(safewasm_functype_text(functype, &text));
  CHECK(strcmp(text.data, "(funcref, externref, anyref, eqref, i31ref, structref, arrayref, "
                          "exnref) -> ()") == 0);
  const uint8_t heaps[] = {SAFEWASM_HEAP_FUNC, SAFEWASM_HEAP_EXTERN, SAFEWASM_HEAP_ANY,
                           SAFEWASM_HEAP_EQ,   SAFEWASM_HEAP_I31,    SAFEWASM_HEAP_STRUCT,
                           SAFEWASM_HEAP_ARRAY, SAFEWASM_HEAP_EXN};
  for (size_t i = 0; i < sizeof heaps; i++) {
    OK(safewasm_functype_param(functype, i, &param));
    CHECK(param.heap == heaps[i] && param.nullable);
    CHECK(param.kind == (i == 0 ? SAFEWASM_VAL_FUNC : SAFEWASM_VAL_REF));
  }
  safewasm_functype_delete(functype);
}

TEST(a_function_type_that_is_made_is_as_one_of_a_module) {
  safewasm_engine_t *engine = new_engine();
  const safewasm_valtype_t types[] = {
      {.kind = SAFEWASM_VAL_V128},
      {SAFEWASM_VAL_REF, SAFEWASM_HEAP_EXTERN, false},
      {SAFEWASM_VAL_FUNC, SAFEWASM_HEAP_NOFUNC, true},
      {SAFEWASM_VAL_REF, SAFEWASM_HEAP_NONE, true},
  };
  safewasm_functype_t *type;
  safewasm_text_t text;
  OK(safewasm_functype_new(engine, types, 4, types, 1, &type));
  OK(safewasm_functype_text(type, &text));
  CHECK(strcmp(text.data, "(v128, (ref extern), nullfuncref, nullref) -> v128") == 0);
  safewasm_functype_delete(type);
  const safewasm_valtype_t wrong[][2] = {
      {{.kind = SAFEWASM_VAL_I32}, {.kind = 9}},
      {{.kind = SAFEWASM_VAL_I32}, {.kind = SAFEWASM_VAL_REF}},
      {{.kind = SAFEWASM_VAL_I32}, {SAFEWASM_VAL_REF, SAFEWASM_HEAP_FUNC, true}},
      {{.kind = SAFEWASM_VAL_I32}, {SAFEWASM_VAL_FUNC, SAFEWASM_HEAP_CONCRETE_FUNC, true}},
  };
  for (size_t i = 0; i < 4; i++) {
    FAILS(safewasm_functype_new(engine, NULL, 0, wrong[i], 2, &type), INVALID_ARGUMENT,
          "`results[1]`");
  }
  FAILS(safewasm_functype_new(engine, NULL, 1, NULL, 0, &type), NULL_POINTER, "`params`");
  FAILS(safewasm_functype_new(NULL, NULL, 0, NULL, 0, &type), NULL_POINTER, "`engine`");
  CHECK(type == NULL);
  safewasm_engine_delete(engine);
}

TEST(bytes_made_of_text_are_the_same_module) {
  safewasm_engine_t *engine = new_engine();
  const char *text = "(module $twice (func (export \"f\") (param i32) (result i32)"
                     "  (i32.add (local.get 0) (local.get 0))))";
  safewasm_bytes_t *bytes;
  const uint8_t *data;
  size_t len;
  OK(safewasm_wat2wasm(text, strlen(text), &bytes));
  OK(safewasm_bytes_data(bytes, &data, &len));
  CHECK(len > 8 && memcmp(data, "\0asm\1\0\0\0", 8) == 0);
  OK(safewasm_module_validate(engine, data, len));
  safewasm_module_t *module = module_of(engine, data, len);
  FAILS(safewasm_module_validate(engine, data, len - 1), INVALID_MODULE, "offset");
  safewasm_bytes_delete(bytes);
  CHECK(strcmp(name_of(module).data, "twice") == 0);
  FAILS(safewasm_bytes_data(bytes, &data, &len), INVALID_HANDLE, "`bytes`");
  CHECK(data == NULL && len == 0);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(a_module_has_the_name_of_its_name_section);
  RUN(an_instance_gives_the_module_that_it_was_made_from);
  RUN(a_clone_keeps_a_module_and_its_texts_and_bytes_when_other_handles_are_deleted);
  RUN(custom_sections_come_in_their_order_with_all_their_bytes);
  RUN(a_custom_section_may_be_of_any_name_and_hold_anything);
  RUN(resources_are_what_the_module_itself_defines);
  RUN(the_text_of_a_type_is_that_of_the_text_format);
  RUN(the_text_of_a_type_that_a_module_defines_is_that_of_the_text_format);
  RUN(a_type_outlives_its_module_and_engine);
  RUN(a_function_type_that_is_made_is_as_one_of_a_module);
  RUN(bytes_made_of_text_are_the_same_module);
  return finish("modules");
}
