/* Runs the deeds of `programs.txt` in sandboxes with folders, as `modules.c` runs those without WASI. After each deed
   the folders that the guest may not change are as they were. */
#include "scene.h"
#include "world.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

static atomic_bool swapping;

/* Swaps a folder and a link to the secret until the deed is done. */
static void *swap(void *unused) {
  while (atomic_load(&swapping)) {
    renameat2(AT_FDCWD, WORLD "/work/swap", AT_FDCWD, WORLD "/work/swap_link", RENAME_EXCHANGE);
  }
  return unused;
}

static void limit_file_size(rlim_t bytes) {
  struct rlimit limit;
  CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
  CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

/* The argument of a deed's program, or NULL. */
static const char *argument_of(const deed_t *deed, char *argument, size_t size) {
  const char *at = strstr(deed->limits, "args=");
  if (at == NULL) return NULL;
  snprintf(argument, size, "%.*s", (int)strcspn(at + 5, " "), at + 5);
  return argument;
}

static void give_wasi(const scene_t *scene, safewasm_store_t *store) {
  const deed_t *const deed = scene->deed;
  char argument[100];
  safewasm_wasi_t *wasi;
  OK(safewasm_wasi_new(&wasi));
  OK(safewasm_wasi_add_arg(wasi, "guest", SAFEWASM_STRLEN));
  if (argument_of(deed, argument, sizeof argument) != NULL) OK(safewasm_wasi_add_arg(wasi, argument, SAFEWASM_STRLEN));
  OK(safewasm_wasi_add_dir(wasi, WORLD "/given", SAFEWASM_STRLEN, "/given", SAFEWASM_STRLEN, false));
  OK(safewasm_wasi_add_dir(wasi, WORLD "/work", SAFEWASM_STRLEN, "/work", SAFEWASM_STRLEN, true));
  OK(safewasm_wasi_set_sandbox(wasi, &scene->sandbox));
  if (limit_of(deed, "fixed", 0) != 0) OK(safewasm_wasi_set_fixed_clock(wasi, 1000000000));
  OK(safewasm_store_set_wasi(store, wasi));
}

/* Runs the program, or calls its `run` as often as the deed says. */
static void run_guest(const deed_t *deed, safewasm_instance_t *instance) {
  const uint64_t calls = limit_of(deed, "calls", 0);
  safewasm_error_t *error;
  char result[40] = "";
  uint32_t status;
  if (calls == 0) {
    error = safewasm_instance_run(instance, &status);
    snprintf(result, sizeof result, "exits %u", status);
    check_end(deed, error, result);
    return;
  }
  safewasm_func_t *run;
  OK(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &run));
  for (uint64_t i = 0; i < calls; i++) {
    safewasm_slot_t slot = {.i32 = 0};
    check_end(deed, safewasm_func_call_slots(run, &slot, 1), result);
  }
}

/* Does the deed once in a new store. */
static void commit(scene_t *scene) {
  const deed_t *deed = scene->deed;
  const bool swaps = limit_of(deed, "swap", 0) != 0;
  pthread_t swapper;
  safewasm_store_t *store;
  safewasm_instance_t *instance = NULL;
  make_world_folder();
  char *const before = look_at_world();
  OK(safewasm_store_new(scene->engine, &store));
  OK(safewasm_store_set_sandbox(store, &scene->sandbox));
  give_wasi(scene, store);
  OK(compile(scene));
  limit_file_size((rlim_t)limit_of(deed, "size_limit", RLIM_INFINITY));
  atomic_store(&swapping, swaps);
  if (swaps) CHECK(pthread_create(&swapper, NULL, swap, NULL) == 0);
  safewasm_error_t *error = safewasm_linker_instantiate(scene->linker, store, scene->module, &instance);
  if (error != NULL) check_end(deed, error, "");
  else run_guest(deed, instance);
  atomic_store(&swapping, false);
  if (swaps) CHECK(pthread_join(swapper, NULL) == 0);
  limit_file_size(RLIM_INFINITY);
  safewasm_module_delete(scene->module);
  check_honest_guest(scene->engine, store);
  safewasm_store_delete(store);
  char *const after = look_at_world();
  if (strcmp(before, after) != 0) printf("before:\n%safter:\n%s", before, after);
  CHECK(strcmp(before, after) == 0);
  free(before);
  free(after);
  delete_world_folder();
}

int main(int argc, char **argv) {
  return run_table("tests/evil/programs.txt", commit, "evil_programs", argc, argv);
}
