/* Tells whether the clocks, sleeping and randomness of the C library work. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  struct timespec before, after, pause = {0, 2000000};
  clock_t start = clock();
  time_t now = time(NULL);
  struct tm *date = gmtime(&now);
  clock_gettime(CLOCK_MONOTONIC, &before);
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long long slept = (after.tv_sec - before.tv_sec) * 1000000000ll + (after.tv_nsec - before.tv_nsec);
  printf("slept %s\n", slept >= 2000000 ? "long enough" : "too short");
  printf("clock %s\n", clock() >= start && start >= 0 ? "runs" : "is wrong");
  printf("year %s\n", date->tm_year >= 120 ? "after 2019" : "before 2020");

  unsigned char bytes[2][32];
  int failed = getentropy(bytes[0], 32) != 0 || getentropy(bytes[1], 32) != 0;
  printf("random %s\n", !failed && memcmp(bytes[0], bytes[1], 32) != 0 ? "bytes" : "failure");
  return 0;
}
