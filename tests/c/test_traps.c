/* Every trap of a small module: its code, its frames, and the store afterwards. */
#include "check.h"

typedef struct {
  bool fuel, epochs;
} settings_t;

static safewasm_engine_t *new_engine_with(settings_t settings) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_consume_fuel(config, settings.fuel));
  OK(safewasm_config_set_epoch_interruption(config, settings.epochs));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* A world with the module of that text, in an engine with those settings. */
static world_t new_world_with(settings_t settings, const char *text) {
  world_t world;
  world.engine = new_engine_with(settings);
  OK(safewasm_store_new(world.engine, &world.store));
  if (settings.fuel) OK(safewasm_store_set_fuel(world.store, 1000));
  world.module = new_module(world.engine, text);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

static safewasm_error_t *call(world_t world, const char *name) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  return error;
}

/* Checks that a call of the export `trap` ends with that trap, in the function `$trap`. */
static void check_trap(world_t world, safewasm_trap_code_t code, const char *text) {
  safewasm_error_t *error = call(world, "trap");
  safewasm_frame_t frame;
  if (safewasm_error_trap_code(error) != code || safewasm_error_frames_len(error) < 1) {
    printf("trap %d, not %d: %s\n", (int)safewasm_error_trap_code(error), (int)code,
           safewasm_error_message(error, NULL));
    failed_here = 1;
  }
  CHECK(safewasm_error_frame(error, 0, &frame) && frame.func_name.len == 4);
  CHECK(frame.func_name.data != NULL && strcmp(frame.func_name.data, "trap") == 0);
  CHECK(frame.func_index == 1);
  FAILS(error, TRAP, text);
}

/* Modules in which `$trap`, the second function, traps. */
static const struct {
  safewasm_trap_code_t code;
  const char *message, *fields, *body;
} TRAPS[] = {
    {SAFEWASM_TRAP_UNREACHABLE, "unreachable", "", "unreachable"},
    {SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory", "(memory 1)",
     "(drop (i32.load (i32.const 65533)))"},
    {SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory", "(memory 1)",
     "(i64.store (i32.const -1) (i64.const 0))"},
    {SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory", "(memory i64 1)",
     "(drop (i32.load8_u offset=0xffffffff (i64.const -1)))"},
    {SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS, "out of bounds memory", "(memory 1)",
     "(memory.fill (i32.const 65530) (i32.const 0) (i32.const 7))"},
    {SAFEWASM_TRAP_HEAP_MISALIGNED, "aligned", "(memory 1)",
     "(drop (i32.atomic.load (i32.const 2)))"},
    {SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS, "table", "(table 3 funcref)",
     "(drop (table.get (i32.const 3)))"},
    {SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS, "table", "(table 3 funcref)",
     "(call_indirect (i32.const -1))"},
    {SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL, "uninitialized element", "(table 3 funcref)",
     "(call_indirect (i32.const 2))"},
    {SAFEWASM_TRAP_BAD_SIGNATURE, "type mismatch",
     "(table funcref (elem $other))",
     "(drop (call_indirect (result i32) (i32.const 0)))"},
    {SAFEWASM_TRAP_INTEGER_OVERFLOW, "integer overflow", "(global $m i32 (i32.const 0x80000000))",
     "(drop (i32.div_s (global.get $m) (i32.const -1)))"},
    {SAFEWASM_TRAP_INTEGER_OVERFLOW, "integer overflow", "",
     "(drop (i32.trunc_f64_s (f64.const 1e300)))"},
    {SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO, "divide by zero",
     "(global $z (mut i64) (i64.const 0))",
     "(drop (i64.rem_u (i64.const 1) (global.get $z)))"},
    {SAFEWASM_TRAP_BAD_CONVERSION_TO_INTEGER, "conversion to integer", "",
     "(drop (i64.trunc_f32_u (f32.const nan)))"},
    {SAFEWASM_TRAP_NULL_REFERENCE, "null reference", "(type $s (struct (field i32)))",
     "(drop (struct.get $s 0 (ref.null $s)))"},
    {SAFEWASM_TRAP_NULL_REFERENCE, "null reference", "", "(drop (ref.as_non_null (ref.null any)))"},
    {SAFEWASM_TRAP_ARRAY_OUT_OF_BOUNDS, "out of bounds array", "(type $a (array i32))",
     "(drop (array.get $a (array.new_default $a (i32.const 3)) (i32.const 3)))"},
    {SAFEWASM_TRAP_CAST_FAILURE, "cast", "(type $s (struct)) (type $t (struct (field i32)))",
     "(drop (ref.cast (ref $t) (struct.new $s)))"},
    {SAFEWASM_TRAP_CAST_FAILURE, "cast", "", "(drop (ref.cast (ref i31) (ref.null any)))"},
    {SAFEWASM_TRAP_ALLOCATION_TOO_LARGE, "allocation", "(type $a (array i64))",
     "(drop (array.new_default $a (i32.const -1)))"},
    {SAFEWASM_TRAP_ATOMIC_WAIT_NON_SHARED_MEMORY, "shared", "(memory 1)",
     "(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const 0)))"},
};

