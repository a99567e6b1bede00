/* Allocates until malloc fails, frees everything, and does it again: both times it gets as much. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20, MOST = 4096 };

static int allocate(void) {
  static char *chunks[MOST];
  int count = 0;
  while (count < MOST && (chunks[count] = malloc(CHUNK)) != NULL) memset(chunks[count++], 7, CHUNK);
  if (errno != ENOMEM) printf("errno is %d\n", errno);
  for (int i = 0; i < count; i++) free(chunks[i]);
  return count;
}

int main(void) {
  int first = allocate(), second = allocate();
  printf("%d MiB, then %s\n", first, first == second ? "as much" : "another amount");
  return 0;
}
