/* Structures and arrays of wasm that the program makes and changes, and their types. */
#include "check.h"

/* A list of pairs, an array of each of the small types, and functions that look into them. */
static const char MODULE[] =
    "(module"
    "  (type $list (struct (field (mut i32)) (field (mut (ref null $list)))))"
    "  (type $bytes (array (mut i8)))"
    "  (type $mixed (struct (field i32) (field (mut i64)) (field (mut f32)) (field (mut f64))"
    "    (field (mut v128)) (field (mut i8)) (field (mut i16)) (field (mut externref))"
    "    (field (mut funcref)) (field (mut anyref)) (field (ref $bytes))))"
    "  (global (export \"global\") (mut (ref null $list)) (ref.null $list))"
    "  (global (export \"number\") i32 (i32.const 0))"
    "  (table (export \"table\") 2 (ref null $bytes))"
    "  (func (export \"sum\") (param (ref null $list)) (result i32)"
    "    (local $sum i32)"
    "    (block $end (loop $next"
    "      (br_if $end (ref.is_null (local.get 0)))"
    "      (local.set $sum (i32.add (local.get $sum) (struct.get $list 0 (local.get 0))))"
    "      (local.set 0 (struct.get $list 1 (local.get 0)))"
    "      (br $next)))"
    "    (local.get $sum))"
    "  (func (export \"at\") (param (ref $bytes)) (result i32)"
    "    (array.get_s $bytes (local.get 0) (i32.const 1)))"
    "  (func (export \"small\") (param (ref $mixed)) (result i32)"
    "    (i32.add (struct.get_s $mixed 5 (local.get 0)) (struct.get_u $mixed 6 (local.get 0))))"
    "  (func (export \"other\") (param i32 anyref) (result (ref null $list))"
    "    (struct.new $list (local.get 0) (ref.null $list)))"
    "  (func (export \"any\") (param anyref) (result i32) (i32.const 0)))";

static safewasm_val_t i32(int32_t x) {
  return (safewasm_val_t){.kind = SAFEWASM_VAL_I32, .of = {.i32 = x}};
}

static safewasm_val_t i64(int64_t x) {
  return (safewasm_val_t){.kind = SAFEWASM_VAL_I64, .of = {.i64 = x}};
}

static safewasm_val_t ref(safewasm_ref_t *of) {
  return (safewasm_val_t){.kind = SAFEWASM_VAL_REF, .of = {.reference = of}};
}

static safewasm_heaptype_t *type_of_text(safewasm_engine_t *engine, const char *text) {
  safewasm_heaptype_t *type;
  OK(safewasm_heaptype_new_text(engine, text, SAFEWASM_STRLEN, &type));
  return type;
}

/* The type that the parameter at an index of an export refers to. */
static safewasm_heaptype_t *type_of_param(world_t world, const char *export, size_t index) {
  safewasm_extern_t func = get_export(world.instance, export);
  safewasm_functype_t *functype;
  safewasm_heaptype_t *type;
  OK(safewasm_func_type(func.of.func, &functype));
  OK(safewasm_heaptype_of_param(functype, index, &type));
  safewasm_functype_delete(functype);
  safewasm_extern_delete(&func);
  return type;
}

static int32_t call(world_t world, const char *name, safewasm_ref_t *arg) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_val_t result, given = ref(arg);
  OK(safewasm_func_call(func.of.func, &given, 1, &result, 1));
  safewasm_extern_delete(&func);
  return result.of.i32;
}

static safewasm_val_t field(safewasm_ref_t *of, size_t index) {
  safewasm_val_t value;
  OK(safewasm_ref_field(of, index, &value));
  return value;
}

static bool has_text(safewasm_heaptype_t *type, const char *text) {
  safewasm_text_t found;
  OK(safewasm_heaptype_text(type, &found));
  if (strcmp(found.data, text) == 0 && found.len == strlen(text)) return true;
  printf("the text is %s\n", found.data);
  return false;
}