TEST(every_trap_has_its_code_a_message_and_a_frame) {
  for (size_t i = 0; i < sizeof TRAPS / sizeof TRAPS[0]; i++) {
    char text[600];
    snprintf(text, sizeof text,
             "(module %s (func $other (export \"other\")) (func $trap (export \"trap\") %s))",
             TRAPS[i].fields, TRAPS[i].body);
    world_t world = new_world(text);
    for (int round = 0; round < 2; round++) check_trap(world, TRAPS[i].code, TRAPS[i].message);
    OK(call(world, "other"));
    delete_world(world);
  }
}

TEST(endless_recursion_is_a_stack_overflow) {
  world_t world = new_world("(module (func $other (export \"other\"))"
                            "  (func $trap (export \"trap\") (call $trap)))");
  for (int round = 0; round < 3; round++) {
    check_trap(world, SAFEWASM_TRAP_STACK_OVERFLOW, "call stack exhausted");
    OK(call(world, "other"));
  }
  delete_world(world);
}

static const char *ENDLESS = "(module (func $other (export \"other\"))"
                             "  (func $trap (export \"trap\") (loop $l (br $l))))";

TEST(a_loop_ends_when_the_fuel_does) {
  world_t world = new_world_with((settings_t){.fuel = true}, ENDLESS);
  uint64_t fuel;
  OK(call(world, "other"));
  OK(safewasm_store_fuel(world.store, &fuel));
  CHECK(fuel > 0 && fuel < 1000);
  check_trap(world, SAFEWASM_TRAP_OUT_OF_FUEL, "fuel");
  safewasm_error_t *error = call(world, "other");
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_OUT_OF_FUEL);
  FAILS(error, TRAP, "fuel");
  OK(safewasm_store_set_fuel(world.store, 100));
  OK(call(world, "other"));
  delete_world(world);
}

TEST(a_loop_ends_at_a_deadline) {
  world_t world = new_world_with((settings_t){.epochs = true}, ENDLESS);
  OK(call(world, "other"));
  for (int round = 0; round < 2; round++) {
    OK(safewasm_store_set_deadline(world.store, 20000000));
    check_trap(world, SAFEWASM_TRAP_INTERRUPT, "interrupt");
    OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
    OK(call(world, "other"));
  }
  OK(safewasm_store_set_epoch_deadline(world.store, 1));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  check_trap(world, SAFEWASM_TRAP_INTERRUPT, "interrupt");
  delete_world(world);
}

/* Whether the frame at that index is of that function of that module. */
static bool frame_is(safewasm_error_t *error, size_t index, const char *module, const char *func,
                     uint32_t func_index) {
  safewasm_frame_t frame;
  return safewasm_error_frame(error, index, &frame) && frame.func_name.data != NULL &&
         strcmp(frame.func_name.data, func) == 0 && frame.func_name.len == strlen(func) &&
         frame.module_name.data != NULL && strcmp(frame.module_name.data, module) == 0 &&
         frame.func_index == func_index && frame.file.data == NULL && frame.line == 0;
}

static const char *DEEP =
    "(module $deep (func $inner (param i32) (if (local.get 0) (then unreachable)))"
    "  (func $middle (param i32) (call $inner (local.get 0)))"
    "  (func $\"o\xc3\xbc ter\" (export \"outer\") (call $middle (i32.const 1))))";

TEST(the_frames_of_a_trap_lead_from_the_innermost_function_out) {
  world_t world = new_world(DEEP);
  safewasm_error_t *error = call(world, "outer");
  safewasm_frame_t frames[3], none;
  CHECK(safewasm_error_frames_len(error) == 3);
  CHECK(frame_is(error, 0, "deep", "inner", 0) && frame_is(error, 1, "deep", "middle", 1));
  CHECK(frame_is(error, 2, "deep", "o\xc3\xbc ter", 2));
  for (size_t i = 0; i < 3; i++) CHECK(safewasm_error_frame(error, i, &frames[i]));
  CHECK(frames[0].module_offset < frames[1].module_offset);
  CHECK(frames[1].module_offset < frames[2].module_offset);
  CHECK(!safewasm_error_frame(error, 3, &none) && none.func_name.data == NULL);
  CHECK(!safewasm_error_frame(error, SIZE_MAX, &none) && !safewasm_error_frame(error, 0, NULL));
  /* Frames need nothing but their error. */
  delete_world(world);
  CHECK(strcmp(frames[1].func_name.data, "middle") == 0);
  FAILS(error, TRAP, "unreachable");
}

