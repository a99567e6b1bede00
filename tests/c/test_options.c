/* Options of configs: each value, each pair of values, and what a guest can do with them. */
#include "check.h"

typedef enum { OPTION, FEATURE, OTHER } group_t;

/* A setting with a value that isn't its default. `name` is in the messages that are about it. */
typedef struct {
  const char *name;
  group_t group;
  uint32_t number;
  uint64_t value;
} setting_t;

#define OPTION_TO(name, value) {"SAFEWASM_OPTION_" #name "=", OPTION, SAFEWASM_OPTION_##name, (value)}
#define FEATURE_TO(name, value) \
  {"SAFEWASM_FEATURE_" #name "=", FEATURE, SAFEWASM_FEATURE_##name, (value)}
#define SETTER_TO(name, number, value) {"`safewasm_config_set_" #name "(", OTHER, (number), (value)}

enum { OPT_LEVEL, DEBUG_INFO, SIGNALS, LINES, SHARED, STACK, FUEL, EPOCHS, POOL };

#define KIB UINT64_C(1024)
#define LARGEST (UINT64_C(1) << 46)

static const setting_t SETTINGS[] = {
    OPTION_TO(DETERMINISTIC, 1),
    OPTION_TO(NAN_CANONICALIZATION, 1),
    OPTION_TO(NAN_CANONICALIZATION, 0),
    OPTION_TO(RELAXED_SIMD_DETERMINISTIC, 1),
    OPTION_TO(RELAXED_SIMD_DETERMINISTIC, 0),
    OPTION_TO(STRATEGY, SAFEWASM_STRATEGY_WINCH),
    OPTION_TO(CPU_LEVEL, 1),
    OPTION_TO(CPU_LEVEL, 2),
    OPTION_TO(CPU_LEVEL, 3),
    OPTION_TO(CPU_LEVEL, 4),
    OPTION_TO(INLINING, 1),
    OPTION_TO(SINGLE_PASS_REGALLOC, 1),
    OPTION_TO(PARALLEL_COMPILATION, 0),
    OPTION_TO(DEBUG_VERIFIER, 1),
    OPTION_TO(BRANCH_HINTING, 1),
    OPTION_TO(NATIVE_UNWIND_INFO, 0),
    OPTION_TO(DEBUG_SYMBOLS, 0),
    OPTION_TO(ADDRESS_MAP, 0),
    OPTION_TO(BACKTRACE_FRAMES, 0),
    OPTION_TO(BACKTRACE_FRAMES, 1),
    OPTION_TO(MEMORY_RESERVATION, 0),
    OPTION_TO(MEMORY_RESERVATION, 100 * KIB),
    OPTION_TO(MEMORY_RESERVATION, LARGEST),
    OPTION_TO(MEMORY_GUARD_SIZE, 0),
    OPTION_TO(MEMORY_GUARD_SIZE, 5000),
    OPTION_TO(MEMORY_GUARD_SIZE, UINT64_C(4) << 30),
    OPTION_TO(MEMORY_GUARD_SIZE, LARGEST),
    OPTION_TO(MEMORY_RESERVATION_FOR_GROWTH, 0),
    OPTION_TO(MEMORY_RESERVATION_FOR_GROWTH, LARGEST),
    OPTION_TO(MEMORY_MAY_MOVE, 0),
    OPTION_TO(GUARD_BEFORE_MEMORY, 0),
    OPTION_TO(MEMORY_INIT_COW, 0),
    OPTION_TO(MEMORY_IMAGE_SIZE, 0),
    OPTION_TO(TABLE_LAZY_INIT, 0),
    OPTION_TO(COLLECTOR, SAFEWASM_COLLECTOR_NULL),
    OPTION_TO(COLLECTOR, SAFEWASM_COLLECTOR_COPYING),
    OPTION_TO(GC_HEAP_INITIAL_SIZE, 1),
    OPTION_TO(GC_HEAP_INITIAL_SIZE, UINT64_C(1) << 32),
    OPTION_TO(GC_HEAP_RESERVATION, 0),
    OPTION_TO(GC_HEAP_RESERVATION, LARGEST),
    OPTION_TO(GC_HEAP_GUARD_SIZE, 0),
    OPTION_TO(GC_HEAP_GUARD_SIZE, LARGEST),
    OPTION_TO(GC_HEAP_RESERVATION_FOR_GROWTH, 0),
    OPTION_TO(GC_HEAP_MAY_MOVE, 0),
    OPTION_TO(COREDUMP_SIZE, 1),
    OPTION_TO(COREDUMP_SIZE, UINT64_C(1) << 32),
    OPTION_TO(PROFILING_STRATEGY, 0),
    FEATURE_TO(MULTI_VALUE, 0),
    FEATURE_TO(BULK_MEMORY, 0),
    FEATURE_TO(REFERENCE_TYPES, 0),
    FEATURE_TO(SIMD, 0),
    FEATURE_TO(RELAXED_SIMD, 0),
    FEATURE_TO(RELAXED_SIMD, 1),
    FEATURE_TO(THREADS, 0),
    FEATURE_TO(THREADS, 1),
    FEATURE_TO(TAIL_CALL, 0),
    FEATURE_TO(TAIL_CALL, 1),
    FEATURE_TO(MULTI_MEMORY, 0),
    FEATURE_TO(MEMORY64, 0),
    FEATURE_TO(EXTENDED_CONST, 0),
    FEATURE_TO(FUNCTION_REFERENCES, 0),
    FEATURE_TO(FUNCTION_REFERENCES, 1),
    FEATURE_TO(GC, 0),
    FEATURE_TO(GC, 1),
    FEATURE_TO(EXCEPTIONS, 0),
    FEATURE_TO(EXCEPTIONS, 1),
    FEATURE_TO(CUSTOM_PAGE_SIZES, 1),
    FEATURE_TO(WIDE_ARITHMETIC, 1),
    FEATURE_TO(STACK_SWITCHING, 1),
    SETTER_TO(opt_level, OPT_LEVEL, SAFEWASM_OPT_LEVEL_NONE),
    SETTER_TO(debug_info, DEBUG_INFO, 1),
    SETTER_TO(signals_based_traps, SIGNALS, 0),
    SETTER_TO(backtrace_lines, LINES, 1),
    SETTER_TO(shared_memory, SHARED, 1),
    SETTER_TO(max_wasm_stack, STACK, 64 << 10),
    SETTER_TO(consume_fuel, FUEL, 1),
    SETTER_TO(epoch_interruption, EPOCHS, 1),
    {"pooling", OTHER, POOL, 1 << 20},
    {"pooling", OTHER, POOL, 0},
};

enum { SETTINGS_LEN = sizeof SETTINGS / sizeof *SETTINGS };

static safewasm_error_t *set(safewasm_config_t *config, setting_t setting) {
  bool on = setting.value != 0;
  safewasm_pooling_t pooling = {.total_memories = 4, .total_tables = 4, .max_tables_per_module = 2,
                                .max_memory_size = (size_t)setting.value, .table_elements = 100,
                                .linear_memory_keep_resident = 1 << 16, .table_keep_resident = 1 << 12,
                                .decommit_batch_size = 3, .total_gc_heaps = 2,
                                .max_unused_warm_slots = 1, .pagemap_scan = 1};
  if (setting.group == OPTION) return safewasm_config_set_option(config, setting.number, setting.value);
  if (setting.group == FEATURE) return safewasm_config_set_feature(config, setting.number, on);
  switch (setting.number) {
    case OPT_LEVEL: return safewasm_config_set_opt_level(config, (uint32_t)setting.value);
    case DEBUG_INFO: return safewasm_config_set_debug_info(config, on);
    case SIGNALS: return safewasm_config_set_signals_based_traps(config, on);
    case LINES: return safewasm_config_set_backtrace_lines(config, on);
    case SHARED: return safewasm_config_set_shared_memory(config, on);
    case STACK: return safewasm_config_set_max_wasm_stack(config, (size_t)setting.value);
    case FUEL: return safewasm_config_set_consume_fuel(config, on);
    case EPOCHS: return safewasm_config_set_epoch_interruption(config, on);
    default: return safewasm_config_set_pooling(config, &pooling);
  }
}

/* An engine with up to two settings changed, or NULL and `*error_out`. */
static safewasm_engine_t *engine_with(const setting_t *first, const setting_t *second,
                                      safewasm_error_t **error_out) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  if (first != NULL) OK(set(config, *first));
  if (second != NULL) OK(set(config, *second));
  *error_out = safewasm_engine_new(config, &engine);
  return engine;
}

