/* Artifacts that don't fit an engine: of another version, or for another config. */
#include "artifacts.h"

TEST(an_artifact_of_another_version_is_named) {
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  artifact.data[artifact.len - 1] = 2;
  CHECK(content_of(artifact) == SAFEWASM_CONTENT_ARTIFACT);
  REFUSED(engine, artifact, INCOMPATIBLE, "another version of the library");
  artifact.data[artifact.len - 1] = 1;
  /* Wasmtime's version is in the code, which isn't read through in a file. */
  bool found = false;
  for (size_t at = 0; at + 20 < artifact.len && !found; at++) {
    found = memcmp(artifact.data + at, "\0\00248", 4) == 0;
    if (found) artifact.data[at + 2] = '9';
  }
  safewasm_module_t *module = NULL;
  new_file(artifact.data, artifact.len);
  CHECK(found);
  FAILS(load_file(engine, &module), INCOMPATIBLE, "Wasmtime 98");
  CHECK(unlink(path) == 0);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

typedef enum { FUEL, COSTS, EPOCHS, SIGNALS, DEBUG_INFO, FEATURE_OFF, OPTION } setting_t;

/* A setting, and its name in errors. */
typedef struct {
  setting_t setting;
  uint32_t id;
  uint64_t value;
  const char *name;
} difference_t;

static safewasm_engine_t *engine_with(const difference_t *difference) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  OK(safewasm_config_new(&config));
  switch (difference->setting) {
    case COSTS: OK(safewasm_config_set_operator_cost(config, "i32.add", 7, 9)); /* fall through */
    case FUEL: OK(safewasm_config_set_consume_fuel(config, true)); break;
    case EPOCHS: OK(safewasm_config_set_epoch_interruption(config, true)); break;
    case SIGNALS: OK(safewasm_config_set_signals_based_traps(config, false)); break;
    case DEBUG_INFO: OK(safewasm_config_set_debug_info(config, true)); break;
    case FEATURE_OFF: OK(safewasm_config_set_feature(config, difference->id, false)); break;
    case OPTION: OK(safewasm_config_set_option(config, difference->id, difference->value)); break;
  }
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

TEST(an_artifact_for_another_config_is_refused_with_the_name_of_the_setting) {
  const difference_t differences[] = {
      {FUEL, 0, 0, "`safewasm_config_set_consume_fuel`"},
      {EPOCHS, 0, 0, "`safewasm_config_set_epoch_interruption`"},
      {SIGNALS, 0, 0, "`safewasm_config_set_signals_based_traps`"},
      {DEBUG_INFO, 0, 0, "`safewasm_config_set_debug_info`"},
      {OPTION, SAFEWASM_OPTION_NAN_CANONICALIZATION, 1, "`SAFEWASM_OPTION_NAN_CANONICALIZATION`"},
      {OPTION, SAFEWASM_OPTION_DETERMINISTIC, 1, "`SAFEWASM_OPTION_DETERMINISTIC`"},
      {OPTION, SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC, 1, "`SAFEWASM_OPTION_RELAXED_SIMD_DETERMINISTIC`"},
      {OPTION, SAFEWASM_OPTION_STRATEGY, SAFEWASM_STRATEGY_WINCH, "`SAFEWASM_STRATEGY_WINCH`"},
      {OPTION, SAFEWASM_OPTION_INLINING, 1, "`SAFEWASM_OPTION_INLINING`"},
      {OPTION, SAFEWASM_OPTION_DEBUG_SYMBOLS, 0, "`SAFEWASM_OPTION_DEBUG_SYMBOLS`"},
      {OPTION, SAFEWASM_OPTION_MEMORY_RESERVATION, 1 << 20, "`SAFEWASM_OPTION_MEMORY_RESERVATION`"},
      {OPTION, SAFEWASM_OPTION_MEMORY_GUARD_SIZE, 1 << 20, "`SAFEWASM_OPTION_MEMORY_GUARD_SIZE`"},
      {OPTION, SAFEWASM_OPTION_MEMORY_MAY_MOVE, 0, "`SAFEWASM_OPTION_MEMORY_MAY_MOVE`"},
      {OPTION, SAFEWASM_OPTION_GUARD_BEFORE_MEMORY, 0, "`SAFEWASM_OPTION_GUARD_BEFORE_MEMORY`"},
      {OPTION, SAFEWASM_OPTION_MEMORY_INIT_COW, 0, "`SAFEWASM_OPTION_MEMORY_INIT_COW`"},
      {OPTION, SAFEWASM_OPTION_TABLE_LAZY_INIT, 0, "`SAFEWASM_OPTION_TABLE_LAZY_INIT`"},
      {OPTION, SAFEWASM_OPTION_COLLECTOR, SAFEWASM_COLLECTOR_NULL, "`SAFEWASM_OPTION_COLLECTOR`"},
      {OPTION, SAFEWASM_OPTION_COLLECTOR, SAFEWASM_COLLECTOR_COPYING, "`SAFEWASM_OPTION_COLLECTOR`"},
      {OPTION, SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE, 1 << 20, "`SAFEWASM_OPTION_GC_HEAP_INITIAL_SIZE`"},
      {OPTION, SAFEWASM_OPTION_GC_HEAP_RESERVATION, 1 << 20, "`SAFEWASM_OPTION_GC_HEAP_RESERVATION`"},
      {OPTION, SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE, 1 << 20, "`SAFEWASM_OPTION_GC_HEAP_GUARD_SIZE`"},
      {OPTION, SAFEWASM_OPTION_GC_HEAP_MAY_MOVE, 0, "`SAFEWASM_OPTION_GC_HEAP_MAY_MOVE`"},
  };
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
    safewasm_engine_t *other = engine_with(&differences[i]);
    copy_t others = artifact_of(other, TEXT);
    REFUSED(other, artifact, INCOMPATIBLE, differences[i].name);
    REFUSED(engine, others, INCOMPATIBLE, differences[i].name);
    free(others.data);
    safewasm_engine_delete(other);
  }
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_for_more_features_is_refused_and_one_for_fewer_is_loaded) {
  const difference_t differences[] = {
      {FEATURE_OFF, SAFEWASM_FEATURE_MULTI_VALUE, 0, "`SAFEWASM_FEATURE_MULTI_VALUE`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_RELAXED_SIMD, 0, "`SAFEWASM_FEATURE_RELAXED_SIMD`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_THREADS, 0, "`SAFEWASM_FEATURE_THREADS`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_TAIL_CALL, 0, "`SAFEWASM_FEATURE_TAIL_CALL`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_MULTI_MEMORY, 0, "`SAFEWASM_FEATURE_MULTI_MEMORY`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_MEMORY64, 0, "`SAFEWASM_FEATURE_MEMORY64`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_EXTENDED_CONST, 0, "`SAFEWASM_FEATURE_EXTENDED_CONST`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_GC, 0, "`SAFEWASM_FEATURE_GC`"},
      {FEATURE_OFF, SAFEWASM_FEATURE_EXCEPTIONS, 0, "`SAFEWASM_FEATURE_EXCEPTIONS`"},
  };
  safewasm_engine_t *engine = new_engine();
  copy_t artifact = artifact_of(engine, TEXT);
  for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
    safewasm_engine_t *other = engine_with(&differences[i]);
    safewasm_module_t *module = NULL;
    copy_t others = artifact_of(other, TEXT);
    REFUSED(other, artifact, INCOMPATIBLE, differences[i].name);
    OK(load(engine, others, &module));
    check_module(engine, module);
    safewasm_module_delete(module);
    free(others.data);
    safewasm_engine_delete(other);
  }
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(an_artifact_with_other_costs_of_operators_is_refused) {
  safewasm_engine_t *fuel = engine_with(&(difference_t){FUEL, 0, 0, NULL});
  safewasm_engine_t *costs = engine_with(&(difference_t){COSTS, 0, 0, NULL});
  copy_t artifact = artifact_of(fuel, TEXT);
  REFUSED(costs, artifact, INCOMPATIBLE, "`safewasm_config_set_operator_cost`");
  free(artifact.data);
  safewasm_engine_delete(fuel);
  safewasm_engine_delete(costs);
}

TEST(settings_that_dont_concern_loaded_code_may_differ) {
  const difference_t differences[] = {
      {OPTION, SAFEWASM_OPTION_CPU_LEVEL, 1, NULL},
      {OPTION, SAFEWASM_OPTION_ADDRESS_MAP, 0, NULL},
      {OPTION, SAFEWASM_OPTION_PARALLEL_COMPILATION, 0, NULL},
      {OPTION, SAFEWASM_OPTION_SINGLE_PASS_REGALLOC, 1, NULL},
      {OPTION, SAFEWASM_OPTION_BACKTRACE_FRAMES, 5, NULL},
  };
  safewasm_engine_t *engine = engine_with(&(difference_t){OPTION, SAFEWASM_OPTION_CPU_LEVEL, 0, NULL});
  copy_t artifact = artifact_of(engine, TEXT);
  for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
    safewasm_engine_t *other = engine_with(&differences[i]);
    safewasm_module_t *module = NULL;
    copy_t others = artifact_of(other, TEXT);
    OK(load(engine, others, &module));
    check_module(engine, module);
    safewasm_module_delete(module);
    OK(load(other, artifact, &module));
    check_module(other, module);
    safewasm_module_delete(module);
    free(others.data);
    safewasm_engine_delete(other);
  }
  free(artifact.data);
  safewasm_engine_delete(engine);
}

