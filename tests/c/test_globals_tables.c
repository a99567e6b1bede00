/* Globals and tables: their types and values, and changes by wasm and by the program. */
#include "check.h"

static const safewasm_valtype_t I32 = {.kind = SAFEWASM_VAL_I32};
static const safewasm_valtype_t FUNCREF = {
    .kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC, .nullable = true};
static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};
static const safewasm_valtype_t FUNC = {.kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_FUNC};

static const safewasm_val_t NULL_FUNC = {SAFEWASM_VAL_FUNC, {.func = NULL}};
static const safewasm_val_t NULL_REF = {SAFEWASM_VAL_REF, {.reference = NULL}};

static int finalized;
static void count(void *env) { (void)env, finalized++; }

static safewasm_val_t new_extern(safewasm_store_t *store, void *env) {
  safewasm_val_t value = {.kind = SAFEWASM_VAL_REF};
  OK(safewasm_ref_new_extern(store, env, count, &value.of.reference));
  return value;
}

static safewasm_global_t *new_global(safewasm_store_t *store, safewasm_valtype_t content,
                                     safewasm_val_t initial) {
  const safewasm_globaltype_t type = {.content = content, .is_mutable = true};
  safewasm_global_t *global;
  OK(safewasm_global_new(store, &type, &initial, &global));
  return global;
}

static safewasm_table_t *new_table(safewasm_store_t *store, uint64_t min, uint64_t max,
                                   safewasm_valtype_t element) {
  const safewasm_tabletype_t type = {.min = min, .max = max, .has_max = true, .element = element};
  safewasm_table_t *table;
  OK(safewasm_table_new(store, &type, NULL, &table));
  return table;
}

static uint64_t size_of(safewasm_table_t *table) {
  uint64_t size;
  OK(safewasm_table_size(table, &size));
  return size;
}

/* The env of the external reference at that index, NULL if the reference is null. */
static void *env_at(safewasm_table_t *table, uint64_t index) {
  safewasm_val_t value;
  void *env = NULL;
  OK(safewasm_table_get(table, index, &value));
  CHECK(value.kind == SAFEWASM_VAL_REF);
  if (value.of.reference != NULL) OK(safewasm_ref_env(value.of.reference, &env));
  safewasm_ref_delete(value.of.reference);
  return env;
}

static int32_t call(safewasm_func_t *func, int32_t arg) {
  safewasm_slot_t slot = {.i32 = arg};
  OK(safewasm_func_call_slots(func, &slot, 1));
  return slot.i32;
}

TEST(a_global_of_numbers_holds_what_it_is_set_to) {
  world_t world = new_world("(module)");
  const safewasm_val_t values[][2] = {
      {{SAFEWASM_VAL_I32, {.i32 = INT32_MIN}}, {SAFEWASM_VAL_I32, {.i32 = -1}}},
      {{SAFEWASM_VAL_I64, {.i64 = INT64_MIN}}, {SAFEWASM_VAL_I64, {.i64 = INT64_MAX}}},
      {{SAFEWASM_VAL_F32, {.f32 = -0.0f}}, {SAFEWASM_VAL_F32, {.f32 = 1.5f}}},
      {{SAFEWASM_VAL_F64, {.f64 = -0.0}}, {SAFEWASM_VAL_F64, {.f64 = 1e300}}},
      {{SAFEWASM_VAL_V128, {.v128 = {1, 2, 3, [15] = 255}}},
       {SAFEWASM_VAL_V128, {.v128 = {9, [8] = 8}}}},
  };
  const size_t sizes[] = {4, 8, 4, 8, 16};
  for (size_t i = 0; i < 5; i++) {
    safewasm_globaltype_t type = {.content = {.kind = values[i][0].kind}};
    safewasm_global_t *fixed, *global = new_global(world.store, type.content, values[i][0]);
    safewasm_val_t back;
    memset(&back, 0xff, sizeof back);
    OK(safewasm_global_get(global, &back));
    CHECK(back.kind == values[i][0].kind && memcmp(&back.of, &values[i][0].of, sizes[i]) == 0);
    /* The bytes after the number are 0. */
    for (size_t byte = sizes[i]; byte < 16; byte++) CHECK(back.of.v128[byte] == 0);
    OK(safewasm_global_set(global, &values[i][1]));
    OK(safewasm_global_get(global, &back));
    CHECK(memcmp(&back.of, &values[i][1].of, sizes[i]) == 0);
    /* A value of each other kind is refused and changes nothing. */
    for (size_t other = 0; other < 5; other++) {
      if (other == i) continue;
      FAILS(safewasm_global_set(global, &values[other][0]), TYPE_MISMATCH, "`value` is ");
      safewasm_global_t *none;
      FAILS(safewasm_global_new(world.store, &type, &values[other][0], &none), TYPE_MISMATCH,
            "`initial` is ");
    }
    FAILS(safewasm_global_set(global, &NULL_REF), TYPE_MISMATCH, "`value` is a reference");
    OK(safewasm_global_get(global, &back));
    CHECK(memcmp(&back.of, &values[i][1].of, sizes[i]) == 0);
    OK(safewasm_global_new(world.store, &type, &values[i][0], &fixed));
    FAILS(safewasm_global_set(fixed, &values[i][1]), TYPE_MISMATCH, "immutable");
    OK(safewasm_global_type(fixed, &type));
    CHECK(type.content.kind == values[i][0].kind && !type.is_mutable && !type.content.nullable);
    safewasm_global_delete(fixed);
    safewasm_global_delete(global);
  }
  delete_world(world);
}