/* Memories, tables, floats, traps. */
static const char *CORE =
    "(module (type $f (func (result i32)))"
    "  (memory (export \"memory\") 1 9) (data (i32.const 60000) \"data\")"
    "  (table $t 9 funcref) (elem $t (i32.const 3) $seven)"
    "  (func $seven (type $f) (i32.const 7))"
    "  (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "  (func (export \"far\") (param i32) (result i32) (i32.load offset=65533 (local.get 0)))"
    "  (func (export \"farthest\") (param i32) (result i32)"
    "    (i32.load offset=4294967295 (local.get 0)))"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))"
    "  (func (export \"call\") (param i32) (result i32)"
    "    (call_indirect $t (type $f) (local.get 0)))"
    "  (func (export \"divide\") (param i32) (result i32) (i32.div_u (i32.const 9) (local.get 0)))"
    "  (func $deep (export \"deep\") (param i32) (result i32)"
    "    (i32.add (call $deep (local.get 0)) (i32.const 1)))"
    "  (func (export \"floats\") (param i32) (result i32)"
    "    (i32.trunc_sat_f64_s (f64.sqrt (f64.convert_i32_s (local.get 0))))))";

/* Garbage-collected objects: a list of a thousand, and cycles. */
static const char *OBJECTS =
    "(module (type $s (struct (field (mut (ref null $s))) (field i32)))"
    "  (func (export \"count\") (param i32) (result i32) (local $s (ref null $s)) (local $n i32)"
    "    (loop $l (local.set $s (struct.new $s (local.get $s) (local.get 0)))"
    "      (struct.set $s 0 (struct.new $s (local.get $s) (local.get 0)) (local.get $s))"
    "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))"
    "    (loop $l (local.set $n (i32.add (local.get $n) (i32.const 1)))"
    "      (br_if $l (i32.eqz (ref.is_null (local.tee $s (struct.get $s 0 (local.get $s)))))))"
    "    (local.get $n)))";

