/* Copies stdin to stdout, and tells on stderr how many bytes there were. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static char bytes[65536];
  long long total = 0;
  ssize_t len;
  while ((len = read(0, bytes, sizeof bytes)) > 0) {
    for (ssize_t done = 0; done < len;) {
      ssize_t part = write(1, bytes + done, (size_t)(len - done));
      if (part < 0) return 2;
      done += part;
    }
    total += len;
  }
  fprintf(stderr, "%lld bytes\n", total);
  return len < 0;
}