TEST(a_type_comes_from_text_a_function_a_global_a_table_a_field_or_an_object) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *list, *other;
  safewasm_functype_t *functype;
  safewasm_externtype_t *externtype;
  safewasm_ref_t *object;
  size_t len;
  uint32_t kind;
  list = type_of_param(world, "sum", 0);
  CHECK(has_text(list, "(struct (field (mut i32)) (field (mut (ref null (struct …)))))"));
  OK(safewasm_heaptype_kind(list, &kind));
  OK(safewasm_heaptype_fields_len(list, &len));
  CHECK(kind == SAFEWASM_HEAP_STRUCT && len == 2);
  OK(safewasm_heaptype_of_field(list, 1, &other));
  CHECK(has_text(other, "(struct (field (mut i32)) (field (mut (ref null (struct …)))))"));
  safewasm_heaptype_delete(other);
  FAILS(safewasm_heaptype_of_field(list, 0, &other), TYPE_MISMATCH, "field 0");
  FAILS(safewasm_heaptype_of_field(list, 2, &other), NOT_FOUND, "2 fields");
  CHECK(other == NULL);

  safewasm_extern_t func = get_export(world.instance, "other");
  OK(safewasm_func_type(func.of.func, &functype));
  OK(safewasm_heaptype_of_result(functype, 0, &other));
  FAILS(safewasm_heaptype_of_result(functype, 1, &other), NOT_FOUND, "1 result");
  FAILS(safewasm_heaptype_of_param(functype, 0, &other), TYPE_MISMATCH, "parameter 0 is i32");
  FAILS(safewasm_heaptype_of_param(functype, 1, &other), TYPE_MISMATCH, "parameter 1 is anyref");
  FAILS(safewasm_heaptype_of_param(functype, 2, &other), NOT_FOUND, "2 parameters");
  const safewasm_val_t args[] = {i32(7), ref(NULL)};
  safewasm_val_t result;
  OK(safewasm_func_call(func.of.func, args, 2, &result, 1));
  object = result.of.reference;
  OK(safewasm_heaptype_of_ref(object, &other));
  CHECK(has_text(other, "(struct (field (mut i32)) (field (mut (ref null (struct …)))))"));
  safewasm_heaptype_delete(other);
  safewasm_ref_delete(object);
  OK(safewasm_ref_new_i31(world.store, 5, &object));
  FAILS(safewasm_heaptype_of_ref(object, &other), TYPE_MISMATCH, "`reference` is (ref i31)");

  const char *const texts[] = {"(struct (field (mut i32)) (field (mut (ref null (struct …)))))", NULL,
                               "(array (mut i8))"};
  for (size_t i = 0; i < 3; i++) {
    safewasm_text_t name;
    OK(safewasm_module_export(world.module, i, &name, &externtype));
    if (texts[i] == NULL) {
      FAILS(safewasm_heaptype_of_extern(externtype, &other), TYPE_MISMATCH, "the global's value is i32");
    } else {
      OK(safewasm_heaptype_of_extern(externtype, &other));
      CHECK(has_text(other, texts[i]));
    }
    safewasm_heaptype_delete(other);
    safewasm_externtype_delete(externtype);
  }
  safewasm_text_t name;
  OK(safewasm_module_export(world.module, 3, &name, &externtype));
  FAILS(safewasm_heaptype_of_extern(externtype, &other), TYPE_MISMATCH, "a global or table but: func");
  safewasm_externtype_delete(externtype);
  safewasm_ref_delete(object);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(functype);
  safewasm_heaptype_delete(list);
  CHECK(!safewasm_heaptype_is_valid(list));
  FAILS(safewasm_heaptype_kind(list, &kind), INVALID_HANDLE, "heap type");
  delete_world(world);
}

