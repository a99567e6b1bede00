/*
 * A map over threads. The engine and the module are shared. Each thread has an instance in a store of its own, since
 * one thread at a time uses a store. The output doesn't depend on the number of threads.
 *
 *   cc -Iinclude examples/parallel.c -Ltarget/release -lsafewasm -Wl,-rpath,target/release -pthread -o parallel
 */
#include <pthread.h>
#include <safewasm.h>
#include <stdio.h>
#include <stdlib.h>

/* Counts the primes from `n` to `to`, by dividing. */
static const char MODULE[] =
    "(module"
    "  (func $is_prime (param $n i32) (result i32)"
    "    (local $divisor i32)"
    "    (if (i32.lt_u (local.get $n) (i32.const 2)) (then (return (i32.const 0))))"
    "    (local.set $divisor (i32.const 2))"
    "    (loop $next"
    "      (if (i32.gt_u (i32.mul (local.get $divisor) (local.get $divisor)) (local.get $n))"
    "        (then (return (i32.const 1))))"
    "      (if (i32.eqz (i32.rem_u (local.get $n) (local.get $divisor))) (then (return (i32.const 0))))"
    "      (local.set $divisor (i32.add (local.get $divisor) (i32.const 1)))"
    "      (br $next))"
    "    (unreachable))"
    "  (func (export \"count_primes\") (param $n i32) (param $to i32) (result i32)"
    "    (local $count i32)"
    "    (loop $next"
    "      (local.set $count (i32.add (local.get $count) (call $is_prime (local.get $n))))"
    "      (local.set $n (i32.add (local.get $n) (i32.const 1)))"
    "      (br_if $next (i32.le_u (local.get $n) (local.get $to))))"
    "    (local.get $count)))";

enum { MAX_THREADS = 64, RANGES = 8, RANGE = 10000 };

/* Shared by the threads. */
static safewasm_engine_t *engine;
static safewasm_module_t *module;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int taken;          /* The number of ranges that the threads have taken; the mutex protects it. */
static int counts[RANGES]; /* Each is written by the thread that took the range. */

static void check(safewasm_error_t *error) {
  char message[500];
  if (safewasm_error_take(error, message, sizeof message) == SAFEWASM_ERROR_NONE) return;
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* The next range that no thread has taken, or `RANGES`. */
static int take(void) {
  pthread_mutex_lock(&mutex);
  const int i = taken < RANGES ? taken++ : RANGES;
  pthread_mutex_unlock(&mutex);
  return i;
}

static void *work(void *unused) {
  safewasm_store_t *store;
  safewasm_instance_t *instance;
  safewasm_func_t *count_primes;
  check(safewasm_store_new(engine, &store));
  check(safewasm_instance_new(store, module, NULL, 0, &instance));
  check(safewasm_instance_func(instance, "count_primes", SAFEWASM_STRLEN, &count_primes));
  for (int i = take(); i < RANGES; i = take()) {
    safewasm_slot_t slots[2] = {{.i32 = i * RANGE}, {.i32 = (i + 1) * RANGE - 1}};
    check(safewasm_func_call_slots(count_primes, slots, 2));
    counts[i] = slots[0].i32;
  }
  safewasm_store_delete(store); /* With its instance and function. */
  return unused;
}

int main(int argc, char **argv) {
  pthread_t threads[MAX_THREADS];
  int threads_len = argc > 1 ? atoi(argv[1]) : 4, sum = 0;
  if (threads_len < 1 || threads_len > MAX_THREADS) return 1;
  check(safewasm_engine_new(NULL, &engine));
  check(safewasm_module_new_text(engine, MODULE, SAFEWASM_STRLEN, &module));
  for (int i = 0; i < threads_len; i++) {
    if (pthread_create(&threads[i], NULL, work, NULL) != 0) return 1;
  }
  for (int i = 0; i < threads_len; i++) pthread_join(threads[i], NULL);
  for (int i = 0; i < RANGES; i++) {
    printf("%d primes from %d on\n", counts[i], i * RANGE);
    sum += counts[i];
  }
  printf("%d primes below %d\n", sum, RANGES * RANGE);
  safewasm_module_delete(module);
  safewasm_engine_delete(engine);
}
