/* Settings of configs, on and off: each one, and each pair, with modules that use them. */
#include "check.h"

/* For each proposal a module whose function `f` uses it. */
static const struct {
  const char *name, *text;
} proposals[] = {
    {"MULTI_VALUE", "(module (func $g (result i32 i32) (i32.const 1) (i32.const 2))"
                    "  (func (export \"f\") (call $g) (drop) (drop)))"},
    {"BULK_MEMORY", "(module (memory 1) (func (export \"f\")"
                    "  (memory.fill (i32.const 0) (i32.const 1) (i32.const 9))))"},
    {"REFERENCE_TYPES", "(module (table $t 1 externref)"
                        "  (func (export \"f\") (drop (table.get $t (i32.const 0)))))"},
    {"SIMD", "(module (func (export \"f\") (drop (i8x16.neg (v128.const i64x2 1 2)))))"},
    {"RELAXED_SIMD", "(module (func (export \"f\") (drop (i8x16.relaxed_swizzle"
                     "  (v128.const i64x2 1 2) (v128.const i64x2 3 4)))))"},
    {"THREADS", "(module (memory 1) (func (export \"f\")"
                "  (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))))"},
    {"TAIL_CALL", "(module (func $g) (func (export \"f\") (return_call $g)))"},
    {"MULTI_MEMORY", "(module (memory 1) (memory $b 1)"
                     "  (func (export \"f\") (drop (i32.load $b (i32.const 0)))))"},
    {"MEMORY64", "(module (memory i64 1) (func (export \"f\") (drop (i32.load (i64.const 0)))))"},
    {"EXTENDED_CONST", "(module (global i32 (i32.add (i32.const 1) (i32.const 2)))"
                       "  (func (export \"f\")))"},
    {"FUNCTION_REFERENCES", "(module (type $t (func)) (func $g) (elem declare func $g)"
                            "  (func (export \"f\") (call_ref $t (ref.func $g))))"},
    {"GC", "(module (type $s (struct (field (mut i32)))) (type $a (array i8))"
           "  (func (export \"f\") (drop (struct.new $s (i32.const 1)))"
           "    (drop (array.new $a (i32.const 1) (i32.const 9)))))"},
    {"EXCEPTIONS", "(module (tag $e) (func (export \"f\")"
                   "  (block (try_table (catch $e 0) (throw $e)))))"},
    {"CUSTOM_PAGE_SIZES", "(module (memory 7 (pagesize 1))"
                          "  (func (export \"f\") (drop (i32.load8_u (i32.const 6)))))"},
    {"WIDE_ARITHMETIC", "(module (func (export \"f\") (i64.add128 (i64.const 1) (i64.const 2)"
                        "  (i64.const 3) (i64.const 4)) (drop) (drop)))"},
    {"STACK_SWITCHING", "(module (type $f (func)) (type $c (cont $f)) (func $g)"
                        "  (elem declare func $g)"
                        "  (func (export \"f\") (drop (cont.new $c (ref.func $g)))))"},
};

enum { FEATURES = sizeof proposals / sizeof *proposals, SETTINGS = FEATURES + 9 };

static bool is_on_by_default(uint32_t feature) {
  return feature < SAFEWASM_FEATURE_CUSTOM_PAGE_SIZES;
}

/* Sets a setting to a value that isn't its default. */
static void change(safewasm_config_t *config, int setting) {
  safewasm_pooling_t pooling = {.total_memories = 4, .total_tables = 4, .max_memory_size = 1 << 20};
  if (setting < FEATURES) {
    OK(safewasm_config_set_feature(config, (uint32_t)setting, !is_on_by_default((uint32_t)setting)));
    return;
  }
  switch (setting - FEATURES) {
    case 0: OK(safewasm_config_set_opt_level(config, SAFEWASM_OPT_LEVEL_NONE)); break;
    case 1: OK(safewasm_config_set_opt_level(config, SAFEWASM_OPT_LEVEL_SPEED_AND_SIZE)); break;
    case 2: OK(safewasm_config_set_debug_info(config, true)); break;
    case 3: OK(safewasm_config_set_signals_based_traps(config, false)); break;
    case 4: OK(safewasm_config_set_shared_memory(config, true)); break;
    case 5: OK(safewasm_config_set_max_wasm_stack(config, 64 << 10)); break;
    case 6: OK(safewasm_config_set_consume_fuel(config, true)); break;
    case 7: OK(safewasm_config_set_epoch_interruption(config, true)); break;
    case 8: OK(safewasm_config_set_pooling(config, &pooling)); break;
  }
}

/* Whether the call succeeded. Checks that an error isn't an internal one, and deletes it. */
static bool succeeds(safewasm_error_t *error) {
  safewasm_error_kind_t kind = safewasm_error_kind(error);
  if (error == NULL) return true;
  if (kind != SAFEWASM_ERROR_UNSUPPORTED && kind != SAFEWASM_ERROR_INVALID_MODULE &&
      kind != SAFEWASM_ERROR_LIMIT) {
    printf("kind %d: %s\n", (int)kind, safewasm_error_message(error, NULL));
    failed_here = 1;
  }
  safewasm_error_delete(error);
  return false;
}