TEST(a_type_is_read_from_text_as_the_text_format_writes_it) {
  safewasm_engine_t *engine = new_engine();
  safewasm_heaptype_t *type;
  safewasm_fieldtype_t field_type;
  const char *const same[] = {
      "(struct)",
      "(struct (field i32) (field (mut f64)) (field i8) (field (mut i16)) (field externref))",
      "(array (mut i8))",
      "(array (ref null any))",
      "(sub (struct (field i32)))",
  };
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    type = type_of_text(engine, same[i]);
    CHECK(has_text(type, i == 3 ? "(array anyref)" : same[i]));
    safewasm_heaptype_delete(type);
  }
  type = type_of_text(engine, " (struct (field $x i32) ;; a comment\n (field $y (mut i16)))");
  CHECK(has_text(type, "(struct (field i32) (field (mut i16)))"));
  OK(safewasm_heaptype_field(type, 1, &field_type));
  CHECK(field_type.content.kind == SAFEWASM_VAL_I32 && field_type.packed_bits == 16 &&
        field_type.is_mutable);
  OK(safewasm_heaptype_field(type, 0, &field_type));
  CHECK(field_type.packed_bits == 0 && !field_type.is_mutable);
  FAILS(safewasm_heaptype_field(type, 2, &field_type), NOT_FOUND, "`index` is 2");
  CHECK(field_type.content.kind == 0);
  safewasm_heaptype_delete(type);
  /* The last of several definitions, which refer to each other. */
  type = type_of_text(engine,
                      "(rec (type $tree (struct (field (ref null $trees))))"
                      "     (type $trees (array (mut (ref null $tree)))))");
  CHECK(has_text(type, "(array (mut (ref null (struct …))))"));
  safewasm_heaptype_delete(type);

  static const struct {
    const char *text, *message;
    safewasm_error_kind_t kind;
  } bad[] = {
      {"", "expected", SAFEWASM_ERROR_INVALID_TEXT},
      {"i32", "expected", SAFEWASM_ERROR_INVALID_TEXT},
      {"(struct (field i33))", "line 1, column", SAFEWASM_ERROR_INVALID_TEXT},
      {"(struct (field i32)", "expected", SAFEWASM_ERROR_INVALID_TEXT},
      {"(struct (field (ref null $list)))", "$list", SAFEWASM_ERROR_INVALID_TEXT},
      {"(struct)) (func", "`text` is no type", SAFEWASM_ERROR_INVALID_ARGUMENT},
      {"(type (struct)) (memory 1)", "`text` is no type", SAFEWASM_ERROR_INVALID_ARGUMENT},
      {"(struct)) (import \"\" \"\" (func)", "`text` is no type", SAFEWASM_ERROR_INVALID_ARGUMENT},
      {"(rec)", "`text` is no type", SAFEWASM_ERROR_INVALID_ARGUMENT},
      {"(func (param i32))", "the type in `text` is", SAFEWASM_ERROR_TYPE_MISMATCH},
      {"(sub 7 (struct))", "Invalid module", SAFEWASM_ERROR_INVALID_MODULE},
      {"(struct (field \xff))", "not UTF-8", SAFEWASM_ERROR_INVALID_ARGUMENT},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_fails(safewasm_heaptype_new_text(engine, bad[i].text, SAFEWASM_STRLEN, &type), bad[i].kind,
                bad[i].message, __FILE__, __LINE__, bad[i].text);
    CHECK(type == NULL);
  }
  safewasm_engine_delete(engine);
}

TEST(an_engine_without_the_proposal_has_no_such_types) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_heaptype_t *type;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_GC, false));
  OK(safewasm_engine_new(config, &engine));
  FAILS(safewasm_heaptype_new_text(engine, "(struct)", SAFEWASM_STRLEN, &type), INVALID_MODULE,
        "SAFEWASM_FEATURE_GC");
  safewasm_engine_delete(engine);
}

