/* Ending calls from outside: deadlines, interrupts, epochs. */
#include "check.h"
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static const char *LOOP =
    "(module (func (export \"loop\") (loop $again (br $again)))"
    "  (func (export \"short\")))";

#define MILLISECONDS UINT64_C(1000000)

static world_t new_world_with_epochs(const char *text) {
  world_t world = {NULL, NULL, NULL, NULL};
  safewasm_config_t *config;
  OK(safewasm_config_new(&config));
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_engine_new(config, &world.engine));
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, text);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

/* A second store with an instance of the module. */
static world_t new_sibling(world_t world) {
  world_t sibling = {world.engine, NULL, world.module, NULL};
  OK(safewasm_store_new(world.engine, &sibling.store));
  OK(safewasm_instance_new(sibling.store, world.module, NULL, 0, &sibling.instance));
  return sibling;
}

static safewasm_error_t *call(world_t world, const char *name) {
  safewasm_extern_t func = get_export(world.instance, name);
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
  safewasm_extern_delete(&func);
  return error;
}

/* The error is an interrupt whose message contains that text. */
static void check_interrupt(safewasm_error_t *error, const char *text) {
  CHECK(safewasm_error_trap_code(error) == SAFEWASM_TRAP_INTERRUPT);
  FAILS(error, TRAP, text);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A loop that another thread runs. */
typedef struct {
  world_t world;
  safewasm_extern_t func;
  safewasm_error_t *error;
  atomic_bool done;
  pthread_t thread;
} loop_t;

static void *run_loop(void *arg) {
  loop_t *loop = arg;
  loop->error = safewasm_func_call_slots(loop->func.of.func, NULL, 0);
  atomic_store(&loop->done, true);
  return NULL;
}

static void begin_loop(loop_t *loop) {
  loop->func = get_export(loop->world.instance, "loop");
  loop->done = false;
  pthread_create(&loop->thread, NULL, run_loop, loop);
}

static safewasm_error_t *end_loop(loop_t *loop) {
  pthread_join(loop->thread, NULL);
  safewasm_extern_delete(&loop->func);
  return loop->error;
}

TEST(an_endless_loop_ends_at_its_deadline) {
  world_t world = new_world_with_epochs(LOOP);
  OK(call(world, "short"));
  double before = seconds();
  OK(safewasm_store_set_deadline(world.store, 100 * MILLISECONDS));
  safewasm_error_t *error = call(world, "loop");
  double took = seconds() - before;
  CHECK(took >= 0.099 && took < 20);
  CHECK(safewasm_error_frames_len(error) == 1);
  check_interrupt(error, "deadline");
  check_interrupt(call(world, "loop"), "deadline"); /* the deadline stays */
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  OK(call(world, "short"));
  delete_world(world);
}

TEST(a_deadline_that_has_passed_ends_a_call_at_once) {
  world_t world = new_world_with_epochs(LOOP);
  OK(safewasm_store_set_deadline(world.store, 0));
  check_interrupt(call(world, "loop"), "deadline");
  OK(safewasm_store_set_deadline(world.store, 1));
  check_interrupt(call(world, "loop"), "deadline");
  /* A later deadline replaces it. */
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX - 1));
  OK(call(world, "short"));
  OK(safewasm_store_set_deadline(world.store, 3600000 * MILLISECONDS));
  OK(call(world, "short"));
  delete_world(world);
}

TEST(a_deadline_set_from_another_thread_is_never_lost) {
  world_t world = new_world_with_epochs(LOOP);
  int rounds = getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL ? 20 : 1000;
  for (int round = 0; round < rounds && !failed_here; round++) {
    loop_t loop = {.world = new_sibling(world)};
    begin_loop(&loop);
    usleep((useconds_t)(round % 50));
    OK(safewasm_store_set_deadline(loop.world.store, (uint64_t)(round % 3)));
    double before = seconds();
    while (!atomic_load(&loop.done) && seconds() - before < 30) usleep(10);
    CHECK(atomic_load(&loop.done));
    if (!atomic_load(&loop.done)) OK(safewasm_engine_increment_epoch(world.engine, NULL));
    check_interrupt(end_loop(&loop), "deadline");
    safewasm_instance_delete(loop.world.instance);
    safewasm_store_delete(loop.world.store);
  }
  delete_world(world);
}

