/* References, exceptions, typed functions, and vectors in host functions. */
#include "check.h"

static const safewasm_valtype_t I32 = {.kind = SAFEWASM_VAL_I32};
static const safewasm_valtype_t V128 = {.kind = SAFEWASM_VAL_V128};
static const safewasm_valtype_t EXTERNREF = {
    .kind = SAFEWASM_VAL_REF, .heap = SAFEWASM_HEAP_EXTERN, .nullable = true};

static void count(void *env) { (*(int *)env)++; }

static safewasm_val_t new_extern(safewasm_store_t *store, int *finalized) {
  safewasm_val_t value = {.kind = SAFEWASM_VAL_REF};
  OK(safewasm_ref_new_extern(store, finalized, count, &value.of.reference));
  return value;
}

/* Calls an export with the argument `arg`, if that isn't NULL, and returns its one result. */
static safewasm_val_t call(world_t world, const char *name, const safewasm_val_t *arg) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_val_t result;
  OK(safewasm_func_call(func.of.func, arg, arg != NULL, &result, 1));
  safewasm_extern_delete(&func);
  return result;
}

static safewasm_func_t *new_func(world_t world, safewasm_valtype_t *params, size_t params_len,
                                 safewasm_valtype_t *results, size_t results_len,
                                 safewasm_callback_t callback, void *env) {
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(world.engine, params, params_len, results, results_len, &type));
  OK(safewasm_func_new(world.store, type, callback, env, NULL, &func));
  safewasm_functype_delete(type);
  return func;
}

/* Puts an instance of that module into the world, with that function as its one import. */
static void link_to(world_t *world, const char *text, safewasm_func_t *func) {
  const safewasm_extern_t import = {SAFEWASM_EXTERN_FUNC, {.func = func}};
  safewasm_module_delete(world->module);
  safewasm_instance_delete(world->instance);
  world->module = new_module(world->engine, text);
  OK(safewasm_instance_new(world->store, world->module, &import, 1, &world->instance));
}

TEST(an_external_reference_is_finalized_once_whatever_keeps_it) {
  world_t world = new_world(
      "(module (type $box (struct (field (mut externref)))) (global $box (mut (ref null $box))"
      "    (struct.new_default $box))"
      "  (func (export \"keep\") (param externref) (result i32)"
      "    (struct.set $box 0 (global.get $box) (local.get 0)) (i32.const 0))"
      "  (func (export \"kept\") (result externref) (struct.get $box 0 (global.get $box)))"
      "  (func (export \"drop\") (result i32)"
      "    (global.set $box (ref.null $box)) (i32.const 0)))");
  int finalized[3] = {0, 0, 0};
  uint32_t same;
  safewasm_val_t kept = new_extern(world.store, &finalized[0]), back;
  call(world, "keep", &kept);
  back = call(world, "kept", NULL);
  OK(safewasm_ref_same(kept.of.reference, back.of.reference, &same));
  CHECK(same == 1);
  safewasm_ref_delete(kept.of.reference);
  safewasm_ref_delete(kept.of.reference);
  call(world, "drop", NULL);
  OK(safewasm_store_collect(world.store));
  CHECK(finalized[0] == 0); /* the other handle exists */
  safewasm_ref_delete(back.of.reference);
  OK(safewasm_store_collect(world.store));
  OK(safewasm_store_collect(world.store));
  CHECK(finalized[0] == 1);

  /* Two references with one `env` are two objects. */
  kept = new_extern(world.store, &finalized[1]);
  back = new_extern(world.store, &finalized[1]);
  OK(safewasm_ref_same(kept.of.reference, back.of.reference, &same));
  CHECK(same == 0);
  safewasm_ref_delete(back.of.reference);
  safewasm_store_delete(world.store);
  CHECK(finalized[1] == 2 && !safewasm_ref_is_valid(kept.of.reference));
  FAILS(safewasm_ref_new_extern(world.store, &finalized[2], count, &kept.of.reference),
        INVALID_HANDLE, "`store`");
  CHECK(finalized[2] == 1 && kept.of.reference == NULL && finalized[0] == 1);
  delete_world(world);
}