static const char *WITHOUT_NAMES = "(module (func (export \"outer\") unreachable))";

TEST(a_frame_without_names_has_none) {
  world_t world = new_world(WITHOUT_NAMES);
  safewasm_error_t *error = call(world, "outer");
  safewasm_frame_t frame;
  CHECK(safewasm_error_frames_len(error) == 1 && safewasm_error_frame(error, 0, &frame));
  CHECK(frame.module_name.data == NULL && frame.module_name.len == 0);
  CHECK(frame.func_name.data == NULL && frame.func_name.len == 0 && frame.func_index == 0);
  FAILS(error, TRAP, "unreachable");
  delete_world(world);
}

static safewasm_error_t *call_export(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                     size_t slots_len) {
  const char *name = env;
  safewasm_extern_t func;
  OK(safewasm_caller_export(caller, name, strlen(name), &func));
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, slots, slots_len);
  safewasm_extern_delete(&func);
  return error;
}

static const char *THROUGH =
    "(module $through (import \"\" \"f\" (func $f)) (import \"\" \"g\" (func $g))"
    "  (func $one (export \"one\") (call $f)) (func $two (export \"two\") (call $g))"
    "  (func $three (export \"three\") unreachable))";

TEST(frames_of_all_calls_are_there_when_wasm_and_host_take_turns) {
  world_t world = new_world("(module)");
  safewasm_functype_t *type;
  safewasm_extern_t imports[2] = {{.kind = SAFEWASM_EXTERN_FUNC}, {.kind = SAFEWASM_EXTERN_FUNC}};
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, call_export, "two", NULL, &imports[0].of.func));
  OK(safewasm_func_new_slots(world.store, type, call_export, "three", NULL, &imports[1].of.func));
  safewasm_functype_delete(type);
  safewasm_module_delete(world.module);
  safewasm_instance_delete(world.instance);
  world.module = new_module(world.engine, THROUGH);
  OK(safewasm_instance_new(world.store, world.module, imports, 2, &world.instance));
  for (int round = 0; round < 2; round++) {
    safewasm_error_t *error = call(world, "one");
    CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
    CHECK(safewasm_error_frames_len(error) == 3 && frame_is(error, 0, "through", "three", 4));
    CHECK(frame_is(error, 1, "through", "two", 3) && frame_is(error, 2, "through", "one", 2));
    FAILS(error, TRAP, "unreachable");
  }
  safewasm_extern_delete(&imports[0]);
  safewasm_extern_delete(&imports[1]);
  delete_world(world);
}

/* A module whose host function `f` recurses through the export `again` as often as its `env` says. */
static safewasm_error_t *call_again(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  int *left = env;
  if (--*left == 0) {
    safewasm_error_t *bottom;
    OK(safewasm_error_new("bottom", 6, NULL, NULL, NULL, &bottom));
    return bottom;
  }
  return call_export("again", caller, slots, slots_len);
}

static const char *NESTING =
    "(module $nesting (import \"\" \"f\" (func $f)) (import \"\" \"g\" (func $g (param i32)))"
    "  (func $again (export \"again\") (call $f))"
    "  (func $inner (export \"inner\") (param i32)"
    "    (if (local.get 0) (then (call $inner (i32.sub (local.get 0) (i32.const 1)))) (else unreachable)))"
    "  (func $outer (export \"outer\") (param i32)"
    "    (if (local.get 0) (then (call $outer (i32.sub (local.get 0) (i32.const 1))))"
    "      (else (call $g (i32.const 9))))))";

/* The frames that the last call of `inner` had, in a host function that `outer` called. */
static size_t inner_frames;

static safewasm_error_t *call_inner(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                    size_t slots_len) {
  (void)env;
  safewasm_error_t *error = call_export("inner", caller, slots, slots_len);
  inner_frames = safewasm_error_frames_len(error);
  for (size_t i = 0; i < inner_frames; i++) CHECK(frame_is(error, i, "nesting", "inner", 3));
  return error;
}