TEST(a_nan_keeps_its_bits_in_a_global) {
  world_t world = new_world("(module)");
  safewasm_val_t value = {.kind = SAFEWASM_VAL_F32}, back;
  const uint32_t bits = 0x7fa12345;
  memcpy(&value.of, &bits, sizeof bits);
  safewasm_global_t *global = new_global(
      world.store, (safewasm_valtype_t){.kind = SAFEWASM_VAL_F32}, value);
  OK(safewasm_global_get(global, &back));
  CHECK(memcmp(&back.of, &bits, sizeof bits) == 0);
  safewasm_global_delete(global);
  delete_world(world);
}

TEST(a_type_that_no_global_can_have_is_refused) {
  world_t world = new_world("(module)");
  safewasm_global_t *global;
  const safewasm_val_t one = {SAFEWASM_VAL_I32, {.i32 = 1}};
  safewasm_globaltype_t type = {.content = {.kind = 0}};
  FAILS(safewasm_global_new(world.store, &type, &one, &global), INVALID_ARGUMENT, "kind is 0");
  type.content.kind = 8;
  FAILS(safewasm_global_new(world.store, &type, &one, &global), INVALID_ARGUMENT, "kind is 8");
  type.content = (safewasm_valtype_t){.kind = SAFEWASM_VAL_FUNC, .heap = SAFEWASM_HEAP_EXTERN};
  FAILS(safewasm_global_new(world.store, &type, &one, &global), INVALID_ARGUMENT, ".kind is 7");
  type.content = (safewasm_valtype_t){.kind = SAFEWASM_VAL_REF,
                                      .heap = SAFEWASM_HEAP_CONCRETE_STRUCT};
  FAILS(safewasm_global_new(world.store, &type, &one, &global), INVALID_ARGUMENT, ".heap is 16");
  type.content = I32;
  FAILS(safewasm_global_new(world.store, &type, NULL, &global), NULL_POINTER, "`initial`");
  FAILS(safewasm_global_new(world.store, NULL, &one, &global), NULL_POINTER, "`globaltype`");
  FAILS(safewasm_global_new(NULL, &type, &one, &global), NULL_POINTER, "`store`");
  CHECK(global == NULL);
  OK(safewasm_global_new(world.store, &type, &one, &global));
  FAILS(safewasm_global_set(global, NULL), NULL_POINTER, "`value`");
  FAILS(safewasm_global_get(global, NULL), NULL_POINTER, "`value_out`");
  safewasm_global_delete(global);
  delete_world(world);
}

TEST(a_global_of_references_keeps_what_it_refers_to) {
  world_t world = new_world("(module)"), other = new_world("(module)");
  int object;
  finalized = 0;
  safewasm_val_t value = new_extern(world.store, &object), back;
  safewasm_global_t *global = new_global(world.store, EXTERNREF, value);
  safewasm_ref_delete(value.of.reference);
  OK(safewasm_store_collect(world.store));
  OK(safewasm_global_get(global, &back));
  void *env;
  OK(safewasm_ref_env(back.of.reference, &env));
  CHECK(env == &object && finalized == 0);
  safewasm_ref_delete(back.of.reference);
  FAILS(safewasm_global_set(global, &NULL_FUNC), TYPE_MISMATCH, "not externref");
  FAILS(safewasm_global_set(global, &back), INVALID_HANDLE, "`value.of.reference`");
  back = new_extern(other.store, NULL);
  FAILS(safewasm_global_set(global, &back), WRONG_STORE, "`value.of.reference`");
  safewasm_ref_delete(back.of.reference);
  OK(safewasm_global_set(global, &NULL_REF));
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 1);
  OK(safewasm_global_get(global, &back));
  CHECK(back.kind == SAFEWASM_VAL_REF && back.of.reference == NULL);
  safewasm_global_delete(global);
  delete_world(world);
  delete_world(other);
  CHECK(finalized == 2);
}