/* Whether the call succeeded. An error must be of a kind that says why the engine can't do it. */
static bool succeeds(safewasm_error_t *error) {
  safewasm_error_kind_t kind = safewasm_error_kind(error);
  if (error == NULL) return true;
  if (kind != SAFEWASM_ERROR_INVALID_MODULE && kind != SAFEWASM_ERROR_LIMIT &&
      kind != SAFEWASM_ERROR_UNSUPPORTED) {
    printf("kind %d: %s\n", (int)kind, safewasm_error_message(error, NULL));
    failed_here = 1;
  }
  safewasm_error_delete(error);
  return false;
}

/* Fails if fuel is off. A trap can consume all of it. */
static void refuel(safewasm_store_t *store) {
  safewasm_error_delete(safewasm_store_set_fuel(store, 100000000));
}

/* The result of a call for which the system or the engine has no room. */
#define NO_ROOM INT64_MIN

/* An instance in a store of its own. */
typedef struct {
  safewasm_store_t *store;
  safewasm_instance_t *instance;
} started_t;

/* Calls an export of type `(i32) -> i32`: its result, or the negated code of its trap. */
static int64_t run(started_t started, const char *name, int32_t argument) {
  safewasm_func_t *func;
  safewasm_slot_t slot = {.i32 = argument};
  OK(safewasm_instance_func(started.instance, name, SAFEWASM_STRLEN, &func));
  refuel(started.store);
  safewasm_error_t *error = safewasm_func_call_slots(func, &slot, 1);
  int64_t result = slot.i32;
  safewasm_error_kind_t kind = safewasm_error_kind(error);
  if (error != NULL) result = -(int64_t)safewasm_error_trap_code(error) - 1;
  if (kind == SAFEWASM_ERROR_LIMIT) result = NO_ROOM;
  if (error != NULL && result != NO_ROOM && kind != SAFEWASM_ERROR_TRAP) {
    printf("%s: %s\n", name, safewasm_error_message(error, NULL));
    failed_here = 1;
  }
  safewasm_error_delete(error);
  safewasm_func_delete(func);
  return result;
}

static int64_t trap(safewasm_trap_code_t code) { return -(int64_t)code - 1; }

