/* Programs for WASI that wait: everything that ends wasm ends the wait. */
#include "wasi.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

/* Sleeps for 1000 days. */
static const char *const SLEEPER =
    "(func (export \"_start\")"
    "  (i64.store (i32.const 24) (i64.const 86400000000000000))"
    "  (call $proc_exit"
    "    (call $poll_oneoff (i32.const 0) (i32.const 104) (i32.const 1) (i32.const 200))))";

/* Runs a program, which an interrupt must end. */
static void check_interrupted(world_t world, const char *why) {
  uint32_t status = 5;
  safewasm_error_t *error = safewasm_instance_run(world.instance, &status);
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, why);
  CHECK(status == 0);
}

TEST(a_deadline_ends_a_sleep) {
  world_t world = new_program(SLEEPER, new_wasi());
  OK(safewasm_store_set_deadline(world.store, 20 * MILLISECONDS));
  check_interrupted(world, "the store's deadline has passed");
  check_interrupted(world, "the store's deadline has passed");
  delete_world(world);
}

TEST(a_time_limit_ends_a_sleep) {
  world_t world = new_program(SLEEPER, new_wasi());
  uint64_t id;
  OK(safewasm_store_begin_timeout(world.store, 20 * MILLISECONDS, SAFEWASM_TIMEOUT_ALL_TASKS, &id));
  check_interrupted(world, "the time limit of the call has passed");
  delete_world(world);
}

TEST(a_short_sleep_ends_by_itself) {
  world_t world = new_program(
      "(func (export \"_start\")"
      "  (i64.store (i32.const 24) (i64.const 1000))"
      "  (call $proc_exit"
      "    (call $poll_oneoff (i32.const 0) (i32.const 104) (i32.const 1) (i32.const 200))))",
      new_wasi());
  for (int i = 0; i < 100; i++) CHECK(run(world) == 0);
  delete_world(world);
}

/* What another thread does to a program that sleeps, again and again until it has ended. */
typedef struct {
  world_t world;
  void (*act)(world_t world);
  atomic_bool has_ended;
} other_t;

static void *act(void *data) {
  other_t *other = (other_t *)data;
  while (!atomic_load(&other->has_ended)) {
    usleep(5000);
    other->act(other->world);
  }
  return NULL;
}

static void check_ended_by(void (*action)(world_t world), const char *why) {
  other_t other = {new_program(SLEEPER, new_wasi()), action, false};
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, act, &other) == 0);
  check_interrupted(other.world, why);
  atomic_store(&other.has_ended, true);
  pthread_join(thread, NULL);
  delete_world(other.world);
}

static void interrupt(world_t world) { OK(safewasm_store_interrupt(world.store)); }

static void increment_epoch(world_t world) {
  uint64_t epoch;
  safewasm_error_t *error = safewasm_store_set_epoch_deadline(world.store, 1);
  safewasm_error_delete(error);
  OK(safewasm_engine_increment_epoch(world.engine, &epoch));
}

static void delete_store(world_t world) { safewasm_store_delete(world.store); }

TEST(an_interrupt_ends_a_sleep) {
  check_ended_by(interrupt, "`safewasm_store_interrupt`");
}

TEST(an_epoch_ends_a_sleep) {
  check_ended_by(increment_epoch, "the engine's epoch has reached the store's epoch deadline");
}

TEST(deleting_its_store_ends_a_sleep) {
  check_ended_by(delete_store, "the store was deleted while the call ran");
}

/* Sixteen programs sleep at once, and each is ended by its own deadline. */
static void *sleep_until_deadline(void *data) {
  world_t *world = (world_t *)data;
  uint32_t status;
  return safewasm_instance_run(world->instance, &status);
}

TEST(many_programs_sleep_at_once) {
  enum { COUNT = 16 };
  world_t worlds[COUNT];
  pthread_t threads[COUNT];
  for (int i = 0; i < COUNT; i++) {
    worlds[i] = new_program(SLEEPER, new_wasi());
    OK(safewasm_store_set_deadline(worlds[i].store, (uint64_t)(i + 1) * 5 * MILLISECONDS));
    CHECK(pthread_create(&threads[i], NULL, sleep_until_deadline, &worlds[i]) == 0);
  }
  for (int i = 0; i < COUNT; i++) {
    void *error;
    pthread_join(threads[i], &error);
    CHECK(safewasm_error_trap_code((safewasm_error_t *)error) == SAFEWASM_TRAP_INTERRUPT);
    safewasm_error_delete((safewasm_error_t *)error);
    delete_world(worlds[i]);
  }
}

/* Runs the sleeper on a thread that is cancelled meanwhile. */
static void *run_and_be_cancelled(void *data) {
  world_t *world = (world_t *)data;
  uint32_t status;
  safewasm_error_delete(safewasm_instance_run(world->instance, &status));
  world->module = NULL;
  pthread_testcancel();
  return NULL;
}

TEST(a_thread_that_sleeps_is_cancelled_afterwards) {
  world_t world = new_program(SLEEPER, new_wasi());
  safewasm_module_t *module = world.module;
  pthread_t thread;
  void *result;
  OK(safewasm_store_set_deadline(world.store, 50 * MILLISECONDS));
  CHECK(pthread_create(&thread, NULL, run_and_be_cancelled, &world) == 0);
  usleep(5000);
  pthread_cancel(thread);
  pthread_join(thread, &result);
  CHECK(world.module == NULL && result == PTHREAD_CANCELED);
  world.module = module;
  delete_world(world);
}

/* A child has none of the library's threads. */
TEST(a_forked_child_runs_programs) {
  world_t before = new_program(SLEEPER, new_wasi());
  OK(safewasm_store_set_deadline(before.store, 10 * MILLISECONDS));
  check_interrupted(before, "the store's deadline has passed");
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    failed_here = 0;
    world_t world = new_program(SLEEPER, new_wasi());
    OK(safewasm_store_set_deadline(world.store, 10 * MILLISECONDS));
    check_interrupted(world, "the store's deadline has passed");
    delete_world(world);
    check_interrupted(before, "the store's deadline has passed");
    fflush(stdout);
    _exit(failed_here);
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  delete_world(before);
}

int main(void) {
  RUN(a_deadline_ends_a_sleep);
  RUN(a_time_limit_ends_a_sleep);
  RUN(a_short_sleep_ends_by_itself);
  RUN(an_interrupt_ends_a_sleep);
  RUN(an_epoch_ends_a_sleep);
  RUN(deleting_its_store_ends_a_sleep);
  RUN(many_programs_sleep_at_once);
  RUN(a_thread_that_sleeps_is_cancelled_afterwards);
  RUN_NATIVELY(a_forked_child_runs_programs);
  return finish("waits");
}