TEST(the_limits_on_modules_hold_for_artifacts) {
  safewasm_engine_t *engine = new_engine(), *small = NULL;
  safewasm_bytes_t *none = NULL;
  copy_t artifact = artifact_of(engine, TEXT), wasm = wasm_of(TEXT);
  for (int i = 0; i < 2; i++) {
    safewasm_config_t *config = NULL;
    const char *setter = i == 0 ? "`safewasm_config_set_max_module_size`" : "`safewasm_config_set_max_module_functions`";
    OK(safewasm_config_new(&config));
    if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) OK(safewasm_config_set_signals_based_traps(config, false));
    if (i == 0) OK(safewasm_config_set_max_module_size(config, wasm.len - 1));
    if (i == 1) OK(safewasm_config_set_max_module_functions(config, 2));
    OK(safewasm_engine_new(config, &small));
    safewasm_module_t *module = NULL;
    FAILS(load(small, artifact, &module), LIMIT, setter);
    FAILS(safewasm_module_precompile(small, wasm.data, wasm.len, &none), LIMIT, setter);
    CHECK(module == NULL && none == NULL);
    new_file(artifact.data, artifact.len);
    FAILS(load_file(small, &module), LIMIT, setter);
    CHECK(unlink(path) == 0);
    safewasm_engine_delete(small);
  }
  free(wasm.data);
  free(artifact.data);
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN(an_artifact_of_another_version_is_named);
  RUN_NATIVELY(an_artifact_for_another_config_is_refused_with_the_name_of_the_setting);
  RUN_NATIVELY(an_artifact_for_more_features_is_refused_and_one_for_fewer_is_loaded);
  RUN_NATIVELY(an_artifact_with_other_costs_of_operators_is_refused);
  RUN_NATIVELY(settings_that_dont_concern_loaded_code_may_differ);
  RUN(the_limits_on_modules_hold_for_artifacts);
  return finish("misfits");
}