TEST(globals_given_to_a_module_are_changed_by_it) {
  world_t world = new_world("(module)");
  safewasm_module_t *module = new_module(
      world.engine,
      "(module (import \"\" \"n\" (global $n (mut i64)))"
      "  (import \"\" \"f\" (global $f (mut funcref)))"
      "  (import \"\" \"e\" (global $e (mut externref)))"
      "  (import \"\" \"v\" (global $v (mut v128)))"
      "  (func $next (export \"next\") (param i32) (result i32)"
      "    (global.set $n (i64.add (global.get $n) (i64.const 1))) (global.set $f (ref.func $next))"
      "    (global.set $e (ref.null extern))"
      "    (global.set $v (i8x16.replace_lane 15 (global.get $v) (i32.const 7)))"
      "    (i32.add (local.get 0) (i32.const 1))))");
  const safewasm_valtype_t i64 = {.kind = SAFEWASM_VAL_I64}, v128 = {.kind = SAFEWASM_VAL_V128};
  safewasm_val_t object = new_extern(world.store, NULL), value;
  safewasm_extern_t imports[] = {
      {SAFEWASM_EXTERN_GLOBAL,
       {.global = new_global(world.store, i64, (safewasm_val_t){SAFEWASM_VAL_I64, {.i64 = 41}})}},
      {SAFEWASM_EXTERN_GLOBAL, {.global = new_global(world.store, FUNCREF, NULL_FUNC)}},
      {SAFEWASM_EXTERN_GLOBAL, {.global = new_global(world.store, EXTERNREF, object)}},
      {SAFEWASM_EXTERN_GLOBAL,
       {.global = new_global(world.store, v128,
                             (safewasm_val_t){SAFEWASM_VAL_V128, {.v128 = {3}}})}}};
  safewasm_instance_t *instance;
  OK(safewasm_instance_new(world.store, module, imports, 4, &instance));
  safewasm_extern_t next = get_export(instance, "next");
  CHECK(call(next.of.func, 5) == 6);
  OK(safewasm_global_get(imports[0].of.global, &value));
  CHECK(value.of.i64 == 42);
  OK(safewasm_global_get(imports[1].of.global, &value));
  CHECK(value.kind == SAFEWASM_VAL_FUNC && call(value.of.func, 7) == 8);
  safewasm_func_delete(value.of.func);
  OK(safewasm_global_get(imports[2].of.global, &value));
  CHECK(value.kind == SAFEWASM_VAL_REF && value.of.reference == NULL);
  OK(safewasm_global_get(imports[3].of.global, &value));
  CHECK(value.of.v128[0] == 3 && value.of.v128[15] == 7);
  /* Mutability is part of the type. */
  safewasm_extern_t swapped[] = {imports[0], imports[1], imports[2], imports[3]};
  const safewasm_globaltype_t fixed = {.content = i64};
  value = (safewasm_val_t){SAFEWASM_VAL_I64, {.i64 = 0}};
  OK(safewasm_global_new(world.store, &fixed, &value, &swapped[0].of.global));
  safewasm_instance_t *none;
  FAILS(safewasm_instance_new(world.store, module, swapped, 4, &none), LINK,
        "expected global (mut i64), given global i64");
  safewasm_extern_delete(&swapped[0]);
  for (int i = 0; i < 4; i++) safewasm_extern_delete(&imports[i]);
  safewasm_ref_delete(object.of.reference);
  safewasm_extern_delete(&next);
  safewasm_instance_delete(instance);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(a_table_begins_with_null_or_with_what_it_is_given) {
  world_t world = new_world(
      "(module (func (export \"f\") (param i32) (result i32) (local.get 0)))");
  safewasm_extern_t f = get_export(world.instance, "f");
  safewasm_val_t value = {SAFEWASM_VAL_FUNC, {.func = f.of.func}}, back;
  safewasm_tabletype_t type = {.min = 3, .element = FUNCREF};
  safewasm_table_t *table;
  OK(safewasm_table_new(world.store, &type, NULL, &table));
  OK(safewasm_table_get(table, 2, &back));
  CHECK(back.kind == SAFEWASM_VAL_FUNC && back.of.func == NULL);
  OK(safewasm_table_type(table, &type));
  CHECK(type.min == 3 && !type.has_max && !type.is_64 && type.element.nullable);
  safewasm_table_delete(table);
  OK(safewasm_table_new(world.store, &type, &value, &table));
  OK(safewasm_table_get(table, 2, &back));
  CHECK(call(back.of.func, 12) == 12);
  safewasm_func_delete(back.of.func);
  safewasm_table_delete(table);

  /* Elements that can't be null. */
  type.element = FUNC;
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), TYPE_MISMATCH, "`initial` is NULL");
  FAILS(safewasm_table_new(world.store, &type, &NULL_FUNC, &table), TYPE_MISMATCH, "is null");
  CHECK(table == NULL);
  OK(safewasm_table_new(world.store, &type, &value, &table));
  FAILS(safewasm_table_set(table, 0, NULL), TYPE_MISMATCH, "(ref func)");
  FAILS(safewasm_table_set(table, 0, &NULL_FUNC), TYPE_MISMATCH, "`value` is null");
  FAILS(safewasm_table_fill(table, 0, 3, NULL), TYPE_MISMATCH, "can't be null");
  uint64_t previous;
  FAILS(safewasm_table_grow(table, 1, NULL, &previous), TYPE_MISMATCH, "`initial`");
  OK(safewasm_table_grow(table, 1, &value, &previous));
  CHECK(previous == 3 && size_of(table) == 4);
  safewasm_table_delete(table);
  safewasm_extern_delete(&f);
  delete_world(world);
}