TEST(a_structure_that_the_program_makes_is_seen_and_changed_by_both_sides) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *list = type_of_param(world, "sum", 0);
  safewasm_ref_t *first, *second, *same;
  uint32_t is_same;
  safewasm_val_t values[] = {i32(40), ref(NULL)};
  OK(safewasm_ref_new_struct(world.store, list, values, 2, &first));
  values[0] = i32(2), values[1] = ref(first);
  OK(safewasm_ref_new_struct(world.store, list, values, 2, &second));
  CHECK(call(world, "sum", second) == 42);
  values[0] = i32(-40);
  OK(safewasm_ref_set_field(first, 0, &values[0]));
  CHECK(call(world, "sum", second) == -38 && field(first, 0).of.i32 == -40);
  same = field(second, 1).of.reference;
  OK(safewasm_ref_same(same, first, &is_same));
  CHECK(is_same == 1);
  /* A structure can refer to itself. It is garbage once its handles are deleted. */
  values[1] = ref(second);
  OK(safewasm_ref_set_field(second, 1, &values[1]));
  safewasm_ref_delete(same);
  safewasm_ref_delete(first);
  safewasm_ref_delete(second);
  OK(safewasm_store_collect(world.store));
  /* The type of an object, and of text that is written alike, make the same objects. */
  safewasm_heaptype_delete(list);
  list = type_of_text(world.engine,
                      "(type $l (struct (field (mut i32)) (field (mut (ref null $l)))))");
  values[0] = i32(9), values[1] = ref(NULL);
  OK(safewasm_ref_new_struct(world.store, list, values, 2, &first));
  CHECK(call(world, "sum", first) == 9);
  safewasm_ref_delete(first);
  safewasm_heaptype_delete(list);
  delete_world(world);
}

TEST(a_field_of_each_type_is_made_read_and_set) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *mixed = type_of_param(world, "small", 0), *bytes;
  safewasm_ref_t *object, *array, *external;
  safewasm_extern_t func = get_export(world.instance, "any");
  safewasm_fieldtype_t field_type;
  OK(safewasm_heaptype_of_field(mixed, 10, &bytes));
  OK(safewasm_ref_new_array_filled(world.store, bytes, 3, NULL, &array));
  OK(safewasm_ref_new_extern(world.store, &world, NULL, &external));
  safewasm_val_t values[11] = {i32(1), i64(INT64_MIN), {.kind = SAFEWASM_VAL_F32, .of = {.f32 = 1.5f}},
                               {.kind = SAFEWASM_VAL_F64, .of = {.f64 = -2.5}},
                               {.kind = SAFEWASM_VAL_V128, .of = {.v128 = {1, 2, 3}}}, i32(-1), i32(65535),
                               ref(external), {.kind = SAFEWASM_VAL_FUNC, .of = {.func = func.of.func}},
                               ref(array), ref(array)};
  OK(safewasm_ref_new_struct(world.store, mixed, values, 11, &object));
  CHECK(call(world, "small", object) == 65534);
  CHECK(field(object, 5).of.i32 == 255 && field(object, 6).of.i32 == 65535);
  CHECK(field(object, 1).of.i64 == INT64_MIN && field(object, 2).of.f32 == 1.5f);
  CHECK(field(object, 3).of.f64 == -2.5 && field(object, 4).of.v128[2] == 3);
  for (size_t index = 7; index < 11; index++) {
    safewasm_val_t found = field(object, index);
    CHECK(found.kind == values[index].kind && found.of.reference != NULL);
    if (index == 8) safewasm_func_delete(found.of.func); else safewasm_ref_delete(found.of.reference);
  }
  for (size_t index = 0; index < 11; index++) {
    OK(safewasm_ref_field_type(object, index, &field_type));
    CHECK(field_type.content.kind == values[index].kind);
    CHECK(field_type.is_mutable == (index != 0 && index != 10));
    CHECK(field_type.packed_bits == (index == 5 ? 8 : index == 6 ? 16 : 0));
    if (!field_type.is_mutable) {
      FAILS(safewasm_ref_set_field(object, index, &values[index]), TYPE_MISMATCH, "is immutable");
      continue;
    }
    OK(safewasm_ref_set_field(object, index, &values[index]));
  }
  FAILS(safewasm_ref_field_type(object, 11, &field_type), NOT_FOUND, "11 fields");
  values[7] = ref(NULL);
  OK(safewasm_ref_set_field(object, 7, &values[7]));
  CHECK(field(object, 7).of.reference == NULL);
  safewasm_ref_delete(external);
  safewasm_ref_delete(array);
  safewasm_ref_delete(object);
  safewasm_extern_delete(&func);
  safewasm_heaptype_delete(bytes);
  safewasm_heaptype_delete(mixed);
  delete_world(world);
}

