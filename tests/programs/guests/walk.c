/* Lists a folder and the folders in it, sorted by name, with the sizes of the files. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int walk(const char *path, int depth) {
  struct dirent **entries;
  int count = scandir(path, &entries, NULL, alphasort);
  if (count < 0) {
    perror(path);
    return 1;
  }
  for (int i = 0; i < count; i++) {
    const char *name = entries[i]->d_name;
    char inner[4096];
    struct stat status;
    if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
      snprintf(inner, sizeof inner, "%s/%s", path, name);
      if (lstat(inner, &status) != 0) perror(inner);
      printf("%*s%s", 2 * depth, "", name);
      if (S_ISREG(status.st_mode)) printf(" %lld", (long long)status.st_size);
      if (S_ISLNK(status.st_mode)) printf(" -> elsewhere");
      printf("\n");
      if (S_ISDIR(status.st_mode)) walk(inner, depth + 1);
    }
    free(entries[i]);
  }
  free(entries);
  return 0;
}

int main(int argc, char **argv) { return walk(argc > 1 ? argv[1] : ".", 0); }
