/*
 * A process: a program in wasm that runs on a thread of the library, with limits of time and memory.
 *
 *   cc -Iinclude examples/process.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -o process
 */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

/* A command exports `_start`. The first one ends, the second one doesn't, the third one wants much memory. */
static const char *COMMANDS[] = {
    "(module (func (export \"_start\")))",
    "(module (func (export \"_start\") (loop $again (br $again))))",
    "(module (memory 1000) (func (export \"_start\")))",
};

static void check(safewasm_error_t *error) {
  if (error == NULL) return;
  fprintf(stderr, "%s\n", safewasm_error_message(error, NULL));
  exit(1);
}

int main(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  safewasm_linker_t *linker;
  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true));
  check(safewasm_config_set_signals_based_traps(config, getenv("SAFEWASM_TEST_NO_SIGNALS") == NULL));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_linker_new(engine, &linker));

  safewasm_process_t *processes[3];
  for (int i = 0; i < 3; i++) {
    safewasm_module_t *module;
    safewasm_store_t *store;
    check(safewasm_module_new_text(engine, COMMANDS[i], SAFEWASM_STRLEN, &module));
    check(safewasm_store_new(engine, &store));
    check(safewasm_store_set_memory_limit(store, 16 * 65536));
    check(safewasm_store_set_deadline(store, 100 * 1000 * 1000));
    /* The process has the store from here on. */
    check(safewasm_process_new(linker, module, store, NULL, NULL, NULL, &processes[i]));
    safewasm_module_delete(module);
  }

  for (int i = 0; i < 3; i++) {
    bool has_ended;
    uint32_t status;
    check(safewasm_process_wait(processes[i], UINT64_MAX, &has_ended));
    safewasm_error_t *error = safewasm_process_status(processes[i], &has_ended, &status);
    if (error != NULL) {
      printf("process %d: %s\n", i + 1, safewasm_error_message(error, NULL));
    } else {
      printf("process %d: status %u\n", i + 1, status);
    }
    safewasm_error_delete(error);
    safewasm_process_delete(processes[i]);
  }
  safewasm_linker_delete(linker);
  safewasm_engine_delete(engine);
  return 0;
}