TEST(an_array_is_made_of_values_or_of_copies) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *bytes = type_of_param(world, "at", 0), *strict;
  safewasm_ref_t *array;
  size_t len;
  const safewasm_val_t values[] = {i32(1), i32(-2), i32(255)}, five = i32(5);
  OK(safewasm_ref_new_array(world.store, bytes, values, 3, &array));
  CHECK(call(world, "at", array) == -2);
  CHECK(field(array, 1).of.i32 == 254 && field(array, 2).of.i32 == 255);
  OK(safewasm_ref_set_field(array, 1, &five));
  CHECK(call(world, "at", array) == 5);
  FAILS(safewasm_ref_set_field(array, 3, &five), NOT_FOUND, "`index` is 3, but the object has 3 elements");
  FAILS(safewasm_ref_set_field(array, SIZE_MAX, &five), NOT_FOUND, "`index`");
  FAILS(safewasm_ref_set_field(array, 0, NULL), NULL_POINTER, "`value`");
  safewasm_ref_delete(array);

  OK(safewasm_ref_new_array_filled(world.store, bytes, 100000, &five, &array));
  OK(safewasm_ref_fields_len(array, &len));
  CHECK(len == 100000 && field(array, 99999).of.i32 == 5 && call(world, "at", array) == 5);
  safewasm_ref_delete(array);
  OK(safewasm_ref_new_array(world.store, bytes, NULL, 0, &array));
  OK(safewasm_ref_fields_len(array, &len));
  CHECK(len == 0);
  safewasm_ref_delete(array);
  OK(safewasm_ref_new_array_filled(world.store, bytes, 2, NULL, &array));
  CHECK(field(array, 1).of.i32 == 0);
  safewasm_ref_delete(array);

  strict = type_of_text(world.engine, "(array (ref any))");
  FAILS(safewasm_ref_new_array_filled(world.store, strict, 2, NULL, &array), TYPE_MISMATCH,
        "`value` is NULL, but the elements can't be null: (array (ref any))");
  const safewasm_val_t null = ref(NULL);
  FAILS(safewasm_ref_new_array_filled(world.store, strict, 2, &null, &array), TYPE_MISMATCH,
        "`value` is null, not (ref any)");
  OK(safewasm_ref_new_array(world.store, strict, NULL, 0, &array));
  FAILS(safewasm_ref_set_field(array, 0, &null), NOT_FOUND, "0 elements");
  safewasm_ref_delete(array);
  safewasm_heaptype_delete(strict);
  strict = type_of_text(world.engine, "(array i64)");
  const safewasm_val_t wide = i64(3);
  OK(safewasm_ref_new_array_filled(world.store, strict, 2, &wide, &array));
  FAILS(safewasm_ref_set_field(array, 1, &wide), TYPE_MISMATCH, "elements of the array are immutable");
  safewasm_ref_delete(array);
  safewasm_heaptype_delete(strict);
  safewasm_heaptype_delete(bytes);
  delete_world(world);
}