TEST(a_deadline_that_another_replaces_leaves_nothing_behind) {
  world_t world = new_world_with_epochs(LOOP);
  size_t before = 0;
  for (uint64_t i = 0; i < 200000; i++) {
    if (i == 1000) before = mallinfo2().uordblks;
    OK(safewasm_store_set_deadline(world.store, 3600000 * MILLISECONDS + i));
  }
  CHECK(mallinfo2().uordblks < before + 100000);
  OK(call(world, "short"));
  delete_world(world);
}

TEST(a_start_function_ends_at_the_deadline) {
  world_t world = new_world_with_epochs(LOOP);
  safewasm_instance_t *instance;
  safewasm_module_t *module = new_module(
      world.engine, "(module (func $start (loop $again (br $again))) (start $start))");
  OK(safewasm_store_set_deadline(world.store, 20 * MILLISECONDS));
  check_interrupt(safewasm_instance_new(world.store, module, NULL, 0, &instance), "deadline");
  CHECK(instance == NULL);
  safewasm_module_delete(module);
  delete_world(world);
}

TEST(a_deadline_in_a_store_ends_no_call_in_another) {
  world_t world = new_world_with_epochs(LOOP);
  loop_t other = {.world = new_sibling(world)};
  begin_loop(&other);
  for (int i = 0; i < 5; i++) {
    OK(safewasm_store_set_deadline(world.store, 20 * MILLISECONDS));
    check_interrupt(call(world, "loop"), "deadline");
  }
  CHECK(!atomic_load(&other.done));
  while (!atomic_load(&other.done)) {
    OK(safewasm_store_interrupt(other.world.store));
    usleep(1000);
  }
  check_interrupt(end_loop(&other), "safewasm_store_interrupt");
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  OK(call(world, "short"));
  OK(call(other.world, "short"));
  safewasm_instance_delete(other.world.instance);
  safewasm_store_delete(other.world.store);
  delete_world(world);
}

TEST(a_store_is_interrupted_from_another_thread_again_and_again) {
  loop_t loop = {.world = new_world_with_epochs(LOOP)};
  for (int i = 0; i < 10; i++) {
    begin_loop(&loop);
    while (!atomic_load(&loop.done)) {
      OK(safewasm_store_interrupt(loop.world.store));
      usleep(1000);
    }
    check_interrupt(end_loop(&loop), "safewasm_store_interrupt");
    OK(call(loop.world, "short"));
  }
  delete_world(loop.world);
}

TEST(an_interrupt_of_an_idle_store_does_nothing) {
  world_t world = new_world_with_epochs(LOOP), other = new_sibling(world);
  for (int i = 0; i < 3; i++) OK(safewasm_store_interrupt(world.store));
  OK(call(world, "short"));
  OK(call(other, "short"));
  safewasm_store_delete(other.store);
  FAILS(safewasm_store_interrupt(other.store), INVALID_HANDLE, "`store` was deleted");
  FAILS(safewasm_store_interrupt(NULL), NULL_POINTER, "`store`");
  FAILS(safewasm_store_interrupt((safewasm_store_t *)world.engine), INVALID_HANDLE, "`store`");
  FAILS(safewasm_store_set_deadline(other.store, 0), INVALID_HANDLE, "`store`");
  FAILS(safewasm_store_set_epoch_deadline(other.store, 0), INVALID_HANDLE, "`store`");
  safewasm_instance_delete(other.instance);
  delete_world(world);
}

/* The work of the host function before it returns to wasm. */
static safewasm_error_t *(*from_inside)(safewasm_store_t *store);

static safewasm_error_t *host(void *env, safewasm_caller_t *caller, safewasm_slot_t *slots,
                              size_t slots_len) {
  (void)slots, (void)slots_len;
  safewasm_store_t *store;
  OK(safewasm_caller_store(caller, &store));
  OK(from_inside(store));
  ++*(int *)env;
  return NULL;
}

static safewasm_error_t *set_deadline_now(safewasm_store_t *store) {
  return safewasm_store_set_deadline(store, 0);
}

