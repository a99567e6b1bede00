/* Functions applied to arrays in one call. */
#include "check.h"

static const char *FUNCTIONS =
    "(module"
    "  (global $calls (export \"calls\") (mut i32) (i32.const 0))"
    "  (func (export \"add\") (param i32 i32) (result i32)"
    "    (i32.add (local.get 0) (local.get 1)))"
    "  (func (export \"div\") (param i32 i32) (result i32)"
    "    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))"
    "    (i32.div_s (local.get 0) (local.get 1)))"
    "  (func (export \"mixed\") (param i64 f32 v128 f64) (result f64 v128 f32 i64)"
    "    (local.get 3) (local.get 2) (local.get 1) (local.get 0))"
    "  (func (export \"next\") (result i32)"
    "    (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls))"
    "  (func (export \"count\") (param i32)"
    "    (global.set $calls (i32.add (global.get $calls) (local.get 0))))"
    "  (func (export \"same\") (param externref) (result externref) (local.get 0))"
    "  (func (export \"many\") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32"
    "    i32 i32 i32 i32 i32) (result i32) (i32.sub (local.get 19) (local.get 0))))";

#define COLUMN(array) {(array), sizeof *(array)}

static safewasm_error_t *apply(world_t world, const char *name, size_t count,
                               const safewasm_column_t *args, size_t args_len,
                               const safewasm_column_t *results, size_t results_len) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_error_t *error =
      safewasm_func_call_bulk(func.of.func, count, args, args_len, results, results_len);
  safewasm_extern_delete(&func);
  return error;
}

static int32_t calls(world_t world) {
  safewasm_extern_t global = get_export(world.instance, "calls");
  safewasm_val_t value;
  OK(safewasm_global_get(global.of.global, &value));
  safewasm_extern_delete(&global);
  return value.of.i32;
}

TEST(a_function_is_applied_to_each_element) {
  world_t world = new_world(FUNCTIONS);
  enum { COUNT = 1000 };
  static int32_t xs[COUNT], ys[COUNT], sums[COUNT + 1];
  for (int i = 0; i < COUNT; i++) xs[i] = i, ys[i] = 1000000 * (i % 3) - i;
  sums[COUNT] = 77;
  const safewasm_column_t args[] = {COLUMN(xs), COLUMN(ys)}, results[] = {COLUMN(sums)};
  OK(apply(world, "add", COUNT, args, 2, results, 1));
  for (int i = 0; i < COUNT; i++) CHECK(sums[i] == xs[i] + ys[i]);
  CHECK(sums[COUNT] == 77);
  delete_world(world);
}

TEST(values_of_all_widths_lie_at_any_distance_and_alignment) {
  world_t world = new_world(FUNCTIONS);
  /* An array of structures, whose fields are not aligned. */
  enum { COUNT = 5, SIZE = 8 + 4 + 16 + 8 };
  static unsigned char in[1 + COUNT * SIZE], out[1 + COUNT * SIZE];
  for (size_t i = 0; i < sizeof in; i++) in[i] = (unsigned char)(i * 7);
  const safewasm_column_t args[] = {
      {in + 1, SIZE}, {in + 1 + 8, SIZE}, {in + 1 + 12, SIZE}, {in + 1 + 28, SIZE}};
  const safewasm_column_t results[] = {
      {out + 1, SIZE}, {out + 1 + 8, SIZE}, {out + 1 + 24, SIZE}, {out + 1 + 28, SIZE}};
  OK(apply(world, "mixed", COUNT, args, 4, results, 4));
  for (size_t i = 1; i < sizeof in; i += SIZE) {
    CHECK(memcmp(out + i, in + i + 28, 8) == 0);
    CHECK(memcmp(out + i + 8, in + i + 12, 16) == 0);
    CHECK(memcmp(out + i + 24, in + i + 8, 4) == 0);
    CHECK(memcmp(out + i + 28, in + i, 8) == 0);
  }
  CHECK(out[0] == 0);
  delete_world(world);
}