TEST(a_value_that_does_not_fit_is_an_error_that_names_it_and_makes_nothing) {
  world_t world = new_world(MODULE), other = new_world(MODULE);
  safewasm_heaptype_t *list = type_of_param(world, "sum", 0), *bytes = type_of_param(world, "at", 0);
  safewasm_heaptype_t *foreign = type_of_param(other, "sum", 0);
  safewasm_ref_t *object = (safewasm_ref_t *)1, *array, *elsewhere, *integer;
  safewasm_val_t values[] = {i32(1), ref(NULL), i32(2)};
  OK(safewasm_ref_new_struct(other.store, foreign, values, 2, &elsewhere));
  OK(safewasm_ref_new_i31(world.store, 5, &integer));
  OK(safewasm_ref_new_array_filled(world.store, bytes, 1, NULL, &array));

  FAILS(safewasm_ref_new_struct(world.store, list, values, 1, &object), TYPE_MISMATCH,
        "`values_len` is 1, but a structure of the type has 2 fields");
  CHECK(object == NULL);
  FAILS(safewasm_ref_new_struct(world.store, list, values, 3, &object), TYPE_MISMATCH, "`values_len` is 3");
  FAILS(safewasm_ref_new_struct(world.store, list, NULL, 2, &object), NULL_POINTER, "`values`");
  FAILS(safewasm_ref_new_struct(world.store, bytes, values, 1, &object), TYPE_MISMATCH,
        "`heaptype` is no type of structures: (array (mut i8))");
  FAILS(safewasm_ref_new_array(world.store, list, values, 1, &object), TYPE_MISMATCH,
        "`heaptype` is no type of arrays: (struct");
  FAILS(safewasm_ref_new_struct(world.store, foreign, values, 2, &object), WRONG_ENGINE, "`heaptype`");
  values[0] = i64(1);
  FAILS(safewasm_ref_new_struct(world.store, list, values, 2, &object), TYPE_MISMATCH,
        "`values[0]` is i64, not i32");
  values[0] = i32(1), values[1] = ref(integer);
  FAILS(safewasm_ref_new_struct(world.store, list, values, 2, &object), TYPE_MISMATCH, "`values[1]`");
  values[1] = ref(elsewhere);
  FAILS(safewasm_ref_new_struct(world.store, list, values, 2, &object), WRONG_STORE, "values[1].of.reference");

  const int32_t beyond[] = {256, -129, INT32_MAX, INT32_MIN};
  for (size_t i = 0; i < 4; i++) {
    values[0] = i32(beyond[i]);
    FAILS(safewasm_ref_new_array(world.store, bytes, values, 1, &object), INVALID_ARGUMENT,
          "which doesn't fit into 8 bits");
    FAILS(safewasm_ref_new_array_filled(world.store, bytes, 1, values, &object), INVALID_ARGUMENT, "`value`");
    FAILS(safewasm_ref_set_field(array, 0, values), INVALID_ARGUMENT, "element 0: `value` is");
  }
  values[0] = i64(1);
  FAILS(safewasm_ref_new_array(world.store, bytes, values, 1, &object), TYPE_MISMATCH, "`values[0]` is i64");
  FAILS(safewasm_ref_set_field(array, 0, values), TYPE_MISMATCH, "element 0: `value` is i64, not i32");
  CHECK(field(array, 0).of.i32 == 0);
  FAILS(safewasm_ref_set_field(integer, 0, values), NOT_FOUND, "the object has 0 values");
  safewasm_val_t in_other = ref(integer), cleared = {0};
  FAILS(safewasm_ref_set_field(elsewhere, 1, &in_other), WRONG_STORE, "value");
  FAILS(safewasm_ref_set_field(elsewhere, 0, &cleared), TYPE_MISMATCH, "field 0: `value` is not set");

  safewasm_ref_delete(array);
  safewasm_ref_delete(integer);
  safewasm_ref_delete(elsewhere);
  safewasm_heaptype_delete(foreign);
  safewasm_heaptype_delete(bytes);
  safewasm_heaptype_delete(list);
  delete_world(other);
  delete_world(world);
}

TEST(an_array_that_is_too_large_is_an_error_and_the_store_works_on) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *bytes = type_of_param(world, "at", 0);
  safewasm_heaptype_t *wide = type_of_text(world.engine, "(array (mut i64))");
  safewasm_ref_t *array;
  const safewasm_val_t five = i32(5);
  FAILS(safewasm_ref_new_array_filled(world.store, bytes, (size_t)1 << 32, &five, &array), LIMIT,
        "`len` is 4294967296");
  FAILS(safewasm_ref_new_array_filled(world.store, wide, UINT32_MAX, NULL, &array), LIMIT,
        "no room for an array of 4294967295 elements");
  OK(safewasm_store_set_memory_limit(world.store, 1 << 20));
  FAILS(safewasm_ref_new_array_filled(world.store, wide, 1 << 20, NULL, &array), LIMIT,
        "the store's memory limit is 1048576 bytes");
  CHECK(array == NULL);
  OK(safewasm_ref_new_array_filled(world.store, bytes, 1000, &five, &array));
  CHECK(call(world, "at", array) == 5);
  safewasm_ref_delete(array);
  safewasm_heaptype_delete(wide);
  safewasm_heaptype_delete(bytes);
  delete_world(world);
}

