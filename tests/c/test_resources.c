/* What happens when the system has no more to give: address space, threads, descriptors, files. Each
   test runs in a process of its own, whose limits it sets. */
#include "wasi.h"
#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/membarrier.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test that runs in a child, which may be killed. */
#define TEST_IN_CHILD(name)                 \
  static void name##_in_child(void);        \
  TEST(name) { in_child(name##_in_child); } \
  static void name##_in_child(void)

static void in_child(void (*body)(void)) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    /* A child that hangs is killed. */
    alarm(120);
    body();
    fflush(stdout);
    _exit(failed_here);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) printf("killed by signal %d\n", WTERMSIG(status));
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Sets the limit for now; the process may have more again. */
static void limit(int resource, rlim_t to) {
  struct rlimit both;
  CHECK(getrlimit((__rlimit_resource_t)resource, &both) == 0);
  both.rlim_cur = to < both.rlim_max ? to : both.rlim_max;
  CHECK(setrlimit((__rlimit_resource_t)resource, &both) == 0);
}

/* The address space that this process uses, in bytes. */
static rlim_t address_space(void) {
  unsigned long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%lu", &pages) == 1);
  if (file != NULL) fclose(file);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static const char *ADD = "(module (func (export \"add\") (param i32 i32) (result i32)"
                         "  (i32.add (local.get 0) (local.get 1))))";

static const char *DATA = "(module (memory (export \"memory\") 2)"
                          "  (data (i32.const 0) \"first\") (data (i32.const 70000) \"last\")"
                          "  (func (export \"add\") (param i32 i32) (result i32)"
                          "    (i32.add (i32.load8_u (local.get 0)) (local.get 1))))";

static safewasm_error_t *try_module(safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module;
  safewasm_error_t *error = safewasm_module_new_text(engine, text, strlen(text), &module);
  CHECK((error == NULL) == (module != NULL));
  safewasm_module_delete(module);
  return error;
}

static safewasm_error_t *try_instance(world_t world) {
  safewasm_instance_t *instance;
  safewasm_error_t *error = safewasm_instance_new(world.store, world.module, NULL, 0, &instance);
  CHECK((error == NULL) == (instance != NULL));
  safewasm_instance_delete(instance);
  return error;
}

static safewasm_error_t *add(world_t world, int32_t a, int32_t b, int32_t *sum) {
  safewasm_extern_t func = get_export(world.instance, "add");
  safewasm_slot_t slots[2] = {{.i32 = a}, {.i32 = b}};
  safewasm_error_t *error = safewasm_func_call_slots(func.of.func, slots, 2);
  safewasm_extern_delete(&func);
  *sum = slots[0].i32;
  return error;
}

static void expect_adds(world_t world, int32_t first, int32_t sum) {
  int32_t got = 0;
  OK(add(world, first, 4, &got));
  CHECK(got == sum);
}

TEST_IN_CHILD(without_address_space_a_memory_is_an_error_and_nothing_is_lost) {
  world_t world = new_world(DATA);
  safewasm_memorytype_t type = {.min = 1};
  safewasm_memory_t *memory;
  /* Room for the threads and the compiler, but not for a memory. */
  limit(RLIMIT_AS, address_space() + (1 << 30));
  for (int round = 0; round < 100; round++) {
    FAILS(try_instance(world), LIMIT, "");
    FAILS(safewasm_memory_new(world.store, &type, &memory), LIMIT, "");
    CHECK(memory == NULL);
  }
  /* Objects that exist still work. */
  expect_adds(world, 0, 'f' + 4);
  OK(try_module(world.engine, ADD));
  limit(RLIMIT_AS, RLIM_INFINITY);
  OK(try_instance(world));
  OK(safewasm_memory_new(world.store, &type, &memory));
  safewasm_memory_delete(memory);
  delete_world(world);
}

TEST_IN_CHILD(a_memory_that_can_not_grow_for_lack_of_address_space_stays_as_it_is) {
  /* With 64-bit addresses, so that it can grow beyond its reservation. */
  world_t world = new_world("(module (memory (export \"memory\") i64 1)"
                            "  (func (export \"add\") (param i32 i32) (result i32)"
                            "    (i32.wrap_i64 (memory.grow (i64.const 100000)))))");
  safewasm_extern_t memory = get_export(world.instance, "memory");
  uint64_t previous = 1;
  /* Room for the threads and the compiler, but not for a memory. */
  limit(RLIMIT_AS, address_space() + (1 << 30));
  expect_adds(world, 0, -1);
  FAILS(safewasm_memory_grow(memory.of.memory, 100000, &previous), LIMIT, "");
  CHECK(previous == 0);
  OK(safewasm_memory_grow(memory.of.memory, 1, &previous));
  CHECK(previous == 1);
  limit(RLIMIT_AS, RLIM_INFINITY);
  OK(safewasm_memory_grow(memory.of.memory, 100000, &previous));
  CHECK(previous == 2);
  safewasm_extern_delete(&memory);
  delete_world(world);
}

/* From now on this process may have no more threads. The superuser's may, so it is somebody's who has
   nothing else. */
static void no_more_threads(void) {
  if (geteuid() == 0) {
    CHECK(setgroups(0, NULL) == 0);
    CHECK(setresuid(54321, 54321, 54321) == 0);
  }
  limit(RLIMIT_NPROC, 0);
}

TEST_IN_CHILD(without_threads_compiling_is_an_error_until_there_are_some) {
  safewasm_engine_t *engine = new_engine();
  no_more_threads();
  for (int round = 0; round < 3; round++) {
    FAILS(try_module(engine, ADD), LIMIT, "no thread could be started to compile the module");
  }
  limit(RLIMIT_NPROC, RLIM_INFINITY);
  OK(try_module(engine, ADD));
  safewasm_engine_delete(engine);
}

/* Compiles in the background if there are threads for that. `has_ended` is whether that was done at once. */
static safewasm_error_t *try_compilation(safewasm_engine_t *engine, bool *has_ended) {
  const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  safewasm_compilation_t *compilation;
  safewasm_module_t *module;
  OK(safewasm_compilation_new(engine, bytes, sizeof bytes, NULL, NULL, NULL, &compilation));
  OK(safewasm_compilation_wait(compilation, 0, has_ended));
  safewasm_error_t *error = safewasm_compilation_module(compilation, &module);
  safewasm_module_delete(module);
  safewasm_compilation_delete(compilation);
  return error;
}

TEST_IN_CHILD(without_threads_of_its_own_a_compilation_uses_the_common_ones_at_once) {
  safewasm_engine_t *engine = new_engine();
  bool has_ended = false;
  no_more_threads();
  FAILS(try_compilation(engine, &has_ended), LIMIT, "no thread could be started to compile the module");
  CHECK(has_ended);
  limit(RLIMIT_NPROC, RLIM_INFINITY);
  OK(try_module(engine, ADD));
  limit(RLIMIT_NPROC, 0);
  has_ended = false;
  OK(try_compilation(engine, &has_ended));
  CHECK(has_ended);
  safewasm_engine_delete(engine);
}

TEST_IN_CHILD(one_thread_is_enough_to_compile) {
  /* Threads of the user's other processes count too. */
  if (geteuid() != 0) {
    printf("skipped: not the superuser\n");
    return;
  }
  safewasm_engine_t *engine = new_engine();
  no_more_threads();
  limit(RLIMIT_NPROC, 2);
  OK(try_module(engine, ADD));
  OK(try_module(engine, DATA));
  safewasm_engine_delete(engine);
}

static safewasm_engine_t *new_interruptible_engine(void) {
  safewasm_config_t *config;
  safewasm_engine_t *engine;
  OK(safewasm_config_new(&config));
  OK(safewasm_config_set_epoch_interruption(config, true));
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static world_t new_endless_world(void) {
  world_t world = {.engine = new_interruptible_engine()};
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, "(module (func (export \"add\") (param i32 i32)"
                                          "  (result i32) (loop (br 0)) (unreachable)))");
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

TEST_IN_CHILD(without_threads_a_deadline_is_an_error_and_epochs_work) {
  world_t world = new_endless_world();
  int32_t sum;
  no_more_threads();
  FAILS(safewasm_store_set_deadline(world.store, 1000000), LIMIT, "the thread for deadlines and interrupts can't be started");
  OK(safewasm_store_set_epoch_deadline(world.store, 1));
  OK(safewasm_engine_increment_epoch(world.engine, NULL));
  FAILS(add(world, 0, 0, &sum), TRAP, "interrupt");
  OK(safewasm_store_set_epoch_deadline(world.store, UINT64_MAX));
  limit(RLIMIT_NPROC, RLIM_INFINITY);
  OK(safewasm_store_set_deadline(world.store, 1000000));
  FAILS(add(world, 0, 0, &sum), TRAP, "interrupt");
  delete_world(world);
}

/* Opens a folder that every system has. */
#define OPENS \
  "(data (i32.const 0) \"usr\")" \
  "(func (export \"_start\") (call $proc_exit" \
  "  (call $path_open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 3) (i32.const 0)" \
  "    (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 16))))"

TEST_IN_CHILD(without_threads_a_store_gets_no_wasi) {
  world_t world = {.engine = new_engine()};
  OK(safewasm_store_new(world.engine, &world.store));
  no_more_threads();
  FAILS(safewasm_store_set_wasi(world.store, new_wasi()), LIMIT, "the threads for WASI can't be started");
  limit(RLIMIT_NPROC, RLIM_INFINITY);
  OK(safewasm_store_set_wasi(world.store, new_wasi()));
  delete_world(world);
}

TEST_IN_CHILD(without_more_threads_programs_open_files) {
  safewasm_wasi_t *wasi = new_wasi();
  OK(safewasm_wasi_add_dir(wasi, "/", SAFEWASM_STRLEN, "/", SAFEWASM_STRLEN, false));
  world_t world = new_program(OPENS, wasi);
  no_more_threads();
  CHECK(run(world) == 0);
  CHECK(run(world) == 0);
  delete_world(world);
}

static world_t *parent;

static void use_the_parents_world(void) {
  int32_t sum;
  OK(try_module(parent->engine, ADD));
  OK(safewasm_store_set_deadline(parent->store, 1000000));
  FAILS(add(*parent, 0, 0, &sum), TRAP, "interrupt");
  world_t other = new_world(ADD);
  expect_adds(other, 3, 7);
  delete_world(other);
  delete_world(*parent);
}

TEST_IN_CHILD(a_forked_child_compiles_and_has_deadlines) {
  /* The parent has threads for both; the child starts without any. */
  world_t world = new_endless_world();
  int32_t sum;
  OK(safewasm_store_set_deadline(world.store, 1000000));
  FAILS(add(world, 0, 0, &sum), TRAP, "interrupt");
  /* The library's own threads must be idle, as documented. */
  usleep(200000);
  parent = &world;
  in_child(use_the_parents_world);
  OK(try_module(world.engine, ADD));
  delete_world(world);
}

static pthread_barrier_t barrier;

/* Calls a function without free memory, and again with free memory. */
static void *call_twice(void *argument) {
  const world_t *world = argument;
  int32_t sum;
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  FAILS(add(*world, 3, 4, &sum), LIMIT, "no memory is left for a signal stack");
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  expect_adds(*world, 3, 7);
  return NULL;
}

TEST_IN_CHILD(a_thread_without_memory_for_its_signals_can_not_call_and_the_store_stays) {
  world_t world = new_world(ADD);
  pthread_t thread;
  CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
  CHECK(pthread_create(&thread, NULL, call_twice, &world) == 0);
  pthread_barrier_wait(&barrier);
  /* Enough memory for small allocations. */
  limit(RLIMIT_AS, address_space() + (280 << 10));
  pthread_barrier_wait(&barrier);
  pthread_barrier_wait(&barrier);
  limit(RLIMIT_AS, RLIM_INFINITY);
  pthread_barrier_wait(&barrier);
  CHECK(pthread_join(thread, NULL) == 0);
  expect_adds(world, 4, 8);
  delete_world(world);
}

TEST_IN_CHILD(without_mappings_a_module_is_an_error_and_not_called_invalid) {
  safewasm_engine_t *engine = new_engine();
  OK(try_module(engine, ADD));
  /* Each page that is readable in what isn't is a mapping more; the system allows only so many. */
  const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = 1 << 21;
  char *all = mmap(NULL, pages * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(all != MAP_FAILED);
  size_t used = 1;
  while (used < pages && mprotect(all + used * page, page, PROT_READ) == 0) used += 2;
  if (used < pages) {
    FAILS(try_module(engine, ADD), LIMIT, "no room for the compiled module");
  } else {
    printf("skipped: the system has no such limit\n");
  }
  CHECK(munmap(all, pages * page) == 0);
  OK(try_module(engine, ADD));
  safewasm_engine_delete(engine);
}

TEST_IN_CHILD(without_descriptors_a_file_can_not_be_read_and_says_why) {
  safewasm_engine_t *engine = new_engine();
  safewasm_module_t *module;
  const char *path = "/dev/null";
  /* The compiler has everything that it needs. */
  OK(try_module(engine, ADD));
  limit(RLIMIT_NOFILE, 0);
  safewasm_error_t *error = safewasm_module_new_file(engine, path, strlen(path), &module);
  CHECK(module == NULL && safewasm_error_os_code(error) == EMFILE);
  FAILS(error, IO, "cannot read the file `/dev/null`");
  OK(try_module(engine, ADD));
  limit(RLIMIT_NOFILE, RLIM_INFINITY);
  FAILS(safewasm_module_new_file(engine, path, strlen(path), &module), IO, "a device");
  safewasm_engine_delete(engine);
}

TEST_IN_CHILD(without_descriptors_data_can_wait_and_all_else_works) {
  world_t world = new_world(ADD);
  safewasm_module_t *plain = world.module, *data = new_module(world.engine, DATA);
  limit(RLIMIT_NOFILE, 0);
  expect_adds(world, 3, 7);
  OK(try_instance(world));
  world.module = data;
  FAILS(try_instance(world), LIMIT, "");
  limit(RLIMIT_NOFILE, RLIM_INFINITY);
  OK(try_instance(world));
  /* A compiled module needs no file. */
  limit(RLIMIT_NOFILE, 0);
  OK(try_instance(world));
  safewasm_module_delete(plain);
  delete_world(world);
}

TEST_IN_CHILD(nothing_is_written_to_files) {
  /* A process that writes beyond the limit is killed. */
  limit(RLIMIT_FSIZE, 0);
  world_t world = new_world(DATA);
  expect_adds(world, 0, 'f' + 4);
  expect_adds(world, 70003, 't' + 4);
  delete_world(world);
}

/* From now on the system refuses fences in other threads, as in some sandboxes. */
static void no_fences(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0);
}

static void *add_there(void *arg) {
  safewasm_func_t *func = arg;
  safewasm_slot_t slots[2] = {{.i32 = 1}, {.i32 = 2}};
  return safewasm_func_call_slots(func, slots, 2);
}

/* The error of a call on a thread of its own. */
static safewasm_error_t *call_there(safewasm_func_t *func) {
  pthread_t thread;
  void *error;
  CHECK(pthread_create(&thread, NULL, add_there, func) == 0);
  pthread_join(thread, &error);
  return error;
}

static void *delete_there(void *store) {
  safewasm_store_delete(store);
  return NULL;
}

TEST_IN_CHILD(where_there_are_no_fences_stores_move_between_threads) {
  no_fences();
  world_t world = new_world(ADD);
  safewasm_extern_t add = get_export(world.instance, "add");
  expect_adds(world, 1, 1 + 4);
  OK(call_there(add.of.func));
  expect_adds(world, 1, 1 + 4);
  safewasm_extern_delete(&add);
  delete_world(world);
}

TEST_IN_CHILD(where_there_are_no_fences_any_more_a_store_stays_with_its_thread) {
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) < 0) return;
  world_t world = new_world(ADD), moved = new_world(ADD);
  safewasm_extern_t add = get_export(world.instance, "add");
  safewasm_extern_t moved_add = get_export(moved.instance, "add");
  OK(call_there(moved_add.of.func));
  no_fences();
  FAILS(call_there(add.of.func), STORE_BUSY, "`func`");
  OK(call_there(moved_add.of.func));
  expect_adds(world, 1, 1 + 4);
  expect_adds(moved, 1, 1 + 4);
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, delete_there, world.store) == 0);
  pthread_join(thread, NULL);
  CHECK(!safewasm_store_is_valid(world.store));
  FAILS(call_there(add.of.func), INVALID_HANDLE, "`func`");
  safewasm_extern_delete(&add);
  safewasm_extern_delete(&moved_add);
  delete_world(world);
  delete_world(moved);
}