static safewasm_error_t *set_epoch_now(safewasm_store_t *store) {
  return safewasm_store_set_epoch_deadline(store, 0);
}

static safewasm_error_t *sleep_a_while(safewasm_store_t *store) {
  (void)store;
  usleep(300000);
  return NULL;
}

static const char *CALLS_HOST =
    "(module (import \"\" \"f\" (func $f)) (func (export \"short\") (call $f))"
    "  (func (export \"thrice\") (call $f) (call $f) (call $f))"
    "  (func (export \"loop\") (call $f) (loop $again (br $again))))";

TEST(wasm_ends_once_the_host_function_that_asked_for_it_has_returned) {
  world_t world = new_world_with_epochs("(module)"), inner = world;
  int calls = 0;
  safewasm_functype_t *type;
  safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
  OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
  OK(safewasm_func_new_slots(world.store, type, host, &calls, NULL, &func.of.func));
  inner.module = new_module(world.engine, CALLS_HOST);
  OK(safewasm_instance_new(world.store, inner.module, &func, 1, &inner.instance));
  from_inside = safewasm_store_interrupt;
  check_interrupt(call(inner, "loop"), "safewasm_store_interrupt");
  /* Even if wasm starts neither a loop nor a function afterwards. */
  check_interrupt(call(inner, "short"), "safewasm_store_interrupt");
  check_interrupt(call(inner, "thrice"), "safewasm_store_interrupt");
  CHECK(calls == 3);
  from_inside = set_deadline_now;
  check_interrupt(call(inner, "loop"), "deadline");
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  check_interrupt(call(inner, "thrice"), "deadline");
  OK(safewasm_store_set_deadline(world.store, UINT64_MAX));
  from_inside = set_epoch_now;
  check_interrupt(call(inner, "loop"), "epoch");
  OK(safewasm_store_set_epoch_deadline(world.store, UINT64_MAX));
  check_interrupt(call(inner, "thrice"), "epoch");
  CHECK(calls == 7);
  /* The ticker ends a call whose time is over. */
  OK(safewasm_store_set_epoch_deadline(world.store, UINT64_MAX));
  from_inside = sleep_a_while;
  OK(safewasm_store_set_deadline(world.store, 50 * MILLISECONDS));
  check_interrupt(call(inner, "thrice"), "deadline");
  CHECK(calls == 8);
  safewasm_instance_delete(inner.instance);
  safewasm_module_delete(inner.module);
  safewasm_extern_delete(&func);
  safewasm_functype_delete(type);
  delete_world(world);
}

TEST(stores_end_at_epoch_deadlines_of_their_own) {
  world_t world = new_world_with_epochs(LOOP), other = new_sibling(world);
  uint64_t first, epoch;
  OK(safewasm_engine_increment_epoch(world.engine, &first));
  OK(safewasm_store_set_epoch_deadline(world.store, 1));
  OK(safewasm_store_set_epoch_deadline(other.store, 3));
  OK(call(world, "short"));
  OK(safewasm_engine_increment_epoch(world.engine, &epoch));
  CHECK(epoch == first + 1);
  check_interrupt(call(world, "short"), "epoch");
  OK(call(other, "short"));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  OK(call(other, "short"));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  check_interrupt(call(other, "short"), "epoch");
  OK(safewasm_store_set_epoch_deadline(world.store, 1));
  OK(call(world, "short"));
  OK(safewasm_store_set_epoch_deadline(world.store, 0));
  check_interrupt(call(world, "short"), "epoch");
  OK(safewasm_store_set_epoch_deadline(world.store, UINT64_MAX));
  OK(call(world, "short"));
  safewasm_instance_delete(other.instance);
  safewasm_store_delete(other.store);
  delete_world(world);
}

TEST(another_thread_counts_the_epoch_on) {
  world_t world = new_world_with_epochs(LOOP);
  loop_t first = {.world = new_sibling(world)}, second = {.world = new_sibling(world)};
  OK(safewasm_store_set_epoch_deadline(first.world.store, 1));
  OK(safewasm_store_set_epoch_deadline(second.world.store, 3));
  begin_loop(&first);
  begin_loop(&second);
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  check_interrupt(end_loop(&first), "epoch");
  CHECK(!atomic_load(&second.done));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  usleep(20000);
  CHECK(!atomic_load(&second.done));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  check_interrupt(end_loop(&second), "epoch");
  safewasm_instance_delete(first.world.instance);
  safewasm_instance_delete(second.world.instance);
  safewasm_store_delete(first.world.store);
  safewasm_store_delete(second.world.store);
  delete_world(world);
}