static void count(void *env) { (*(int *)env)++; }

TEST(a_collection_while_objects_are_made_frees_garbage_and_keeps_the_rest) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *list = type_of_param(world, "sum", 0), *bytes = type_of_param(world, "at", 0);
  safewasm_heaptype_t *holder = type_of_text(world.engine, "(struct (field externref))");
  safewasm_ref_t *kept = NULL, *made, *external;
  int finalized = 0;
  OK(safewasm_store_set_memory_limit(world.store, 4 << 20));
  for (int i = 0; i < 4; i++) {
    OK(safewasm_ref_new_extern(world.store, &finalized, count, &external));
    const safewasm_val_t held = ref(external);
    OK(safewasm_ref_new_struct(world.store, holder, &held, 1, &made));
    safewasm_ref_delete(external);
    safewasm_ref_delete(made);
  }
  for (int i = 0; i < 100; i++) {
    const safewasm_val_t values[] = {i32(i), ref(kept)};
    OK(safewasm_ref_new_struct(world.store, list, values, 2, &made));
    safewasm_ref_delete(kept);
    kept = made;
    /* Garbage: without collections, it would be beyond the limit after a few. */
    OK(safewasm_ref_new_array_filled(world.store, bytes, 200000, NULL, &made));
    safewasm_ref_delete(made);
  }
  CHECK(call(world, "sum", kept) == 4950 && finalized == 4);
  safewasm_ref_delete(kept);
  safewasm_heaptype_delete(holder);
  safewasm_heaptype_delete(bytes);
  safewasm_heaptype_delete(list);
  delete_world(world);
}

TEST(the_objects_of_a_deleted_store_are_invalid_and_its_types_are_not) {
  world_t world = new_world(MODULE);
  safewasm_heaptype_t *list = type_of_param(world, "sum", 0);
  const safewasm_val_t values[] = {i32(1), ref(NULL)};
  safewasm_ref_t *object, *other;
  safewasm_store_t *store;
  OK(safewasm_ref_new_struct(world.store, list, values, 2, &object));
  safewasm_store_delete(world.store);
  FAILS(safewasm_ref_set_field(object, 0, values), INVALID_HANDLE, "`reference`");
  FAILS(safewasm_ref_new_struct(world.store, list, values, 2, &other), INVALID_HANDLE, "`store`");
  OK(safewasm_store_new(world.engine, &store));
  OK(safewasm_ref_new_struct(store, list, values, 2, &other));
  safewasm_store_delete(store);
  safewasm_heaptype_delete(list);
  FAILS(safewasm_ref_new_struct(world.store, list, values, 2, &other), INVALID_HANDLE, "`heaptype`");
  delete_world(world);
}

int main(void) {
  RUN(a_type_comes_from_text_a_function_a_global_a_table_a_field_or_an_object);
  RUN(a_type_is_read_from_text_as_the_text_format_writes_it);
  RUN(an_engine_without_the_proposal_has_no_such_types);
  RUN(a_structure_that_the_program_makes_is_seen_and_changed_by_both_sides);
  RUN(a_field_of_each_type_is_made_read_and_set);
  RUN(an_array_is_made_of_values_or_of_copies);
  RUN(a_value_that_does_not_fit_is_an_error_that_names_it_and_makes_nothing);
  RUN(an_array_that_is_too_large_is_an_error_and_the_store_works_on);
  RUN(a_collection_while_objects_are_made_frees_garbage_and_keeps_the_rest);
  RUN(the_objects_of_a_deleted_store_are_invalid_and_its_types_are_not);
  return finish("heap");
}