/* An instance of a module, which is NULL if the engine can't make one. */
static started_t start(safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module;
  started_t started = {NULL, NULL};
  OK(safewasm_store_new(engine, &started.store));
  refuel(started.store);
  if (succeeds(safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module))) {
    succeeds(safewasm_instance_new(started.store, module, NULL, 0, &started.instance));
  }
  safewasm_module_delete(module);
  return started;
}

static void check_core(safewasm_engine_t *engine) {
  const int64_t outside = trap(SAFEWASM_TRAP_MEMORY_OUT_OF_BOUNDS);
  const started_t core = start(engine, CORE);
  if (core.instance != NULL) {
    CHECK(run(core, "load", 60000) == 0x61746164 && run(core, "load", 65532) == 0);
    CHECK(run(core, "load", 65533) == outside && run(core, "load", 70000) == outside);
    CHECK(run(core, "load", -1) == outside && run(core, "load", INT32_MIN) == outside);
    CHECK(run(core, "far", 0) == outside && run(core, "far", -1) == outside);
    CHECK(run(core, "farthest", 0) == outside && run(core, "farthest", -1) == outside);
    for (int32_t pages = 1; pages < 5 && run(core, "grow", 1) == pages; pages++) {
      CHECK(run(core, "load", 60000) == 0x61746164);
      CHECK(run(core, "load", pages * 65536 + 65532) == 0);
      CHECK(run(core, "load", pages * 65536 + 65533) == outside);
    }
    CHECK(run(core, "grow", 9) == -1);
    CHECK(run(core, "call", 3) == 7);
    CHECK(run(core, "call", 4) == trap(SAFEWASM_TRAP_INDIRECT_CALL_TO_NULL));
    CHECK(run(core, "call", 9) == trap(SAFEWASM_TRAP_TABLE_OUT_OF_BOUNDS));
    CHECK(run(core, "divide", 0) == trap(SAFEWASM_TRAP_INTEGER_DIVISION_BY_ZERO));
    CHECK(run(core, "deep", 0) == trap(SAFEWASM_TRAP_STACK_OVERFLOW));
    CHECK(run(core, "floats", 100) == 10);
  }
  safewasm_store_delete(core.store);
}

static void check_objects(safewasm_engine_t *engine) {
  const started_t objects = start(engine, OBJECTS);
  if (objects.instance != NULL) {
    const int64_t count = run(objects, "count", 1000);
    CHECK(count == 1000 || count == NO_ROOM);
  }
  safewasm_store_delete(objects.store);
}

static void check_engine(safewasm_engine_t *engine) {
  check_core(engine);
  check_objects(engine);
  safewasm_engine_delete(engine);
}

/* Whether the setting can't be had, whatever the others are. */
static bool is_refused_alone(const setting_t *setting) {
  safewasm_error_t *error;
  safewasm_engine_t *engine = engine_with(setting, NULL, &error);
  bool is_refused = error != NULL;
  if (is_refused && strstr(safewasm_error_message(error, NULL), setting->name) == NULL &&
      setting->number != SAFEWASM_FEATURE_STACK_SWITCHING) {
    printf("%s isn't in: %s\n", setting->name, safewasm_error_message(error, NULL));
    failed_here = 1;
  }
  safewasm_error_delete(error);
  safewasm_engine_delete(engine);
  return is_refused;
}

TEST(each_pair_of_settings_runs_or_is_refused_with_the_names_of_both) {
  bool is_refused[SETTINGS_LEN];
  int ran = 0, refused = 0;
  for (int i = 0; i < SETTINGS_LEN; i++) is_refused[i] = is_refused_alone(&SETTINGS[i]);
  for (int i = 0; i < SETTINGS_LEN; i++) {
    for (int j = i; j < SETTINGS_LEN; j++) {
      const setting_t *first = &SETTINGS[i], *second = &SETTINGS[j];
      safewasm_error_t *error;
      safewasm_engine_t *engine = engine_with(first, second, &error);
      const char *message = error == NULL ? "" : safewasm_error_message(error, NULL);
      const safewasm_error_kind_t kind = safewasm_error_kind(error);
      bool is_named = strstr(message, first->name) != NULL && strstr(message, second->name) != NULL;
      const int failed_before = failed_here;
      failed_here = 0;
      if (error == NULL) {
        ran++;
        check_engine(engine);
      } else if (!is_refused[i] && !is_refused[j]) {
        refused++;
        /* The system has no room for a pool: no contradiction. */
        CHECK(is_named ? kind == SAFEWASM_ERROR_UNSUPPORTED : kind == SAFEWASM_ERROR_LIMIT);
      }
      if (failed_here) {
        printf("with %s%llu and %s%llu: %s\n", first->name, (unsigned long long)first->value,
               second->name, (unsigned long long)second->value, message);
      }
      failed_here |= failed_before;
      safewasm_error_delete(error);
    }
  }
  CHECK(ran > 1000 && refused > 30);
}