TEST(many_external_references_are_all_finalized) {
  world_t world = new_world("(module (func (export \"id\") (param externref) (result externref)"
                            "  (local.get 0)))");
  int finalized = 0;
  for (int i = 1; i <= 500; i++) {
    safewasm_val_t value = new_extern(world.store, &finalized);
    safewasm_val_t back = call(world, "id", &value);
    safewasm_ref_delete(value.of.reference);
    safewasm_ref_delete(back.of.reference);
    if (i % 100 == 0) OK(safewasm_store_collect(world.store));
    if (i % 100 == 0) CHECK(finalized == i);
  }
  delete_world(world);
  CHECK(finalized == 500);
}

TEST(a_reference_to_a_31_bit_integer_has_the_low_bits) {
  world_t world = new_world("(module (func (export \"s\") (param i31ref) (result i32)"
                            "    (i31.get_s (local.get 0)))"
                            "  (func (export \"new\") (param i32) (result (ref i31))"
                            "    (ref.i31 (local.get 0))))");
  const uint32_t values[] = {0, 1, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, UINT32_MAX};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    safewasm_val_t value = {.kind = SAFEWASM_VAL_REF}, number, made;
    uint32_t back, same;
    OK(safewasm_ref_new_i31(world.store, values[i], &value.of.reference));
    OK(safewasm_ref_i31(value.of.reference, &back));
    CHECK(back == (values[i] & 0x7fffffff));
    number = call(world, "s", &value);
    CHECK(((uint32_t)number.of.i32 & 0x7fffffff) == back);
    CHECK((number.of.i32 < 0) == ((back & 0x40000000) != 0));
    made = call(world, "new", &number);
    OK(safewasm_ref_same(made.of.reference, value.of.reference, &same));
    CHECK(same == 1);
    size_t len;
    OK(safewasm_ref_fields_len(made.of.reference, &len));
    CHECK(len == 0);
    safewasm_ref_delete(made.of.reference);
    safewasm_ref_delete(value.of.reference);
  }
  delete_world(world);
}

static const char *OBJECTS =
    "(module (type $s (struct (field i8) (field (mut i16)) (field i64) (field f32) (field f64)"
    "    (field v128) (field anyref) (field funcref) (field externref)))"
    "  (type $a (array (mut i16))) (type $e (array i32))"
    "  (func $one (export \"one\") (result i32) (i32.const 1))"
    "  (func (export \"struct\") (result anyref)"
    "    (struct.new $s (i32.const -1) (i32.const -2) (i64.const -3) (f32.const 0.5)"
    "      (f64.const 0.25)"
    "      (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16) (ref.i31 (i32.const 9))"
    "      (ref.func $one) (ref.null extern)))"
    "  (func (export \"array\") (result (ref $a))"
    "    (array.new_fixed $a 3 (i32.const 5) (i32.const 6) (i32.const 65537)))"
    "  (func (export \"empty\") (result eqref) (array.new_default $e (i32.const 0))))";