static world_t new_nesting_world(int *left) {
  world_t world = new_world("(module)");
  safewasm_functype_t *types[2];
  safewasm_extern_t imports[2] = {{.kind = SAFEWASM_EXTERN_FUNC}, {.kind = SAFEWASM_EXTERN_FUNC}};
  OK(safewasm_functype_new_text(world.engine, "() -> ()", SAFEWASM_STRLEN, &types[0]));
  OK(safewasm_functype_new_text(world.engine, "(i32) -> ()", SAFEWASM_STRLEN, &types[1]));
  OK(safewasm_func_new_slots(world.store, types[0], call_again, left, NULL, &imports[0].of.func));
  OK(safewasm_func_new_slots(world.store, types[1], call_inner, NULL, NULL, &imports[1].of.func));
  safewasm_module_delete(world.module);
  safewasm_instance_delete(world.instance);
  world.module = new_module(world.engine, NESTING);
  OK(safewasm_instance_new(world.store, world.module, imports, 2, &world.instance));
  for (int i = 0; i < 2; i++) {
    safewasm_functype_delete(types[i]);
    safewasm_extern_delete(&imports[i]);
  }
  return world;
}

TEST(an_inner_call_has_its_own_frames_however_deep_the_outer_one_is) {
  int left = 0;
  world_t world = new_nesting_world(&left);
  static const int DEPTHS[] = {0, 50, 89, 90, 98, 99, 100, 250};
  for (size_t i = 0; i < sizeof DEPTHS / sizeof *DEPTHS; i++) {
    safewasm_func_t *outer;
    OK(safewasm_instance_func(world.instance, "outer", SAFEWASM_STRLEN, &outer));
    safewasm_slot_t slot = {.i32 = DEPTHS[i]};
    safewasm_error_t *error = safewasm_func_call_slots(outer, &slot, 1);
    size_t calls = (size_t)DEPTHS[i] + 1;
    CHECK(inner_frames == 10);
    CHECK(safewasm_error_frames_len(error) == 10 + (calls < 100 ? calls : 100));
    FAILS(error, TRAP, "unreachable");
    safewasm_func_delete(outer);
  }
  delete_world(world);
}

TEST(an_error_that_passes_through_many_calls_has_400_frames_at_most) {
  int left = 300;
  world_t world = new_nesting_world(&left);
  safewasm_error_t *error = call(world, "again");
  CHECK(safewasm_error_frames_len(error) == 300 && frame_is(error, 299, "nesting", "again", 2));
  FAILS(error, HOST, "bottom");
  left = -1;
  error = call(world, "again");
  CHECK(safewasm_error_frames_len(error) == 400);
  FAILS(error, TRAP, "call stack exhausted");
  delete_world(world);
}

typedef struct {
  safewasm_func_t *next;
} elsewhere_t;

static safewasm_error_t *call_elsewhere(void *env, safewasm_caller_t *caller,
                                        safewasm_slot_t *slots, size_t slots_len) {
  (void)caller;
  return safewasm_func_call_slots(((elsewhere_t *)env)->next, slots, slots_len);
}

TEST(frames_of_another_store_come_before_those_of_the_calling_one) {
  world_t inner = new_world(DEEP), outer = new_world("(module)");
  safewasm_extern_t func = get_export(inner.instance, "outer");
  safewasm_extern_t host = {.kind = SAFEWASM_EXTERN_FUNC};
  elsewhere_t elsewhere = {func.of.func};
  safewasm_functype_t *type;
  OK(safewasm_functype_new(outer.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(outer.store, type, call_elsewhere, &elsewhere, NULL, &host.of.func));
  safewasm_functype_delete(type);
  safewasm_module_delete(outer.module);
  safewasm_instance_delete(outer.instance);
  outer.module = new_module(outer.engine, "(module $out (import \"\" \"f\" (func $f))"
                                          "  (func $go (export \"go\") (call $f)))");
  OK(safewasm_instance_new(outer.store, outer.module, &host, 1, &outer.instance));
  safewasm_error_t *error = call(outer, "go");
  CHECK(safewasm_error_frames_len(error) == 4 && frame_is(error, 0, "deep", "inner", 0));
  CHECK(frame_is(error, 3, "out", "go", 1));
  FAILS(error, TRAP, "unreachable");
  safewasm_extern_delete(&func);
  safewasm_extern_delete(&host);
  delete_world(outer);
  delete_world(inner);
}

/* `go` and `boom`, whose import `h` calls another function. */
static world_t new_link(const char *name, elsewhere_t *elsewhere) {
  world_t world = new_world("(module)");
  safewasm_extern_t host = {.kind = SAFEWASM_EXTERN_FUNC};
  safewasm_functype_t *type;
  char text[300];
  snprintf(text, sizeof text,
           "(module $%s (import \"\" \"h\" (func $h)) (func $go (export \"go\") (call $h))"
           "  (func $boom (export \"boom\") unreachable))", name);
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, call_elsewhere, elsewhere, NULL, &host.of.func));
  safewasm_functype_delete(type);
  safewasm_module_delete(world.module);
  safewasm_instance_delete(world.instance);
  world.module = new_module(world.engine, text);
  OK(safewasm_instance_new(world.store, world.module, &host, 1, &world.instance));
  safewasm_extern_delete(&host);
  return world;
}