TEST(deleting_a_store_ends_the_call_that_runs_in_it) {
  loop_t loop = {.world = new_world_with_epochs(LOOP)};
  loop_t other = {.world = new_sibling(loop.world)};
  begin_loop(&other);
  for (int round = 0; round < 10; round++) {
    begin_loop(&loop);
    usleep(round == 9 ? 20000 : 0);
    safewasm_store_delete(loop.world.store);
    safewasm_error_t *error = end_loop(&loop);
    if (safewasm_error_kind(error) == SAFEWASM_ERROR_TRAP) {
      check_interrupt(error, "the store was deleted");
    } else { /* the thread was late */
      FAILS(error, INVALID_HANDLE, "`func`");
    }
    safewasm_instance_delete(loop.world.instance);
    loop.world = new_sibling(loop.world);
  }
  /* The call in the other store continued. */
  CHECK(!atomic_load(&other.done));
  OK(safewasm_store_interrupt(other.world.store));
  check_interrupt(end_loop(&other), "safewasm_store_interrupt");
  safewasm_instance_delete(other.world.instance);
  safewasm_store_delete(other.world.store);
  delete_world(loop.world);
}

static safewasm_error_t *delete_it(safewasm_store_t *store) {
  safewasm_store_delete(store);
  return NULL;
}

TEST(wasm_ends_once_a_host_function_that_deleted_its_store_has_returned) {
  for (int round = 0; round < 2; round++) {
    const char *name = round == 0 ? "loop" : "short";
    world_t world = new_world_with_epochs("(module)"), inner = world;
    int calls = 0;
    safewasm_functype_t *type;
    safewasm_extern_t func = {.kind = SAFEWASM_EXTERN_FUNC};
    OK(safewasm_functype_new(world.engine, NULL, 0, NULL, 0, &type));
    OK(safewasm_func_new_slots(world.store, type, host, &calls, NULL, &func.of.func));
    inner.module = new_module(world.engine, CALLS_HOST);
    OK(safewasm_instance_new(world.store, inner.module, &func, 1, &inner.instance));
    from_inside = delete_it;
    check_interrupt(call(inner, name), "the store was deleted");
    CHECK(calls == 1);
    FAILS(safewasm_store_interrupt(world.store), INVALID_HANDLE, "`store`");
    safewasm_instance_delete(inner.instance);
    safewasm_module_delete(inner.module);
    safewasm_extern_delete(&func);
    safewasm_functype_delete(type);
    delete_world(world);
  }
}

/* Stores that threads use, interrupt and delete, each also those of the others. */
typedef struct {
  world_t world;
  _Atomic(safewasm_store_t *) stores[4];
  atomic_bool done;
  atomic_int ended;
} crowd_t;

typedef struct {
  crowd_t *crowd;
  uint32_t number;
  pthread_t thread;
} member_t;

static void *make_and_run(void *arg) {
  member_t *member = arg;
  world_t world = member->crowd->world;
  int rounds = getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL ? 10 : 200;
  for (int round = 0; round < rounds; round++) {
    world_t mine = new_sibling(world);
    safewasm_extern_t func = get_export(mine.instance, "loop");
    OK(safewasm_store_set_deadline(mine.store, 3 * MILLISECONDS));
    atomic_store(&member->crowd->stores[member->number], mine.store);
    safewasm_error_t *error = safewasm_func_call_slots(func.of.func, NULL, 0);
    if (safewasm_error_kind(error) == SAFEWASM_ERROR_TRAP) check_interrupt(error, "");
    else FAILS(error, INVALID_HANDLE, "`func` was deleted");
    safewasm_extern_delete(&func);
    safewasm_instance_delete(mine.instance);
    safewasm_store_delete(mine.store);
  }
  atomic_fetch_add(&member->crowd->ended, 1);
  return NULL;
}

