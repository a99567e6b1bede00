/* A program that opens the library by `dlopen`, and closes it again. */
#include "check.h"
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

typedef safewasm_error_t *(*engine_new_t)(safewasm_config_t *, safewasm_engine_t **);
typedef void (*engine_delete_t)(safewasm_engine_t *);
typedef bool (*engine_is_valid_t)(safewasm_engine_t *);

/* ISO C has no cast from an object pointer to a function pointer; POSIX promises that this works. */
#define LOOK_UP(library, name, function) *(void **)(void *)&function = dlsym(library, name)

TEST(the_library_stays_when_it_is_closed_and_can_be_opened_again) {
  safewasm_engine_t *kept = NULL;
  for (int round = 0; round < 3; round++) {
    void *library = dlopen("libsafewasm.so.0", RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    if (library == NULL) return;
    engine_new_t engine_new;
    engine_delete_t engine_delete;
    engine_is_valid_t engine_is_valid;
    LOOK_UP(library, "safewasm_engine_new", engine_new);
    LOOK_UP(library, "safewasm_engine_delete", engine_delete);
    LOOK_UP(library, "safewasm_engine_is_valid", engine_is_valid);
    /* The engine of the first round is alive in the later ones: nothing was unloaded. */
    if (kept == NULL) CHECK(engine_new(NULL, &kept) == NULL);
    CHECK(engine_is_valid(kept));
    CHECK(dlclose(library) == 0);
    CHECK(dlopen("libsafewasm.so.0", RTLD_NOW | RTLD_NOLOAD) != NULL);
    CHECK(engine_is_valid(kept));
    if (round == 2) engine_delete(kept);
  }
}

static __thread sigjmp_buf recovery;
static volatile sig_atomic_t probes;

static void on_fault(int signal) {
  (void)signal;
  siglongjmp(recovery, 1);
}

/* Checks whether an address can be read, as a profiler does that walks the stack. */
static void probe(int signal) {
  int *volatile nowhere = NULL;
  (void)signal;
  if (sigsetjmp(recovery, 0) == 0) *nowhere = 1;
  probes++;
}

/* The signal always comes in the middle of `malloc`. */
static void *allocate(void *ignored) {
  struct sigevent event;
  timer_t timer;
  const struct itimerspec soon = {{0, 0}, {0, 100000}};
  int before = probes;
  memset(&event, 0, sizeof event);
  event.sigev_notify = SIGEV_THREAD_ID;
  event._sigev_un._tid = (int)gettid();
  event.sigev_signo = SIGPROF;
  timer_create(CLOCK_MONOTONIC, &event, &timer);
  timer_settime(timer, 0, &soon, NULL);
  while (probes == before) {
    void *blocks[64];
    for (size_t index = 0; index < 64; index++) blocks[index] = malloc(3000 + index * 64);
    for (size_t index = 0; index < 64; index++) free(blocks[index]);
    malloc_trim(0);
  }
  timer_delete(timer);
  return ignored;
}

TEST(a_fault_in_the_middle_of_malloc_on_a_new_thread_reaches_the_programs_handler) {
  struct sigaction action;
  safewasm_engine_t *engine = NULL;
  engine_new_t engine_new;
  mallopt(M_ARENA_MAX, 1);
  memset(&action, 0, sizeof action);
  action.sa_handler = on_fault;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGSEGV, &action, NULL);
  action.sa_handler = probe;
  action.sa_flags = SA_RESTART;
  sigaction(SIGPROF, &action, NULL);
  void *library = dlopen("libsafewasm.so.0", RTLD_NOW | RTLD_LOCAL);
  LOOK_UP(library, "safewasm_engine_new", engine_new);
  CHECK(engine_new(NULL, &engine) == NULL);
  alarm(100); /* For a thread that waits for itself. */
  for (int round = 0; round < 200; round++) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, allocate, NULL) == 0);
    pthread_join(thread, NULL);
  }
  alarm(0);
  CHECK(probes >= 200);
  dlclose(library);
}

int main(void) {
  /* The first engine. The program's handlers are installed already. */
  RUN_NATIVELY(a_fault_in_the_middle_of_malloc_on_a_new_thread_reaches_the_programs_handler);
  RUN(the_library_stays_when_it_is_closed_and_can_be_opened_again);
  return finish("load");
}