TEST(fields_of_structures_are_read) {
  world_t world = new_world(OBJECTS);
  safewasm_val_t object = call(world, "struct", NULL), fields[9];
  safewasm_valtype_t type;
  size_t len;
  uint32_t number;
  OK(safewasm_ref_type(object.of.reference, &type));
  CHECK(type.heap == SAFEWASM_HEAP_CONCRETE_STRUCT && !type.nullable);
  OK(safewasm_ref_fields_len(object.of.reference, &len));
  CHECK(len == 9);
  for (size_t i = 0; i < 9; i++) OK(safewasm_ref_field(object.of.reference, i, &fields[i]));
  CHECK(fields[0].kind == SAFEWASM_VAL_I32 && (fields[0].of.i32 & 0xff) == 0xff);
  CHECK(fields[1].kind == SAFEWASM_VAL_I32 && (fields[1].of.i32 & 0xffff) == 0xfffe);
  CHECK(fields[2].kind == SAFEWASM_VAL_I64 && fields[2].of.i64 == -3);
  CHECK(fields[3].of.f32 == 0.5f && fields[4].of.f64 == 0.25);
  CHECK(fields[5].kind == SAFEWASM_VAL_V128 && fields[5].of.v128[15] == 16);
  OK(safewasm_ref_i31(fields[6].of.reference, &number));
  CHECK(number == 9);
  safewasm_slot_t slot;
  OK(safewasm_func_call_slots(fields[7].of.func, &slot, 1));
  CHECK(slot.i32 == 1);
  CHECK(fields[8].kind == SAFEWASM_VAL_REF && fields[8].of.reference == NULL);
  safewasm_ref_delete(fields[6].of.reference);
  safewasm_func_delete(fields[7].of.func);
  FAILS(safewasm_ref_field(object.of.reference, 9, &fields[0]), NOT_FOUND, "9 fields");
  FAILS(safewasm_ref_field(object.of.reference, SIZE_MAX, &fields[0]), NOT_FOUND, "`index`");
  CHECK(fields[0].kind == 0);
  safewasm_tag_t *tag;
  void *env;
  FAILS(safewasm_ref_tag(object.of.reference, &tag), TYPE_MISMATCH, "no exception");
  FAILS(safewasm_ref_env(object.of.reference, &env), TYPE_MISMATCH, "`reference`");
  FAILS(safewasm_ref_i31(object.of.reference, &number), TYPE_MISMATCH, "31-bit");
  FAILS(safewasm_ref_same(object.of.reference, NULL, &number), NULL_POINTER, "`other`");
  safewasm_ref_delete(object.of.reference);
  FAILS(safewasm_ref_fields_len(object.of.reference, &len), INVALID_HANDLE, "`reference`");
  CHECK(len == 0);
  delete_world(world);
}

TEST(elements_of_arrays_are_read) {
  world_t world = new_world(OBJECTS);
  const int32_t expected[] = {5, 6, 1};
  safewasm_val_t array = call(world, "array", NULL), empty = call(world, "empty", NULL), element;
  safewasm_valtype_t type;
  size_t len;
  OK(safewasm_store_collect(world.store));
  OK(safewasm_ref_fields_len(array.of.reference, &len));
  CHECK(len == 3);
  for (size_t i = 0; i < len; i++) {
    OK(safewasm_ref_field(array.of.reference, i, &element));
    CHECK(element.kind == SAFEWASM_VAL_I32 && element.of.i32 == expected[i]);
  }
  OK(safewasm_ref_type(array.of.reference, &type));
  CHECK(type.heap == SAFEWASM_HEAP_CONCRETE_ARRAY);
  OK(safewasm_ref_fields_len(empty.of.reference, &len));
  CHECK(len == 0);
  FAILS(safewasm_ref_field(empty.of.reference, 0, &element), NOT_FOUND, "0 elements");
  uint32_t same;
  OK(safewasm_ref_same(array.of.reference, empty.of.reference, &same));
  CHECK(same == 0);
  safewasm_ref_delete(array.of.reference);
  safewasm_ref_delete(empty.of.reference);
  delete_world(world);
}

TEST(a_large_array_is_read_element_by_element) {
  world_t world = new_world("(module (type $a (array i32)) (func (export \"large\")"
                            "  (result (ref $a)) (array.new $a (i32.const 7) (i32.const 50000))))");
  safewasm_val_t array = call(world, "large", NULL), element;
  for (size_t i = 0; i < 50000; i++) { /* takes an hour if each one reads all fields */
    OK(safewasm_ref_field(array.of.reference, i, &element));
    CHECK(element.of.i32 == 7);
  }
  FAILS(safewasm_ref_field(array.of.reference, 50000, &element), NOT_FOUND, "50000 elements");
  safewasm_ref_delete(array.of.reference);
  delete_world(world);
}

/* The data by which a host function of these tests throws. */
typedef struct {
  safewasm_tag_t *tag;
  safewasm_val_t fields[2];
  safewasm_ref_t *exception;
} thrower_t;