TEST_IN_CHILD(a_forked_child_moves_stores_of_its_parent_between_threads) {
  world_t world = new_world(ADD);
  safewasm_extern_t add = get_export(world.instance, "add");
  const pid_t child = fork();
  if (child == 0) {
    OK(call_there(add.of.func));
    expect_adds(world, 1, 1 + 4);
    _exit(failed_here);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  OK(call_there(add.of.func));
  safewasm_extern_delete(&add);
  delete_world(world);
}

int main(void) {
  RUN_NATIVELY(where_there_are_no_fences_stores_move_between_threads);
  RUN_NATIVELY(where_there_are_no_fences_any_more_a_store_stays_with_its_thread);
  RUN_NATIVELY(a_forked_child_moves_stores_of_its_parent_between_threads);
  RUN_NATIVELY(without_address_space_a_memory_is_an_error_and_nothing_is_lost);
  RUN_NATIVELY(a_memory_that_can_not_grow_for_lack_of_address_space_stays_as_it_is);
  RUN_NATIVELY(without_threads_compiling_is_an_error_until_there_are_some);
  RUN_NATIVELY(without_threads_of_its_own_a_compilation_uses_the_common_ones_at_once);
  RUN_NATIVELY(one_thread_is_enough_to_compile);
  RUN_NATIVELY(without_threads_a_deadline_is_an_error_and_epochs_work);
  RUN_NATIVELY(without_threads_a_store_gets_no_wasi);
  RUN_NATIVELY(without_more_threads_programs_open_files);
  RUN_NATIVELY(a_forked_child_compiles_and_has_deadlines);
  RUN_NATIVELY(a_thread_without_memory_for_its_signals_can_not_call_and_the_store_stays);
  RUN_NATIVELY(without_mappings_a_module_is_an_error_and_not_called_invalid);
  RUN_NATIVELY(without_descriptors_a_file_can_not_be_read_and_says_why);
  RUN_NATIVELY(without_descriptors_data_can_wait_and_all_else_works);
  RUN_NATIVELY(nothing_is_written_to_files);
  return finish("resources");
}
