/* Shared by the tests of processes. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include "check.h"
#include <pthread.h>
#include <stdatomic.h>

#define FOREVER "(module (func (export \"_start\") (loop $again (br $again))))"
#define NOTHING "(module (func (export \"_start\")))"

/* An engine whose calls can be interrupted, with a linker. */
typedef struct {
  safewasm_engine_t *engine;
  safewasm_linker_t *linker;
} host_t;

static inline host_t new_host_with(safewasm_config_t *config) {
  host_t host = {NULL, NULL};
  OK(safewasm_config_set_epoch_interruption(config, true));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &host.engine));
  OK(safewasm_linker_new(host.engine, &host.linker));
  return host;
}

static inline host_t new_host(void) {
  safewasm_config_t *config = NULL;
  OK(safewasm_config_new(&config));
  return new_host_with(config);
}

static inline void delete_host(host_t host) {
  safewasm_linker_delete(host.linker);
  safewasm_engine_delete(host.engine);
}

static inline safewasm_store_t *new_store(host_t host) {
  safewasm_store_t *store = NULL;
  OK(safewasm_store_new(host.engine, &store));
  return store;
}

/* Starts a module in that store. */
static inline safewasm_process_t *start_in(host_t host, const char *text, safewasm_store_t *store) {
  safewasm_process_t *process = NULL;
  safewasm_module_t *module = new_module(host.engine, text);
  OK(safewasm_process_new(host.linker, module, store, NULL, NULL, NULL, &process));
  safewasm_module_delete(module);
  return process;
}

static inline safewasm_process_t *start(host_t host, const char *text) {
  return start_in(host, text, new_store(host));
}

static inline bool wait_for(safewasm_process_t *process, uint64_t timeout) {
  bool has_ended = false;
  OK(safewasm_process_wait(process, timeout, &has_ended));
  return has_ended;
}

/* Waits for a process, and returns the error that ended it. It must have the status 0 if there is none. */
static inline safewasm_error_t *end_of(safewasm_process_t *process) {
  bool has_ended = false;
  uint32_t status = 1;
  CHECK(wait_for(process, UINT64_MAX));
  safewasm_error_t *error = safewasm_process_status(process, &has_ended, &status);
  CHECK(has_ended && status == 0);
  return error;
}

/* The process ends with an error of that kind whose message contains that text. Deletes it. */
#define ENDS(process, kind, text)                              \
  do {                                                         \
    safewasm_process_t *ending = (process);                    \
    FAILS(end_of(ending), kind, text);                         \
    safewasm_process_delete(ending);                           \
  } while (0)

/* The process ends well. Deletes it. */
static inline void ends_well(safewasm_process_t *process) {
  OK(end_of(process));
  safewasm_process_delete(process);
}

/* Defines the import `f` of `""`, a function without parameters and results. */
static inline void define(host_t host, safewasm_slot_callback_t function, void *env) {
  safewasm_functype_t *type = NULL;
  OK(safewasm_functype_new(host.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_linker_define_func_slots(host.linker, "", 0, "f", 1, type, function, env, NULL));
  safewasm_functype_delete(type);
}

#define CALLS_F "(module (import \"\" \"f\" (func $f)) (memory (export \"memory\") 1)" \
                " (func (export \"_start\") (call $f)))"

/* Opens once. */
typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t opens;
  bool is_open;
} gate_t;

#define CLOSED {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false}

static inline void open_gate(gate_t *gate) {
  pthread_mutex_lock(&gate->lock);
  gate->is_open = true;
  pthread_cond_broadcast(&gate->opens);
  pthread_mutex_unlock(&gate->lock);
}

static inline void pass_gate(gate_t *gate) {
  pthread_mutex_lock(&gate->lock);
  while (!gate->is_open) pthread_cond_wait(&gate->opens, &gate->lock);
  pthread_mutex_unlock(&gate->lock);
}

#endif