static safewasm_error_t *throw(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                               size_t args_len, safewasm_val_t *results, size_t results_len) {
  thrower_t *thrower = env;
  safewasm_ref_t *exception = NULL;
  safewasm_error_t *error;
  (void)caller, (void)args, (void)args_len, (void)results, (void)results_len;
  if (thrower->exception == NULL) {
    OK(safewasm_ref_new_exception(thrower->tag, thrower->fields, 2, &exception));
  }
  OK(safewasm_error_new_exception(exception != NULL ? exception : thrower->exception, &error));
  safewasm_ref_delete(exception);
  return error;
}

static const char *CATCHER =
    "(module (import \"\" \"throw\" (func $throw))"
    "  (tag $mine (export \"mine\") (param i32 externref)) (tag $other (param i32 externref))"
    "  (func (export \"catch\") (result i32) (local $e externref)"
    "    (block $caught (result i32 externref)"
    "      (try_table (catch $other $caught) (catch $mine $caught) (call $throw))"
    "      (return (i32.const -1)))"
    "    (local.set $e))"
    "  (func (export \"other\") (result i32)"
    "    (block $caught (result i32 externref)"
    "      (try_table (catch $other $caught) (call $throw)) (return (i32.const -1)))"
    "    drop)"
    "  (func $raise (export \"raise\") (result i32)"
    "    (throw $mine (i32.const 77) (ref.null extern))))";

TEST(an_exception_thrown_by_a_host_function_is_caught_by_its_tag) {
  world_t world = new_world("(module)"), elsewhere = new_world("(module)");
  int finalized = 0;
  thrower_t thrower = {.fields = {{SAFEWASM_VAL_I32, {.i32 = 31}}, {.kind = SAFEWASM_VAL_REF}}};
  safewasm_func_t *func = new_func(world, NULL, 0, NULL, 0, throw, &thrower);
  link_to(&world, CATCHER, func);
  safewasm_extern_t mine = get_export(world.instance, "mine");
  thrower.tag = mine.of.tag;
  thrower.fields[1] = new_extern(world.store, &finalized);
  CHECK(call(world, "catch", NULL).of.i32 == 31);

  /* An exception that nothing catches is the error of the call. */
  safewasm_extern_t other = get_export(world.instance, "other");
  safewasm_slot_t slot;
  safewasm_error_t *error = safewasm_func_call_slots(other.of.func, &slot, 1);
  safewasm_val_t field;
  uint32_t same;
  OK(safewasm_error_exception(error, &thrower.exception));
  OK(safewasm_ref_field(thrower.exception, 1, &field));
  OK(safewasm_ref_same(field.of.reference, thrower.fields[1].of.reference, &same));
  CHECK(same == 1);
  FAILS(error, EXCEPTION, "exception");
  safewasm_ref_delete(field.of.reference);
  /* The same exception may be thrown again. */
  CHECK(call(world, "catch", NULL).of.i32 == 31);

  /* Wasm can't catch an exception of another store. */
  safewasm_functype_t *type;
  OK(safewasm_functype_new(elsewhere.engine, NULL, 0, NULL, 0, &type));
  safewasm_tag_t *foreign;
  OK(safewasm_tag_new(elsewhere.store, type, &foreign));
  safewasm_functype_delete(type);
  safewasm_ref_delete(thrower.exception);
  OK(safewasm_ref_new_exception(foreign, NULL, 0, &thrower.exception));
  safewasm_extern_t catch = get_export(world.instance, "catch");
  FAILS(safewasm_func_call_slots(catch.of.func, &slot, 1), EXCEPTION, "exception");
  safewasm_ref_delete(thrower.exception);
  safewasm_ref_delete(thrower.fields[1].of.reference);
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 1);
  safewasm_tag_delete(foreign);
  safewasm_extern_delete(&catch);
  safewasm_extern_delete(&other);
  safewasm_extern_delete(&mine);
  safewasm_func_delete(func);
  delete_world(world);
  delete_world(elsewhere);
}