static safewasm_config_t *new_config(void) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  return config;
}

TEST(an_option_or_a_value_that_does_not_exist_is_refused) {
  safewasm_config_t *config = new_config();
  FAILS(safewasm_config_set_option(config, 30, 0), INVALID_ARGUMENT,
        "`option` is 30, which is no option: the options are 0 to 29");
  FAILS(safewasm_config_set_option(config, UINT32_MAX, 0), INVALID_ARGUMENT, "`option`");
  for (uint32_t option = 0; option < 30; option++) {
    FAILS(safewasm_config_set_option(config, option, UINT64_MAX), INVALID_ARGUMENT, "`value`");
    FAILS(safewasm_config_set_option(config, option, LARGEST + 1), INVALID_ARGUMENT, "`value`");
    OK(safewasm_config_set_option(config, option, 0));
  }
  FAILS(safewasm_config_set_option(config, SAFEWASM_OPTION_INLINING, 2), INVALID_ARGUMENT,
        "`value` is 2, but SAFEWASM_OPTION_INLINING is from 0 to 1");
  FAILS(safewasm_config_set_option(config, SAFEWASM_OPTION_COLLECTOR, 3), INVALID_ARGUMENT,
        "SAFEWASM_OPTION_COLLECTOR is from 0 to 2");
  FAILS(safewasm_config_set_option(NULL, 0, 0), NULL_POINTER, "`config`");
  safewasm_config_delete(config);
  FAILS(safewasm_config_set_option(config, 0, 0), INVALID_HANDLE, "`config`");
}

/* The bits of NaN that instructions compute from NaN of other bits, and the results of relaxed SIMD. */
static const char *BITS =
    "(module"
    "  (func (export \"nan\") (param i64) (result i64)"
    "    (i64.reinterpret_f64 (f64.add (f64.reinterpret_i64 (local.get 0)) (f64.const 1))))"
    "  (func (export \"lanes\") (param i64) (result i64)"
    "    (i64x2.extract_lane 1 (f32x4.mul (i64x2.splat (local.get 0)) (f32x4.splat (f32.const 3)))))"
    "  (func (export \"fused\") (param i64) (result i64)"
    "    (i64x2.extract_lane 0 (f64x2.relaxed_madd"
    "      (f64x2.splat (f64.const 0x1.0000001p0)) (f64x2.splat (f64.const 0x1.0000001p0))"
    "      (f64x2.splat (f64.const -0x1.0000002p0))))))";

static uint64_t bits(safewasm_engine_t *engine, const char *name, uint64_t argument) {
  safewasm_func_t *func;
  safewasm_slot_t slot = {.i64 = (int64_t)argument};
  const started_t started = start(engine, BITS);
  OK(safewasm_instance_func(started.instance, name, SAFEWASM_STRLEN, &func));
  OK(safewasm_func_call_slots(func, &slot, 1));
  safewasm_store_delete(started.store);
  return (uint64_t)slot.i64;
}

#define ODD_NAN UINT64_C(0x7ff8123456789abc)
#define CANONICAL UINT64_C(0x7ff8000000000000)
#define ODD_LANES UINT64_C(0x7fc12345ffc54321)
#define CANONICAL_LANES UINT64_C(0x7fc000007fc00000)
/* 2^-56: the product was added without being rounded. Otherwise the sum is 0. */
#define FUSED UINT64_C(0x3c70000000000000)