TEST(one_value_serves_for_all_and_columns_run_backwards) {
  world_t world = new_world(FUNCTIONS);
  int32_t ten = 10, xs[] = {1, 2, 3, 4}, sums[4];
  const safewasm_column_t args[] = {{&xs[3], -4}, {&ten, 0}}, results[] = {COLUMN(sums)};
  OK(apply(world, "add", 4, args, 2, results, 1));
  CHECK(sums[0] == 14 && sums[1] == 13 && sums[2] == 12 && sums[3] == 11);
  delete_world(world);
}

TEST(results_may_take_the_places_of_arguments) {
  world_t world = new_world(FUNCTIONS);
  int32_t xs[] = {1, 2, 3}, one = 1;
  const safewasm_column_t args[] = {COLUMN(xs), {&one, 0}}, results[] = {COLUMN(xs)};
  OK(apply(world, "add", 3, args, 2, results, 1));
  CHECK(xs[0] == 2 && xs[1] == 3 && xs[2] == 4);
  delete_world(world);
}

TEST(calls_are_made_in_order_also_without_arguments_or_results) {
  world_t world = new_world(FUNCTIONS);
  int32_t numbers[3] = {0}, two = 2;
  const safewasm_column_t results[] = {COLUMN(numbers)}, args[] = {{&two, 0}};
  OK(apply(world, "next", 3, NULL, 0, results, 1));
  CHECK(numbers[0] == 1 && numbers[1] == 2 && numbers[2] == 3);
  OK(apply(world, "count", 10, args, 1, NULL, 0));
  CHECK(calls(world) == 23);
  /* A bulk call of no rows calls nothing. */
  const safewasm_column_t none[] = {{NULL, 4}, {NULL, 4}};
  OK(apply(world, "div", 0, none, 2, none, 1));
  CHECK(calls(world) == 23);
  delete_world(world);
}

TEST(more_parameters_than_are_usual_work_as_well) {
  world_t world = new_world(FUNCTIONS);
  int32_t values[20][2], results[2];
  safewasm_column_t args[20], outcome[] = {COLUMN(results)};
  for (int i = 0; i < 20; i++) {
    values[i][0] = i;
    values[i][1] = 3 * i;
    args[i] = (safewasm_column_t)COLUMN(values[i]);
  }
  OK(apply(world, "many", 2, args, 20, outcome, 1));
  CHECK(results[0] == 19 && results[1] == 57);
  delete_world(world);
}

TEST(a_call_that_fails_says_which_and_the_results_before_it_are_there) {
  world_t world = new_world(FUNCTIONS);
  int32_t xs[] = {10, 20, 30, 40}, ys[] = {1, 2, 0, 4}, quotients[] = {-1, -1, -1, -1};
  const safewasm_column_t args[] = {COLUMN(xs), COLUMN(ys)}, results[] = {COLUMN(quotients)};
  safewasm_error_t *error = apply(world, "div", 4, args, 2, results, 1);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO);
  CHECK(safewasm_error_frames_len(error) == 1);
  FAILS(error, TRAP, "call 2 of 4, counted from 0: wasm trap: integer divide by zero");
  CHECK(quotients[0] == 10 && quotients[1] == 10 && quotients[2] == -1 && quotients[3] == -1);
  CHECK(calls(world) == 3);
  ys[2] = 3;
  OK(apply(world, "div", 4, args, 2, results, 1));
  CHECK(quotients[3] == 10);
  delete_world(world);
}

/* Enough rows for a row loop, in several rounds. */
enum { MANY = 5000 };
static int32_t many[MANY], more[MANY], outcomes[MANY + 1];