/* Runs a module's `f`. */
static bool runs(safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module;
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_extern_t f;
  safewasm_slot_t none;
  bool done = false;
  if (!succeeds(safewasm_module_new_text(engine, text, strlen(text), &module))) return false;
  OK(safewasm_store_new(engine, &store));
  /* An error that nothing caused. */
  safewasm_error_t *fuel = safewasm_store_set_fuel(store, 1000000);
  safewasm_error_delete(fuel);
  if (succeeds(safewasm_instance_new(store, module, NULL, 0, &instance))) {
    OK(safewasm_instance_export(instance, "f", 1, &f));
    OK(safewasm_func_call_slots(f.of.func, &none, 0));
    done = true;
  }
  safewasm_store_delete(store);
  safewasm_module_delete(module);
  return done;
}

/* Whether an engine can be made with two settings changed. Checks that it can run what it compiles. */
static bool works(int first, int second) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  change(config, first);
  change(config, second);
  if (!succeeds(safewasm_engine_new(config, &engine))) return false;
  for (int feature = 0; feature < FEATURES; feature++) {
    bool is_changed = feature == first || feature == second;
    bool is_on = is_on_by_default((uint32_t)feature) != is_changed;
    if (runs(engine, proposals[feature].text) && !is_on) {
      printf("%s is off, but runs with settings %d and %d\n", proposals[feature].name, first, second);
      failed_here = 1;
    }
  }
  safewasm_engine_delete(engine);
  return true;
}

TEST(what_an_engine_accepts_it_can_run) {
  int refused = 0;
  for (int first = 0; first < SETTINGS; first++) {
    for (int second = first; second < SETTINGS; second++) refused += !works(first, second);
  }
  CHECK(refused > 0 && refused < SETTINGS * SETTINGS / 8);
}

TEST(each_proposal_runs_where_it_is_on) {
  for (int feature = 0; feature < SAFEWASM_FEATURE_STACK_SWITCHING; feature++) {
    safewasm_config_t *config;
    safewasm_engine_t *engine;
    OK(safewasm_config_new(&config));
    OK(safewasm_config_set_feature(config, (uint32_t)feature, true));
    OK(safewasm_engine_new(config, &engine));
    CHECK(runs(engine, proposals[feature].text));
    safewasm_engine_delete(engine);
  }
}

TEST(a_module_that_uses_what_is_off_is_refused_with_the_setter_that_turns_it_on) {
  for (int feature = 0; feature < SAFEWASM_FEATURE_STACK_SWITCHING; feature++) {
    safewasm_config_t *config;
    safewasm_engine_t *engine;
    safewasm_module_t *module;
    const char *text = proposals[feature].text;
    char advice[80];
    /* Other proposals build on this one. */
    bool is_simd = feature == SAFEWASM_FEATURE_SIMD;
    bool is_functions = feature == SAFEWASM_FEATURE_FUNCTION_REFERENCES;
    OK(safewasm_config_new(&config));
    OK(safewasm_config_set_feature(config, (uint32_t)feature, false));
    if (is_simd) OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_RELAXED_SIMD, false));
    if (is_functions) OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_GC, false));
    OK(safewasm_engine_new(config, &engine));
    snprintf(advice, sizeof advice, "`safewasm_config_set_feature(config, SAFEWASM_FEATURE_%s, true)`",
             proposals[feature].name);
    FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_MODULE, advice);
    safewasm_engine_delete(engine);
  }
}

TEST(continuations_are_refused_when_the_engine_is_made) {
  const char *text = proposals[SAFEWASM_FEATURE_STACK_SWITCHING].text;
  safewasm_config_t *config;
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_MODULE,
        "it uses continuations (stack switching), which this library can't run");
  safewasm_engine_delete(engine);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_feature(config, SAFEWASM_FEATURE_STACK_SWITCHING, true));
  FAILS(safewasm_engine_new(config, &engine), UNSUPPORTED, "SAFEWASM_FEATURE_STACK_SWITCHING");
  CHECK(engine == NULL);
}

TEST(a_component_is_refused_with_what_it_is) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  const char *text = "(component (core module))";
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  safewasm_bytes_t *converted;
  FAILS(safewasm_module_new(engine, bytes, sizeof bytes, &module), INVALID_MODULE,
        "it is a component, not a module; `safewasm_component_new` compiles components");
  FAILS(safewasm_module_validate(engine, bytes, sizeof bytes), INVALID_MODULE, "it is a component");
  FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_MODULE,
        "it is a component");
  OK(safewasm_wat2wasm(text, strlen(text), &converted));
  safewasm_bytes_delete(converted);
  /* Not a component, though as long as the header of one. */
  FAILS(safewasm_module_new(engine, bytes, 7, &module), INVALID_MODULE, "offset");
  safewasm_engine_delete(engine);
}

TEST(legacy_exceptions_are_refused_with_how_to_translate_them) {
  const char *text = "(module (tag $e) (func (export \"f\")"
                     "  try throw $e catch $e end))";
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_MODULE,
        "it uses the legacy instructions for exceptions");
  FAILS(safewasm_module_new_text(engine, text, strlen(text), &module), INVALID_MODULE,
        "`wasm-opt -all --translate-to-exnref` of Binaryen 118 or newer");
  safewasm_engine_delete(engine);
}

int main(void) {
  RUN_NATIVELY(what_an_engine_accepts_it_can_run);
  RUN_NATIVELY(each_proposal_runs_where_it_is_on);
  RUN_NATIVELY(a_module_that_uses_what_is_off_is_refused_with_the_setter_that_turns_it_on);
  RUN(continuations_are_refused_when_the_engine_is_made);
  RUN(a_component_is_refused_with_what_it_is);
  RUN(legacy_exceptions_are_refused_with_how_to_translate_them);
  return finish("features");
}
