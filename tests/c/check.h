/* Shared by the C tests: named tests, checks that print their failure, and small functions. */
#ifndef CHECK_H
#define CHECK_H

#include <safewasm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int passed, failed, skipped, failed_here;

/* The test that runs, and how many seconds it may take. */
static const char *running;
#define SECONDS_FOR_A_TEST 240

/* Ends the program if a test hangs, and prints the name of the test. */
static inline void hangs(int signal) {
  static const char text[] = "\nFAILED, as it takes too long: ";
  (void)signal;
  if (write(1, text, sizeof text - 1) < 0 || write(1, running, strlen(running)) < 0 ||
      write(1, "\n", 1) < 0) {
    _exit(2);
  }
  _exit(1);
}

static inline void begin_test(const char *name) {
  if (running == NULL) setvbuf(stdout, NULL, _IOLBF, 0);
  failed_here = 0;
  running = name;
  signal(SIGALRM, hangs);
  alarm(SECONDS_FOR_A_TEST);
}

#define TEST(name) static void name(void)

#define RUN(name)                                   \
  do {                                              \
    begin_test(#name);                              \
    name();                                         \
    alarm(0);                                       \
    if (failed_here) printf("FAILED %s\n", #name);  \
    if (failed_here) failed++; else passed++;       \
  } while (0)

/* For tests that can't run under valgrind: ends of stacks, the program's own signals. */
#define RUN_NATIVELY(name)                                \
  do {                                                    \
    if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {     \
      printf("skipped under valgrind: %s\n", #name);      \
      skipped++;                                          \
    } else {                                              \
      RUN(name);                                          \
    }                                                     \
  } while (0)

#define CHECK(condition)                                                  \
  do {                                                                    \
    if (!(condition)) {                                                   \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);              \
      failed_here = 1;                                                    \
    }                                                                     \
  } while (0)

/* The call succeeds. */
#define OK(call) check_ok((call), __FILE__, __LINE__, #call)

/* The call fails with an error of that kind whose message contains that text. */
#define FAILS(call, kind, text) \
  check_fails((call), SAFEWASM_ERROR_##kind, (text), __FILE__, __LINE__, #call)

static inline void check_ok(safewasm_error_t *error, const char *file, int line, const char *call) {
  if (error == NULL) return;
  printf("%s:%d: %s: %s\n", file, line, call, safewasm_error_message(error, NULL));
  safewasm_error_delete(error);
  failed_here = 1;
}

static inline void check_fails(safewasm_error_t *error, safewasm_error_kind_t kind,
                               const char *text, const char *file, int line, const char *call) {
  const char *message = error == NULL ? "no error" : safewasm_error_message(error, NULL);
  if (error == NULL || safewasm_error_kind(error) != kind || strstr(message, text) == NULL) {
    printf("%s:%d: %s: kind %d, not %d with \"%s\": %s\n", file, line, call,
           error == NULL ? 0 : (int)safewasm_error_kind(error), (int)kind, text, message);
    failed_here = 1;
  }
  safewasm_error_delete(error);
}

/* A text that is built from parts. */
typedef struct {
  char *data;
  size_t len, capacity;
} text_t;

static inline void put(text_t *text, const char *part) {
  size_t len = strlen(part);
  if (text->len + len >= text->capacity) {
    text->capacity = 2 * (text->len + len) + 64;
    text->data = (char *)realloc(text->data, text->capacity);
  }
  memcpy(text->data + text->len, part, len + 1);
  text->len += len;
}

static inline void put_many(text_t *text, const char *part, size_t count) {
  for (size_t i = 0; i < count; i++) put(text, part);
}

/* The tag of the errors that have an `env` of the tests. */
#define TAG ((const void *)&passed)

static inline safewasm_engine_t *new_engine(void) {
  safewasm_config_t *config = NULL;
  safewasm_engine_t *engine = NULL;
  if (getenv("SAFEWASM_TEST_NO_SIGNALS") != NULL) {
    OK(safewasm_config_new(&config));
    OK(safewasm_config_set_signals_based_traps(config, false));
  }
  OK(safewasm_engine_new(config, &engine));
  return engine;
}

static inline safewasm_module_t *new_module(safewasm_engine_t *engine, const char *text) {
  safewasm_module_t *module = NULL;
  OK(safewasm_module_new_text(engine, text, strlen(text), &module));
  return module;
}

/* An engine, a store and an instance of a module, with the handles that tests use. */
typedef struct {
  safewasm_engine_t *engine;
  safewasm_store_t *store;
  safewasm_module_t *module;
  safewasm_instance_t *instance;
} world_t;

static inline world_t new_world(const char *text) {
  world_t world = {NULL, NULL, NULL, NULL};
  world.engine = new_engine();
  OK(safewasm_store_new(world.engine, &world.store));
  world.module = new_module(world.engine, text);
  OK(safewasm_instance_new(world.store, world.module, NULL, 0, &world.instance));
  return world;
}

static inline void delete_world(world_t world) {
  safewasm_instance_delete(world.instance);
  safewasm_module_delete(world.module);
  safewasm_store_delete(world.store);
  safewasm_engine_delete(world.engine);
}

static inline safewasm_extern_t get_export(safewasm_instance_t *instance, const char *name) {
  safewasm_extern_t item;
  OK(safewasm_instance_export(instance, name, strlen(name), &item));
  return item;
}

static inline int finish(const char *program) {
  if (skipped > 0) printf("%d skipped\n", skipped);
  printf("%s: %d passed, %d failed\n", program, passed, failed);
  return failed == 0 ? 0 : 1;
}

#endif
