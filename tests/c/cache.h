/* Shared by the tests of the cache. */
#ifndef CACHE_H
#define CACHE_H

#include "check.h"
#include <dirent.h>
#include <unistd.h>

#define SIZE (UINT64_C(64) << 20)

static char folder[] = "target/c/cache-XXXXXX";

static inline void new_folder(void) {
  strcpy(folder, "target/c/cache-XXXXXX");
  CHECK(mkdtemp(folder) != NULL);
}

/* Calls `each` with the path of each file in the folder whose name ends so. Returns how many there are. */
static inline int files(const char *end, void (*each)(const char *path)) {
  int number = 0;
  DIR *open = opendir(folder);
  CHECK(open != NULL);
  for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
    const size_t len = strlen(entry->d_name);
    if (len < strlen(end) || strcmp(entry->d_name + len - strlen(end), end) != 0 || entry->d_name[0] == '.') continue;
    char path[600];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (each != NULL) each(path);
    number++;
  }
  closedir(open);
  return number;
}

static inline void delete_file(const char *path) { CHECK(unlink(path) == 0); }

static inline void delete_folder(void) {
  files("", delete_file);
  CHECK(rmdir(folder) == 0);
}

static inline safewasm_config_t *cached(uint64_t max_size) {
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_cache(config, folder, SAFEWASM_STRLEN, max_size));
  return config;
}

static inline safewasm_engine_t *cached_engine(uint64_t max_size) {
  safewasm_engine_t *engine;
  OK(safewasm_engine_new(cached(max_size), &engine));
  return engine;
}

static inline void check_counts(safewasm_engine_t *engine, uint64_t hits, uint64_t misses, uint64_t failures) {
  uint64_t found[3];
  OK(safewasm_engine_cache_counts(engine, &found[0], &found[1], &found[2]));
  CHECK(found[0] == hits);
  CHECK(found[1] == misses);
  CHECK(found[2] == failures);
}

static const char TEXT[] = "(module $named (global $n (mut i32) (i32.const 1)) (@custom \"note\" \"seen\")"
                           "  (func $begin (global.set $n (i32.const 40))) (start $begin)"
                           "  (func (export \"run\") (param i32) (result i32) (i32.add (local.get 0) (global.get $n))))";

/* Runs the module's function, which adds 40. */
static inline void check_runs(safewasm_engine_t *engine, safewasm_module_t *module) {
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_func_t *run;
  safewasm_slot_t slot = {.i32 = 2};
  OK(safewasm_store_new(engine, &store));
  OK(safewasm_instance_new(store, module, NULL, 0, &instance));
  OK(safewasm_instance_func(instance, "run", 3, &run));
  OK(safewasm_func_call_slots(run, &slot, 1));
  CHECK(slot.i32 == 42);
  safewasm_store_delete(store);
}

/* Makes an engine with the cache and the module, and checks the counts. */
static inline void use_cache(uint64_t hits, uint64_t misses, uint64_t failures) {
  safewasm_engine_t *engine = cached_engine(SIZE);
  safewasm_module_t *module = new_module(engine, TEXT);
  check_runs(engine, module);
  check_counts(engine, hits, misses, failures);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

#endif
