/* Runs the deeds of `modules.txt` in sandboxes: each three times on one engine, in a new store each time. After each
   deed its store works on, and nothing of it is left in the process. */
#include "scene.h"

/* Does the deed once in a new store. */
static void commit(scene_t *scene) {
  const deed_t *deed = scene->deed;
  safewasm_store_t *store;
  safewasm_instance_t *instance = NULL;
  safewasm_func_t *run;
  char result[40];
  OK(safewasm_store_new(scene->engine, &store));
  OK(safewasm_store_set_sandbox(store, &scene->sandbox));
  safewasm_error_t *error = compile(scene);
  if (error == NULL) error = safewasm_linker_instantiate(scene->linker, store, scene->module, &instance);
  if (error != NULL) {
    check_end(deed, error, "");
  } else {
    OK(safewasm_instance_func(instance, "run", SAFEWASM_STRLEN, &run));
    for (uint64_t calls = limit_of(deed, "calls", 1); calls > 0; calls--) {
      safewasm_slot_t slot = {.i32 = 0};
      error = safewasm_func_call_slots(run, &slot, 1);
      snprintf(result, sizeof result, "returns %d", slot.i32);
      check_end(deed, error, result);
    }
  }
  safewasm_module_delete(scene->module);
  scene->module = NULL;
  if (limit_of(deed, "pool", 0) == 0) check_honest_guest(scene->engine, store);
  safewasm_store_delete(store);
  OK(safewasm_store_new(scene->engine, &store));
  check_honest_guest(scene->engine, store);
  safewasm_store_delete(store);
}

int main(int argc, char **argv) {
  return run_table("tests/evil/modules.txt", commit, "evil_modules", argc, argv);
}