TEST(very_many_calls_are_made_in_order_and_nothing_beyond_is_written) {
  world_t world = new_world(FUNCTIONS);
  const safewasm_column_t args[] = {COLUMN(many), COLUMN(more)}, results[] = {COLUMN(outcomes)};
  for (int i = 0; i < MANY; i++) many[i] = i * 7, more[i] = -i;
  outcomes[MANY] = 77;
  OK(apply(world, "add", MANY, args, 2, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(outcomes[i] == i * 6);
  OK(apply(world, "next", MANY, NULL, 0, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(outcomes[i] == i + 1);
  OK(apply(world, "count", MANY, results, 1, NULL, 0));
  CHECK(outcomes[MANY] == 77 && calls(world) == MANY + MANY / 2 * (MANY + 1));
  /* Fewer rows in each bulk call. */
  for (size_t count = 30; count < 36; count++) {
    outcomes[count] = 77;
    OK(apply(world, "add", count, args, 2, results, 1));
    CHECK(outcomes[0] == 0 && outcomes[count - 1] == 6 * (int32_t)(count - 1) && outcomes[count] == 77);
  }
  /* A function of another signature, and the first again. */
  OK(apply(world, "add", MANY, args, 2, args, 1));
  for (int i = 0; i < MANY; i++) CHECK(many[i] == i * 6);
  delete_world(world);
}

TEST(very_many_values_of_all_widths_lie_side_by_side) {
  world_t world = new_world(FUNCTIONS);
  enum { SIZE = 8 + 4 + 16 + 8 };
  static unsigned char in[1 + MANY * SIZE], out[1 + MANY * SIZE];
  for (size_t i = 0; i < sizeof in; i++) in[i] = (unsigned char)(i * 7 + i / 251);
  const safewasm_column_t args[] = {
      {in + 1, SIZE}, {in + 1 + 8, SIZE}, {in + 1 + 12, SIZE}, {in + 1 + 28, SIZE}};
  const safewasm_column_t results[] = {
      {out + 1, SIZE}, {out + 1 + 8, SIZE}, {out + 1 + 24, SIZE}, {out + 1 + 28, SIZE}};
  OK(apply(world, "mixed", MANY, args, 4, results, 4));
  for (size_t i = 1; i < sizeof in; i += SIZE) {
    CHECK(memcmp(out + i, in + i + 28, 8) == 0 && memcmp(out + i + 8, in + i + 12, 16) == 0);
    CHECK(memcmp(out + i + 24, in + i + 8, 4) == 0 && memcmp(out + i + 28, in + i, 8) == 0);
  }
  CHECK(out[0] == 0);
  delete_world(world);
}

TEST(results_that_are_later_arguments_are_read_by_these_calls) {
  world_t world = new_world(FUNCTIONS);
  /* Each result is the argument of the next call: prefix sums. */
  for (int i = 0; i < MANY; i++) many[i] = i;
  const safewasm_column_t args[] = {COLUMN(many), {many + 1, 4}}, results[] = {{many + 1, 4}};
  OK(apply(world, "add", MANY - 1, args, 2, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(many[i] == i * (i + 1) / 2);
  /* The same, with all values at one address. */
  int32_t sum = 0;
  const safewasm_column_t one[] = {{&sum, 0}, COLUMN(more)}, into[] = {{&sum, 0}};
  for (int i = 0; i < MANY; i++) more[i] = i;
  OK(apply(world, "add", MANY, one, 2, into, 1));
  CHECK(sum == MANY * (MANY - 1) / 2);
  /* Backwards. */
  for (int i = 0; i < MANY; i++) many[i] = 1;
  const safewasm_column_t back[] = {{many + MANY - 1, -4}, {many + MANY - 2, -4}},
                          before[] = {{many + MANY - 2, -4}};
  OK(apply(world, "add", MANY - 1, back, 2, before, 1));
  for (int i = 0; i < MANY; i++) CHECK(many[i] == MANY - i);
  delete_world(world);
}

TEST(of_very_many_calls_the_one_that_fails_is_named) {
  world_t world = new_world(FUNCTIONS);
  const safewasm_column_t args[] = {COLUMN(many), COLUMN(more)}, results[] = {COLUMN(outcomes)};
  const int places[] = {0, 1, 2046, 2047, 4000, MANY - 1};
  for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
    for (int i = 0; i < MANY; i++) many[i] = 2 * i, more[i] = 2, outcomes[i] = -1;
    more[places[place]] = 0;
    int32_t before = calls(world);
    char expected[80];
    snprintf(expected, sizeof expected, "call %d of 5000, counted from 0: wasm trap: integer",
             places[place]);
    safewasm_error_t *error = apply(world, "div", MANY, args, 2, results, 1);
    /* The frame of the function, and no other. */
    CHECK(safewasm_error_frames_len(error) == 1);
    FAILS(error, TRAP, expected);
    CHECK(calls(world) == before + places[place] + 1);
    for (int i = 0; i < MANY; i++) CHECK(outcomes[i] == (i < places[place] ? i : -1));
  }
  more[places[5]] = 2;
  OK(apply(world, "div", MANY, args, 2, results, 1));
  CHECK(outcomes[MANY - 1] == MANY - 1);
  delete_world(world);
}

typedef struct {
  world_t *world;
  int32_t calls;
} host_t;

/* Fails at 4000, and sometimes makes a bulk call itself. */
static safewasm_error_t *host_add(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                                  size_t slots_len) {
  host_t *host = env;
  (void)caller, (void)slots_len;
  safewasm_error_t *enough;
  if (slots[0].i32 == 4000) {
    OK(safewasm_error_new("enough", 6, NULL, NULL, NULL, &enough));
    return enough;
  }
  if (host->calls++ % 1000 == 0) {
    static int32_t own[MANY];
    const safewasm_column_t columns[] = {COLUMN(own), COLUMN(own)};
    for (int i = 0; i < MANY; i++) own[i] = i;
    OK(apply(*host->world, "add", MANY, columns, 2, columns, 1));
    for (int i = 0; i < MANY; i++) CHECK(own[i] == 2 * i);
  }
  slots[0].i32 += slots[1].i32;
  return NULL;
}

TEST(host_functions_are_called_for_each_and_may_make_bulk_calls_themselves) {
  world_t world = new_world(FUNCTIONS);
  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32}, both[] = {i32, i32};
  host_t host = {&world, 0};
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(world.engine, both, 2, both, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, host_add, &host, NULL, &func));
  const safewasm_column_t args[] = {COLUMN(many), COLUMN(more)}, results[] = {COLUMN(outcomes)};
  for (int i = 0; i < MANY; i++) many[i] = i, more[i] = i, outcomes[i] = -1;
  FAILS(safewasm_func_call_bulk(func, MANY, args, 2, results, 1), HOST, "call 4000 of 5000");
  CHECK(host.calls == 4000);
  for (int i = 0; i < MANY; i++) CHECK(outcomes[i] == (i < 4000 ? 2 * i : -1));
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  delete_world(world);
}

static safewasm_error_t *host_mixed(void *env, safewasm_caller_t *caller,
                                    safewasm_slot_t *slots, size_t slots_len) {
  (void)env, (void)caller;
  CHECK(slots_len == 3);
  slots[0].f64 += (double)slots[1].i64 + (double)slots[2].f32;
  return NULL;
}

TEST(a_host_function_that_no_module_knows_is_called_for_each) {
  safewasm_engine_t *engine = new_engine();
  safewasm_store_t *store;
  safewasm_functype_t *type;
  safewasm_func_t *func;
  const safewasm_valtype_t params[] = {
      {.kind = SAFEWASM_VAL_F64}, {.kind = SAFEWASM_VAL_I64}, {.kind = SAFEWASM_VAL_F32}};
  static double sums[MANY];
  int64_t one = 1;
  float half = 0.5f;
  const safewasm_column_t args[] = {COLUMN(sums), {&one, 0}, {&half, 0}}, results[] = {COLUMN(sums)};
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_functype_new(engine, params, 3, params, 1, &type));
  OK(safewasm_func_new_slots(store, type, host_mixed, NULL, NULL, &func));
  for (int i = 0; i < MANY; i++) sums[i] = i;
  OK(safewasm_func_call_bulk(func, MANY, args, 3, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(sums[i] == i + 1.5);
  /* A function that is made after the row loop. */
  safewasm_func_delete(func);
  OK(safewasm_func_new_slots(store, type, host_mixed, NULL, NULL, &func));
  OK(safewasm_func_call_bulk(func, MANY, args, 3, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(sums[i] == i + 3);
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  safewasm_store_delete(store);
  safewasm_engine_delete(engine);
}

/* Looks up an export of its caller, which is no instance, and interrupts the calls at 2000. */
static safewasm_error_t *host_interrupts(void *env, safewasm_caller_t *caller,
                                         safewasm_slot_t *slots, size_t slots_len) {
  host_t *host = env;
  safewasm_extern_t item;
  (void)slots_len;
  FAILS(safewasm_caller_export(caller, "", 0, &item), NOT_FOUND, "");
  if (host->calls++ == 2000) OK(safewasm_store_interrupt(host->world->store));
  slots[0].i32++;
  return NULL;
}

TEST(an_interrupt_ends_the_call_that_it_comes_in_and_the_results_before_it_are_there) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  world_t world = {NULL, NULL, NULL, NULL};
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  const safewasm_valtype_t i32 = {.kind = SAFEWASM_VAL_I32};
  const safewasm_column_t args[] = {COLUMN(many)}, results[] = {COLUMN(outcomes)};
  host_t host = {&world, 0};
  safewasm_functype_t *type;
  safewasm_func_t *func;
  OK(safewasm_functype_new(world.engine, &i32, 1, &i32, 1, &type));
  OK(safewasm_func_new_slots(world.store, type, host_interrupts, &host, NULL, &func));
  for (int i = 0; i < MANY; i++) many[i] = i, outcomes[i] = -1;
  FAILS(safewasm_func_call_bulk(func, MANY, args, 1, results, 1), TRAP, "call 2000 of 5000");
  CHECK(host.calls == 2001 && outcomes[1999] == 2000 && outcomes[2000] == -1);
  OK(safewasm_func_call_bulk(func, MANY, args, 1, results, 1));
  CHECK(outcomes[MANY - 1] == MANY);
  safewasm_func_delete(func);
  safewasm_functype_delete(type);
  delete_world(world);
}

static world_t new_world_with(safewasm_config_t *config) {
  world_t world = {NULL, NULL, NULL, NULL};
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, "(module (func (export \"add\") (param i32 i32)"
                                          "  (result i32) (i32.add (local.get 0) (local.get 1))))");
  return world;
}

static void expect_sums(world_t world) {
  const safewasm_column_t args[] = {COLUMN(many), COLUMN(more)}, results[] = {COLUMN(outcomes)};
  for (int i = 0; i < MANY; i++) many[i] = i, more[i] = 2 * i;
  OK(apply(world, "add", MANY, args, 2, results, 1));
  for (int i = 0; i < MANY; i++) CHECK(outcomes[i] == 3 * i);
}

TEST(an_engine_without_references_to_functions_can_do_it_too) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_EXCEPTIONS, false));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_GC, false));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_FUNCTION_REFERENCES, false));
  world_t world = new_world_with(config);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  expect_sums(world);
  delete_world(world);
}