TEST(deterministic_engines_compute_the_same_bits_at_each_level_of_the_cpu) {
  for (uint64_t level = 0; level <= 4; level++) {
    safewasm_config_t *config = new_config();
    safewasm_engine_t *engine;
    OK(safewasm_config_set_option(config, SAFEWASM_OPTION_DETERMINISTIC, 1));
    OK(safewasm_config_set_option(config, SAFEWASM_OPTION_CPU_LEVEL, level));
    OK(safewasm_engine_new(config, &engine));
    CHECK(bits(engine, "nan", ODD_NAN) == CANONICAL);
    CHECK(bits(engine, "lanes", ODD_LANES) == CANONICAL_LANES);
    CHECK(bits(engine, "fused", 0) == FUSED);
    safewasm_engine_delete(engine);
  }
}

TEST(without_determinism_the_bits_of_nan_are_those_of_the_operand) {
  safewasm_error_t *error;
  safewasm_engine_t *engine = engine_with(NULL, NULL, &error);
  OK(error);
  CHECK(bits(engine, "nan", ODD_NAN) == ODD_NAN);
  CHECK(bits(engine, "lanes", ODD_LANES) == ODD_LANES);
  safewasm_engine_delete(engine);
}

TEST(without_determinism_relaxed_simd_differs_between_levels_of_the_cpu) {
  const setting_t old = OPTION_TO(CPU_LEVEL, 1);
  safewasm_error_t *error;
  safewasm_engine_t *engine = engine_with(NULL, NULL, &error), *older = engine_with(&old, NULL, &error);
  const uint64_t here = bits(engine, "fused", 0), there = bits(older, "fused", 0);
  CHECK(there == 0);
  if (here == there) printf("skipped: this machine has no fused multiplication\n");
  CHECK(here == 0 || here == FUSED);
  safewasm_engine_delete(engine);
  safewasm_engine_delete(older);
}

TEST(deterministic_engines_have_no_threads) {
  const setting_t deterministic = OPTION_TO(DETERMINISTIC, 1);
  const char *text = "(module (memory 1 1 shared))";
  safewasm_error_t *error;
  safewasm_module_t *module;
  safewasm_engine_t *engine = engine_with(&deterministic, NULL, &error);
  OK(error);
  FAILS(safewasm_module_new_text(engine, text, SAFEWASM_STRLEN, &module), INVALID_MODULE, "thread");
  safewasm_engine_delete(engine);
}

/* The number of frames of a trap five calls deep. */
static size_t frames_with(uint64_t max) {
  const char *text =
      "(module (func $a unreachable) (func $b (call $a)) (func $c (call $b)) (func $d (call $c))"
      "  (func (export \"f\") (call $d)))";
  const setting_t setting = OPTION_TO(BACKTRACE_FRAMES, max);
  safewasm_error_t *error;
  safewasm_func_t *func;
  safewasm_engine_t *engine = engine_with(&setting, NULL, &error);
  const started_t started = start(engine, text);
  OK(safewasm_instance_func(started.instance, "f", 1, &func));
  error = safewasm_func_call_slots(func, NULL, 0);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_UNREACHABLE);
  size_t len = safewasm_error_frames_len(error);
  safewasm_error_delete(error);
  safewasm_store_delete(started.store);
  safewasm_engine_delete(engine);
  return len;
}

TEST(backtraces_have_as_many_frames_as_the_option_says) {
  CHECK(frames_with(0) == 0 && frames_with(1) == 1 && frames_with(4) == 4);
  CHECK(frames_with(5) == 5 && frames_with(100) == 5);
}

/* Memories that lie in no address space of their own, and move each time they grow. */
static safewasm_engine_t *engine_without_space(void) {
  static const setting_t NONE[] = {
      OPTION_TO(MEMORY_RESERVATION, 0), OPTION_TO(MEMORY_RESERVATION_FOR_GROWTH, 0),
      OPTION_TO(MEMORY_GUARD_SIZE, 0), OPTION_TO(MEMORY_INIT_COW, 0),
      SETTER_TO(signals_based_traps, SIGNALS, 0)};
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine;
  for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) OK(set(config, NONE[i]));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

TEST(memories_without_address_space_are_as_safe) { check_engine(engine_without_space()); }