TEST(a_type_that_no_table_can_have_is_refused) {
  world_t world = new_world("(module)");
  safewasm_table_t *table;
  safewasm_tabletype_t type = {.min = 2, .max = 1, .has_max = true, .element = FUNCREF};
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), INVALID_ARGUMENT,
        "`tabletype->max` is 1");
  type = (safewasm_tabletype_t){.min = 1, .element = I32};
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), INVALID_ARGUMENT, "reference");
  type = (safewasm_tabletype_t){.min = UINT64_C(1) << 32, .element = FUNCREF};
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), INVALID_ARGUMENT, "`is_64`");
  type.element.kind = 0;
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), INVALID_ARGUMENT, "kind is 0");
  type = (safewasm_tabletype_t){.min = UINT64_MAX, .is_64 = true, .element = FUNCREF};
  FAILS(safewasm_table_new(world.store, &type, NULL, &table), LIMIT, "");
  FAILS(safewasm_table_new(world.store, NULL, NULL, &table), NULL_POINTER, "`tabletype`");
  CHECK(table == NULL);
  delete_world(world);
}

TEST(a_table_grows_to_its_maximum_and_the_limit_of_its_store) {
  world_t world = new_world("(module)");
  safewasm_table_t *table = new_table(world.store, 1, 6, EXTERNREF), *second;
  int object;
  safewasm_val_t value = new_extern(world.store, &object);
  uint64_t previous;
  OK(safewasm_table_grow(table, 2, &value, &previous));
  CHECK(previous == 1 && env_at(table, 0) == NULL && env_at(table, 2) == &object);
  const uint64_t too_many[] = {4, UINT32_MAX, UINT64_C(1) << 40, UINT64_MAX};
  for (size_t i = 0; i < 4; i++) {
    previous = 9;
    FAILS(safewasm_table_grow(table, too_many[i], NULL, &previous), LIMIT, "its maximum is 6");
    CHECK(previous == 0 && size_of(table) == 3);
  }
  OK(safewasm_store_set_table_limit(world.store, 5));
  FAILS(safewasm_table_grow(table, 3, NULL, &previous), LIMIT, "the store's table limit is");
  for (int i = 0; i < 5; i++) FAILS(safewasm_table_grow(table, 4, NULL, &previous), LIMIT, "6");
  second = new_table(world.store, 1, 9, FUNCREF);
  OK(safewasm_table_grow(table, 1, NULL, &previous));
  FAILS(safewasm_table_grow(second, 1, NULL, &previous), LIMIT, "the store's table limit is");
  FAILS(safewasm_table_grow(table, 1, NULL, &previous), LIMIT, "the store's table limit is");
  OK(safewasm_table_grow(table, 0, NULL, &previous));
  CHECK(previous == 4);
  FAILS(safewasm_table_grow(table, 0, &NULL_FUNC, &previous), TYPE_MISMATCH, "`initial`");
  safewasm_ref_delete(value.of.reference);
  safewasm_table_delete(second);
  safewasm_table_delete(table);
  delete_world(world);
}