TEST(an_exception_of_wasm_is_read_and_its_tag_serves_for_another) {
  world_t world = new_world("(module)");
  thrower_t thrower = {.fields = {{SAFEWASM_VAL_I32, {.i32 = 5}}, {.kind = SAFEWASM_VAL_REF}}};
  safewasm_func_t *func = new_func(world, NULL, 0, NULL, 0, throw, &thrower);
  link_to(&world, CATCHER, func);
  safewasm_extern_t raise = get_export(world.instance, "raise");
  safewasm_slot_t slot;
  safewasm_error_t *error = safewasm_func_call_slots(raise.of.func, &slot, 1);
  safewasm_ref_t *exception;
  safewasm_val_t field;
  size_t len;
  safewasm_functype_t *type;
  safewasm_text_t text;
  safewasm_frame_t frame;
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_NOT_A_TRAP);
  CHECK(safewasm_error_frame(error, 0, &frame) && strcmp(frame.func_name.data, "raise") == 0);
  OK(safewasm_error_exception(error, &exception));
  FAILS(error, EXCEPTION, "nothing caught");
  OK(safewasm_ref_fields_len(exception, &len));
  OK(safewasm_ref_field(exception, 0, &field));
  CHECK(len == 2 && field.of.i32 == 77);
  OK(safewasm_ref_tag(exception, &thrower.tag));
  OK(safewasm_tag_type(thrower.tag, &type));
  OK(safewasm_functype_text(type, &text));
  CHECK(strcmp(text.data, "(i32, externref) -> ()") == 0);
  safewasm_extern_t mine = get_export(world.instance, "mine");
  uint32_t same;
  OK(safewasm_tag_same(thrower.tag, mine.of.tag, &same));
  CHECK(same == 1);
  safewasm_tag_t *alike;
  OK(safewasm_tag_new(world.store, type, &alike));
  OK(safewasm_tag_same(thrower.tag, alike, &same));
  CHECK(same == 0);
  safewasm_tag_delete(alike);
  safewasm_extern_delete(&mine);
  safewasm_functype_delete(type);
  safewasm_ref_delete(exception);
  CHECK(call(world, "catch", NULL).of.i32 == 5);
  safewasm_tag_delete(thrower.tag);
  safewasm_extern_delete(&raise);
  safewasm_func_delete(func);
  delete_world(world);
}

TEST(an_exception_carries_just_what_its_tag_says) {
  world_t world = new_world("(module)"), other = new_world("(module)");
  const safewasm_valtype_t params[] = {I32, V128, EXTERNREF};
  safewasm_val_t fields[] = {{SAFEWASM_VAL_I32, {.i32 = 5}},
                             {SAFEWASM_VAL_V128, {.v128 = {[15] = 8}}},
                             {.kind = SAFEWASM_VAL_REF}};
  safewasm_functype_t *type, *with_results;
  safewasm_tag_t *tag, *none;
  safewasm_ref_t *exception;
  OK(safewasm_functype_new(world.engine, params, 3, NULL, 0, &type));
  OK(safewasm_functype_new(world.engine, params, 1, params, 1, &with_results));
  OK(safewasm_tag_new(world.store, type, &tag));
  FAILS(safewasm_tag_new(world.store, with_results, &none), TYPE_MISMATCH, "results");
  FAILS(safewasm_tag_new(other.store, type, &none), WRONG_ENGINE, "`functype`");
  CHECK(none == NULL && safewasm_tag_is_valid(tag));
  FAILS(safewasm_ref_new_exception(tag, fields, 2, &exception), TYPE_MISMATCH, "carry 3 values");
  FAILS(safewasm_ref_new_exception(tag, NULL, 3, &exception), NULL_POINTER, "`fields`");
  FAILS(safewasm_ref_new_exception(tag, NULL, 0, &exception), TYPE_MISMATCH, "`fields_len` is 0");
  fields[0].kind = SAFEWASM_VAL_I64;
  FAILS(safewasm_ref_new_exception(tag, fields, 3, &exception), TYPE_MISMATCH, "`fields[0]`");
  fields[0].kind = SAFEWASM_VAL_I32;
  OK(safewasm_ref_new_i31(world.store, 1, &fields[2].of.reference));
  FAILS(safewasm_ref_new_exception(tag, fields, 3, &exception), TYPE_MISMATCH, "not externref");
  safewasm_error_t *error;
  FAILS(safewasm_error_new_exception(fields[2].of.reference, &error), TYPE_MISMATCH, "exception");
  CHECK(error == NULL && exception == NULL);
  safewasm_ref_delete(fields[2].of.reference);
  OK(safewasm_ref_new_extern(other.store, NULL, NULL, &fields[2].of.reference));
  FAILS(safewasm_ref_new_exception(tag, fields, 3, &exception), WRONG_STORE, "fields[2]");
  fields[2].of.reference = NULL;
  OK(safewasm_ref_new_exception(tag, fields, 3, &exception));
  safewasm_val_t field;
  OK(safewasm_ref_field(exception, 1, &field));
  CHECK(field.kind == SAFEWASM_VAL_V128 && field.of.v128[15] == 8);
  OK(safewasm_error_new_exception(exception, &error));
  safewasm_store_delete(world.store);
  safewasm_ref_t *gone;
  FAILS(safewasm_error_exception(error, &gone), INVALID_HANDLE, "");
  FAILS(error, EXCEPTION, "exception");
  FAILS(safewasm_ref_tag(exception, &none), INVALID_HANDLE, "`reference`");
  safewasm_functype_delete(type);
  safewasm_functype_delete(with_results);
  delete_world(world);
  delete_world(other);
}