TEST(a_store_without_memory_can_do_it_too_and_nothing_counts_against_its_limits) {
  safewasm_config_t *config;
  safewasm_instance_t *second;
  OK(safewasm_config_new(&config));
  world_t world = new_world_with(config);
  OK(safewasm_store_set_instance_limit(world.store, 2));
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  expect_sums(world);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &second));
  safewasm_instance_delete(second);
  delete_world(world);
  OK(safewasm_config_new(&config));
  world = new_world_with(config);
  OK(safewasm_store_set_memory_limit(world.store, 0));
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  expect_sums(world);
  delete_world(world);
}

TEST(fuel_is_used_by_the_calls_and_by_nothing_else) {
  safewasm_config_t *config;
  uint64_t one = 0, all = 0;
  int32_t x = 1;
  const safewasm_column_t column[] = {{&x, 0}, {&x, 0}};
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_consume_fuel(config, true));
  world_t world = new_world_with(config);
  OK(safewasm_store_set_fuel(world.store, 1000000));
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  OK(apply(world, "add", 1, column, 2, column, 1));
  OK(safewasm_store_fuel_consumed(world.store, &one));
  OK(safewasm_store_set_fuel(world.store, 1000000));
  expect_sums(world);
  OK(safewasm_store_fuel_consumed(world.store, &all));
  CHECK(one > 0 && all == MANY * one);
  delete_world(world);
}