static safewasm_error_t *fail(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)caller, (void)slots, (void)slots_len;
  safewasm_error_t *error;
  OK(safewasm_error_new("failed", 6, env, NULL, TAG, &error));
  return error;
}

/* Calls through stores and checks that the frames are these functions of these modules. */
static void check_path(world_t world, const char *path[][2], size_t len, safewasm_error_kind_t kind,
                       void *env) {
  safewasm_error_t *error = call(world, "go");
  CHECK(safewasm_error_kind(error) == kind && safewasm_error_env(error, TAG) == env);
  CHECK(safewasm_error_frames_len(error) == len);
  for (size_t i = 0; i < len; i++) {
    CHECK(frame_is(error, i, path[i][0], path[i][1], path[i][1][0] == 'g' ? 1 : 2));
  }
  safewasm_error_delete(error);
}

TEST(each_frame_is_there_once_and_in_order_however_calls_go_through_stores) {
  elsewhere_t of_a, of_b, of_c;
  world_t a = new_link("same", &of_a), b = new_link("same", &of_b), c = new_link("other", &of_c);
  safewasm_extern_t go_b = get_export(b.instance, "go"), boom_b = get_export(b.instance, "boom");
  safewasm_extern_t go_c = get_export(c.instance, "go"), boom_a = get_export(a.instance, "boom");
  safewasm_functype_t *type;
  safewasm_func_t *fails;
  int thing;
  OK(safewasm_functype_new(b.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(b.store, type, fail, &thing, NULL, &fails));
  of_a.next = go_b.of.func;
  of_b.next = boom_b.of.func;
  const char *twice[][2] = {{"same", "boom"}, {"same", "go"}, {"same", "go"}};
  check_path(a, twice, 3, SAFEWASM_ERROR_TRAP, NULL);
  of_b.next = fails;
  check_path(a, &twice[1], 2, SAFEWASM_ERROR_HOST, &thing);
  of_a.next = go_c.of.func;
  of_c.next = boom_a.of.func;
  const char *back[][2] = {{"same", "boom"}, {"other", "go"}, {"same", "go"}};
  check_path(a, back, 3, SAFEWASM_ERROR_TRAP, NULL);
  /* a, b, c, and a again. */
  of_a.next = go_b.of.func;
  of_b.next = go_c.of.func;
  const char *round[][2] = {{"same", "boom"}, {"other", "go"}, {"same", "go"}, {"same", "go"}};
  check_path(a, round, 4, SAFEWASM_ERROR_TRAP, NULL);
  of_c.next = fails;
  const char *other[][2] = {{"other", "go"}, {"same", "go"}, {"same", "go"}};
  check_path(a, other, 3, SAFEWASM_ERROR_HOST, &thing);
  safewasm_func_delete(fails);
  safewasm_functype_delete(type);
  safewasm_extern_delete(&go_b);
  safewasm_extern_delete(&boom_b);
  safewasm_extern_delete(&go_c);
  safewasm_extern_delete(&boom_a);
  delete_world(a);
  delete_world(b);
  delete_world(c);
}

int main(void) {
  RUN(every_trap_has_its_code_a_message_and_a_frame);
  RUN_NATIVELY(endless_recursion_is_a_stack_overflow);
  RUN(a_loop_ends_when_the_fuel_does);
  RUN(a_loop_ends_at_a_deadline);
  RUN(the_frames_of_a_trap_lead_from_the_innermost_function_out);
  RUN(a_frame_without_names_has_none);
  RUN(frames_of_all_calls_are_there_when_wasm_and_host_take_turns);
  RUN(an_inner_call_has_its_own_frames_however_deep_the_outer_one_is);
  RUN_NATIVELY(an_error_that_passes_through_many_calls_has_400_frames_at_most);
  RUN(frames_of_another_store_come_before_those_of_the_calling_one);
  RUN(each_frame_is_there_once_and_in_order_however_calls_go_through_stores);
  return finish("traps");
}