TEST(a_view_follows_a_memory_that_moves) {
  safewasm_memory_t *memory;
  safewasm_view_t *view;
  const safewasm_cell_t *cell;
  safewasm_engine_t *engine = engine_without_space();
  const started_t core = start(engine, CORE);
  OK(safewasm_instance_memory(core.instance, "memory", SAFEWASM_STRLEN, &memory));
  OK(safewasm_memory_view(memory, &view, &cell));
  for (int32_t pages = 1; pages < 9; pages++) {
    CHECK(cell->len == (size_t)pages * 65536 && memcmp(cell->data + 60000, "data", 4) == 0);
    CHECK(run(core, "grow", 1) == pages);
  }
  safewasm_store_delete(core.store);
  CHECK(cell->data == NULL && cell->len == 0);
  safewasm_view_delete(view);
  safewasm_engine_delete(engine);
}

TEST(each_operator_consumes_the_fuel_that_it_costs) {
  const char *text = "(module (memory 1) (func (export \"f\")"
                     "  (drop (i32.add (i32.const 1) (i32.const 2)))"
                     "  (memory.fill (i32.const 0) (i32.const 0) (i32.const 100))))";
  const struct {
    const char *name;
    uint32_t cost;
    uint64_t more;
  } costs[] = {{"i32.const", 1, 0}, {"i32.add", 201, 200}, {"i32_add", 1, 0},
               {"i32.const", 3, 10}, {"memory.fill per byte", 3, 200}, {"memory.fill", 0, UINT64_MAX}};
  uint64_t base = 0;
  for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
    safewasm_config_t *config = new_config();
    safewasm_engine_t *engine;
    safewasm_func_t *func;
    uint64_t left;
    OK(safewasm_config_set_consume_fuel(config, true));
    OK(safewasm_config_set_operator_cost(config, costs[i].name, SAFEWASM_STRLEN, costs[i].cost));
    OK(safewasm_engine_new(config, &engine));
    const started_t started = start(engine, text);
    OK(safewasm_store_set_fuel(started.store, 1000000));
    OK(safewasm_instance_func(started.instance, "f", 1, &func));
    OK(safewasm_func_call_slots(func, NULL, 0));
    OK(safewasm_store_fuel(started.store, &left));
    if (i == 0) base = 1000000 - left;
    CHECK(1000000 - left == base + costs[i].more);
    safewasm_store_delete(started.store);
    safewasm_engine_delete(engine);
  }
}

TEST(the_cost_of_no_operator_is_refused) {
  safewasm_config_t *config = new_config();
  FAILS(safewasm_config_set_operator_cost(config, "i32.plus", SAFEWASM_STRLEN, 1), INVALID_ARGUMENT,
        "`name` is \"i32.plus\", which is no operator");
  FAILS(safewasm_config_set_operator_cost(config, "", 0, 1), INVALID_ARGUMENT, "`name`");
  FAILS(safewasm_config_set_operator_cost(config, "\xff", 1, 1), INVALID_ARGUMENT, "not UTF-8");
  FAILS(safewasm_config_set_operator_cost(config, "nop", 3, 256), INVALID_ARGUMENT, "`cost` is 256");
  FAILS(safewasm_config_set_operator_cost(config, NULL, 3, 1), NULL_POINTER, "`name`");
  FAILS(safewasm_config_set_operator_cost(NULL, "nop", 3, 1), NULL_POINTER, "`config`");
  OK(safewasm_config_set_operator_cost(config, "nop", 3, 255));
  safewasm_config_delete(config);
}

int main(void) {
  RUN_NATIVELY(each_pair_of_settings_runs_or_is_refused_with_the_names_of_both);
  RUN(an_option_or_a_value_that_does_not_exist_is_refused);
  RUN(deterministic_engines_compute_the_same_bits_at_each_level_of_the_cpu);
  RUN(without_determinism_the_bits_of_nan_are_those_of_the_operand);
  RUN(without_determinism_relaxed_simd_differs_between_levels_of_the_cpu);
  RUN(deterministic_engines_have_no_threads);
  RUN(backtraces_have_as_many_frames_as_the_option_says);
  RUN(memories_without_address_space_are_as_safe);
  RUN(a_view_follows_a_memory_that_moves);
  RUN(each_operator_consumes_the_fuel_that_it_costs);
  RUN(the_cost_of_no_operator_is_refused);
  return finish("options");
}