TEST(a_deadline_ends_very_many_calls) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, true));
  world_t world = new_world_with(config);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  /* Everything that is made only once exists now. */
  expect_sums(world);
  int32_t x = 1, y = 1, sum = 0;
  const safewasm_column_t args[] = {{&x, 0}, {&y, 0}}, results[] = {{&sum, 0}};
  OK(safewasm_store_set_deadline(world.store, 200000000));
  FAILS(apply(world, "add", SIZE_MAX / 16, args, 2, results, 1), TRAP, "interrupt");
  CHECK(sum == 2);
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  expect_sums(world);
  delete_world(world);
}

TEST(columns_that_do_not_fit_are_refused_and_nothing_is_called) {
  world_t world = new_world(FUNCTIONS);
  int32_t xs[] = {1, 2};
  const safewasm_column_t columns[] = {COLUMN(xs), COLUMN(xs), {NULL, 4}};
  FAILS(apply(world, "div", 2, columns, 1, columns, 1), TYPE_MISMATCH,
        "`args_len` is 1, but a function (i32, i32) -> i32 has 2 parameters");
  FAILS(apply(world, "div", 2, columns, 2, columns, 2), TYPE_MISMATCH, "`results_len` is 2");
  FAILS(apply(world, "div", 2, NULL, 2, columns, 1), NULL_POINTER, "`args`");
  FAILS(apply(world, "div", 2, columns, 2, NULL, 1), NULL_POINTER, "`results`");
  FAILS(apply(world, "div", 2, columns + 1, 2, columns, 1), NULL_POINTER, "`args[1].data`");
  FAILS(apply(world, "div", 2, columns, 2, columns + 2, 1), NULL_POINTER, "`results[0].data`");
  FAILS(apply(world, "same", 2, columns, 1, columns, 1), UNSUPPORTED, "references");
  FAILS(safewasm_func_call_bulk(NULL, 2, columns, 2, columns, 1), NULL_POINTER, "`func`");
  CHECK(calls(world) == 0 && xs[0] == 1 && xs[1] == 2);
  delete_world(world);
}