TEST(beyond_the_end_of_a_table_nothing_is_changed) {
  world_t world = new_world("(module)"), other = new_world("(module)");
  safewasm_table_t *table = new_table(world.store, 4, 4, EXTERNREF),
                   *foreign = new_table(other.store, 4, 4, EXTERNREF);
  int object;
  safewasm_val_t value = new_extern(world.store, &object), back;
  const uint64_t outside[] = {4, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
  for (size_t i = 0; i < 4; i++) {
    FAILS(safewasm_table_get(table, outside[i], &back), OUT_OF_BOUNDS, "4 elements");
    CHECK(back.kind == 0);
    FAILS(safewasm_table_set(table, outside[i], &value), OUT_OF_BOUNDS, "`index`");
    FAILS(safewasm_table_fill(table, outside[i], 1, &value), OUT_OF_BOUNDS, "`start`");
    FAILS(safewasm_table_fill(table, 1, outside[i], &value), OUT_OF_BOUNDS, "`start`");
    FAILS(safewasm_table_copy(table, 1, table, 0, outside[i]), OUT_OF_BOUNDS, "`start`");
    FAILS(safewasm_table_copy(table, 0, table, outside[i], 1), OUT_OF_BOUNDS, "`from_start`");
  }
  for (uint64_t i = 0; i < 4; i++) CHECK(env_at(table, i) == NULL);
  OK(safewasm_table_fill(table, 4, 0, &value));
  OK(safewasm_table_copy(table, 4, table, 4, 0));
  FAILS(safewasm_table_fill(table, 5, 0, &value), OUT_OF_BOUNDS, "`start`");
  FAILS(safewasm_table_set(foreign, 0, &value), WRONG_STORE, "`value.of.reference`");
  FAILS(safewasm_table_copy(table, 0, foreign, 0, 1), WRONG_STORE, "`from`");
  FAILS(safewasm_table_copy(table, 0, NULL, 0, 1), NULL_POINTER, "`from`");
  FAILS(safewasm_table_set(table, 0, &NULL_FUNC), TYPE_MISMATCH, "not externref");
  back = (safewasm_val_t){SAFEWASM_VAL_I32, {.i32 = 0}};
  FAILS(safewasm_table_fill(table, 0, 1, &back), TYPE_MISMATCH, "`value` is i32");
  safewasm_ref_delete(value.of.reference);
  safewasm_table_delete(table);
  safewasm_table_delete(foreign);
  delete_world(world);
  delete_world(other);
}

TEST(elements_are_filled_and_copied_also_where_they_overlap) {
  world_t world = new_world("(module)");
  safewasm_table_t *table = new_table(world.store, 6, 6, EXTERNREF),
                   *second = new_table(world.store, 3, 3, EXTERNREF),
                   *funcs = new_table(world.store, 3, 3, FUNCREF);
  char objects[3];
  finalized = 0;
  for (size_t i = 0; i < 3; i++) {
    safewasm_val_t value = new_extern(world.store, &objects[i]);
    OK(safewasm_table_set(table, i, &value));
    safewasm_ref_delete(value.of.reference);
  }
  OK(safewasm_table_copy(table, 1, table, 0, 4)); /* 0 0 1 2 null null */
  CHECK(env_at(table, 1) == &objects[0] && env_at(table, 3) == &objects[2]);
  CHECK(env_at(table, 4) == NULL);
  OK(safewasm_table_copy(table, 0, table, 1, 4)); /* 0 1 2 null null null */
  CHECK(env_at(table, 0) == &objects[0] && env_at(table, 2) == &objects[2]);
  CHECK(env_at(table, 3) == NULL);
  OK(safewasm_table_copy(second, 0, table, 0, 3));
  FAILS(safewasm_table_copy(second, 0, funcs, 0, 3), TYPE_MISMATCH,
        "`from` has elements of type funcref, but those of `table` are externref");
  OK(safewasm_table_fill(table, 0, 6, NULL));
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 0 && env_at(second, 1) == &objects[1] && env_at(table, 0) == NULL);
  OK(safewasm_table_fill(second, 1, 2, &NULL_REF));
  CHECK(env_at(second, 0) == &objects[0] && env_at(second, 2) == NULL);
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 2); /* elements that were overwritten are not kept */
  safewasm_table_delete(table);
  safewasm_table_delete(second);
  safewasm_table_delete(funcs);
  delete_world(world);
  CHECK(finalized == 3);
}

