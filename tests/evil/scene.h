/* Sandboxes for deeds: what a deed runs on, how it must end, and what must hold afterwards. */
#ifndef SCENE_H
#define SCENE_H

#include "../c/check.h"
#include "process.h"
#include "table.h"

/* A message has no more bytes than this, whatever the guest's names are. */
#define LONGEST_MESSAGE 40000

/* What one deed runs on. */
typedef struct {
  const deed_t *deed;
  safewasm_sandbox_t sandbox;
  safewasm_engine_t *engine;
  safewasm_linker_t *linker;
  safewasm_module_t *module;
} scene_t;

static inline safewasm_error_t *nothing(void *env, safewasm_caller_t *caller, const safewasm_val_t *args, size_t args_len,
                                 safewasm_val_t *results, size_t results_len) {
  (void)env, (void)caller, (void)args, (void)args_len, (void)results, (void)results_len;
  return NULL;
}

/* Calls `run` of the guest again. */
static inline safewasm_error_t *again(void *env, safewasm_caller_t *caller, const safewasm_val_t *args, size_t args_len,
                               safewasm_val_t *results, size_t results_len) {
  (void)env, (void)args, (void)args_len;
  safewasm_extern_t run;
  safewasm_error_t *error = safewasm_caller_export(caller, "run", SAFEWASM_STRLEN, &run);
  if (error == NULL) error = safewasm_func_call(run.of.func, NULL, 0, results, results_len);
  safewasm_extern_delete(&run);
  return error;
}

/* Makes another instance of the guest in its store. */
static inline safewasm_error_t *spawn(void *env, safewasm_caller_t *caller, const safewasm_val_t *args, size_t args_len,
                               safewasm_val_t *results, size_t results_len) {
  (void)args, (void)args_len, (void)results, (void)results_len;
  const scene_t *scene = env;
  safewasm_store_t *store;
  safewasm_instance_t *instance = NULL;
  safewasm_error_t *error = safewasm_caller_store(caller, &store);
  if (error == NULL) error = safewasm_linker_instantiate(scene->linker, store, scene->module, &instance);
  safewasm_instance_delete(instance);
  return error;
}

static inline safewasm_error_t *refuse(void *env, safewasm_caller_t *caller, const safewasm_val_t *args, size_t args_len,
                                safewasm_val_t *results, size_t results_len) {
  (void)env, (void)caller, (void)args, (void)args_len, (void)results, (void)results_len;
  safewasm_error_t *error, *failure = safewasm_error_new("the host refuses", SAFEWASM_STRLEN, NULL, NULL, NULL, &error);
  return failure != NULL ? failure : error;
}

static inline void define(scene_t *scene, const char *name, const char *type, safewasm_callback_t callback) {
  safewasm_functype_t *functype;
  OK(safewasm_functype_new_text(scene->engine, type, SAFEWASM_STRLEN, &functype));
  OK(safewasm_linker_define_func(scene->linker, "host", SAFEWASM_STRLEN, name, SAFEWASM_STRLEN, functype, callback,
                                 scene, NULL));
  safewasm_functype_delete(functype);
}

/* The limits of a deed. Compiling takes no part of the time limit, so it can be far from what a guest needs. */
static inline safewasm_sandbox_t sandbox_of(const deed_t *deed) {
  return (safewasm_sandbox_t){
      .timeout = limit_of(deed, "timeout", 100000000000),
      .fuel = limit_of(deed, "fuel", UINT64_MAX),
      .memory_limit = limit_of(deed, "memory_limit", 64 << 20),
      .table_limit = limit_of(deed, "table_limit", 0),
      .instance_limit = limit_of(deed, "instance_limit", 0),
      .written_limit = limit_of(deed, "written_limit", 64 << 20),
      .output_limit = limit_of(deed, "output_limit", 0),
      .open_limit = (uint32_t)limit_of(deed, "open_limit", 0),
  };
}

static inline scene_t *new_scene(const deed_t *deed) {
  scene_t *scene = calloc(1, sizeof *scene);
  safewasm_config_t *config;
  scene->deed = deed;
  scene->sandbox = sandbox_of(deed);
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_sandbox(config, &scene->sandbox));
  OK(safewasm_config_set_backtrace_lines(config, limit_of(deed, "lines", 0) != 0));
  if (limit_of(deed, "pool", 0) != 0) {
    const safewasm_pooling_t pooling = {.total_memories = 1, .total_tables = 1, .linear_memory_keep_resident = 1 << 18};
    OK(safewasm_config_set_pooling(config, &pooling));
  }
  OK(safewasm_engine_new(config, &scene->engine));
  OK(safewasm_linker_new(scene->engine, &scene->linker));
  define(scene, "nothing", "() -> ()", nothing);
  define(scene, "again", "() -> (i32)", again);
  define(scene, "spawn", "() -> ()", spawn);
  define(scene, "refuse", "() -> ()", refuse);
  OK(safewasm_linker_define_wasi(scene->linker));
  return scene;
}

