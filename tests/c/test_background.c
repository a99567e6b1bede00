/* Compilations that nobody waits for: given up, left behind by a fork, or unfinished when the program ends. */
#include "compilations.h"
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

TEST(a_compilation_that_is_deleted_ends_in_the_background) {
  safewasm_engine_t *engine = new_engine();
  counts_t counts = {0, 0};
  safewasm_compilation_t *compilation = start(engine, MANY, note, &counts, finalize);
  bool has_ended = true;
  safewasm_compilation_delete(compilation);
  CHECK(!safewasm_compilation_is_valid(compilation));
  safewasm_compilation_delete(compilation);
  FAILS(safewasm_compilation_wait(compilation, 0, &has_ended), INVALID_HANDLE, "`compilation`");
  CHECK(!has_ended);
  wait_for_finalizer(&counts);
  CHECK(counts.notices == 1);
  safewasm_module_delete(new_module(engine, "(module (func))"));
  safewasm_engine_delete(engine);
}

TEST(the_engine_and_the_compilation_may_be_deleted_at_any_time) {
  for (unsigned step = 0; step < 40; step++) {
    safewasm_engine_t *engine = new_engine();
    counts_t counts = {0, 0};
    safewasm_compilation_t *compilation = start(engine, SOME, note, &counts, finalize);
    if (step % 2 == 0) safewasm_engine_delete(engine);
    usleep(step / 4 * 2000);
    if (step % 4 == 0) safewasm_module_delete(module_of(compilation));
    safewasm_compilation_delete(compilation);
    if (step % 2 != 0) safewasm_engine_delete(engine);
    wait_for_finalizer(&counts);
  }
}

TEST(a_module_that_nobody_waits_for_lands_in_the_cache) {
  char folder[] = "/tmp/safewasm-compilations-XXXXXX", command[100];
  safewasm_config_t *config = new_config();
  safewasm_engine_t *engine = NULL;
  counts_t counts = {0, 0};
  uint64_t hits = 0, misses = 0, failures = 0;
  CHECK(mkdtemp(folder) != NULL);
  OK(safewasm_config_set_cache(config, folder, SAFEWASM_STRLEN, UINT64_MAX));
  OK(safewasm_engine_new(config, &engine));
  safewasm_compilation_delete(start(engine, SOME, note, &counts, finalize));
  wait_for_finalizer(&counts);
  safewasm_compilation_t *again = start(engine, SOME, NULL, NULL, NULL);
  safewasm_module_t *module = module_of(again);
  expect_adds(engine, module);
  OK(safewasm_engine_cache_counts(engine, &hits, &misses, &failures));
  CHECK(hits == 1 && misses == 1 && failures == 0);
  safewasm_module_delete(module);
  safewasm_compilation_delete(again);
  safewasm_engine_delete(engine);
  snprintf(command, sizeof command, "rm -r '%s'", folder);
  CHECK(system(command) == 0);
}

/* Runs in a child of a process that compiles. */
static void child_of(safewasm_engine_t *engine, safewasm_compilation_t *compilation) {
  safewasm_module_t *module = NULL;
  bool has_ended = false;
  size_t done = 0, total = 0;
  const char *why = "`compilation` was started before this program was forked, and goes on in the parent only";
  FAILS(safewasm_compilation_wait(compilation, UINT64_MAX, &has_ended), UNSUPPORTED, why);
  FAILS(safewasm_compilation_progress(compilation, &done, &total), UNSUPPORTED, why);
  FAILS(safewasm_compilation_module(compilation, &module), UNSUPPORTED, why);
  safewasm_compilation_delete(compilation);
  expect_compiles(engine);
  OK(compile_and_tell(engine, 3, NULL, NULL, &module));
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

TEST(a_fork_does_not_wait_and_the_child_compiles_for_itself) {
  enum { CHILDREN = 20 };
  safewasm_engine_t *engine = new_engine();
  safewasm_compilation_t *compilation = start(engine, 4 * MANY, NULL, NULL, NULL);
  int status = 1;
  fflush(stdout);
  for (int i = 0; i < CHILDREN && !failed_here; i++) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      child_of(engine, compilation);
      fflush(stdout);
      _exit(failed_here);
    }
    if (i == 0) CHECK(!wait_for(compilation, 0));
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  safewasm_compilation_delete(compilation);
  safewasm_engine_delete(engine);
}

TEST(a_child_compiles_that_is_forked_while_a_compilation_is_given_up) {
  enum { CHILDREN = 200 };
  safewasm_engine_t *engine = new_engine();
  /* The unwinder knows of its code, and takes a lock from then on. */
  safewasm_module_t *module = new_module(engine, "(module (func))");
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(4 * SOME, &data, &len);
  int status = 1;
  fflush(stdout);
  for (unsigned i = 0; i < CHILDREN && !failed_here; i++) {
    safewasm_compilation_t *compilation = NULL;
    OK(safewasm_compilation_new(engine, data, len, NULL, NULL, NULL, &compilation));
    usleep(3000 + i % 50 * 100);
    safewasm_compilation_delete(compilation);
    for (volatile unsigned wait = 0; wait < i % 211 * 700; wait++) {}
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      safewasm_module_delete(new_module(engine, "(module (func))"));
      fflush(stdout);
      _exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
  safewasm_bytes_delete(bytes);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}

static atomic_bool has_forked;

/* Gives up one compilation after the other. */
static void *give_up(void *env) {
  safewasm_engine_t *engine = (safewasm_engine_t *)env;
  const uint8_t *data = NULL;
  size_t len = 0;
  safewasm_bytes_t *bytes = functions(MANY, &data, &len);
  while (!has_forked) {
    counts_t counts = {0, 0};
    safewasm_compilation_t *compilation = NULL;
    OK(safewasm_compilation_new(engine, data, len, NULL, &counts, finalize, &compilation));
    usleep(20000);
    safewasm_compilation_delete(compilation);
    wait_for_finalizer(&counts);
  }
  safewasm_bytes_delete(bytes);
  return NULL;
}

TEST(a_fork_goes_on_while_others_give_up_one_compilation_after_the_other) {
  enum { THREADS = 8 };
  safewasm_engine_t *engine = new_engine();
  pthread_t threads[THREADS];
  has_forked = false;
  for (int i = 0; i < THREADS; i++) pthread_create(&threads[i], NULL, give_up, engine);
  usleep(100000);
  fflush(stdout);
  for (int i = 0; i < 3; i++) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    CHECK(waitpid(child, NULL, 0) == child);
  }
  has_forked = true;
  for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  safewasm_engine_delete(engine);
}

TEST(a_program_may_end_while_it_compiles) {
  for (int i = 0; i < 5; i++) {
    int status = 1;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      alarm(60);
      start(new_engine(), MANY, NULL, NULL, NULL);
      usleep((unsigned)i * 10000);
      exit(failed_here);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
  }
}

int main(void) {
  RUN_NATIVELY(a_compilation_that_is_deleted_ends_in_the_background);
  RUN_NATIVELY(the_engine_and_the_compilation_may_be_deleted_at_any_time);
  RUN_NATIVELY(a_module_that_nobody_waits_for_lands_in_the_cache);
  RUN_NATIVELY(a_fork_does_not_wait_and_the_child_compiles_for_itself);
  RUN_NATIVELY(a_child_compiles_that_is_forked_while_a_compilation_is_given_up);
  RUN_NATIVELY(a_fork_goes_on_while_others_give_up_one_compilation_after_the_other);
  RUN_NATIVELY(a_program_may_end_while_it_compiles);
  return finish("background");
}