TEST(a_reference_to_a_function_is_of_the_type_that_it_says) {
  world_t world = new_world(
      "(module (type $f (func (param i32) (result i32)))"
      "  (global $seven (export \"g\") i32 (i32.const 7))"
      "  (func (export \"double\") (type $f) (i32.mul (local.get 0) (i32.const 2)))"
      "  (func (export \"none\"))"
      "  (func (export \"call\") (param (ref $f)) (result i32)"
      "    (call_ref $f (global.get $seven) (local.get 0)))"
      "  (func (export \"maybe\") (param (ref null $f)) (result i32)"
      "    (call_ref $f (global.get $seven) (local.get 0))))");
  safewasm_extern_t doubler = get_export(world.instance, "double"),
                    none = get_export(world.instance, "none"),
                    strict = get_export(world.instance, "call"),
                    maybe = get_export(world.instance, "maybe");
  safewasm_val_t arg = {SAFEWASM_VAL_FUNC, {.func = doubler.of.func}}, result;
  safewasm_functype_t *type;
  safewasm_valtype_t param;
  OK(safewasm_func_type(strict.of.func, &type));
  OK(safewasm_functype_param(type, 0, &param));
  CHECK(param.kind == SAFEWASM_VAL_FUNC && param.heap == SAFEWASM_HEAP_CONCRETE_FUNC);
  CHECK(!param.nullable);
  safewasm_functype_delete(type);
  CHECK(call(world, "call", &arg).of.i32 == 14 && call(world, "maybe", &arg).of.i32 == 14);
  arg.of.func = none.of.func;
  FAILS(safewasm_func_call(strict.of.func, &arg, 1, &result, 1), TYPE_MISMATCH, "`args[0]`");
  arg.of.func = NULL;
  FAILS(safewasm_func_call(strict.of.func, &arg, 1, &result, 1), TYPE_MISMATCH, "is null");
  safewasm_error_t *error = safewasm_func_call(maybe.of.func, &arg, 1, &result, 1);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_NULL_REFERENCE && result.kind == 0);
  FAILS(error, TRAP, "null");
  safewasm_slot_t slot;
  FAILS(safewasm_func_call_slots(strict.of.func, &slot, 1), UNSUPPORTED, "reference");
  safewasm_extern_delete(&doubler);
  safewasm_extern_delete(&none);
  safewasm_extern_delete(&strict);
  safewasm_extern_delete(&maybe);
  delete_world(world);
}

static safewasm_error_t *reverse(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                                 size_t args_len, safewasm_val_t *results, size_t results_len) {
  (void)env, (void)caller;
  CHECK(args_len == 2 && results_len == 1 && args[1].kind == SAFEWASM_VAL_V128);
  results[0].kind = SAFEWASM_VAL_V128;
  for (int i = 0; i < 16; i++) results[0].of.v128[i] = args[1].of.v128[15 - i];
  return NULL;
}