static inline void delete_scene(scene_t *scene) {
  safewasm_linker_delete(scene->linker);
  safewasm_engine_delete(scene->engine);
  free(scene);
}

static inline safewasm_error_t *compile(scene_t *scene) {
  char path[200];
  snprintf(path, sizeof path, "tests/evil/guests/%s", scene->deed->guest);
  /* Those that are made lie elsewhere. */
  if (access(path, R_OK) != 0) snprintf(path, sizeof path, "target/evil/guests/%s", scene->deed->guest);
  return safewasm_module_new_file(scene->engine, path, SAFEWASM_STRLEN, &scene->module);
}

/* Whether a deed ended as its table says, with `error` or with `result`. */
static inline void check_end(const deed_t *deed, safewasm_error_t *error, const char *result) {
  char end[200];
  safewasm_text_t message = {"", 0};
  if (error == NULL) {
    snprintf(end, sizeof end, "%s", result);
  } else {
    const safewasm_error_kind_t kind = safewasm_error_kind(error);
    const safewasm_trap_code_t code = safewasm_error_trap_code(error);
    message.data = safewasm_error_message(error, &message.len);
    snprintf(end, sizeof end, "%s%s%s", safewasm_error_kind_name(kind), code == 0 ? "" : ": ",
             code == 0 ? "" : safewasm_trap_code_name(code));
  }
  const bool ends = strcmp(deed->end, "any") == 0    ? strcmp(end, "internal") != 0
                    : strcmp(deed->end, "trap") == 0 ? strncmp(end, "trap: ", 6) == 0
                                                     : strcmp(deed->end, end) == 0;
  if (!ends || strstr(message.data, deed->words) == NULL || message.len > LONGEST_MESSAGE) {
    printf("it ended in `%s`, not `%s` with \"%s\": %.1000s (%zu bytes)\n", end, deed->end, deed->words, message.data,
           message.len);
    failed_here = 1;
  }
  safewasm_error_delete(error);
}

static const char HONEST[] = "(module (memory 1) (func (export \"run\") (result i32) (i32.const 42)))";

/* Another guest has the same store without its limits, or a store of its own. */
static inline void check_honest_guest(safewasm_engine_t *engine, safewasm_store_t *store) {
  safewasm_module_t *module;
  safewasm_instance_t *instance;
  safewasm_func_t *run;
  safewasm_slot_t slot = {.i32 = 0};
  const safewasm_sandbox_t lifted = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, SIZE_MAX, SIZE_MAX,
                                     UINT64_MAX, UINT64_MAX, UINT32_MAX};
  OK(safewasm_store_set_sandbox(store, &lifted));
  OK(safewasm_module_new_text(engine, HONEST, SAFEWASM_STRLEN, &module));
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  OK(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &run));
  OK(safewasm_func_call_slots(run, &slot, 1));
  CHECK(slot.i32 == 42);
  safewasm_module_delete(module);
}

/* Does a deed in an engine of its own: an engine keeps the memory that compiling took. */
static inline void commit_once(const deed_t *deed, void (*commit)(scene_t *scene)) {
  scene_t *scene = new_scene(deed);
  commit(scene);
  delete_scene(scene);
}

/* Does a deed three times. From the second time on it costs the process nothing. */
static inline void commit_thrice(const deed_t *deed, void (*commit)(scene_t *scene)) {
  commit_once(deed, commit);
  const process_t before = measure_process();
  commit_once(deed, commit);
  commit_once(deed, commit);
  const process_t after = measure_process();
  CHECK(after.descriptors == before.descriptors);
  /* The library's threads that open files come and go. There are at most 64. */
  CHECK(after.threads <= before.threads + 64);
  CHECK(after.address_space < before.address_space + (512 << 20));
  CHECK(after.resident < before.resident + (100 << 20));
}

/* Does the deeds of a table, or those whose names contain the first argument. Returns the program's exit status. */
static inline int run_table(const char *path, void (*commit)(scene_t *scene), const char *suite, int argc, char **argv) {
  FILE *table = fopen(path, "r");
  deed_t deed;
  if (table == NULL) return 1;
  while (read_deed(table, &deed)) {
    if (argc > 1 && strstr(deed.name, argv[1]) == NULL) continue;
    begin_test(deed.name);
    commit_thrice(&deed, commit);
    alarm(0);
    if (failed_here) printf("FAILED %s\n", deed.name);
    if (failed_here) failed++; else passed++;
  }
  fclose(table);
  return finish(suite);
}

#endif
