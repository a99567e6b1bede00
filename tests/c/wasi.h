/* Programs for WASI, as the tests run them. */
#ifndef WASI_H
#define WASI_H

#include "check.h"

#define MILLISECONDS UINT64_C(1000000)

#define IMPORT(name, type) \
  "(import \"wasi_snapshot_preview1\" \"" #name "\" (func $" #name " " type "))"

/* The functions that the programs call, and their memory. */
static const char *const PRELUDE =
    IMPORT(args_get, "(param i32 i32) (result i32)")
    IMPORT(args_sizes_get, "(param i32 i32) (result i32)")
    IMPORT(environ_get, "(param i32 i32) (result i32)")
    IMPORT(environ_sizes_get, "(param i32 i32) (result i32)")
    IMPORT(clock_res_get, "(param i32 i32) (result i32)")
    IMPORT(clock_time_get, "(param i32 i64 i32) (result i32)")
    IMPORT(random_get, "(param i32 i32) (result i32)")
    IMPORT(poll_oneoff, "(param i32 i32 i32 i32) (result i32)")
    IMPORT(proc_exit, "(param i32)")
    IMPORT(fd_close, "(param i32) (result i32)")
    IMPORT(fd_fdstat_get, "(param i32 i32) (result i32)")
    IMPORT(fd_read, "(param i32 i32 i32 i32) (result i32)")
    IMPORT(fd_write, "(param i32 i32 i32 i32) (result i32)")
    IMPORT(fd_pwrite, "(param i32 i32 i32 i64 i32) (result i32)")
    IMPORT(fd_readdir, "(param i32 i32 i32 i64 i32) (result i32)")
    IMPORT(fd_renumber, "(param i32 i32) (result i32)")
    IMPORT(fd_filestat_set_size, "(param i32 i64) (result i32)")
    IMPORT(path_create_directory, "(param i32 i32 i32) (result i32)")
    IMPORT(path_open, "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)")
    "(memory (export \"memory\") 2)";

/* The errnos that the tests meet. */
enum { BADF = 8, FBIG = 22, INVAL = 28, MFILE = 33, NOENT = 44, NOSPC = 51, NOTSUP = 58, PERM = 63 };

/* The stack that wasm may use in engines that are made, if it isn't 0, and their hooks, if it isn't NULL. */
static size_t stack_of_wasm;
static const safewasm_hooks_t *hooks_of_engines;

/* Makes an engine in which calls can be interrupted. */
static inline safewasm_engine_t *interruptible_engine(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, true));
  if (stack_of_wasm != 0) OK(safewasm_config_set_max_wasm_stack(config, stack_of_wasm));
  if (hooks_of_engines != NULL) OK(safewasm_config_set_hooks(config, hooks_of_engines));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static inline safewasm_wasi_t *new_wasi(void) {
  safewasm_wasi_t *wasi;
  OK(safewasm_wasi_new(&wasi));
  return wasi;
}

/* Makes a store with that WASI, and in it an instance of a program: the prelude and `body`. */
static inline world_t new_program(const char *body, safewasm_wasi_t *wasi) {
  world_t world = {interruptible_engine(), NULL, NULL, NULL};
  safewasm_linker_t *linker;
  text_t text = {NULL, 0, 0};
  put(&text, "(module ");
  put(&text, PRELUDE);
  put(&text, body);
  put(&text, ")");
  OK(safewasm_store_new(world.engine, &world.store));
  if (wasi != NULL) OK(safewasm_store_set_wasi(world.store, wasi));
  world.module = new_module(world.engine, text.data);
  OK(safewasm_linker_new(world.engine, &linker));
  OK(safewasm_linker_define_wasi(linker));
  OK(safewasm_linker_instantiate(linker, world.store, world.module, &world.instance));
  safewasm_linker_delete(linker);
  free(text.data);
  return world;
}

/* Runs the program, and returns its exit status. */
static inline uint32_t run(world_t world) {
  uint32_t status = 0;
  OK(safewasm_instance_run(world.instance, &status));
  return status;
}

static inline safewasm_error_t *call(world_t world, const char *name) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  return error;
}

/* Copies bytes of the program's memory. */
static inline void peek(world_t world, uint64_t address, void *bytes, size_t len) {
  safewasm_memory_t *memory;
  OK(safewasm_instance_memory(world.instance, "memory", SAFEWASM_STRLEN, &memory));
  OK(safewasm_memory_read(memory, address, bytes, len));
  safewasm_memory_delete(memory);
}

static inline uint32_t peek_u32(world_t world, uint64_t address) {
  uint32_t number = 0;
  peek(world, address, &number, sizeof number);
  return number;
}

static inline uint64_t peek_u64(world_t world, uint64_t address) {
  uint64_t number = 0;
  peek(world, address, &number, sizeof number);
  return number;
}

#endif
