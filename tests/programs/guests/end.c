/* Ends in the way that its argument names. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void at_exit(void) { printf("at exit\n"); }

static int recurse(volatile int depth) { return depth < 0 ? 0 : recurse(depth + 1) + depth; }

int main(int argc, char **argv) {
  const char *way = argc > 1 ? argv[1] : "";
  printf("not flushed");
  atexit(at_exit);
  if (strcmp(way, "return") == 0) return atoi(argv[2]);
  if (strcmp(way, "exit") == 0) exit(atoi(argv[2]));
  if (strcmp(way, "_Exit") == 0) _Exit(atoi(argv[2]));
  if (strcmp(way, "abort") == 0) abort();
  if (strcmp(way, "assert") == 0) assert(argc < 0);
  if (strcmp(way, "trap") == 0) __builtin_trap();
  if (strcmp(way, "recurse") == 0) return recurse(0);
  while (strcmp(way, "loop") == 0) {
  }
  return 0;
}