int main(void) {
  RUN(a_function_is_applied_to_each_element);
  RUN(values_of_all_widths_lie_at_any_distance_and_alignment);
  RUN(one_value_serves_for_all_and_columns_run_backwards);
  RUN(results_may_take_the_places_of_arguments);
  RUN(calls_are_made_in_order_also_without_arguments_or_results);
  RUN(more_parameters_than_are_usual_work_as_well);
  RUN(a_call_that_fails_says_which_and_the_results_before_it_are_there);
  RUN(very_many_calls_are_made_in_order_and_nothing_beyond_is_written);
  RUN(very_many_values_of_all_widths_lie_side_by_side);
  RUN(results_that_are_later_arguments_are_read_by_these_calls);
  RUN(of_very_many_calls_the_one_that_fails_is_named);
  RUN(host_functions_are_called_for_each_and_may_make_bulk_calls_themselves);
  RUN(a_host_function_that_no_module_knows_is_called_for_each);
  RUN(an_interrupt_ends_the_call_that_it_comes_in_and_the_results_before_it_are_there);
  RUN(an_engine_without_references_to_functions_can_do_it_too);
  RUN(a_store_without_memory_can_do_it_too_and_nothing_counts_against_its_limits);
  RUN(fuel_is_used_by_the_calls_and_by_nothing_else);
  RUN(a_deadline_ends_very_many_calls);
  RUN(columns_that_do_not_fit_are_refused_and_nothing_is_called);
  return finish("bulk");
}