static void *meddle(void *arg) {
  crowd_t *crowd = arg;
  for (uint32_t random = 7; !atomic_load(&crowd->done);) {
    safewasm_store_t *store = atomic_load(&crowd->stores[random >> 30]);
    safewasm_error_t *error = NULL;
    random = random * 1664525 + 1013904223;
    if (store == NULL) continue;
    switch (random >> 16 & 7) {
      case 0: error = safewasm_store_interrupt(store); break;
      case 1: error = safewasm_store_set_deadline(store, random >> 8 & 0xfffff); break;
      case 2: error = safewasm_store_set_deadline(store, 2 * MILLISECONDS); break;
      case 3: error = safewasm_store_set_epoch_deadline(store, 3); break;
      case 4: error = safewasm_engine_increment_epoch(crowd->world.engine, NULL); break;
      case 5: if ((random & 0x700000) == 0) safewasm_store_delete(store); break;
      default: usleep(50);
    }
    safewasm_error_delete(error); /* the store was deleted meanwhile */
  }
  return NULL;
}

TEST(stores_that_others_interrupt_and_delete_all_come_to_an_end) {
  static crowd_t crowd;
  member_t members[4];
  pthread_t meddlers[2];
  crowd.world = new_world_with_epochs(LOOP);
  for (uint32_t i = 0; i < 4; i++) {
    members[i] = (member_t){.crowd = &crowd, .number = i};
    pthread_create(&members[i].thread, NULL, make_and_run, &members[i]);
  }
  for (int i = 0; i < 2; i++) pthread_create(&meddlers[i], NULL, meddle, &crowd);
  for (int i = 0; i < 4; i++) pthread_join(members[i].thread, NULL);
  atomic_store(&crowd.done, true);
  for (int i = 0; i < 2; i++) pthread_join(meddlers[i], NULL);
  CHECK(crowd.ended == 4);
  OK(safewasm_store_set_deadline(crowd.world.store, UINT64_MAX));
  OK(call(crowd.world, "short"));
  delete_world(crowd.world);
}

TEST(an_engine_without_interruption_says_which_option_it_needs) {
  world_t world = new_world(LOOP);
  uint64_t epoch = 1;
  const char *option = "`safewasm_config_set_epoch_interruption`";
  FAILS(safewasm_store_interrupt(world.store), UNSUPPORTED, option);
  FAILS(safewasm_store_set_deadline(world.store, 1), UNSUPPORTED, option);
  FAILS(safewasm_store_set_deadline(world.store, UINT64_MAX), UNSUPPORTED, option);
  FAILS(safewasm_store_set_epoch_deadline(world.store, 1), UNSUPPORTED, option);
  FAILS(safewasm_engine_increment_epoch(world.engine, &epoch), UNSUPPORTED, option);
  CHECK(epoch == 0);
  FAILS(safewasm_engine_increment_epoch(NULL, NULL), NULL_POINTER, "`engine`");
  delete_world(world);
}

int main(void) {
  RUN(an_endless_loop_ends_at_its_deadline);
  RUN(a_deadline_that_has_passed_ends_a_call_at_once);
  RUN(a_deadline_set_from_another_thread_is_never_lost);
  RUN_NATIVELY(a_deadline_that_another_replaces_leaves_nothing_behind);
  RUN(a_start_function_ends_at_the_deadline);
  RUN(a_deadline_in_a_store_ends_no_call_in_another);
  RUN(a_store_is_interrupted_from_another_thread_again_and_again);
  RUN(an_interrupt_of_an_idle_store_does_nothing);
  RUN(wasm_ends_once_the_host_function_that_asked_for_it_has_returned);
  RUN(stores_end_at_epoch_deadlines_of_their_own);
  RUN(another_thread_counts_the_epoch_on);
  RUN(deleting_a_store_ends_the_call_that_runs_in_it);
  RUN(wasm_ends_once_a_host_function_that_deleted_its_store_has_returned);
  RUN(stores_that_others_interrupt_and_delete_all_come_to_an_end);
  RUN(an_engine_without_interruption_says_which_option_it_needs);
  return finish("interrupts");
}