static safewasm_error_t *reverse_slots(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                       size_t slots_len) {
  (void)env, (void)caller;
  CHECK(slots_len == 2 && slots[0].i32 == -4);
  for (int i = 0; i < 16; i++) slots[0].v128[i] = slots[1].v128[15 - i];
  return NULL;
}

TEST(vectors_go_through_host_functions_of_values_and_of_slots) {
  safewasm_valtype_t params[] = {I32, V128}, result = V128;
  for (int slots = 0; slots < 2; slots++) {
    world_t world = new_world("(module)");
    safewasm_func_t *func;
    safewasm_functype_t *type;
    OK(safewasm_functype_new(world.engine, params, 2, &result, 1, &type));
    OK(slots ? safewasm_func_new_slots(world.store, type, reverse_slots, NULL, NULL, &func)
             : safewasm_func_new(world.store, type, reverse, NULL, NULL, &func));
    safewasm_functype_delete(type);
    link_to(&world, "(module (import \"\" \"f\" (func $f (param i32 v128) (result v128)))"
                 "  (func (export \"f\") (param v128) (result v128)"
                 "    (i8x16.add (call $f (i32.const -4) (local.get 0)) (local.get 0))))", func);
    safewasm_val_t vector = {SAFEWASM_VAL_V128, {.v128 = {0}}}, sum;
    for (int i = 0; i < 16; i++) vector.of.v128[i] = (uint8_t)(i * i);
    sum = call(world, "f", &vector);
    CHECK(sum.kind == SAFEWASM_VAL_V128);
    for (int i = 0; i < 16; i++) {
      CHECK(sum.of.v128[i] == (uint8_t)(i * i + (15 - i) * (15 - i)));
    }
    safewasm_func_delete(func);
    delete_world(world);
  }
}

static safewasm_error_t *give_back(void *env, safewasm_caller_t *caller, const safewasm_val_t *args,
                                   size_t args_len, safewasm_val_t *results, size_t results_len) {
  (void)env, (void)caller;
  CHECK(args_len == 1 && results_len == 1);
  results[0].kind = SAFEWASM_VAL_REF;
  return safewasm_ref_clone(args[0].of.reference, &results[0].of.reference);
}

TEST(a_host_function_gives_back_a_clone_of_its_argument) {
  world_t world = new_world("(module)");
  int finalized = 0;
  safewasm_valtype_t type = EXTERNREF;
  safewasm_func_t *func = new_func(world, &type, 1, &type, 1, give_back, NULL);
  safewasm_val_t value = new_extern(world.store, &finalized), back;
  uint32_t same;
  OK(safewasm_func_call(func, &value, 1, &back, 1));
  OK(safewasm_ref_same(back.of.reference, value.of.reference, &same));
  CHECK(same == 1 && back.of.reference != value.of.reference);
  safewasm_ref_delete(value.of.reference);
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 0 && safewasm_ref_is_valid(back.of.reference));
  safewasm_ref_delete(back.of.reference);
  OK(safewasm_store_collect(world.store));
  CHECK(finalized == 1);
  safewasm_func_delete(func);
  delete_world(world);
}

int main(void) {
  RUN(an_external_reference_is_finalized_once_whatever_keeps_it);
  RUN(many_external_references_are_all_finalized);
  RUN(a_reference_to_a_31_bit_integer_has_the_low_bits);
  RUN(fields_of_structures_are_read);
  RUN(elements_of_arrays_are_read);
  RUN(a_large_array_is_read_element_by_element);
  RUN(an_exception_thrown_by_a_host_function_is_caught_by_its_tag);
  RUN(an_exception_of_wasm_is_read_and_its_tag_serves_for_another);
  RUN(an_exception_carries_just_what_its_tag_says);
  RUN(a_reference_to_a_function_is_of_the_type_that_it_says);
  RUN(vectors_go_through_host_functions_of_values_and_of_slots);
  RUN(a_host_function_gives_back_a_clone_of_its_argument);
  return finish("references");
}
