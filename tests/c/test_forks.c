/* Forks of a process whose threads are busy in the library. */
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *MODULE =
    "(module (memory (export \"memory\") 1)"
    "  (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "  (func (export \"loop\") (loop $again (br $again))))";

/* The same of all threads, and of the children. */
static safewasm_engine_t *shared;
static safewasm_linker_t *linker;

static safewasm_engine_t *new_interruptible(void) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

/* A bit of everything that takes locks. */
static void use_all(safewasm_engine_t *engine, bool with_deadline) {
  world_t world = {engine, NULL, new_module(engine, MODULE), NULL};
  safewasm_view_t *view = NULL;
  const safewasm_cell_t *cell = NULL;
  safewasm_slot_t slot = {.i32 = -8};
  OK(safewasm_store_new(engine, &world.store));
  if (engine == shared) OK(safewasm_linker_instantiate(linker, world.store, world.module, &world.instance));
  else OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  safewasm_extern_t item = get_export(world.instance, "memory");
  OK(safewasm_memory_view(item.of.memory, &view, &cell));
  safewasm_extern_delete(&item);
  item = get_export(world.instance, "load");
  FAILS(safewasm_func_call_slots(item.of.func, &slot, 1), TRAP, "out of bounds");
  safewasm_extern_delete(&item);
  if (with_deadline) {
    item = get_export(world.instance, "loop");
    OK(safewasm_store_set_deadline(world.store, 1000000));
    FAILS(safewasm_func_call_slots(item.of.func, NULL, 0), TRAP, "interrupt");
    safewasm_extern_delete(&item);
  }
  safewasm_view_delete(view);
  safewasm_instance_delete(world.instance);
  safewasm_module_delete(world.module);
  safewasm_store_delete(world.store);
}

static atomic_bool stop;

static void *keep_busy(void *with_deadline) {
  while (!stop && !failed_here) use_all(shared, with_deadline != NULL);
  return NULL;
}

TEST(a_child_of_a_busy_process_can_do_everything) {
  enum { CHILDREN = 200, THREADS = 3 };
  pthread_t threads[THREADS];
  int hung = 0;
  shared = new_interruptible();
  OK(safewasm_linker_new(shared, &linker));
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, keep_busy, i == 0 ? &stop : NULL);
  fflush(stdout);
  for (int i = 0; i < CHILDREN; i++) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      use_all(shared, true);
      safewasm_engine_t *own = new_interruptible();
      use_all(own, i % 8 == 0);
      fflush(stdout);
      _exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child);
    if (WIFSIGNALED(status)) hung++;
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  if (hung > 0) printf("%d of %d children hung\n", hung, CHILDREN);
  stop = true;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  safewasm_linker_delete(linker);
  safewasm_engine_delete(shared);
}

int main(void) {
  RUN_NATIVELY(a_child_of_a_busy_process_can_do_everything);
  return finish("forks");
}