static const char *INDIRECT =
    "(module (table (export \"t\") 3 funcref) (type $f (func (param i32) (result i32)))"
    "  (func $double (export \"double\") (type $f) (i32.mul (local.get 0) (i32.const 2)))"
    "  (func $none (export \"none\")) (elem (i32.const 0) $double $none)"
    "  (func (export \"call\") (param i32) (result i32)"
    "    (call_indirect (type $f) (i32.const 21) (local.get 0))))";

static safewasm_error_t *add_one(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                 size_t slots_len) {
  (void)env, (void)caller, (void)slots_len;
  slots[0].i32++;
  return NULL;
}

TEST(functions_go_into_tables_and_out_and_wasm_calls_them) {
  world_t world = new_world(INDIRECT);
  safewasm_extern_t table = get_export(world.instance, "t");
  safewasm_extern_t by_index = get_export(world.instance, "call");
  safewasm_val_t value;
  safewasm_slot_t slot = {.i32 = 2};
  OK(safewasm_table_get(table.of.table, 0, &value));
  CHECK(call(value.of.func, 4) == 8 && call(by_index.of.func, 0) == 42);
  safewasm_error_t *error = safewasm_func_call_slots(by_index.of.func, &slot, 1);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL);
  FAILS(error, TRAP, "");
  OK(safewasm_table_set(table.of.table, 2, &value));
  safewasm_func_delete(value.of.func);
  CHECK(call(by_index.of.func, 2) == 42);

  /* Also a host function, and one of another instance. */
  safewasm_functype_t *type;
  OK(safewasm_functype_new(world.engine, &I32, 1, &I32, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, add_one, NULL, NULL, &value.of.func));
  OK(safewasm_table_set(table.of.table, 1, &value));
  safewasm_func_delete(value.of.func);
  safewasm_functype_delete(type);
  CHECK(call(by_index.of.func, 1) == 22);
  OK(safewasm_table_set(table.of.table, 1, NULL));
  slot.i32 = 1;
  FAILS(safewasm_func_call_slots(by_index.of.func, &slot, 1), TRAP, "");
  safewasm_extern_delete(&table);
  safewasm_extern_delete(&by_index);
  delete_world(world);
}

TEST(a_table_with_64_bit_indices_works_as_any_other) {
  world_t world = new_world(
      "(module (table (export \"t\") i64 2 8 funcref) (elem (table 0) (i64.const 1) func $f)"
      "  (func $f (export \"f\") (param i32) (result i32) (table.size 0) i32.wrap_i64))");
  safewasm_extern_t table = get_export(world.instance, "t");
  safewasm_tabletype_t type;
  safewasm_val_t value;
  uint64_t previous;
  OK(safewasm_table_type(table.of.table, &type));
  CHECK(type.is_64 && type.min == 2 && type.max == 8);
  OK(safewasm_table_grow(table.of.table, 6, NULL, &previous));
  OK(safewasm_table_copy(table.of.table, 7, table.of.table, 1, 1));
  OK(safewasm_table_get(table.of.table, 7, &value));
  CHECK(call(value.of.func, 0) == 8);
  safewasm_func_delete(value.of.func);
  FAILS(safewasm_table_get(table.of.table, (UINT64_C(1) << 32) + 7, &value), OUT_OF_BOUNDS, "8");
  safewasm_extern_delete(&table);
  delete_world(world);
}

int main(void) {
  RUN(a_global_of_numbers_holds_what_it_is_set_to);
  RUN(a_nan_keeps_its_bits_in_a_global);
  RUN(a_type_that_no_global_can_have_is_refused);
  RUN(a_global_of_references_keeps_what_it_refers_to);
  RUN(globals_given_to_a_module_are_changed_by_it);
  RUN(a_table_begins_with_null_or_with_what_it_is_given);
  RUN(a_type_that_no_table_can_have_is_refused);
  RUN(a_table_grows_to_its_maximum_and_the_limit_of_its_store);
  RUN(beyond_the_end_of_a_table_nothing_is_changed);
  RUN(elements_are_filled_and_copied_also_where_they_overlap);
  RUN(functions_go_into_tables_and_out_and_wasm_calls_them);
  RUN(a_table_with_64_bit_indices_works_as_any_other);
  return finish("tables");
}
