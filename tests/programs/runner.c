/* Runs a program, a component or a reactor of WASI with the streams of this process, and ends with its status:
 *
 *   runner [OPTION VALUE]... PROGRAM.wasm [ARGUMENT]...
 *
 *   -d HOST=GUEST   a folder that may be read          -w HOST=GUEST   one that may be written, too
 *   -e NAME=VALUE   a variable of the environment      -n NAME         the program's own name
 *   -m BYTES        the memory that it may have        -t SECONDS      the time
 *   -p SECONDS      run it as a process, on a thread of the library, and kill it after that time
 *   -c              it is a component
 *   -r EXPORT       initialize a reactor, and call that export, which has no parameters and gives the status
 *
 * If the program is stopped, the first line of the error follows on stderr, and the status is 70. */
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t SECOND = 1000000000;

static void print_and_exit(safewasm_error_t *error) {
  const char *message = safewasm_error_message(error, NULL);
  fflush(stdout);
  fprintf(stderr, "%s: %.*s\n", safewasm_error_kind_name((uint32_t)safewasm_error_kind(error)),
          (int)strcspn(message, "\n"), message);
  exit(70);
}

static void check(safewasm_error_t *error) {
  if (error != NULL) print_and_exit(error);
}

/* The two sides of `HOST=GUEST`. */
static const char *split(char *pair) {
  char *at = strchr(pair, '=');
  if (at == NULL) exit(71);
  *at = 0;
  return at + 1;
}

static void add_dir(safewasm_wasi_t *wasi, char *pair, bool writable) {
  const char *guest = split(pair);
  check(safewasm_wasi_add_dir(wasi, pair, SAFEWASM_STRLEN, guest, SAFEWASM_STRLEN, writable));
}

static void add_env(safewasm_wasi_t *wasi, char *pair) {
  const char *value = split(pair);
  check(safewasm_wasi_add_env(wasi, pair, SAFEWASM_STRLEN, value, SAFEWASM_STRLEN));
}

static uint32_t run_process(safewasm_linker_t *linker, safewasm_module_t *module, safewasm_store_t *store,
                            uint64_t seconds) {
  safewasm_process_t *process = NULL;
  bool has_ended = false;
  uint32_t status = 0;
  check(safewasm_process_new(linker, module, store, NULL, NULL, NULL, &process));
  check(safewasm_process_wait(process, seconds * SECOND, &has_ended));
  if (!has_ended) {
    check(safewasm_process_kill(process));
    check(safewasm_process_wait(process, UINT64_MAX, &has_ended));
  }
  check(safewasm_process_status(process, &has_ended, &status));
  safewasm_process_delete(process);
  return status;
}

static uint32_t run_component(safewasm_engine_t *engine, safewasm_store_t *store, const char *path) {
  safewasm_component_t *component = NULL;
  safewasm_componentlinker_t *linker = NULL;
  safewasm_componentinstance_t *instance = NULL;
  uint32_t status = 0;
  check(safewasm_component_new_file(engine, path, SAFEWASM_STRLEN, &component));
  check(safewasm_componentlinker_new(engine, &linker));
  check(safewasm_componentlinker_define_wasi(linker));
  check(safewasm_componentlinker_instantiate(linker, store, component, &instance));
  check(safewasm_componentinstance_run(instance, &status));
  safewasm_componentinstance_delete(instance);
  safewasm_componentlinker_delete(linker);
  safewasm_component_delete(component);
  return status;
}

static uint32_t call_export(safewasm_instance_t *instance, const char *name) {
  safewasm_func_t *func = NULL;
  safewasm_slot_t result = {0};
  check(safewasm_instance_initialize(instance));
  check(safewasm_instance_func(instance, name, SAFEWASM_STRLEN, &func));
  check(safewasm_func_call_slots(func, &result, 1));
  safewasm_func_delete(func);
  return (uint32_t)result.i32;
}

int main(int argc, char **argv) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  safewasm_store_t *store = NULL;
  safewasm_wasi_t *wasi = NULL;
  safewasm_linker_t *linker = NULL;
  safewasm_module_t *module = NULL;
  safewasm_instance_t *instance = NULL;
  const char *name = NULL, *reactor = NULL;
  uint64_t process = 0, timeout = 0;
  uint32_t status = 0;
  bool is_component = false;
  int option;

  check(safewasm_config_new(&config));
  check(safewasm_config_set_epoch_interruption(config, true));
  check(safewasm_engine_new(config, &engine));
  check(safewasm_store_new(engine, &store));
  check(safewasm_wasi_new(&wasi));
  while ((option = getopt(argc, argv, "+d:w:e:n:m:t:p:r:c")) != -1) {
    switch (option) {
    case 'd': add_dir(wasi, optarg, false); break;
    case 'w': add_dir(wasi, optarg, true); break;
    case 'e': add_env(wasi, optarg); break;
    case 'n': name = optarg; break;
    case 'm': check(safewasm_store_set_memory_limit(store, strtoull(optarg, NULL, 10))); break;
    case 't': timeout = strtoull(optarg, NULL, 10); break;
    case 'p': process = strtoull(optarg, NULL, 10); break;
    case 'c': is_component = true; break;
    case 'r': reactor = optarg; break;
    default: return 71;
    }
  }
  if (optind >= argc) return 71;

  const char *path = argv[optind];
  if (name == NULL) name = path;
  check(safewasm_wasi_add_arg(wasi, name, SAFEWASM_STRLEN));
  for (int i = optind + 1; i < argc; i++) check(safewasm_wasi_add_arg(wasi, argv[i], SAFEWASM_STRLEN));
  for (uint32_t stream = 0; stream < 3; stream++) check(safewasm_wasi_inherit_stream(wasi, stream));
  check(safewasm_store_set_wasi(store, wasi));
  if (timeout > 0) check(safewasm_store_set_deadline(store, timeout * SECOND));
  if (is_component) {
    status = run_component(engine, store, path);
    safewasm_store_delete(store);
    safewasm_engine_delete(engine);
    return (int)status;
  }
  check(safewasm_module_new_file(engine, path, SAFEWASM_STRLEN, &module));
  check(safewasm_linker_new(engine, &linker));
  check(safewasm_linker_define_wasi(linker));

  if (process > 0) {
    status = run_process(linker, module, store, process);
  } else {
    check(safewasm_linker_instantiate(linker, store, module, &instance));
    if (reactor != NULL) status = call_export(instance, reactor);
    else check(safewasm_instance_run(instance, &status));
    safewasm_instance_delete(instance);
    safewasm_store_delete(store);
  }
  safewasm_linker_delete(linker);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
  return (int)status;
}
